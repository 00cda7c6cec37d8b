"""Background work: each job finds what lacks a result for the current version, and gives it one.

Nothing is queued: a text without vectors, a need without suggestions and a suggestion without
evidence are themselves the work to do, so a killed worker loses nothing. Computing happens
outside transactions; writing is short.
"""

import logging
import threading
from collections.abc import Callable, Sequence

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from matching import Document, MatchingError, Representation
from needsbank.db.models import SetState, Subject
from needsbank.db.transaction import transaction
from needsbank.domain.errors import BankError
from needsbank.services import (
    embedding,
    evidence,
    lemmatising,
    suggesting,
    sweeping,
    vector_sets,
)
from needsbank.services.embedded_sets import EmbeddedSets, SetReader
from needsbank.services.embedding import Pending, SetClosed, SetRef
from needsbank.services.retrieval import Retrieval, drop_snapshots

EMBED_AT_ONCE = {
    Subject.NEED: 64,
    Subject.COMPETENCE: 8,
    Subject.REFERENCE: 8,
    Subject.PRIOR_WORK: 64,
}
"""Texts in one transaction; few of competences, since each has needs looked at again in it."""
_EMBED_BETWEEN_OTHERS = 8
"""So few that what people post waits less than a second behind them."""
_LEMMATISE_AT_ONCE = 200
_SUGGEST_AT_ONCE = 8
_EVIDENCE_AT_ONCE = 1
SWEEP_AT_ONCE = 100
_BUILD_SECONDS = 1.0
_IDLE_SECONDS = 0.5
_RETRY_SECONDS = 5.0

_log = logging.getLogger(__name__)

Progress = Callable[[int], None]
"""Called with how many things were done since the last call."""
Read = Callable[[Sequence[Document]], list[Representation]]
Also = Callable[[Session, Sequence[Pending]], None]
"""Done in the transaction that stores a batch."""


def embed_pending(
    engine: Engine,
    retrieval: Retrieval,
    subject: Subject,
    *,
    most: int | None = None,
    progress: Progress = lambda done: None,
) -> int:
    """Embed texts that the active set lacks, all or about `most`; return how many.

    Needs near a new or changed text of a competence are to be matched again.
    """

    def look_again(session: Session, batch: Sequence[Pending]) -> None:
        for each in batch:
            if each.subject in {Subject.COMPETENCE, Subject.REFERENCE}:
                suggesting.look_again_near(session, retrieval, each.subject, each.owner_id)

    def batch() -> int:
        read, at_once = retrieval.matcher.represent, _at_once(subject, most)
        return _embed_batch(engine, retrieval.set, read, subject, at_once, look_again)

    return _repeat(batch, most, progress)


def build_pending(
    engine: Engine,
    reader: SetReader,
    subject: Subject,
    *,
    most: int | None = None,
    progress: Progress = lambda done: None,
) -> int:
    """Embed texts that a set beside the active one lacks, all or about `most`; return how many."""

    def batch() -> int:
        at_once = _at_once(subject, most)
        return _embed_batch(engine, reader.set, reader.represent, subject, at_once)

    return _repeat(batch, most, progress)


def refresh_lemmas(
    engine: Engine,
    retrieval: Retrieval,
    *,
    most: int | None = None,
    progress: Progress = lambda done: None,
) -> int:
    """Make lemmas of the active set anew that another analyser made, all or about `most`."""

    def batch() -> int:
        # Asked in each idle round: only what there is to write may take the lock of writers.
        with Session(engine) as session:
            if not lemmatising.has_outdated_lemmas(session, retrieval.set):
                return 0
        with Session(engine) as session, transaction(session):
            return lemmatising.refresh_lemmas(session, retrieval.set, _LEMMATISE_AT_ONCE)

    return _repeat(batch, most, progress)


def suggest_pending(
    engine: Engine,
    retrieval: Retrieval,
    *,
    most: int | None = None,
    progress: Progress = lambda done: None,
) -> int:
    """Suggest competences for open needs that this matcher version has not seen."""
    return _repeat(lambda: _suggest_batch(engine, retrieval), most, progress)


def find_missing_evidence(
    engine: Engine,
    retrieval: Retrieval,
    *,
    most: int | None = None,
    progress: Progress = lambda done: None,
) -> int:
    """Compare the sentences of suggestions that have no evidence yet."""
    return _repeat(lambda: _find_evidence_batch(engine, retrieval), most, progress)


def sweep(
    engine: Engine,
    retrieval: Retrieval,
    subject: Subject,
    *,
    at_once: int = SWEEP_AT_ONCE,
    progress: Progress = lambda done: None,
) -> int:
    """Look for likely duplicates of every text that has not been asked for; return how many."""
    found = 0
    while True:
        with Session(engine) as session:
            texts = sweeping.next_to_sweep(session, retrieval, subject, at_once)
            pairs = sweeping.find_pairs(session, retrieval, texts)
        if not texts:
            return found
        with Session(engine) as session, transaction(session):
            sweeping.store_pairs(session, retrieval, subject, texts, pairs)
        found += len(pairs)
        progress(len(texts))


