"""Results that were handed over, for whoever may read of them, and who has taken them into use."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from needsbank.db.models import (
    Adoption,
    Collaboration,
    Journey,
    Need,
    PriorWork,
    Receipt,
    Result,
    Subject,
    Unit,
    Uptake,
)
from needsbank.db.queries.visible import visible_needs
from needsbank.domain.errors import NotFound
from needsbank.domain.roles import Actor
from needsbank.services.collaborations import readable


def result_to_read(session: Session, actor: Actor, result_id: UUID) -> Result:
    """Return a result that was handed over; where the need is hidden, so is the result."""
    found: Result | None = session.scalar(_readable(actor).where(Result.id == result_id))
    if found is None:
        raise NotFound(result_id)
    return found


def results_to_show(session: Session, actor: Actor) -> Sequence[Result]:
    """Return what was handed over and the actor may read of, the latest first."""
    latest = _readable(actor).order_by(Receipt.at.desc(), Result.id).limit(200)
    return session.scalars(latest).all()


def result_of_need(session: Session, actor: Actor, need_id: UUID) -> Result | None:
    """Return what was handed over for a need."""
    found: Result | None = session.scalar(_readable(actor).where(Need.id == need_id))
    return found


def readable_ids(
    session: Session, actor: Actor, result_ids: Collection[UUID | None]
) -> frozenset[UUID]:
    """Return those of some results that the actor may read of."""
    wanted = [each for each in result_ids if each is not None]
    if not wanted:
        return frozenset()
    found = _readable(actor).where(Result.id.in_(wanted))
    return frozenset(result.id for result in session.scalars(found))


def units_with(session: Session, actor: Actor, result: Result) -> Sequence[Unit]:
    """Return the units that have taken a result into use, each once, by name.

    Those count that pressed the button, and those whose own need ended by adopting it; of the
    latter, as far as the actor may read those needs.
    """
    need_id = result.collaboration.journey.need_id
    taken = select(Uptake.unit_id).where(Uptake.result_id == result.id)
    ways: list[ColumnElement[bool]] = [Unit.id.in_(taken)]
    if need_id is not None:
        works = select(PriorWork.id).where(PriorWork.source_key == need_id.hex)
        same = (Adoption.subject == Subject.NEED) & (Adoption.solution_id == need_id)
        work = (Adoption.subject == Subject.PRIOR_WORK) & Adoption.solution_id.in_(works)
        adopted = (
            select(Adoption.unit_id)
            .join(Need, Need.id == Adoption.need_id)
            .where(same | work, Adoption.ended.is_(None), visible_needs(actor))
        )
        ways.append(Unit.id.in_(adopted))
    units = select(Unit).where(ways[0] if len(ways) == 1 else ways[0] | ways[1])
    return session.scalars(units.options(joinedload(Unit.organisation)).order_by(Unit.name)).all()


def _readable(actor: Actor) -> Select[Result]:
    shown: ColumnElement[bool] = visible_needs(actor)
    if actor.is_known:
        shown = shown | readable(actor)
    whole = contains_eager(Result.collaboration)
    return (
        select(Result)
        .join(Result.receipt)
        .join(Result.collaboration)
        .join(Collaboration.journey)
        .outerjoin(Need, Need.id == Journey.need_id)
        .where(shown)
        .options(
            contains_eager(Result.receipt),
            whole,
            whole.contains_eager(Collaboration.journey)
            .contains_eager(Journey.need)
            .options(joinedload(Need.organisation), joinedload(Need.unit)),
            whole.selectinload(Collaboration.files),
        )
    )
