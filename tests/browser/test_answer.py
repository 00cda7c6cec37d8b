"""From a need that is known already to a voice, a verdict and a solution in use."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.browser.places import COORDINATOR, PARTNER
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

TITLE = "Sijainen saa liian vähän opastusta"
PROBLEM = "Uusi sijainen jää ensimmäisessä vuorossaan kotihoidossa yksin, eikä kukaan perehdytä."
SHOWN_WITHIN = 30_000
"""Milliseconds to the first answer; a server that has just started loads its model first."""


def write(reader: Reader) -> None:
    """Write a need in the empty form until the bank answers."""
    reader.page.goto("/needs/new")
    reader.control("What do you need, in one sentence?").fill(TITLE)
    reader.control("What is the problem?").press_sequentially(PROBLEM, delay=2)
    unit = reader.page.locator("#unit_id")
    if not unit.input_value():
        unit.select_option(index=1)
    expect(reader.page.locator("#similar li").first).to_be_visible(timeout=SHOWN_WITHIN)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_sentence_that_matches_comes_by_itself(browse: Browse, language: str):
    reader = browse(language, PARTNER)
    write(reader)
    quotes = reader.page.locator("#similar .compared blockquote")
    expect(quotes.first).to_be_visible(timeout=SHOWN_WITHIN)
    reader.check_accessibility()


def test_joining_a_need_keeps_what_was_typed_and_can_be_taken_back(browse: Browse):
    reader = browse("fi", PARTNER)
    write(reader)
    same_here = reader.page.locator("#similar button[formaction$='/support']").first
    same_here.click()
    expect(reader.main().get_by_text(reader.word("You are one of them.")).first).to_be_visible()
    reader.check()
    reader.follow("Unit and note")
    expect(reader.control("A note to the coordinator")).to_have_value(f"{TITLE}\n\n{PROBLEM}")
    reader.page.go_back()
    reader.page.locator("form[action$='/support/withdraw'] button").first.click()
    taken_back = "Your voice is taken back, and your note with it."
    expect(reader.main().get_by_text(reader.word(taken_back))).to_be_visible()


def test_a_need_in_the_list_is_joined_without_leaving_it(browse: Browse):
    reader = browse("sv", COORDINATOR)
    reader.page.goto("/needs/")
    asked = reader.page.locator("article .voices a[href$='/support']").first
    if asked.count():
        # Somebody with several units is asked once; then one press will do.
        asked.click()
        reader.page.locator("#unit_id").select_option(index=1)
        reader.press("Same here")
        reader.page.goto("/needs/")
    card = reader.page.locator("article:has(form[action$='/support'])").first
    title = card.get_by_role("heading").inner_text()
    card.get_by_role("button").click()
    joined = reader.page.locator("article").filter(has_text=title)
    expect(joined.get_by_text(reader.word("You are one of them."))).to_be_visible()
    said = "Your voice is counted. You can take it back at any time."
    expect(reader.page.locator("#voices-status")).to_have_text(reader.word(said))
    reader.check_accessibility()
    joined.get_by_role("button").click()
    expect(joined.get_by_text(reader.word("You are one of them."))).to_be_hidden()


def test_one_key_judges_and_leads_to_the_next(browse: Browse):
    reader = browse("en", COORDINATOR)
    page = reader.page
    page.goto("/coordination/")
    page.locator("#main ol h2 a").first.click()
    hits = page.locator("[data-hit]:not(details *)")
    expect(hits.first).to_be_visible()
    waiting = [hit.get_attribute("id") for hit in hits.all()]
    assert len(waiting) >= 2, "the bank of the tests has needs that are alike"
    hits.first.get_by_role("button").first.focus()
    page.keyboard.press("2")
    expect(page.locator(f"#{waiting[1]}")).to_be_focused()
    expect(page.locator("#verdict-status")).to_have_text(reader.word("Your verdict is recorded."))
    first = page.locator(f"#{waiting[0]}")
    expect(first.locator("[data-judged]")).to_contain_text(reader.word("Partly"))
    reader.check_accessibility()
    # A letter for whom digits are far; without the focus in a hit no key does anything.
    page.keyboard.press("n")
    expect(page.locator(f"#{waiting[1]} [data-judged]")).to_be_visible()
    reader.heading().click()
    page.keyboard.press("1")
    for judged in waiting[:2]:
        hit = page.locator(f"#{judged}")
        hit.get_by_role("button", name=reader.word("Undo")).click()
        expect(hit).to_be_focused()
        expect(hit.locator("button[name=verdict]")).to_have_count(3)


def test_a_solution_is_taken_into_use_and_found_again(browse: Browse):
    reader = browse("fi", PARTNER)
    write(reader)
    reader.press("Post the need")
    offered = reader.page.locator("#similar-panel a[href*='/adopt/']").first
    expect(offered).to_be_visible(timeout=SHOWN_WITHIN)
    address = reader.page.url
    offered.click()
    solution = reader.main().get_by_role("heading", level=2).first.inner_text()
    reader.check()
    reader.control("More about it").fill("Kokeillaan tammikuusta alkaen.")
    reader.press("Take into use")
    ended = "The need has ended: something ready is taken into use."
    expect(reader.main().get_by_text(reader.word(ended))).to_be_visible()
    reader.check()
    reader.page.goto("/my")
    expect(reader.main().get_by_role("heading", name=solution)).to_be_visible()
    reader.check()
    reader.page.goto(address)
    reader.press("Take it up again")
    reader.press("Withdraw")
