"""Refusals are pages like any other: in the reader's language, and accessible."""

import pytest
from flask import Flask
from playwright.sync_api import Route

from needsbank.web.errors import error_page
from tests.browser.conftest import Browse
from tests.browser.places import PARTNER
from tests.browser.reader import LANGUAGES

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_does_not_exist(language: str, browse: Browse):
    reader = browse(language)
    reader.page.goto("/needs/00000000-0000-0000-0000-000000000000")
    assert reader.heading().inner_text() == reader.word("The page was not found")
    reader.check(404)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_page_that_is_not_for_the_reader(language: str, browse: Browse):
    reader = browse(language, PARTNER)
    reader.page.goto("/coordination/")
    assert reader.heading().inner_text() == reader.word("This is not open to you")
    reader.check(403)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_for_when_the_database_is_away(language: str, browse: Browse, app: Flask):
    # The running bank's database cannot be taken away; its page and its style sheets can be shown.
    reader = browse(language)
    with app.test_request_context("/", headers={"Cookie": f"language={language}"}):
        answer = error_page(503)

    def away(route: Route) -> None:
        route.fulfill(status=503, headers=dict(answer.headers), body=answer.get_data(as_text=True))

    reader.page.route("**/away", away)
    reader.page.goto("/away")
    assert reader.heading().inner_text() == reader.word("The bank is resting for a moment")
    reader.check(503)
