"""Links of units: made, rotated, revoked, and looked up by whoever scans a poster."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import Organisation, Unit, UnitLink
from needsbank.domain.clock import now
from needsbank.domain.errors import NotAllowed, NotFound
from needsbank.domain.roles import Actor
from needsbank.domain.unit_links import may_manage_links, new_code
from needsbank.services import audit
from needsbank.services.units import in_tree_order

LinkedUnit = tuple[Unit, int, UnitLink | None]
"""A unit, its depth in the tree, and its link."""


def links_of(session: Session, actor: Actor, organisation_id: UUID) -> Sequence[LinkedUnit]:
    """Return an organisation's units as a tree, each with the link that works now."""
    _check(actor, organisation_id)
    if session.get(Organisation, organisation_id) is None:
        raise NotFound(organisation_id)
    units = session.scalars(
        select(Unit).where(Unit.organisation_id == organisation_id).order_by(Unit.name, Unit.id)
    ).all()
    of_units = (
        select(UnitLink)
        .join(UnitLink.unit)
        .where(Unit.organisation_id == organisation_id, UnitLink.revoked.is_(None))
    )
    links = {link.unit_id: link for link in session.scalars(of_units)}
    return [(unit, depth, links.get(unit.id)) for unit, depth in in_tree_order(units)]


def make_link(session: Session, actor: Actor, unit_id: UUID) -> UnitLink:
    """Give a unit a new link; the one that it had stops working."""
    unit = _unit(session, actor, unit_id)
    _revoke(session, unit_id)
    link = UnitLink(unit=unit, code=new_code(), made_by_id=actor.user_id)
    session.add(link)
    audit.record(session, actor, "make_link", "unit", unit.id)
    return link


def revoke_link(session: Session, actor: Actor, unit_id: UUID) -> UUID:
    """Have a unit's link, if any, stop working; return its organisation."""
    unit = _unit(session, actor, unit_id)
    if _revoke(session, unit.id):
        audit.record(session, actor, "revoke_link", "unit", unit.id)
    return unit.organisation_id


def link_for_poster(session: Session, actor: Actor, unit_id: UUID) -> UnitLink:
    """Return the link that a unit's poster shows."""
    unit = _unit(session, actor, unit_id)
    working = select(UnitLink).where(UnitLink.unit_id == unit.id, UnitLink.revoked.is_(None))
    link = session.scalar(working.options(joinedload(UnitLink.unit).joinedload(Unit.organisation)))
    if link is None:
        raise NotFound(unit_id)
    return link


def link_to_throw(session: Session, code: str) -> UnitLink:
    """Return the working link of a code; an unknown and a revoked one are the same to a reader."""
    working = select(UnitLink).where(UnitLink.code == code, UnitLink.revoked.is_(None))
    link = session.scalar(working.options(joinedload(UnitLink.unit).joinedload(Unit.organisation)))
    if link is None:
        raise NotFound(code)
    return link


def _unit(session: Session, actor: Actor, unit_id: UUID) -> Unit:
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFound(unit_id)
    _check(actor, unit.organisation_id)
    return unit


def _check(actor: Actor, organisation_id: UUID) -> None:
    if not may_manage_links(actor, organisation_id):
        raise NotAllowed(organisation_id)


def _revoke(session: Session, unit_id: UUID) -> bool:
    working = select(UnitLink).where(UnitLink.unit_id == unit_id, UnitLink.revoked.is_(None))
    links = session.scalars(working).all()
    for link in links:
        link.revoked = now()
    return bool(links)