def save_snapshots(engine: Engine, retrieval: Retrieval) -> None:
    """Write indexes that have grown much to disk, where other processes share them."""
    with Session(engine) as session:
        retrieval.save_snapshots(session)
    retrieval.build_archives(engine)


def drop_old_snapshots(engine: Engine, retrieval: Retrieval) -> None:
    """Delete the indexes of retired and removed vector sets from disk."""
    with Session(engine) as session:
        used = {
            each.space_id
            for each in vector_sets.all_sets(session)
            if each.state is not SetState.RETIRED
        }
    drop_snapshots(retrieval.folder, used | {retrieval.set.space_id})


def work(engine: Engine, sets: EmbeddedSets, stop: threading.Event) -> None:
    """Do what is pending until stopped; what fails for a while, as a database, is waited for.

    What cannot even begin, since an encoder has drifted or parameters are missing, is raised.
    """
    former: Retrieval | None = None
    while not stop.is_set():
        try:
            retrieval = sets.active()
            if retrieval is not former:
                drop_old_snapshots(engine, retrieval)
                former = retrieval
            done = _work_once(engine, retrieval, sets)
        except OperationalError as error:
            _log.error("the database does not answer, trying again: %s", error.orig)
            stop.wait(_RETRY_SECONDS)
        except SetClosed:
            continue  # another set was activated meanwhile
        except (BankError, MatchingError) as error:
            if former is None:
                raise
            _log.error("trying again: %s", error)
            stop.wait(_RETRY_SECONDS)
        else:
            if not done:
                stop.wait(_IDLE_SECONDS)


def _work_once(engine: Engine, retrieval: Retrieval, sets: EmbeddedSets) -> int:
    """Do some of what is pending: new needs and competences first, then the long tail."""
    if refreshed := refresh_lemmas(engine, retrieval, most=_LEMMATISE_AT_ONCE):
        return refreshed  # what is matched meanwhile would have to be matched again
    done = embed_pending(engine, retrieval, Subject.NEED, most=_EMBED_BETWEEN_OTHERS)
    done += embed_pending(engine, retrieval, Subject.COMPETENCE, most=_EMBED_BETWEEN_OTHERS)
    done += embed_pending(engine, retrieval, Subject.REFERENCE, most=_EMBED_BETWEEN_OTHERS)
    done += suggest_pending(engine, retrieval, most=_SUGGEST_AT_ONCE)
    if not done:
        done = embed_pending(engine, retrieval, Subject.PRIOR_WORK, most=_EMBED_BETWEEN_OTHERS)
        done += find_missing_evidence(engine, retrieval, most=_EVIDENCE_AT_ONCE)
    if not done:
        done = _keep_complete(engine, sets.built())
    # Between other work too: while very many texts are read, there is no idle round for hours.
    done += retrieval.build_archives(engine, _BUILD_SECONDS)
    if not done:
        with Session(engine) as session:
            retrieval.save_snapshots(session)
    return done


def _keep_complete(engine: Engine, readers: Sequence[SetReader]) -> int:
    return sum(
        build_pending(engine, reader, subject, most=_EMBED_BETWEEN_OTHERS)
        for reader in readers
        for subject in Subject
    )


def _repeat(batch: Callable[[], int], most: int | None, progress: Progress) -> int:
    """Do batch after batch until one finds nothing, or `most` are done; return how many were."""
    done = 0
    while most is None or done < most:
        count = batch()
        if not count:
            break
        done += count
        progress(count)
    return done


def _at_once(subject: Subject, most: int | None) -> int:
    return EMBED_AT_ONCE[subject] if most is None else min(most, EMBED_AT_ONCE[subject])


def _embed_batch(
    engine: Engine,
    into: SetRef,
    read: Read,
    subject: Subject,
    limit: int,
    also: Also = lambda session, batch: None,
) -> int:
    """Embed some texts; one that changed meanwhile is found again. Return how many were found."""
    with Session(engine) as session:
        batch = embedding.pending(session, subject, into, limit)
    if not batch:
        return 0
    representations = read([each.document for each in batch])
    with Session(engine) as session, transaction(session):
        embedding.store(session, into, list(zip(batch, representations, strict=True)))
        also(session, batch)
    return len(batch)


def _suggest_batch(engine: Engine, retrieval: Retrieval) -> int:
    with Session(engine) as session:
        need_ids = suggesting.needs_to_match(session, retrieval, _SUGGEST_AT_ONCE)
    for need_id in need_ids:
        with Session(engine) as session:
            found = suggesting.find_candidates(session, retrieval, need_id)
        with Session(engine) as session, transaction(session):
            suggesting.store_suggestions(session, retrieval, need_id, found)
    return len(need_ids)


def _find_evidence_batch(engine: Engine, retrieval: Retrieval) -> int:
    with Session(engine) as session:
        lacking = evidence.lacking_evidence(session, _EVIDENCE_AT_ONCE)
        found = [(each.id, evidence.find_evidence(retrieval.matcher, each)) for each in lacking]
    if found:
        with Session(engine) as session, transaction(session):
            evidence.store_evidence(session, found)
    return len(found)
