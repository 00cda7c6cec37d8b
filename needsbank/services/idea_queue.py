"""The queue of ideas: what waits for a catcher, and what each catcher has in hand."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from needsbank.db.models import Capture, Journey, Unit
from needsbank.domain.clock import now
from needsbank.domain.errors import NotAllowed
from needsbank.domain.journeys import Stage
from needsbank.domain.roles import Actor
from needsbank.services.catching import IN_HAND
from needsbank.services.units import in_tree_order

AT_MOST = 100
"""Ideas of one list: whoever has more needs more catchers, not a second page."""


@dataclass(frozen=True, slots=True)
class IdeaQueue:
    """What a catcher sees: what waits, what is theirs, and the units that ideas come from."""

    waiting: Sequence[Capture]
    mine: Sequence[Capture]
    others: Sequence[Capture]
    units: Sequence[Unit]


@dataclass(frozen=True, slots=True)
class WaitingForMe:
    """What one person is asked to look at: ideas proposed to them, late ones, late answers."""

    proposed: int = 0
    late: int = 0
    overdue: int = 0

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.proposed or self.late or self.overdue)


def idea_queue(session: Session, actor: Actor, unit_id: UUID | None = None) -> IdeaQueue:
    """Return the queue, narrowed to a unit and those below it; the most pressing first."""
    if not actor.catches:
        raise NotAllowed("ideas")
    units = _units_with_ideas(session)
    # What is late has lost its deadline with the escalation, so it comes by its age.
    waiting = _ideas().where(Journey.stage == Stage.THROWN).order_by(Capture.created, Capture.id)
    held = (
        _ideas()
        .where(Journey.stage.in_(IN_HAND))
        .order_by(Journey.due.is_(None), Journey.due, Capture.id)
    )
    if unit_id is not None:
        within = _with_those_below(units, unit_id)
        waiting = waiting.where(Capture.unit_id.in_(within))
        held = held.where(Capture.unit_id.in_(within))
    in_hand = session.scalars(held).all()
    return IdeaQueue(
        session.scalars(waiting).all(),
        [each for each in in_hand if each.journey.holder_id == actor.user_id],
        [each for each in in_hand if each.journey.holder_id != actor.user_id],
        [unit for unit, _ in in_tree_order(units)],
    )


def waiting_for(session: Session, actor: Actor) -> WaitingForMe:
    """Return what waits for a person in particular; nothing for those who do not catch."""
    if not actor.catches:
        return WaitingForMe()
    base = select(func.count()).select_from(Capture).join(Capture.journey)
    thrown = base.where(Journey.stage == Stage.THROWN)
    mine = base.where(Journey.stage.in_(IN_HAND), Journey.holder_id == actor.user_id)
    late = thrown.where(or_(Journey.escalated.is_not(None), Journey.due <= now()))
    return WaitingForMe(
        proposed=session.scalar(thrown.where(Capture.proposed_id == actor.user_id)) or 0,
        late=(session.scalar(late) or 0) if actor.coordinates else 0,
        overdue=session.scalar(mine.where(Journey.due <= now())) or 0,
    )


def shown_name(actor: Actor, capture: Capture) -> str:
    """Return the sender's name as far as a catcher may know it."""
    return capture.sender_name if actor.coordinates or not capture.anonymous else ""


def _ideas() -> Select[Capture]:
    return (
        select(Capture)
        .join(Capture.journey)
        .options(
            contains_eager(Capture.journey).joinedload(Journey.holder),
            joinedload(Capture.unit).joinedload(Unit.organisation),
            joinedload(Capture.proposed),
        )
        .limit(AT_MOST)
    )


def _units_with_ideas(session: Session) -> Sequence[Unit]:
    """Return the units of organisations that ideas have come from."""
    organisations = select(Unit.organisation_id).join(Capture, Capture.unit_id == Unit.id)
    return session.scalars(
        select(Unit)
        .where(Unit.organisation_id.in_(organisations))
        .options(joinedload(Unit.organisation))
        .order_by(Unit.organisation_id, Unit.name, Unit.id)
    ).all()


def _with_those_below(units: Sequence[Unit], unit_id: UUID) -> set[UUID]:
    within = {unit_id}
    for unit, _ in in_tree_order(units):
        if unit.parent_id in within:
            within.add(unit.id)
    return within
