"""Lists and searches for everyone: pages of 20, rights and filters inside the query."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload
from sqlalchemy.sql.base import ExecutableOption

from matching import Breadth
from needsbank.db.models import Competence, Embedding, Need, PriorWork, Subject
from needsbank.db.queries.competences import CompetenceFilter, competences_to_read
from needsbank.db.queries.needs import NeedFilter, needs_to_read
from needsbank.db.queries.prior_works import PriorWorkFilter, prior_works_to_read
from needsbank.domain.roles import Actor
from needsbank.services.retrieval import Keys, Narrowed, Retrieval

PAGE_SIZE = 20
MOST_HITS = 200
"""A search shows at most so many hits, best first: nobody reads further."""
LISTED = Breadth(near=800, worded=400, likely=500)
"""Of very many works: enough to hold nearly all of so many hits (ADR 17)."""
QUERY_MAX = 400

Found = TypeVar("Found", Need, Competence, PriorWork)


@dataclass(frozen=True, slots=True)
class Page(Generic[Found]):
    """One page of a list: what is on it, its number from 1, and how many there are in all."""

    rows: Sequence[Found]
    number: int
    total: int

    @property
    def last(self) -> int:
        """Return the number of the last page."""
        return _last_page(self.total)


@dataclass(frozen=True, slots=True)
class Kind(Generic[Found]):
    """A listed kind: its subject in the index, its table, and what its lists load beside it."""

    subject: Subject
    model: type[Found]
    loading: tuple[ExecutableOption, ...] = ()


NEEDS = Kind(Subject.NEED, Need, (joinedload(Need.organisation),))
COMPETENCES = Kind(Subject.COMPETENCE, Competence, (joinedload(Competence.organisation),))
PRIOR_WORKS = Kind(Subject.PRIOR_WORK, PriorWork)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asks of a list: words (may be empty) and a page number from 1."""

    words: str = ""
    page: int = 1


def browse_needs(
    session: Session, retrieval: Retrieval, actor: Actor, narrowed: NeedFilter, wanted: Wanted
) -> Page[Need]:
    """Return a page of the needs that the actor may read."""
    readable = needs_to_read(actor, narrowed)
    return _browse(session, retrieval, NEEDS, readable, wanted)


def browse_competences(
    session: Session,
    retrieval: Retrieval,
    actor: Actor,
    narrowed: CompetenceFilter,
    wanted: Wanted,
) -> Page[Competence]:
    """Return a page of the competences that the actor may read."""
    readable = competences_to_read(actor, narrowed)
    return _browse(session, retrieval, COMPETENCES, readable, wanted)


def browse_prior_works(
    session: Session, retrieval: Retrieval, narrowed: PriorWorkFilter, wanted: Wanted
) -> Page[PriorWork]:
    """Return a page of prior works; everybody may read them."""
    readable = prior_works_to_read(narrowed)
    found = readable.with_only_columns(PriorWork.id) if narrowed.changed else None
    among = Narrowed(found, narrowed.facets)
    return _browse(session, retrieval, PRIOR_WORKS, readable, wanted, among)


def owners_by_key(
    session: Session, kind: Kind[Found], readable: Select[Found], keys: list[int]
) -> dict[int, Found]:
    """Return the owners of index keys in the keys' order, rights checked once more."""
    rows = (
        readable.join(Embedding, Embedding.owner_id == kind.model.id)
        .where(Embedding.key.in_(keys))
        .options(*kind.loading)
        .add_columns(Embedding.key)
    )
    by_key = {key: owner for owner, key in session.execute(rows)}
    return {key: by_key[key] for key in keys if key in by_key}


def keys_of(
    session: Session, retrieval: Retrieval, kind: Kind[Found], readable: Select[Found]
) -> Keys:
    """Return the index keys of what the reader may read: the pool of every search."""
    return retrieval.keys(session, kind.subject, readable.with_only_columns(kind.model.id))


def _browse(
    session: Session,
    retrieval: Retrieval,
    kind: Kind[Found],
    readable: Select[Found],
    wanted: Wanted,
    among: Narrowed | None = None,
) -> Page[Found]:
    words = wanted.words.strip()[:QUERY_MAX]
    if words:
        among = among or Narrowed(readable.with_only_columns(kind.model.id))
        query = retrieval.matcher.represent_query(words)
        pool = retrieval.pool(session, kind.subject, query, LISTED, among)
        hits = retrieval.matcher.search(query, pool.index, k=MOST_HITS, allowed=pool.allowed)
        page = _clamped(wanted.page, len(hits))
        shown = [hit.key for hit in hits[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]]
        found = owners_by_key(session, kind, readable, shown)
        return Page(list(found.values()), page, len(hits))
    counted = readable.with_only_columns(func.count(kind.model.id))
    total = session.scalar(counted) or 0
    page = _clamped(wanted.page, total)
    newest_first = kind.model.created.desc(), kind.model.id.desc()
    # Of all that stand before the page only what an index holds is read.
    ids = readable.with_only_columns(kind.model.id).order_by(*newest_first)
    on_page = kind.model.id.in_(ids.limit(PAGE_SIZE).offset((page - 1) * PAGE_SIZE))
    rows = select(kind.model).where(on_page).order_by(*newest_first).options(*kind.loading)
    return Page(session.scalars(rows).all(), page, total)


def _clamped(page: int, total: int) -> int:
    return min(max(page, 1), _last_page(total))


def _last_page(total: int) -> int:
    return max(1, -(-total // PAGE_SIZE))
