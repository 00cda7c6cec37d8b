"""What can be done with a mouse can be done with a keyboard."""

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Browse
from tests.browser.places import MEMBER, PARTNER
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

MOST_TABS = 60


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the target has the focus."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if target.evaluate("each => each === document.activeElement"):
            return
    raise AssertionError(f"{MOST_TABS} tabs did not lead to {target}")


def focused(page: Page, attribute: str) -> str | None:
    """Return an attribute of what has the focus."""
    return page.locator(":focus").get_attribute(attribute)


def test_the_first_tab_offers_to_skip_to_the_content(browse: Browse):
    reader = browse("fi")
    reader.page.goto("/needs/")
    skip = reader.page.get_by_role("link", name=reader.word("Skip to the content"))
    reader.page.keyboard.press("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    reader.page.keyboard.press("Enter")
    expect(reader.main()).to_be_focused()
    reader.page.keyboard.press("Tab")
    expect(reader.main().get_by_role("link", name=reader.word("Post a need"))).to_be_focused()


@pytest.mark.parametrize(
    ("address", "email", "button", "fields"),
    [
        ("/needs/new", PARTNER, "Post the need", ["title", "problem"]),
        ("/competences/new", MEMBER, "Put on offer", ["kind", "title", "description"]),
    ],
)
def test_a_form_with_errors_leads_to_its_fields(
    address: str, email: str, button: str, fields: list[str], browse: Browse
):
    reader = browse("en", email)
    reader.page.goto(address)
    tab_to(reader.page, reader.main().get_by_role("button", name=reader.word(button)))
    reader.page.keyboard.press("Enter")
    summary = reader.page.locator("[data-error-summary]")
    expect(summary).to_be_focused()
    assert summary.get_by_role("link").count() == len(fields)
    for link, name in zip(summary.get_by_role("link").all(), fields, strict=True):
        summary.focus()
        tab_to(reader.page, link)
        reader.page.keyboard.press("Enter")
        assert focused(reader.page, "name") == name


def test_a_need_can_be_posted_with_a_keyboard_alone(browse: Browse):
    reader = browse("en", PARTNER)
    page = reader.page
    page.goto("/needs/new")
    write(reader, "What do you need, in one sentence?", "Names on the doors of the third floor")
    write(reader, "What is the problem?", "Visitors get lost. Signs are from the last tenant.")
    tab_to(page, page.locator("input[name=visibility]:checked"))
    page.keyboard.press("ArrowDown")
    tab_to(page, reader.main().get_by_role("button", name=reader.word("Save as a draft")))
    page.keyboard.press("Enter")
    expect(reader.heading()).to_have_text("Names on the doors of the third floor")
    expect(reader.main().get_by_text(reader.word("Saved as a draft."))).to_be_visible()
    expect(reader.main().get_by_text(reader.word("Everyone in the network"))).to_be_visible()


def write(reader: Reader, label: str, text: str) -> None:
    """Go to a control by keyboard and type into it."""
    tab_to(reader.page, reader.control(label))
    reader.page.keyboard.type(text)
