"""A worker throws an idea from a phone, and sees what becomes of it; with and without a network."""

from dataclasses import dataclass
from typing import NamedTuple
from uuid import uuid4

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.browser.conftest import Browse
from tests.browser.places import AMBASSADOR, PARTNER
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

SHOWN_WITHIN = 30_000
"""Milliseconds to similar ones; a server that has just started loads its model first."""
PHONE = ViewportSize(width=375, height=720)
MOST_TAPS = 3


class Written(NamedTuple):
    """What the worker writes, first with somebody's identity code."""

    text: str
    personal: str
    rewritten: str


TEXTS = {
    "fi": Written(
        "Sijaiset eivät löydä asiakkaan avaimia kotikäynneillä",
        "Asiakas 010195-9011 odotti oven takana",
        "Asiakas [henkilötunnus poistettu] odotti oven takana",
    ),
    "sv": Written(
        "Vikarierna hittar inte klientens nycklar vid hembesöken",
        "Klienten 010195-9011 väntade bakom dörren",
        "Klienten [personbeteckning borttagen] väntade bakom dörren",
    ),
    "en": Written(
        "A substitute stands behind the door without a key",
        "Client 010195-9011 waited behind the door",
        "Client [identity code removed] waited behind the door",
    ),
}


@dataclass
class Phone:
    """A phone without an account, whose taps are counted."""

    reader: Reader
    taps: int = 0

    def tap(self, selector: str) -> None:
        self.reader.page.locator(selector).tap()
        self.taps += 1

    def write(self, text: str) -> None:
        self.tap("#text")
        self.reader.page.fill("#text", "")
        self.reader.page.locator("#text").press_sequentially(text, delay=2)

    def send(self) -> None:
        self.tap("#idea-form button[type=submit]:not([formaction])")


@pytest.fixture
def box(browse: Browse) -> str:
    """The address that a unit's poster leads to."""
    partner = browse("fi", PARTNER)
    partner.page.goto("/organisations/")
    partner.follow("Rantamaan hyvinvointialue")
    partner.follow("Links and posters for throwing ideas")
    partner.check()
    partner.page.locator("#main a[href$='/poster']").first.click()
    partner.check()
    expect(partner.page.locator(".poster-code img")).to_be_visible()
    return partner.page.locator(".poster-address").inner_text()


def take_phone(browse: Browse, language: str, address: str) -> Phone:
    reader = browse(language, has_touch=True, is_mobile=True)
    reader.page.set_viewport_size(PHONE)
    reader.page.goto(address)
    expect(reader.heading()).to_have_text(reader.word("Throw an idea"))
    return Phone(reader)


@pytest.mark.parametrize("language", TEXTS)
def test_an_idea_goes_from_a_poster_to_its_follow_page(language: str, browse: Browse, box: str):
    written = TEXTS[language]
    phone = take_phone(browse, language, box)
    reader = phone.reader
    reader.check()
    phone.write(written.text)
    expect(reader.page.locator("#similar li").first).to_be_visible(timeout=SHOWN_WITHIN)
    assert 1 <= reader.page.locator("#similar li").count() <= 3
    reader.check_accessibility()

    phone.write(written.personal)
    phone.send()
    alert = reader.page.locator("form > [role=alert]")
    expect(alert).to_contain_text("010195-9011")
    expect(alert).to_contain_text(reader.word("Identity code"))
    expect(reader.page.locator("#text")).to_have_value(written.rewritten)
    reader.check(422)

    own = f"{written.text} ({uuid4().hex[:6]})"
    reader.page.goto(box)
    phone.taps = 0
    phone.write(own)
    phone.send()
    expect(reader.heading()).to_have_text(reader.word("Your idea"))
    assert phone.taps <= MOST_TAPS
    expect(reader.main()).to_contain_text(reader.word("Thank you! Your idea arrived."))
    reader.check()
    reader.page.set_viewport_size({"width": 320, "height": 640})
    reader.check_reflow()

    catcher = browse(language, AMBASSADOR)
    catcher.page.goto("/ideas/")
    catcher.check()
    waiting = catcher.main().get_by_role("listitem").filter(has_text=own)
    waiting.get_by_role("button", name=catcher.word("I catch it")).click()
    expect(catcher.main()).to_contain_text(catcher.word("What next?"))
    catcher.check()

    reader.page.reload()
    expect(reader.main()).to_contain_text("Leo Lähettiläs")
    expect(reader.main()).to_contain_text(reader.word("Caught"))
    reader.check()


def wait_until_kept(reader: Reader) -> None:
    """Wait until the phone has kept the page for when the network is away."""
    reader.page.wait_for_function(
        "async () => navigator.serviceWorker.controller"
        " && Boolean(await caches.match(location.pathname))"
        " && Boolean(await caches.match('/static/js/outbox.js', {ignoreSearch: true}))"
    )


def test_without_a_network_an_idea_waits_on_the_phone_and_arrives_once(browse: Browse, box: str):
    phone = take_phone(browse, "fi", box)
    reader, own = phone.reader, f"Varahuoneen ovi jumittaa aina ({uuid4().hex[:6]})"
    wait_until_kept(reader)
    reader.page.context.set_offline(True)
    reader.page.fill("#text", own)
    phone.send()
    shelf = reader.page.locator("#outbox")
    waits = reader.word("Kept on this phone. It leaves when the network is back.")
    expect(shelf).to_contain_text(waits)
    reader.check_accessibility()
    expect(reader.page.locator("#text")).to_have_value("")

    # The page opens without a network too, and the idea is still there.
    reader.page.reload()
    expect(shelf).to_contain_text(waits)
    idea = reader.page.evaluate(
        "async () => (await (await import('/static/js/outbox.js')).kept())[0]"
    )

    reader.page.context.set_offline(False)
    link = shelf.get_by_role("link", name=reader.word("Sent! Follow your idea"))
    expect(link).to_be_visible(timeout=SHOWN_WITHIN)
    first = link.get_attribute("href")
    # The same once more, as after an answer that was lost on its way.
    again = reader.page.evaluate(
        "async (idea) => (await import('/static/js/outbox.js')).send(idea)", idea
    )
    assert f"{again['address']}?new=1" == first

    catcher = browse("fi", AMBASSADOR)
    catcher.page.goto("/ideas/")
    expect(catcher.main().get_by_role("link", name=own)).to_have_count(1)
    link.click()
    expect(reader.main()).to_contain_text(own)


def test_what_the_bank_refuses_later_is_shown_to_its_sender(browse: Browse, box: str):
    phone = take_phone(browse, "fi", box)
    reader, written = phone.reader, TEXTS["fi"]
    wait_until_kept(reader)
    reader.page.context.set_offline(True)
    reader.page.fill("#text", written.personal)
    phone.send()
    expect(reader.page.locator("#outbox .ds-alert")).to_be_visible()
    reader.page.context.set_offline(False)
    look = reader.page.get_by_role("button", name=reader.word("Look at it"))
    expect(look).to_be_visible(timeout=SHOWN_WITHIN)
    reader.check_accessibility()
    look.click()
    expect(reader.page.locator("#text")).to_have_value(written.rewritten)
    reader.check(422)


def test_an_idea_is_thrown_without_scripts(browse: Browse, box: str):
    reader = browse("fi", java_script_enabled=False)
    reader.page.goto(box)
    own = f"Roskapussit loppuvat aina perjantaina ({uuid4().hex[:6]})"
    reader.page.fill("#text", own)
    reader.press("Send")
    expect(reader.main()).to_contain_text(own)
    assert reader.watch.status == 200
