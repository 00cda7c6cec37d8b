"""Units read as trees."""

from needsbank.services.units import in_tree_order, units_of
from tests.factories import add_organisation, add_unit


def test_each_unit_stands_after_its_parent_with_its_depth(session):
    organisation = add_organisation(session, "County")
    top = organisation.units[0]
    west, east = (add_unit(session, organisation, name, top) for name in ("West", "East"))
    add_unit(session, organisation, "Night", west)
    other = add_organisation(session, "Another")
    units = units_of(session, {organisation.id, other.id})
    assert [(unit.name, depth) for unit, depth in in_tree_order(units)] == [
        ("Another", 0),
        ("County", 0),
        ("East", 1),
        ("West", 1),
        ("Night", 2),
    ]
    assert {top.id, east.id} <= {unit.id for unit in units}


def test_no_organisations_have_no_units(session):
    add_organisation(session)
    assert units_of(session, set()) == []
