"""Background work: each job finds what lacks a result for the current version, and gives it one.

Nothing is queued: a text without vectors, a need without suggestions and a suggestion without
evidence are themselves the work to do, so a killed worker loses nothing. Computing happens
outside transactions; writing is short.
"""

import logging
import threading
from collections.abc import Callable

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from needsbank.db.models import Subject
from needsbank.db.transaction import transaction
from needsbank.services import embedding, suggesting
from needsbank.services.retrieval import Retrieval

EMBED_AT_ONCE = {Subject.NEED: 64, Subject.COMPETENCE: 8, Subject.PRIOR_WORK: 64}
"""Texts in one transaction; few competences, since each has needs looked at again in it."""
_EMBED_BETWEEN_OTHERS = 8
"""So few that what people post waits less than a second behind them."""
_SUGGEST_AT_ONCE = 8
_EVIDENCE_AT_ONCE = 4
_IDLE_SECONDS = 0.5
_RETRY_SECONDS = 5.0

_log = logging.getLogger(__name__)

Progress = Callable[[int], None]
"""Called with how many things were done since the last call."""


def embed_pending(
    engine: Engine,
    retrieval: Retrieval,
    subject: Subject,
    *,
    most: int | None = None,
    progress: Progress = lambda done: None,
) -> int:
    """Embed texts of a subject that lack vectors, all or about `most`; return how many."""
    return _repeat(lambda: _embed_batch(engine, retrieval, subject, most), most, progress)


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


def save_snapshots(engine: Engine, retrieval: Retrieval) -> None:
    """Write indexes that have grown much to disk, where other processes share them."""
    with Session(engine) as session:
        for index in retrieval.indexes.values():
            index.save_snapshot(session)


def work(engine: Engine, retrieval: Retrieval, stop: threading.Event) -> None:
    """Do what is pending until stopped; a database that is away for a while is waited for."""
    while not stop.is_set():
        try:
            done = _work_once(engine, retrieval)
        except OperationalError as error:
            _log.error("the database does not answer, trying again: %s", error.orig)
            stop.wait(_RETRY_SECONDS)
        else:
            if not done:
                stop.wait(_IDLE_SECONDS)


def _work_once(engine: Engine, retrieval: Retrieval) -> int:
    """Do some of what is pending: new needs and competences first, then the long tail."""
    done = embed_pending(engine, retrieval, Subject.NEED, most=_EMBED_BETWEEN_OTHERS)
    done += embed_pending(engine, retrieval, Subject.COMPETENCE, most=_EMBED_BETWEEN_OTHERS)
    done += suggest_pending(engine, retrieval, most=_SUGGEST_AT_ONCE)
    if not done:
        done = embed_pending(engine, retrieval, Subject.PRIOR_WORK, most=_EMBED_BETWEEN_OTHERS)
        done += find_missing_evidence(engine, retrieval, most=_EVIDENCE_AT_ONCE)
    if not done:
        save_snapshots(engine, retrieval)
    return done


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


def _embed_batch(engine: Engine, retrieval: Retrieval, subject: Subject, most: int | None) -> int:
    """Embed some texts; one that changed meanwhile is found again. Return how many were found."""
    space_id = retrieval.matcher.space_id
    with Session(engine) as session:
        at_once = EMBED_AT_ONCE[subject]
        limit = at_once if most is None else min(most, at_once)
        batch = embedding.pending(session, subject, space_id, limit)
    if not batch:
        return 0
    read = retrieval.matcher.represent([each.document for each in batch])
    with Session(engine) as session, transaction(session):
        embedding.store(session, space_id, list(zip(batch, read, strict=True)))
        if subject is Subject.COMPETENCE:
            for each in batch:
                suggesting.look_again_near(session, retrieval, each.owner_id)
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
        lacking = suggesting.lacking_evidence(session, _EVIDENCE_AT_ONCE)
        found = [(each.id, suggesting.find_evidence(retrieval.matcher, each)) for each in lacking]
    if found:
        with Session(engine) as session, transaction(session):
            suggesting.store_evidence(session, found)
    return len(found)
