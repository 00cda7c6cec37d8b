"""What already exists that is like a text: needs and prior work, the reader's rights first."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.orm import Session

from matching import Breadth, Difference, DuplicateBand, Relation, Representation
from needsbank.db.models import Competence, Need, PriorWork, Subject
from needsbank.db.queries.needs import NeedFilter, needs_to_read
from needsbank.db.queries.prior_works import PriorWorkFilter, prior_works_to_read
from needsbank.domain.roles import Actor
from needsbank.services.browsing import (
    NEEDS,
    PRIOR_WORKS,
    Found,
    Kind,
    owners_by_key,
)
from needsbank.services.retrieval import EVERYTHING, Narrowed, Retrieval

AT_MOST = 3
COMPARED = Breadth(near=300, worded=200, likely=150)
"""Of very many works: enough to hold what a comparison with all would find (ADR 17)."""
SHORTEST_TEXT = 12
"""Fewer characters than this say too little to compare."""


@dataclass(frozen=True, slots=True)
class Similar:
    """One similar need or prior work, how alike it is in words, and what differs."""

    subject: Subject
    found: Need | Competence | PriorWork
    band: DuplicateBand
    relation: Relation
    differences: tuple[Difference, ...]


def similar_to_text(
    session: Session,
    retrieval: Retrieval,
    actor: Actor,
    title: str,
    problem: str,
    besides: UUID | None = None,
) -> Sequence[Similar]:
    """Return at most three needs and three prior works that are like a text, needs first.

    `besides` is a need of the reader's own that is not like itself.
    """
    if len(f"{title} {problem}".strip()) < SHORTEST_TEXT:
        return []
    read = retrieval.matcher.represent_query(problem, title=title)
    return similar_to(session, retrieval, actor, read, besides)


def similar_to(
    session: Session,
    retrieval: Retrieval,
    actor: Actor,
    text: Representation,
    besides: UUID | None = None,
) -> Sequence[Similar]:
    """Return the same for a text that the matcher has already read."""
    needs = needs_to_read(actor, NeedFilter(ended=True))
    if besides is not None:
        needs = needs.where(Need.id != besides)
    works = prior_works_to_read(PriorWorkFilter())
    readable = Narrowed(needs.with_only_columns(Need.id))
    return [
        *_similar(session, retrieval, NEEDS, needs, text, readable),
        *_similar(session, retrieval, PRIOR_WORKS, works, text, EVERYTHING),
    ]


def _similar(
    session: Session,
    retrieval: Retrieval,
    kind: Kind[Found],
    readable: Select[Found],
    text: Representation,
    narrowed: Narrowed,
) -> Iterator[Similar]:
    pool = retrieval.pool(session, kind.subject, text, COMPARED, narrowed)
    alike = retrieval.detector.find(text, pool.index, k=AT_MOST, allowed=pool.allowed)
    by_key = {each.key: each for each in alike}
    for key, owner in owners_by_key(session, kind, readable, list(by_key)).items():
        each = by_key[key]
        yield Similar(kind.subject, owner, each.band, each.relation, each.differences)
