"""What coordinators' verdicts say of the detector's finds, to calibrate it by."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from matching import JudgedFind
from needsbank.db.models import Embedding, Need, Subject
from needsbank.db.queries.needs import NeedFilter, needs_to_read
from needsbank.domain.roles import ANY_COORDINATOR
from needsbank.domain.verdicts import PairVerdict
from needsbank.services.answering import COMPARED
from needsbank.services.embedding import stored_representation
from needsbank.services.reading import subject_of
from needsbank.services.retrieval import Narrowed, Retrieval
from needsbank.services.verdicts import JudgedPair, judged_pairs

RIGHT = {PairVerdict.SAME: 1.0, PairVerdict.PARTLY: 0.5, PairVerdict.NO: 0.0}
"""How right the detector was to find a text."""


def read_judged_finds(session: Session, retrieval: Retrieval) -> list[JudgedFind]:
    """Return the verdicts that count, with the shipped log odds of the judged texts.

    Each need is asked about again as the bank is now, since odds depend on what else is found; a
    judged text that is not found any more, or may not be, teaches nothing.
    """
    asked: dict[UUID, list[JudgedPair]] = {}
    for pair in judged_pairs(session):
        asked.setdefault(pair.text.id, []).append(pair)
    return [
        find
        for need_id, pairs in asked.items()
        for find in _finds(session, retrieval, need_id, pairs)
    ]


def _finds(
    session: Session, retrieval: Retrieval, need_id: UUID, pairs: Sequence[JudgedPair]
) -> Iterator[JudgedFind]:
    space_id = retrieval.matcher.space_id
    stored = stored_representation(session, Subject.NEED, need_id, space_id)
    if stored is None:
        return
    need, text = stored
    listed = needs_to_read(ANY_COORDINATOR, NeedFilter(ended=True)).with_only_columns(Need.id)
    odds: dict[int, float] = {}
    for subject in {subject_of(pair.other) for pair in pairs}:
        owners = listed if subject is Subject.NEED else None
        others = Narrowed(owners, besides=need)
        pool = retrieval.pool(session, subject, text, COMPARED, others)
        odds |= retrieval.detector.shipped_log_odds(text, pool.index, allowed=pool.allowed)
    keys = _keys(session, [pair.other.id for pair in pairs], space_id)
    for pair in pairs:
        key = keys.get(pair.other.id)
        if key in odds:
            yield JudgedFind(need=need, log_odds=odds[key], right=RIGHT[pair.verdict])


def _keys(session: Session, owners: Sequence[UUID], space_id: str) -> dict[UUID, int]:
    """Return the index keys of texts, by whose they are."""
    mine = Embedding.owner_id.in_(owners), Embedding.space_id == space_id
    rows = session.execute(select(Embedding.owner_id, Embedding.key).where(*mine))
    return dict(rows.all())
