"""Pages of organisations, kept by coordinators and admins."""

import pytest
from sqlalchemy import select

from needsbank.db.models import Organisation
from needsbank.domain.organisations import Region, Sector
from tests.factories import add_organisation, add_unit, reread
from tests.pages import Page, get_page, post

FILLED = {
    "name": "Ähtärin kaupunki",
    "sector": "municipality",
    "region": "etela_pohjanmaa",
    "business_id": "07375462",
    "about": "A town.",
}


@pytest.fixture
def keeper(coordinator, sign_in_as):
    return sign_in_as(coordinator)


def test_an_organisation_is_added(keeper, client, session):
    response = post(keeper, "/organisations/", **FILLED)
    session.rollback()
    added = session.scalars(select(Organisation).filter_by(name=FILLED["name"])).one()
    assert response.headers["Location"] == f"/organisations/{added.id}"
    assert (added.sector, added.region) == (Sector.MUNICIPALITY, Region.ETELA_POHJANMAA)
    page = get_page(client, f"/organisations/{added.id}")
    assert "0737546-2" in page.main
    assert page.all("form", method="post") == []


def test_mistakes_are_told_and_what_was_typed_is_kept(keeper):
    values = {**FILLED, "business_id": "0737546-3", "sector": ""}
    page = Page(post(keeper, "/organisations/", **values))
    assert (page.status, page.errors) == (422, ["Choose the sector."])
    assert {name: page.value_of(name) for name in values} == values
    page = Page(post(keeper, "/organisations/", **{**values, "sector": "state"}))
    assert page.errors == ["Check the business ID: seven digits, a hyphen and a check digit."]
    assert (page.status, page.broken_rules()) == (422, [])


def test_a_name_that_is_taken_is_told(keeper, session):
    add_organisation(session, "Ähtärin kaupunki")
    page = Page(post(keeper, "/organisations/", **FILLED))
    assert (page.status, page.errors) == (422, ["This is already in the bank."])


def test_a_name_that_is_too_long_is_told(keeper):
    page = Page(post(keeper, "/organisations/", **{**FILLED, "name": "x" * 201}))
    assert (page.status, page.errors) == (422, ["Shorten this to at most 200 characters."])


def test_an_organisation_is_changed(keeper, session):
    organisation = add_organisation(session, "Before", business_id="0737546-2")
    address = f"/organisations/{organisation.id}/edit"
    page = get_page(keeper, address)
    assert (page.value_of("name"), page.value_of("sector")) == ("Before", "wellbeing_county")
    assert post(keeper, address, **FILLED).status_code == 303
    assert reread(session, organisation).name == "Ähtärin kaupunki"


def test_an_organisation_that_is_not_there_is_not_found(keeper):
    nothing = "00000000-0000-4000-8000-000000000000"
    assert post(keeper, f"/organisations/{nothing}/edit", **FILLED).status_code == 404
    assert post(keeper, f"/organisations/{nothing}/units", name="x").status_code == 404
    get_page(keeper, f"/organisations/{nothing}", 404)


def test_units_are_added_to_the_tree(keeper, client, session):
    organisation = add_organisation(session, "County")
    address = f"/organisations/{organisation.id}/units"
    top = str(organisation.units[0].id)
    assert post(keeper, address, name="Night team", parent=top).status_code == 303
    assert post(keeper, address, name="Schools", parent="").status_code == 303
    page = get_page(client, f"/organisations/{organisation.id}")
    tree = [(e.text, e.get("class")) for e in page.all("li") if "depth" in e.get("class")]
    assert tree == [("County", "depth-0"), ("Night team", "depth-1"), ("Schools", "depth-0")]


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"name": " ", "parent": ""}, ["Type the unit's name."]),
        ({"name": "county", "parent": ""}, ["This is already in the bank."]),
    ],
)
def test_a_unit_that_cannot_be_is_told(keeper, session, values, errors):
    organisation = add_organisation(session, "County")
    page = Page(post(keeper, f"/organisations/{organisation.id}/units", **values))
    assert (page.status, page.errors, page.broken_rules()) == (422, errors, [])


def test_a_unit_of_another_organisation_is_no_parent(keeper, session):
    organisation, other = add_organisation(session), add_organisation(session)
    parent = add_unit(session, other, "Elsewhere")
    values = {"name": "x", "parent": str(parent.id)}
    page = Page(post(keeper, f"/organisations/{organisation.id}/units", **values))
    assert (page.status, len(page.errors)) == (422, 1)


def test_all_organisations_are_listed_by_name(client, session):
    for name in ("Beta", "Alfa"):
        add_organisation(session, name)
    names = [e.text for e in get_page(client, "/organisations/").all("a") if e.is_inside("tbody")]
    assert names == ["Alfa", "Beta"]
