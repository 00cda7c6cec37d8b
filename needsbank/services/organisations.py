"""Organisations and their units."""

from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from needsbank.db.models import Need, Organisation, Unit
from needsbank.domain.errors import Invalid, NotAllowed, NotFound
from needsbank.domain.organisations import AddUnit, DescribeOrganisation, checked_business_id
from needsbank.domain.roles import Actor, may_manage_organisations
from needsbank.services import audit


def add_organisation(session: Session, actor: Actor, command: DescribeOrganisation) -> Organisation:
    """Add an organisation with one unit of its own name, so that people can post at once."""
    _check_right(actor)
    organisation = Organisation()
    _describe(session, organisation, command)
    session.add(organisation)
    organisation.units.append(Unit(name=command.name.strip()))
    session.flush()  # the audit entry needs the key
    audit.record(session, actor, "add", "organisation", organisation.id)
    return organisation


def change_organisation(
    session: Session, actor: Actor, organisation_id: UUID, command: DescribeOrganisation
) -> Organisation:
    """Describe an organisation anew."""
    _check_right(actor)
    organisation = session.get(Organisation, organisation_id)
    if organisation is None:
        raise NotFound(organisation_id)
    region = organisation.region
    _describe(session, organisation, command)
    if organisation.region is not region:
        # Where both sides are is a part of every score.
        session.execute(update(Need).values(matched_with=None))
    audit.record(session, actor, "change", "organisation", organisation.id)
    return organisation


def add_unit(session: Session, actor: Actor, command: AddUnit) -> Unit:
    """Add a unit to an organisation's tree."""
    _check_right(actor)
    if session.get(Organisation, command.organisation_id) is None:
        raise NotFound(command.organisation_id)
    if command.parent_id is not None:
        parent = session.get(Unit, command.parent_id)
        if parent is None or parent.organisation_id != command.organisation_id:
            raise Invalid({"parent": "unknown"})
    name = command.name.strip()
    same = select(Unit).where(
        Unit.organisation_id == command.organisation_id,
        Unit.parent_id == command.parent_id,
        func.lower(Unit.name) == name.lower(),
    )
    if session.scalar(same) is not None:
        raise Invalid({"name": "taken"})
    unit = Unit(organisation_id=command.organisation_id, parent_id=command.parent_id, name=name)
    session.add(unit)
    session.flush()  # the audit entry needs the key
    audit.record(session, actor, "add", "unit", unit.id)
    return unit


def _check_right(actor: Actor) -> None:
    if not may_manage_organisations(actor):
        raise NotAllowed("organisations")


def _describe(session: Session, organisation: Organisation, command: DescribeOrganisation) -> None:
    name, business_id = command.name.strip(), checked_business_id(command.business_id)
    # An organisation that is being added has no key yet and differs from all.
    others = select(Organisation).where(Organisation.id.is_distinct_from(organisation.id))
    if session.scalar(others.where(func.lower(Organisation.name) == name.lower())) is not None:
        raise Invalid({"name": "taken"})
    taken = others.where(Organisation.business_id == business_id)
    if business_id and session.scalar(taken) is not None:
        raise Invalid({"business_id": "taken"})
    organisation.name = name
    organisation.sector = command.sector
    organisation.region = command.region
    organisation.business_id = business_id
    organisation.about = command.about.strip()
