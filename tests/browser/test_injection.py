"""What people write is shown as they wrote it, and nothing of it runs."""

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.browser.places import COORDINATOR, PARTNER
from tests.browser.reader import PHONE, Reader

pytestmark = pytest.mark.browser

ATTACK = (
    "\"><img src=x onerror=alert('{0}')><script>alert('{0}')</script>"
    " [x](javascript:alert('{0}')) **{0}** <a href=javascript:alert('{0}')>{0}</a> {{{{7*7}}}}"
)
NEED = "Kesällä kotihoidon sijaisia tulee kymmeniä, ja perehdytys jää puolikkaaseen vuoroon."
FIELDS = ("title", "problem", "wished_change", "who_suffers", "timing", "place")


def test_html_in_every_field_of_a_need_stays_text(browse: Browse):
    partner = browse("en", PARTNER)
    post_attack(partner)
    address = partner.page.url
    for name in FIELDS:
        expect(partner.main().get_by_text(ATTACK.format(name)).first).to_be_visible()
    expect(partner.page.locator("#status li a").first).to_be_visible()
    coordinator = browse("en", COORDINATOR)
    # Such words are also long: a phone shows whether they break.
    for reader in (partner, coordinator):
        reader.page.set_viewport_size(PHONE)
    desk = f"/coordination/needs/{address.rpartition('/')[2]}"
    for reader, place in (
        (partner, address),
        (partner, f"{address}/edit"),
        (partner, f"{address}/status"),
        (partner, f"{address}/close"),
        (partner, "/my"),
        (partner, "/needs/"),
        (partner, "/"),
        (partner, "/search?q=title+problem"),
        (coordinator, "/coordination/"),
        (coordinator, "/coordination/log"),
        (coordinator, desk),
    ):
        reader.page.goto(place)
        assert_nothing_was_injected(reader)
    coordinator.page.locator("#main h3 a[href*='/suggestions/']").first.click()
    coordinator.page.wait_for_url("**/suggestions/**")
    assert_nothing_was_injected(coordinator)


def post_attack(reader: Reader) -> None:
    reader.page.goto("/needs/new")
    reader.page.get_by_text(reader.word("Tell more, if you like")).click()
    for name in FIELDS:
        reader.page.fill(f"#{name}", ATTACK.format(name))
    reader.page.fill("#problem", f"{ATTACK.format('problem')} {NEED}")
    reader.press("Post the need")
    reader.page.wait_for_url("**/needs/*-*")


def assert_nothing_was_injected(reader: Reader) -> None:
    reader.check_reflow()
    found = reader.page.evaluate(
        """() => [...document.querySelectorAll("*")].filter(each =>
            [...each.attributes].some(a => a.name.startsWith("on") || /^javascript:/i.test(a.value))
            || each.matches("main script, main img, main iframe")
        ).map(each => each.outerHTML)"""
    )
    assert found == [], reader.page.url
