"""A language once chosen stays chosen."""

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Browse
from tests.browser.places import MEMBER

pytestmark = pytest.mark.browser


def speaks(page: Page, language: str) -> None:
    expect(page.locator("html")).to_have_attribute("lang", language)


def test_a_language_is_remembered_over_signing_in_and_out(browse: Browse):
    reader = browse("sv", remembered=False)
    page = reader.page
    page.goto("/needs/?field=ict")
    speaks(page, "fi")
    reader.choose_language()
    page.wait_for_url("**/needs/?field=ict")
    speaks(page, "sv")
    page.goto("/sign-in")
    reader.sign_in(MEMBER)
    expect(reader.heading()).to_have_text(reader.word("My page"))
    page.get_by_role("button", name=reader.word("Sign out")).click()
    expect(reader.heading()).to_have_text(reader.word("Needs meet competences"))
    another = page.context.new_page()
    another.goto("/about")
    speaks(another, "sv")


def test_a_person_is_greeted_in_their_language_by_a_new_browser(browse: Browse):
    reader = browse("en", MEMBER, remembered=False)
    reader.page.goto("/my")
    reader.choose_language()
    speaks(reader.page, "en")
    elsewhere = browse("en", MEMBER, remembered=False)
    elsewhere.page.context.clear_cookies(name="language")
    elsewhere.page.goto("/my")
    speaks(elsewhere.page, "en")


@pytest.mark.browser_context_args(locale="sv-FI")
def test_a_browser_that_asks_for_a_language_gets_it(browse: Browse):
    reader = browse("sv", remembered=False)
    reader.page.goto("/")
    speaks(reader.page, "sv")
