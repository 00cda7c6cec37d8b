"""A need that others have too: joined, judged, merged, objected to and taken apart again."""

from typing import NamedTuple
from urllib.parse import parse_qs

import pytest
from playwright.sync_api import Locator, Response, expect

from tests.browser.conftest import Browse
from tests.browser.places import COORDINATOR, PARTNER
from tests.browser.reader import Reader

pytestmark = pytest.mark.browser

SHOWN_WITHIN = 30_000
"""Milliseconds to an answer; a server that has just started loads its model first."""


class Written(NamedTuple):
    """What the partner and the coordinator write."""

    title: str
    problem: str
    challenge: str
    objection: str
    parting: str


TEXTS = {
    "fi": Written(
        "Omaishoitajien vapaat jäävät pitämättä",
        "Alle puolet omaishoitajistamme pitää lakisääteiset vapaapäivänsä."
        " Tilapäiseen hoitoon ei luoteta, ja palveluseteli on hankala.",
        "Miten läheisestään huolehtiva saa levätä",
        "Meillä kyse on palvelusetelistä, ei levosta.",
        "Ratkaisut olisivat erilaisia, joten katsotaan nämä erikseen.",
    ),
    "sv": Written(
        "Närståendevårdarna tar inte ut sina lediga dagar",
        "Mer än hälften av våra närståendevårdares lagstadgade lediga dagar blir outnyttjade."
        " De litar inte på den tillfälliga vården, och servicesedeln är krånglig.",
        "Hur får den som vårdar en närstående vila",
        "Hos oss gäller det servicesedeln, inte vilan.",
        "Lösningarna skulle vara olika, så vi ser på behoven vart för sig.",
    ),
    "en": Written(
        "Family carers do not take their days off",
        "More than half of the statutory days off of our family carers go unused."
        " They do not trust the temporary care, and the service voucher is complicated.",
        "How can those who care for a relative get rest",
        "Ours is about the service voucher, not about rest.",
        "The solutions would differ, so let us look at them one by one.",
    ),
}


@pytest.mark.parametrize("language", TEXTS)
def test_needs_are_merged_without_losing_a_voice_and_parted_as_they_were(
    language: str, browse: Browse
):
    written = TEXTS[language]
    partner, coordinator = browse(language, PARTNER), browse(language, COORDINATOR)

    write(partner, written)
    see_a_thesis_with_its_sentence(partner)
    joined = say_same_here(partner)
    write(partner, written)
    address = post(partner, written)

    open_at_the_desk(coordinator, address)
    judge_by_keyboard(coordinator)
    sources = merge_with_two_others(coordinator, written)

    before = {each: told_at(coordinator, f"{each}?as_sent=1") for each in sources}
    assert len(before) == 3
    see_the_challenge_at(partner, address, written)
    object_to_it(partner, address, written)

    see_the_objection(coordinator, written)
    take_apart(coordinator, written)

    see_that_it_was_taken_apart(partner, written)
    for each, told in before.items():
        assert told_at(coordinator, each) == told
        assert coordinator.page.url.endswith(each), "nothing leads elsewhere any more"
    clear_away(partner, address, joined)


def write(reader: Reader, written: Written) -> None:
    reader.page.goto("/needs/new")
    reader.control("What do you need, in one sentence?").fill(written.title)

    def is_of_the_whole_text(answer: Response) -> bool:
        sent = parse_qs(answer.request.post_data or "")
        return answer.url.endswith("/needs/similar") and sent.get("problem") == [written.problem]

    # The list of what had been typed before gives way to this one.
    with reader.page.expect_response(is_of_the_whole_text):
        reader.control("What is the problem?").press_sequentially(written.problem)
    reader.page.locator("#unit_id").select_option(index=1)
    expect(similar(reader).first).to_be_visible(timeout=SHOWN_WITHIN)


def similar(reader: Reader) -> Locator:
    return reader.page.locator("#similar li:not(details *)")


def see_a_thesis_with_its_sentence(reader: Reader) -> None:
    thesis = similar(reader).filter(has_text=reader.word("Thesis")).first
    # The first few come by themselves; this may be a later one.
    thesis.get_by_role("button", name=reader.word("What do they have in common?")).click()
    expect(thesis.locator("blockquote").nth(1)).to_be_visible(timeout=SHOWN_WITHIN)
    expect(thesis.locator("blockquote").nth(1)).not_to_be_empty()
    reader.check()


def say_same_here(reader: Reader) -> str:
    """Join the first need that is like the one being written; return where it is."""
    similar(reader).locator("button[formaction$='/support']").first.click()
    expect(reader.main().get_by_text(reader.word("You are one of them.")).first).to_be_visible()
    reader.check()
    return path_of(reader)


def post(reader: Reader, written: Written) -> str:
    """Post what was written all the same; return where it is."""
    reader.press("Post the need")
    expect(reader.heading()).to_have_text(written.title)
    # Once its answer is shown, the bank has read it.
    expect(reader.page.locator("#similar-panel li").first).to_be_visible(timeout=SHOWN_WITHIN)
    reader.check()
    return path_of(reader)


