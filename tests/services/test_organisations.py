"""Organisations and units: kept by coordinators and admins, each named once."""

import pytest
from sqlalchemy import select

from needsbank.db.models import AuditEntry, Organisation, Unit
from needsbank.domain.errors import Invalid, NotAllowed, NotFound
from needsbank.domain.organisations import AddUnit, DescribeOrganisation, Region, Sector
from needsbank.domain.roles import COORDINATES, Role
from needsbank.services import organisations
from tests.factories import add_organisation, add_unit, add_user


@pytest.fixture
def keeper(session):
    return add_user(session, Role.COORDINATOR).actor


def described(name="Ähtärin kaupunki", **values):
    defaults = {"sector": Sector.MUNICIPALITY, "region": Region.ETELA_POHJANMAA}
    return DescribeOrganisation(name=name, **{**defaults, **values})


@pytest.mark.parametrize("role", list(Role))
def test_coordinators_and_admins_alone_keep_organisations(session, role):
    actor = add_user(session, role).actor
    organisation = add_organisation(session)
    unit = AddUnit(organisation_id=organisation.id, name="Home care")
    if role in COORDINATES | {Role.ADMIN}:
        assert organisations.add_organisation(session, actor, described()).name == described().name
        organisations.change_organisation(session, actor, organisation.id, described("Changed"))
        assert organisations.add_unit(session, actor, unit).name == "Home care"
        return
    for refused in (
        lambda: organisations.add_organisation(session, actor, described()),
        lambda: organisations.change_organisation(session, actor, organisation.id, described()),
        lambda: organisations.add_unit(session, actor, unit),
    ):
        with pytest.raises(NotAllowed):
            refused()


def test_a_new_organisation_has_one_unit_of_its_name(session, keeper):
    command = described(" Ähtärin kaupunki ", business_id="0737546-2", about=" A town. ")
    added = organisations.add_organisation(session, keeper, command)
    assert (added.name, added.business_id, added.about) == (
        "Ähtärin kaupunki",
        "0737546-2",
        "A town.",
    )
    assert [unit.name for unit in added.units] == ["Ähtärin kaupunki"]


@pytest.mark.parametrize(
    ("taken", "wanted"),
    [
        ("Testbolaget Ab", "Testbolaget Ab"),
        ("Testbolaget Ab", "TESTBOLAGET AB"),
        ("Ähtärin kaupunki", "Ähtärin kaupunki"),
        ("Ähtärin kaupunki", "ähtärin KAUPUNKI"),
        ("ähtärin kaupunki", "ÄHTÄRIN KAUPUNKI"),
    ],
)
def test_a_name_is_taken_once_however_it_is_written(session, keeper, taken, wanted):
    add_organisation(session, taken)
    with pytest.raises(Invalid) as refused:
        organisations.add_organisation(session, keeper, described(wanted))
    assert refused.value.errors == {"name": "taken"}


def test_a_business_id_is_taken_once(session, keeper):
    add_organisation(session, business_id="0737546-2")
    with pytest.raises(Invalid) as refused:
        organisations.add_organisation(session, keeper, described(business_id="07375462"))
    assert refused.value.errors == {"business_id": "taken"}


def test_an_organisation_may_keep_its_own_name_and_business_id(session, keeper):
    organisation = add_organisation(session, "Same", business_id="0737546-2")
    command = described("Same", business_id="0737546-2", about="new")
    changed = organisations.change_organisation(session, keeper, organisation.id, command)
    assert (changed.id, changed.about) == (organisation.id, "new")


def test_organisations_without_a_business_id_do_not_clash(session, keeper):
    for name in ("One", "Two"):
        assert organisations.add_organisation(session, keeper, described(name)).business_id is None


def test_what_is_not_there_cannot_be_changed(session, keeper):
    nothing = keeper.person_id
    with pytest.raises(NotFound):
        organisations.change_organisation(session, keeper, nothing, described())
    with pytest.raises(NotFound):
        organisations.add_unit(session, keeper, AddUnit(organisation_id=nothing, name="x"))


def test_units_form_a_tree(session, keeper):
    organisation = add_organisation(session)
    parent = organisation.units[0]
    command = AddUnit(organisation_id=organisation.id, name=" Night team ", parent_id=parent.id)
    unit = organisations.add_unit(session, keeper, command)
    assert (unit.name, unit.parent_id) == ("Night team", parent.id)


@pytest.mark.parametrize("wanted", ["Öinen tiimi", "öinen tiimi", "ÖINEN TIIMI"])
def test_a_unit_is_named_once_under_its_parent(session, keeper, wanted):
    organisation = add_organisation(session)
    add_unit(session, organisation, "Öinen tiimi")
    with pytest.raises(Invalid) as refused:
        organisations.add_unit(
            session, keeper, AddUnit(organisation_id=organisation.id, name=wanted)
        )
    assert refused.value.errors == {"name": "taken"}


def test_the_same_name_may_stand_under_another_parent(session, keeper):
    organisation = add_organisation(session)
    parent = organisation.units[0]
    add_unit(session, organisation, "Night team")
    command = AddUnit(organisation_id=organisation.id, name="Night team", parent_id=parent.id)
    assert organisations.add_unit(session, keeper, command).parent_id == parent.id


def test_a_parent_of_another_organisation_is_refused(session, keeper):
    organisation, other = add_organisation(session), add_organisation(session)
    command = AddUnit(organisation_id=organisation.id, name="x", parent_id=other.units[0].id)
    with pytest.raises(Invalid) as refused:
        organisations.add_unit(session, keeper, command)
    assert refused.value.errors == {"parent": "unknown"}


def test_every_act_is_in_the_log(session, keeper):
    added = organisations.add_organisation(session, keeper, described())
    organisations.change_organisation(session, keeper, added.id, described("New"))
    unit = organisations.add_unit(session, keeper, AddUnit(organisation_id=added.id, name="U"))
    session.commit()
    entries = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert [(e.act, e.subject, e.subject_id, e.actor_id) for e in entries] == [
        ("add", "organisation", added.id, keeper.user_id),
        ("change", "organisation", added.id, keeper.user_id),
        ("add", "unit", unit.id, keeper.user_id),
    ]


def test_a_refusal_stores_nothing(session, keeper):
    with pytest.raises(Invalid):
        organisations.add_organisation(session, keeper, described(business_id="1234567-8"))
    session.commit()
    assert session.scalars(select(Organisation.name).where(Organisation.name == "x")).all() == []
    assert described().name not in session.scalars(select(Unit.name)).all()
