"""Posting works in a browser that runs no scripts."""

import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.browser.places import PARTNER
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

TITLE = "Uusi sijainen saa opastusta vain puolikkaan vuoron"
PROBLEM = (
    "Kesällä sijaisia tulee kymmeniä. Perehdytys jää sen varaan, kuka sattuu olemaan vuorossa."
)
SUGGESTED_WITHIN = 10
"""Seconds in which a patient reader reloads the page."""


@pytest.fixture
def reader(browse: Browse) -> Reader:
    """The partner at the empty form of a need."""
    reader = browse("fi", PARTNER, java_script_enabled=False)
    reader.page.goto("/needs/new")
    reader.control("What do you need, in one sentence?").fill(TITLE)
    reader.control("What is the problem?").fill(PROBLEM)
    return reader


def test_similar_ones_are_shown_on_a_page_of_their_own(reader: Reader):
    reader.press("Show similar ones")
    expect(reader.heading()).to_have_text(reader.word("Is this known already?"))
    assert reader.main().get_by_role("listitem").count() > 0
    reader.page.go_back()
    expect(reader.control("What is the problem?")).to_have_value(PROBLEM)


def test_a_posted_need_has_suggestions_after_a_reload(reader: Reader):
    reader.press("Post the need")
    expect(reader.heading()).to_have_text(TITLE)
    found = reader.page.locator("#status li a[href^='/competences/']")
    deadline = time.monotonic() + SUGGESTED_WITHIN
    while not found.count() and time.monotonic() < deadline:
        reader.follow("Check now")
    assert found.count() > 0


def test_forms_come_back_with_their_errors(reader: Reader):
    reader.control("What is the problem?").fill("")
    reader.press("Post the need")
    summary = reader.page.get_by_role("alert")
    expect(summary.get_by_role("link")).to_have_text([reader.word("Tell what the problem is.")])
    expect(reader.control("What do you need, in one sentence?")).to_have_value(TITLE)
