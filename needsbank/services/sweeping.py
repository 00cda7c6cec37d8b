"""Finding texts that say the same among everything the bank holds.

Each need and prior work asks the bank's own search for what is like it (nearest vectors and rare
words, never all pairs), in the order in which texts were written. What has been asked stands in
the database batch by batch, so a sweep that is stopped goes on, and the next one asks only for what
is new or has changed since.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import ColumnElement, Select, delete, func, select
from sqlalchemy.orm import Session

from matching import Duplicate, DuplicateBand, Relation
from needsbank.db.models import Embedding, Need, Subject, SweepPosition, SweptPair
from needsbank.db.queries.needs import NeedFilter, needs_to_read
from needsbank.db.queries.prior_works import PriorWorkFilter, prior_works_to_read
from needsbank.domain.clock import now
from needsbank.domain.roles import ANY_COORDINATOR
from needsbank.services.answering import COMPARED
from needsbank.services.browsing import NEEDS, PRIOR_WORKS, Found, Kind, owners_by_key
from needsbank.services.embedding import representation_of
from needsbank.services.retrieval import Narrowed, Retrieval

SWEPT = (Subject.NEED, Subject.PRIOR_WORK)
PER_TEXT = 5
"""Likely duplicates of one text that are kept: who has more has them through each other."""


def begin_sweep(session: Session, retrieval: Retrieval, *, anew: bool = False) -> None:
    """Make ready to go on where the last sweep stopped; another matcher version begins anew."""
    version = retrieval.matcher.version
    for subject in SWEPT:
        position = session.get(SweepPosition, subject)
        if position is None:
            session.add(SweepPosition(subject=subject, matcher_version=version))
        elif anew or position.matcher_version != version:
            position.matcher_version, position.seq, position.finished = version, 0, None


def count_to_sweep(session: Session, retrieval: Retrieval, subject: Subject) -> int:
    """Return how many texts have been written since the subject was last swept."""
    waiting = (
        select(func.count()).select_from(Embedding).where(*_waiting(session, retrieval, subject))
    )
    return session.scalar(waiting) or 0


def next_to_sweep(
    session: Session, retrieval: Retrieval, subject: Subject, limit: int
) -> list[Embedding]:
    """Return the next texts of a subject, in the order of writing."""
    waiting = select(Embedding).where(*_waiting(session, retrieval, subject))
    return list(session.scalars(waiting.order_by(Embedding.seq).limit(limit)))


def find_pairs(
    session: Session, retrieval: Retrieval, texts: Sequence[Embedding]
) -> list[SweptPair]:
    """Return what says probably the same as each of some texts."""
    needs = needs_to_read(ANY_COORDINATOR, NeedFilter(ended=True))
    works = prior_works_to_read(PriorWorkFilter())
    needs_alone = needs.with_only_columns(Need.id)
    found: list[SweptPair] = []
    for text in texts:
        if text.text:
            others = Narrowed(needs_alone, besides=text.key)
            found += _like(session, retrieval, NEEDS, needs, others, text)
            others = Narrowed(besides=text.key)
            found += _like(session, retrieval, PRIOR_WORKS, works, others, text)
    return found


def store_pairs(
    session: Session,
    retrieval: Retrieval,
    subject: Subject,
    texts: Sequence[Embedding],
    found: Sequence[SweptPair],
) -> None:
    """Replace what had been found by some texts, and note how far the sweep has come."""
    mine = SweptPair.owner_id.in_([text.owner_id for text in texts])
    session.execute(delete(SweptPair).where(SweptPair.subject == subject, mine))
    session.add_all(found)
    position = session.get_one(SweepPosition, subject)
    if position.matcher_version == retrieval.matcher.version:
        position.seq, position.moved = texts[-1].seq, now()


def finish_sweep(session: Session) -> None:
    """Note when everything had been asked."""
    for subject in SWEPT:
        session.get_one(SweepPosition, subject).finished = now()


def _like(
    session: Session,
    retrieval: Retrieval,
    kind: Kind[Found],
    readable: Select[Found],
    others: Narrowed,
    text: Embedding,
) -> Iterator[SweptPair]:
    read = representation_of(text)
    pool = retrieval.pool(session, kind.subject, read, COMPARED, others)
    alike = retrieval.detector.find(read, pool.index, k=PER_TEXT, allowed=pool.allowed)
    likely = {each.key: each for each in alike if _says_the_same(each)}
    for key, owner in owners_by_key(session, kind, readable, list(likely)).items():
        yield SweptPair(
            subject=text.subject,
            owner_id=text.owner_id,
            other_subject=kind.subject,
            other_id=owner.id,
            probability=likely[key].probability,
        )


def _says_the_same(found: Duplicate) -> bool:
    # A yearbook of another year is alike to the letter and still another one.
    return found.band is not DuplicateBand.RELATED and found.relation is not Relation.ANOTHER_YEAR


def _waiting(session: Session, retrieval: Retrieval, subject: Subject) -> list[ColumnElement[bool]]:
    return [
        Embedding.subject == subject,
        Embedding.space_id == retrieval.matcher.space_id,
        Embedding.seq > session.get_one(SweepPosition, subject).seq,
    ]