def open_at_the_desk(reader: Reader, address: str) -> None:
    reader.page.goto("/coordination/")
    reader.check()
    reader.page.goto(address)
    reader.follow("Open at the coordinator's desk")
    reader.check()


def judge_by_keyboard(reader: Reader) -> None:
    hits = reader.page.locator("[data-hit]:not(details *)")
    expect(hits.nth(1)).to_be_visible()
    first, second = (f"#{hits.nth(place).get_attribute('id')}" for place in (0, 1))
    hits.first.focus()
    for key, judged, word in (("1", first, "The same"), ("2", second, "Partly")):
        expect(reader.page.locator(judged)).to_be_focused()
        reader.page.keyboard.press(key)
        expect(reader.page.locator(f"{judged} [data-judged]")).to_contain_text(reader.word(word))
    expect(reader.page.locator(second)).not_to_be_focused(timeout=30_000)
    reader.check_accessibility()


def merge_with_two_others(reader: Reader, written: Written) -> list[str]:
    """Make a challenge of the need and two like it, spoken for by another; return where they are.

    The sender of what the partner wrote is thus asked and not the one who asks.
    """
    reader.follow("Merge with others…")
    reader.check()
    for chosen in (2, 3):
        reader.page.locator("section[aria-labelledby=alike] li a.ds-button").first.click()
        expect(reader.page.locator("#chosen")).to_have_text(
            f"{reader.word('Chosen needs')} ({chosen})"
        )
    reader.check()
    reader.control("The challenge in one sentence").fill(written.challenge)
    reader.page.locator("input[name=lead_id]").nth(1).check()
    reader.press("Merge the needs")
    said = "The needs are one challenge now. Their senders have been told."
    expect(reader.main().get_by_text(reader.word(said))).to_be_visible()
    expect(reader.heading()).to_contain_text(written.challenge)
    reader.check()
    links = reader.page.locator("section[aria-labelledby=sources] h3 a").all()
    return [(link.get_attribute("href") or "").partition("?")[0] for link in links]


def told_at(reader: Reader, address: str) -> list[str]:
    """Return what the page of a need says of it."""
    reader.page.goto(address)
    said = reader.page.locator("article > header, article > section[aria-labelledby=problem]")
    return said.all_inner_texts()


def see_the_challenge_at(reader: Reader, address: str, written: Written) -> None:
    reader.page.goto(address)
    expect(reader.heading()).to_have_text(written.challenge)
    assert path_of(reader) != address
    assert written.title in reader.page.locator("section[aria-labelledby=made-of]").inner_text()
    reader.check()


def object_to_it(reader: Reader, address: str, written: Written) -> None:
    reader.page.goto("/my")
    objecting = reader.page.locator(f"a[href='{address}/objection']")
    expect(notices(reader, written.challenge).filter(has=objecting)).to_be_visible()
    reader.check()
    objecting.click()
    reader.check()
    reader.press("Send the objection")
    expect(reader.main().get_by_role("alert")).to_be_visible()
    reader.check(422)
    reader.control("Why does your need not belong there?").fill(written.objection)
    reader.press("Send the objection")
    said = "Your objection has been sent to the coordinator. You will be told what follows."
    expect(reader.main().get_by_text(reader.word(said))).to_be_visible()
    reader.check()


def see_the_objection(reader: Reader, written: Written) -> None:
    reader.page.goto("/my")
    expect(notices(reader, written.objection).first).to_contain_text(written.challenge)
    reader.check()
    reader.page.goto("/coordination/merges/")
    expect(reader.main().locator("li").first).to_contain_text(written.challenge)
    reader.check()
    reader.follow(written.challenge)
    expect(reader.main().get_by_text(written.objection)).to_be_visible()
    reader.check()


def take_apart(reader: Reader, written: Written) -> None:
    reader.control("Reason").fill(written.parting)
    reader.press("Take apart")
    said = "The needs stand by themselves again, as they were. Their senders have been told."
    expect(reader.main().get_by_text(reader.word(said))).to_be_visible()
    reader.check()


def see_that_it_was_taken_apart(reader: Reader, written: Written) -> None:
    reader.page.goto("/my")
    told = notices(reader, written.title).first
    expect(told.locator("blockquote")).to_have_text(written.parting)
    of_the_merge = notices(reader, written.challenge).first
    expect(of_the_merge).to_be_visible()
    leading_there = of_the_merge.get_by_role("link", name=written.challenge)
    expect(leading_there, "the challenge is no more").to_have_count(0)
    reader.check()


def clear_away(reader: Reader, address: str, joined: str) -> None:
    """Leave the bank to other tests as it was."""
    reader.page.goto(address)
    reader.press("Withdraw")
    reader.page.goto(joined)
    reader.page.locator("form[action$='/support/withdraw'] button").first.click()
    reader.page.goto("/my")
    while notices(reader).count():
        with reader.page.expect_navigation():
            notices(reader).first.get_by_role("button").click()


def notices(reader: Reader, text: str = "") -> Locator:
    """Return the notices on the reader's own page that say something, newest first."""
    return reader.page.locator("section[aria-labelledby=notices] li").filter(has_text=text)


def path_of(reader: Reader) -> str:
    return "/" + reader.page.url.split("/", 3)[3]
