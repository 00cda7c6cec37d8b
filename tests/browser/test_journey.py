"""A need's whole way, from writing to an agreed pairing, by the people themselves."""

import json
import re
from typing import NamedTuple

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.browser.places import COORDINATOR, MEMBER, PARTNER
from tests.browser.reader import ROOT, Reader

pytestmark = pytest.mark.browser

SUGGESTED_WITHIN = 5_000
"""Milliseconds from sending a need to its first suggestions."""

SIMILAR_WITHIN = 15_000
"""Milliseconds to the first similar ones; a server that has just started loads its model first."""


class Written(NamedTuple):
    """What the partner writes, and the coordinator's reason."""

    title: str
    problem: str
    reason: str


TEXTS = {
    "fi": Written(
        "Miten innostaa kotihoidon työntekijöitä pysymään työssään",
        "Kotihoidon tiimeistä lähtee väkeä nopeammin kuin uusia saadaan."
        " Lähtijät kertovat, ettei omaan työhön voi vaikuttaa ja perehdytys jäi kesken.",
        "Kierros alkaa sopivasti, ja aihe on sama.",
    ),
    "sv": Written(
        "Hur får vi hemvårdens anställda att trivas och stanna i sitt arbete",
        "Från hemvårdens team slutar folk snabbare än vi hinner anställa nya."
        " De som går säger att de inte kan påverka sitt arbete och att introduktionen uteblev.",
        "Rundan börjar i rätt tid och temat är detsamma.",
    ),
    "en": Written(
        "How to keep home care workers motivated to stay in their jobs",
        "People leave our home care teams faster than we can hire new ones."
        " Those who leave say that they have no say in their work and were never properly trained.",
        "The round starts at a good time, and the subject is the same.",
    ),
}


@pytest.mark.parametrize("language", TEXTS)
def test_a_need_goes_from_writing_to_an_agreed_pairing(language: str, browse: Browse):
    reader, written = browse(language, remembered=False), TEXTS[language]
    reader.page.goto("/")
    reader.choose_language()
    reader.check()

    sign_in(reader, PARTNER)
    write_a_need(reader, written)
    see_suggestions(reader)
    sign_out(reader)

    sign_in(reader, COORDINATOR)
    approve_a_pairing(reader, written)
    sign_out(reader)

    sign_in(reader, MEMBER)
    open_own_pairing(reader, written.title)
    accept(reader)
    see_answer(reader, "Thank you. The other side has not answered yet.")
    sign_out(reader)

    sign_in(reader, PARTNER)
    open_own_pairing(reader, written.title)
    accept(reader)
    see_answer(reader, "Agreed! Both sides have said yes.")
    expect(reader.main().get_by_text(reader.word("Agreed"), exact=True)).to_be_visible()


def member_organisations() -> re.Pattern[str]:
    """Return what the rows of the member's own organisations hold."""
    lines = (ROOT / "data" / "demo" / "organisations.jsonl").read_text().splitlines()
    records = [json.loads(line) for line in lines]
    names = [each["name"] for each in records if each["sector"] == "university_applied"]
    return re.compile("|".join(map(re.escape, names)))


def sign_in(reader: Reader, email: str) -> None:
    reader.page.get_by_role("banner").get_by_role("link", name=reader.word("Sign in")).click()
    reader.sign_in(email)
    expect(reader.heading()).to_have_text(reader.word("My page"))
    reader.check()


def sign_out(reader: Reader) -> None:
    reader.page.get_by_role("button", name=reader.word("Sign out")).click()
    expect(reader.heading()).to_have_text(reader.word("Needs meet competences"))


def write_a_need(reader: Reader, written: Written) -> None:
    reader.follow("Post a need")
    expect(reader.heading()).to_have_text(reader.word("Post a need"))
    reader.check()
    reader.control("What do you need, in one sentence?").press_sequentially(written.title, delay=5)
    reader.control("What is the problem?").press_sequentially(written.problem, delay=2)
    similar = reader.page.locator("#similar li:not(details *)")
    expect(similar.first).to_be_visible(timeout=SIMILAR_WITHIN)
    announced = reader.words(
        "%(num)d need or work may answer this.",
        "%(num)d needs or works may answer this.",
        similar.count(),
    )
    expect(reader.page.locator("#similar-status")).to_have_text(announced)
    reader.check_accessibility()
    reader.press("Post the need")


def see_suggestions(reader: Reader) -> None:
    found = reader.page.locator("#status li a[href^='/competences/']")
    expect(found.first).to_be_visible(timeout=SUGGESTED_WITHIN)
    expect(reader.page.locator("#similar-panel li:not(details *)").first).to_be_visible()
    reader.main().get_by_text(reader.word("Thank you! Your need is in the bank.")).wait_for()
    reader.check()


def approve_a_pairing(reader: Reader, written: Written) -> None:
    reader.menu("Coordination")
    expect(reader.heading()).to_have_text(reader.word("Coordinator's desk"))
    reader.check()
    # What has just been posted has waited least, so it may be on a later page.
    while not reader.main().get_by_role("link", name=written.title, exact=True).count():
        with reader.page.expect_navigation():
            reader.page.locator("#main a[rel=next]").click()
    reader.follow(written.title)
    expect(reader.heading()).to_contain_text(written.title)
    reader.check()
    offered = reader.main().get_by_role("listitem").filter(has_text=member_organisations())
    offered.locator("a[href*='/suggestions/']").first.click()
    expect(reader.control("Reason")).to_be_visible()
    reader.check()
    reader.control("Approve").check()
    reader.control("Reason").fill(written.reason)
    reader.press("Record the verdict")
    reader.main().get_by_text(reader.word("Approved. Both sides now see the pairing.")).wait_for()
    reader.check()


def open_own_pairing(reader: Reader, title: str) -> None:
    reader.menu("Pairings")
    expect(reader.heading()).to_have_text(reader.word("Pairings"))
    reader.check()
    reader.follow(title)
    expect(reader.heading()).to_contain_text(title)
    reader.check()


def accept(reader: Reader) -> None:
    reader.press("Yes, we accept")


def see_answer(reader: Reader, text: str) -> None:
    reader.main().get_by_text(reader.word(text)).wait_for()
    reader.check()
