import pytest
from sqlalchemy import select

from needsbank.db.models import AuditEntry
from needsbank.db.transaction import transaction
from needsbank.domain.errors import NotAllowed, NotFound
from needsbank.domain.roles import Role
from needsbank.services import unit_links
from tests.factories import add_organisation, add_unit, add_unit_link, add_user


@pytest.fixture
def county(session):
    return add_organisation(session, "County")


def make(session, person, unit):
    with transaction(session):
        return unit_links.make_link(session, person.actor, unit.id)


def test_a_rotated_link_stops_working_and_the_new_one_works(session, county):
    partner = add_user(session, Role.PARTNER, organisation=county)
    first = make(session, partner, county.units[0])
    second = make(session, partner, county.units[0])
    assert first.code != second.code
    assert unit_links.link_to_throw(session, second.code).unit.name == "County"
    with pytest.raises(NotFound):
        unit_links.link_to_throw(session, first.code)
    acts = session.scalars(select(AuditEntry.act)).all()
    assert acts == ["make_link", "make_link"]


def test_a_revoked_link_is_as_unknown_as_one_that_never_was(session, county):
    partner = add_user(session, Role.PARTNER, organisation=county)
    link = make(session, partner, county.units[0])
    with transaction(session):
        unit_links.revoke_link(session, partner.actor, county.units[0].id)
    for code in (link.code, "abcdefghjk"):
        with pytest.raises(NotFound):
            unit_links.link_to_throw(session, code)
    with pytest.raises(NotFound):
        unit_links.link_for_poster(session, partner.actor, county.units[0].id)


def test_units_are_listed_as_a_tree_with_their_links(session, county):
    team = add_unit(session, county, "Team", county.units[0])
    link = add_unit_link(session, team)
    partner = add_user(session, Role.PARTNER, organisation=county)
    listed = unit_links.links_of(session, partner.actor, county.id)
    assert [(unit.name, depth, found) for unit, depth, found in listed] == [
        ("County", 0, None),
        ("Team", 1, link),
    ]


@pytest.mark.parametrize("role", [Role.MEMBER, Role.COMPANY, Role.AMBASSADOR, Role.OBSERVER])
def test_others_of_the_organisation_make_no_links(session, county, role):
    person = add_user(session, role, organisation=county)
    with pytest.raises(NotAllowed):
        make(session, person, county.units[0])


@pytest.mark.parametrize("role", [Role.COORDINATOR, Role.LEAD, Role.ADMIN])
def test_those_who_keep_the_bank_make_links_for_any(session, county, role):
    assert make(session, add_user(session, role), county.units[0]).unit_id == county.units[0].id


def test_a_partner_of_elsewhere_makes_none(session, county):
    with pytest.raises(NotAllowed):
        make(session, add_user(session, Role.PARTNER), county.units[0])
