"""Same here without an account: counted once per device, shown as the number of units."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from needsbank.db.models import Need, Support, UnitVoice
from needsbank.db.queries.needs import need_to_read
from needsbank.domain.captures import SaySameHere
from needsbank.domain.errors import Conflict, NotFound
from needsbank.domain.roles import ANONYMOUS
from needsbank.domain.supports import SUPPORTABLE
from needsbank.services.lineage import is_merged
from needsbank.services.unit_links import link_to_throw


def say_same_here(session: Session, command: SaySameHere) -> Need:
    """Count a unit's voice for a public need; the same device again changes nothing."""
    link = link_to_throw(session, command.code)
    need = session.scalar(need_to_read(ANONYMOUS, command.need_id))
    if need is None:
        raise NotFound(command.need_id)
    if need.state not in SUPPORTABLE or is_merged(session, need.id):
        raise Conflict("the need takes no more voices")
    same = select(UnitVoice.id).where(
        UnitVoice.need_id == need.id,
        UnitVoice.unit_id == link.unit_id,
        UnitVoice.device == command.device,
    )
    if session.scalar(same) is None:
        voice = UnitVoice(need_id=need.id, unit_id=link.unit_id, device=command.device)
        session.add(voice)
    return need


def units_without_account(session: Session, need_ids: Collection[UUID]) -> dict[UUID, int]:
    """Return how many units have spoken for each of some needs by a device without an account."""
    counted = (
        select(UnitVoice.need_id, func.count(func.distinct(UnitVoice.unit_id)))
        .where(UnitVoice.need_id.in_(need_ids))
        .group_by(UnitVoice.need_id)
    )
    return {row[0]: row[1] for row in session.execute(counted)}


def teams_behind(session: Session, needs: Collection[Need]) -> dict[UUID, int]:
    """Return how many units have thought of each need: its own, and each that says the same."""
    ids = [need.id for need in needs]
    units: dict[UUID, set[UUID]] = {need.id: {need.unit_id} for need in needs}
    for model in (Support, UnitVoice):
        spoken = select(model.need_id, model.unit_id).where(model.need_id.in_(ids)).distinct()
        for need_id, unit_id in session.execute(spoken):
            units[need_id].add(unit_id)
    return {need_id: len(of_need) for need_id, of_need in units.items()}
