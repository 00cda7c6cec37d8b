"""Telling what a competence has done: rows come and go, with and without scripts."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.browser.places import MEMBER
from tests.browser.reader import PHONE, Reader

pytestmark = pytest.mark.browser


def group(reader: Reader, number: int):
    """Return a row by the name that a screen reader says."""
    return reader.main().get_by_role("group", name=reader.word("Work %(number)d", number=number))


@pytest.mark.parametrize("scripts", [True, False])
def test_rows_come_and_go_and_what_was_typed_stays(scripts: bool, browse: Browse):
    reader = browse("fi", MEMBER, java_script_enabled=scripts)
    page = reader.page
    page.goto("/competences/new")
    reader.control("Name it in one sentence").fill("Kotihoidon avaimet")
    reader.press("Add a work")
    expect(group(reader, 1).get_by_label(reader.word("Title"))).to_be_focused()
    page.keyboard.type("Avainhanke")
    reader.press("Add another work")
    expect(group(reader, 2).get_by_label(reader.word("Title"))).to_be_focused()
    page.keyboard.type("Lukkohanke")
    expect(reader.control("Name it in one sentence")).to_have_value("Kotihoidon avaimet")
    group(reader, 1).get_by_role("button").click()
    add = reader.main().get_by_role("button", name=reader.word("Add another work"))
    expect(add).to_be_focused()
    expect(group(reader, 2)).to_have_count(0)
    expect(group(reader, 1).get_by_label(reader.word("Title"))).to_have_value("Lukkohanke")


def test_only_the_rows_change_where_scripts_run(browse: Browse):
    reader = browse("sv", MEMBER)
    reader.page.goto("/competences/new")
    reader.page.evaluate("window.stayed = true")
    reader.press("Add a work")
    expect(group(reader, 1)).to_be_visible()
    assert reader.page.evaluate("window.stayed")
    reader.check_accessibility()
    reader.page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    reader.check_accessibility()
    reader.page.set_viewport_size(PHONE)
    reader.check_reflow()


def test_enter_sends_the_form_and_mistakes_lead_to_their_rows(browse: Browse):
    reader = browse("en", MEMBER)
    reader.page.goto("/competences/new")
    reader.press("Add a work")
    address = group(reader, 1).get_by_label(reader.word("Address on the web"))
    address.fill("works.example")
    address.press("Enter")
    summary = reader.page.get_by_role("alert")
    expect(summary).to_be_focused()
    reader.check(422)
    link = summary.get_by_role("link", name=reader.word("Say what it was called."))
    link.press("Enter")
    expect(group(reader, 1).get_by_label(reader.word("Title"))).to_be_focused()
    expect(address).to_have_accessible_description(
        reader.word("Type the whole address, with https:// at its beginning.")
    )
