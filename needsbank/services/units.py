"""Units as choices and as trees."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import Organisation, Unit


def units_of(session: Session, organisation_ids: Collection[UUID]) -> list[Unit]:
    """Return the organisations' units with their organisations, as trees read from the top."""
    units = session.scalars(
        select(Unit)
        .join(Unit.organisation)
        .where(Unit.organisation_id.in_(organisation_ids))
        .options(joinedload(Unit.organisation))
        .order_by(Organisation.name, Unit.name, Unit.id)
    ).all()
    return [unit for unit, _ in in_tree_order(units)]


def in_tree_order(units: Sequence[Unit]) -> list[tuple[Unit, int]]:
    """Return units with their depth, each right after its parent; siblings keep their order."""
    children: dict[UUID | None, list[Unit]] = {}
    for unit in units:
        children.setdefault(unit.parent_id, []).append(unit)
    ordered: list[tuple[Unit, int]] = []
    waiting = [(unit, 0) for unit in reversed(children.get(None, []))]
    while waiting:
        unit, depth = waiting.pop()
        ordered.append((unit, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(unit.id, []))]
    return ordered
