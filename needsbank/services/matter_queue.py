"""The coordination team's queue: what waits for what, and why it stands where it does."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import Capture, Journey, Need, Representative
from needsbank.db.queries.journeys import matters_at
from needsbank.domain.clock import now
from needsbank.domain.errors import NotAllowed
from needsbank.domain.matters import WAITS_FOR, Pressing, Waiting
from needsbank.domain.roles import Actor

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Matter:
    """A row of the queue; a matter that is no need yet shows its idea."""

    journey: Journey
    idea: Capture | None
    pressing: Pressing
    asked: Representative | None


@dataclass(frozen=True, slots=True)
class MattersPage:
    """One page of a tab: its rows, its number from 1, and how many wait in each tab."""

    rows: Sequence[Matter]
    number: int
    waiting: Waiting
    counts: Mapping[Waiting, int]

    @property
    def total(self) -> int:
        """Return how many matters the tab has."""
        return self.counts[self.waiting]

    @property
    def last(self) -> int:
        """Return the number of the last page."""
        return max(1, -(-self.total // PAGE_SIZE))


def matters_page(session: Session, actor: Actor, waiting: Waiting, page: int) -> MattersPage:
    """Return a page of what waits for something: the most pressing first, what is parked by day.

    The order is made here, of a few columns, as that of the needs with suggestions is.
    """
    if not actor.coordinates:
        raise NotAllowed("coordinators have the queue")
    moment = now()
    rows = session.execute(matters_at(actor, WAITS_FOR)).all()
    found = [(row, _pressing(row, moment)) for row in rows]
    counts = {each: sum(_is_in(each, *pair) for pair in found) for each in Waiting}
    chosen = [pair for pair in found if _is_in(waiting, *pair)]
    chosen.sort(key=lambda pair: _place(waiting, *pair))
    number = min(max(page, 1), max(1, -(-len(chosen) // PAGE_SIZE)))
    shown = chosen[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    return MattersPage(_matters(session, shown), number, waiting, counts)


def _pressing(row: Any, moment: datetime) -> Pressing:
    return Pressing(
        days=max(0, (moment - row.since).days),
        voices=row.persons,
        ideas=row.ideas,
        scope=row.scope or row.scope_of_idea,
        late=row.due is not None and row.due < moment,
    )


def _is_in(waiting: Waiting, row: Any, pressing: Pressing) -> bool:
    return pressing.late if waiting is Waiting.LATE else WAITS_FOR[row.stage] is waiting


def _place(waiting: Waiting, row: Any, pressing: Pressing) -> tuple[Any, ...]:
    if waiting is Waiting.PARKED:
        return (row.returns_on or row.since.date(), row.id.hex)
    return (-pressing.points, row.since, row.id.hex)


def _matters(session: Session, shown: Sequence[tuple[Any, Pressing]]) -> list[Matter]:
    keys = [row.id for row, _ in shown]
    of_page = select(Journey).where(Journey.id.in_(keys))
    loaded = of_page.options(
        joinedload(Journey.need).joinedload(Need.organisation), joinedload(Journey.holder)
    )
    journeys = {journey.id: journey for journey in session.scalars(loaded)}
    ideas = session.scalars(
        select(Capture).where(Capture.journey_id.in_(keys)).options(joinedload(Capture.unit))
    )
    own: dict[UUID, Capture] = {capture.journey_id: capture for capture in ideas}
    asked = session.scalars(
        select(Representative).where(
            Representative.journey_id.in_(keys), Representative.ended.is_(None)
        )
    )
    representatives = {each.journey_id: each for each in asked}
    return [
        Matter(journeys[row.id], own.get(row.id), pressing, representatives.get(row.id))
        for row, pressing in shown
    ]
