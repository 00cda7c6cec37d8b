"""Forms say what is wrong where it is, and ask only for what fits."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.browser.places import COORDINATOR, MEMBER, PARTNER

pytestmark = pytest.mark.browser


def test_an_error_is_told_where_the_field_is(browse: Browse):
    reader = browse("en", PARTNER)
    reader.page.goto("/needs/new")
    reader.press("Post the need")
    title = reader.control("What do you need, in one sentence?")
    expect(title).to_have_attribute("aria-invalid", "true")
    expect(title).to_have_accessible_description(
        f"{reader.word('Say in a few words what you need.')} "
        + reader.word("Also a question will do. Leave out names and anything about patients.")
    )


def test_an_error_moves_no_field_beside_it(browse: Browse):
    reader = browse("en", COORDINATOR)
    reader.page.goto("/organisations/new")
    reader.control("Sector").select_option(label=str(reader.word("Municipality")))
    reader.press("Save")
    sector, region = reader.control("Sector"), reader.control("Region")
    expect(region).to_have_attribute("aria-invalid", "true")
    expect(sector).not_to_have_attribute("aria-invalid", "true")
    tops = [each.evaluate("each => each.getBoundingClientRect().top") for each in (sector, region)]
    assert tops[0] == tops[1]


def test_only_a_course_round_is_asked_how_much_room_it_has(browse: Browse):
    reader = browse("fi", MEMBER)
    reader.page.goto("/competences/new")
    room = reader.main().get_by_role("group", name=reader.word("Room on the course round"))
    expect(room).to_be_hidden()
    reader.control("Course round").check()
    expect(room).to_be_visible()
    reader.control("Researcher or research group").check()
    expect(room).to_be_hidden()
