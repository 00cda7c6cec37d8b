"""Otamme käyttöön: other units take a result into use; each counts once."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import Result, Unit, Uptake
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.roles import Actor
from needsbank.services import audit
from needsbank.services.adoption_ledger import asked_about_uptake
from needsbank.services.results import result_to_read
from needsbank.services.units import units_of


def take_up(session: Session, actor: Actor, result_id: UUID, unit_id: UUID) -> Uptake:
    """Take a result into use in a unit of the actor's; a unit counts once."""
    result = result_to_read(session, actor, result_id)
    unit = session.get(Unit, unit_id)
    if unit is None or unit.organisation_id not in actor.organisation_ids:
        raise Invalid({"unit_id": "unknown"})
    need = result.collaboration.journey.need
    if need is not None and need.unit_id == unit_id:
        raise Invalid({"unit_id": "own_result"})
    uptake = _uptake(session, result_id, unit_id)
    if uptake is None:
        uptake = Uptake(result_id=result_id, unit_id=unit_id, taken_by_id=actor.person_id)
        session.add(uptake)
        session.flush()  # the audit entry needs the key
        audit.record(session, actor, "take_up", "result", result_id)
    return uptake


def take_back_uptake(session: Session, actor: Actor, result_id: UUID, unit_id: UUID) -> None:
    """Undo a mistaken press; what the unit was asked about stays in the ledger."""
    result_to_read(session, actor, result_id)
    uptake = _uptake(session, result_id, unit_id)
    if uptake is None:
        raise NotFound(unit_id)
    if uptake.taken_by_id != actor.user_id:
        raise NotAllowed(unit_id)
    if asked_about_uptake(session, uptake.id):
        raise Conflict("the ledger has asked about it")
    session.delete(uptake)
    audit.record(session, actor, "take_back_uptake", "result", result_id)


def units_to_take_up(session: Session, actor: Actor, result: Result) -> list[Unit]:
    """Return the actor's units that have not taken the result into use, nor had it made."""
    need = result.collaboration.journey.need
    taken = set(session.scalars(select(Uptake.unit_id).where(Uptake.result_id == result.id)))
    if need is not None:
        taken.add(need.unit_id)
    return [unit for unit in units_of(session, actor.organisation_ids) if unit.id not in taken]


def own_uptakes(session: Session, actor: Actor, result: Result) -> Sequence[Uptake]:
    """Return what the actor has pressed on a result."""
    mine = select(Uptake).where(Uptake.result_id == result.id, Uptake.taken_by_id == actor.user_id)
    return session.scalars(mine.options(joinedload(Uptake.unit)).order_by(Uptake.at)).all()


def _uptake(session: Session, result_id: UUID, unit_id: UUID) -> Uptake | None:
    found: Uptake | None = session.scalar(
        select(Uptake).where(Uptake.result_id == result_id, Uptake.unit_id == unit_id)
    )
    return found
