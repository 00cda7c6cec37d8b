"""What waits for the coordinators: needs with suggestions to decide on, the most pressing first."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import Row, select
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import Need
from needsbank.db.queries.suggestions import waiting
from needsbank.domain.clock import now
from needsbank.domain.roles import Actor
from needsbank.domain.supports import NO_VOICES, Voices, priority
from needsbank.services.supporting import voices_of

PAGE_SIZE = 20


@dataclass(frozen=True, slots=True)
class Waiting:
    """A need in the queue: what is undecided, how much of it deferred, how long, who else."""

    need: Need
    undecided: int
    deferred: int
    days: int
    voices: Voices


@dataclass(frozen=True, slots=True)
class QueuePage:
    """One page of the queue: its rows, its number from 1, and how many needs wait in all."""

    rows: Sequence[Waiting]
    number: int
    total: int

    @property
    def last(self) -> int:
        """Return the number of the last page."""
        return max(1, -(-self.total // PAGE_SIZE))


def queue_page(session: Session, actor: Actor, page: int) -> QueuePage:
    """Return a page of the queue: by days waited and voices together, then by age.

    The order is made here, of a few columns: whole days are no matter of SQL that databases
    share, and a queue is as long as people are slow, not as the bank is large.
    """
    moment = now()
    rows = session.execute(waiting(actor)).all()

    def pressing(row: Row[UUID, datetime, int, int, int]) -> tuple[int, datetime, str]:
        return -priority(row.opened, moment, row.persons), row.opened, row.id.hex

    ranked = sorted(rows, key=pressing)
    number = min(max(page, 1), max(1, -(-len(ranked) // PAGE_SIZE)))
    shown = ranked[(number - 1) * PAGE_SIZE : number * PAGE_SIZE]
    voices = voices_of(session, actor, [row.id for row in shown])
    of_page = select(Need).where(Need.id.in_([row.id for row in shown]))
    needs = {
        need.id: need for need in session.scalars(of_page.options(joinedload(Need.organisation)))
    }
    return QueuePage(
        [
            Waiting(
                needs[row.id],
                row.undecided,
                row.deferred,
                max(0, (moment - row.opened).days),
                voices.get(row.id, NO_VOICES),
            )
            for row in shown
        ],
        number,
        len(ranked),
    )
