"""A team and its ambassadors: from asking for workshops to the challenge before the team (J2)."""

import re
from datetime import date, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Browse
from tests.browser.places import AMBASSADOR, COORDINATOR, PARTNER
from tests.browser.reader import PHONE, Reader

pytestmark = pytest.mark.browser

SOON = 15_000
"""Milliseconds until what another phone has written is here; it is asked for every 3 s."""
PHONES = (
    ("Mari", ["Hoitotarvikkeet loppuvat aina viikonloppuna", "Tarvikevarasto on aina tyhjä"]),
    ("", ["Uusi sijainen ei saa perehdytystä", "Sijaisen perehdytys jää yhden hoitajan harteille"]),
)
PAPER = "- Tarvikkeita haetaan toiselta osastolta\n- Auton avain on hukassa\n"
CHALLENGE = "Miten tarvikkeet riittävät viikonlopun yli?"


def test_a_team_finds_one_challenge_with_its_ambassadors(browse: Browse):
    ambassador = browse("fi", AMBASSADOR)
    busy = third_workshop_of(ambassador)
    partner = browse("fi", PARTNER)
    ask(partner, busy)
    coordinator = browse("fi", COORDINATOR)
    confirm_past_the_clash(coordinator)
    series = partner_sees_the_times(partner)

    ambassador.page.goto(series)
    ambassador.press("Open the board")
    link = board_link(ambassador)
    phones = [browse("fi") for _ in PHONES]
    for phone, (name, ideas) in zip(phones, PHONES, strict=True):
        phone.page.set_viewport_size(PHONE)
        gather(phone, link, name, ideas)
    type_in_paper(ambassador)

    group(ambassador)
    look_at_prior_work(ambassador)
    vote(ambassador, phones, link)
    word(ambassador)
    hand_over(ambassador)
    writer_sees_where_the_idea_went(phones[0], link)


def third_workshop_of(ambassador: Reader) -> datetime:
    """Return when the ambassador holds the last workshop of a series under way."""
    ambassador.page.goto("/workshops/")
    ambassador.check()
    under_way = (
        ambassador.main()
        .get_by_role("listitem")
        .filter(has_text=ambassador.word("Workshops under way"))
    )
    under_way.get_by_role("link").first.click()
    ambassador.check()
    shown = ambassador.main().locator("ol .facts li").filter(has_text="klo").last.inner_text()
    return datetime.strptime(shown.strip(), "%d.%m.%Y klo %H.%M")  # noqa: DTZ007 -- as shown


def ask(partner: Reader, busy: datetime) -> None:
    partner.page.goto("/my")
    partner.menu("INNO workshops")
    partner.check()
    partner.follow("Ask for INNO workshops")
    partner.check()
    partner.control("How many people take part?").fill("9")
    partner.press("Send the request")
    expect(partner.main().get_by_role("alert")).to_be_visible()
    partner.check(422)
    expect(partner.control("How many people take part?")).to_have_value("9")
    partner.control("For which unit?").select_option(index=0)
    partner.control("Working hours granted for each participant").fill("6")
    partner.control("Who granted the hours?").fill("Osastonhoitaja Oona Ojala")
    possible = [busy, busy + timedelta(days=1), busy + timedelta(days=2)]
    for ordinal, moment in zip(("First", "Second", "Third"), possible, strict=True):
        partner.control(f"{ordinal} possible day").fill(moment.date().isoformat())
        partner.control(f"{ordinal} possible time").fill(moment.strftime("%H:%M"))
    partner.control("Place, or a link to a video meeting").fill("Taukotila")
    partner.control("Wishes").fill("Mukana on kaksi uutta työntekijää.")
    partner.press("Send the request")
    expect(partner.main().get_by_text(partner.word("Waits for a coordinator"))).to_be_visible()
    partner.check()


def confirm_past_the_clash(coordinator: Reader) -> None:
    coordinator.page.goto("/my")
    coordinator.menu("INNO workshops")
    coordinator.check()
    # Those that have waited longest come first.
    coordinator.main().locator("section[aria-labelledby=waiting] h3 a").last.click()
    coordinator.check()
    coordinator.follow("Name ambassadors and confirm")
    coordinator.check()
    coordinator.main().get_by_label("Leo Lähettiläs").check()
    coordinator.press("Look at the plan")
    busy = coordinator.word(
        "%(name)s holds another workshop at the same time.", name="Leo Lähettiläs"
    )
    expect(coordinator.main().get_by_role("alert")).to_contain_text(busy)
    coordinator.check()
    coordinator.main().get_by_role("radio").nth(1).check()
    coordinator.press("Look at the plan")
    expect(coordinator.main().get_by_text(busy)).to_have_count(0)
    coordinator.press("Confirm and send")
    expect(coordinator.main().get_by_text(coordinator.word("Times agreed"))).to_be_visible()
    coordinator.check()


def partner_sees_the_times(partner: Reader) -> str:
    partner.page.reload()
    workshops = partner.main().locator("ol .facts li").filter(has_text="klo")
    expect(workshops).to_have_count(3)
    days = [date(*map(int, reversed(_day(each)))) for each in workshops.all_inner_texts()]
    assert [(later - days[0]).days for later in days] == [0, 7, 14]
    calendar = partner.main().get_by_role(
        "link", name=partner.word("Add to my calendar (.ics)"), exact=True
    )
    with partner.page.expect_download() as download:
        calendar.click()
    text = download.value.path().read_text()
    assert text.count("BEGIN:VEVENT") == 3
    assert "LOCATION:Taukotila" in text
    return partner.page.url


def _day(shown: str) -> list[str]:
    found = re.search(r"(\d+)\.(\d+)\.(\d+)", shown)
    assert found is not None
    return list(found.groups())


def board_link(ambassador: Reader) -> str:
    ambassador.check()
    link = ambassador.main().locator("a[href*='/boards/']").get_attribute("href")
    assert link is not None
    return link


def gather(phone: Reader, link: str, name: str, ideas: list[str]) -> None:
    phone.page.goto(link)
    phone.check()
    phone.check_reflow()
    phone.control("What shall we call you?").fill(name)
    phone.press("Join")
    for idea in ideas:
        phone.control("What would make your work better?").fill(idea)
        phone.press("Put it on the board")
        own = phone.main().locator("section[aria-labelledby=own]")
        expect(own.get_by_text(idea, exact=True)).to_be_visible()
    phone.check()
    phone.check_reflow()


def type_in_paper(ambassador: Reader) -> None:
    ideas = ambassador.page.locator("#standing .idea")
    expect(ideas).to_have_count(4, timeout=SOON)
    ambassador.control("Ideas from paper").fill(PAPER)
    ambassador.press("Add the ideas")
    expect(ideas).to_have_count(6)
    ambassador.check()


def group(ambassador: Reader) -> None:
    go_on(ambassador, "Group ideas")
    ambassador.check()
    ambassador.press("Suggest groups")
    suggested = ambassador.main().locator("#groups > .panel:has(h3)")
    expect(suggested.first).to_be_visible()
    ambassador.check()
    # People decide: a group of its own, with another name, for what the matcher took apart.
    ambassador.control("Name of the group").last.fill("Tarvikkeet")
    ambassador.press("Make a group")
    for words in ("loppuvat aina", "on aina tyhjä", "toiselta osastolta"):
        text = ambassador.page.locator("p").filter(has_text=words)
        row = ambassador.main().locator("li").filter(has=text)
        row.get_by_role("combobox").select_option(label="Tarvikkeet")
        with ambassador.page.expect_navigation():
            row.get_by_role("button").click()
    made = suggested.filter(has=ambassador.page.get_by_role("heading", name="Tarvikkeet"))
    expect(made.locator("li")).to_have_count(3)
    ambassador.check()


def look_at_prior_work(ambassador: Reader) -> None:
    go_on(ambassador, "See what is known")
    # What is only related is folded away.
    expect(ambassador.main().locator("details li a").first).to_be_attached()
    ambassador.check()


def vote(ambassador: Reader, phones: list[Reader], link: str) -> None:
    go_on(ambassador, "Vote")
    for phone in phones:
        phone.page.goto(link)
        row = phone.main().locator("li.panel").filter(has_text="Tarvikkeet")
        for placed in (1, 2):
            row.get_by_role("button", name=phone.word("Place a dot")).click()
            expect(row.locator(".dot")).to_have_count(placed)
        phone.check()
        phone.check_reflow()
    row = phones[1].main().locator("li.panel").filter(has_text="Tarvikkeet")
    row.get_by_role("button", name=phones[1].word("Take one back")).click()
    first = ambassador.page.locator("#standing ol li").first
    expect(first).to_contain_text(ambassador.words("%(num)d dot", "%(num)d dots", 3), timeout=SOON)
    expect(first).to_contain_text("Tarvikkeet")
    ambassador.check()


def word(ambassador: Reader) -> None:
    go_on(ambassador, "Word the challenge")
    ambassador.check()
    ambassador.control("The challenge in one sentence").fill(CHALLENGE)
    ambassador.control("What is the problem?").fill(
        "Tarvikkeet loppuvat, ja niitä haetaan muualta."
    )
    ambassador.control("Who suffers from it?").fill("Potilaat ja viikonlopun vuorot")
    ambassador.control("What should change?").fill("Varasto täyttyy perjantaina.")
    ambassador.control("How would we see it?").fill("Hakumatkoja on alle yksi viikossa.")
    ambassador.press("Keep the wording")
    expect(ambassador.main().get_by_text(ambassador.word("The wording is kept."))).to_be_visible()
    ambassador.check()


def hand_over(ambassador: Reader) -> None:
    ambassador.control("Why do the other ideas not go on now?").fill("Palaamme näihin keväällä.")
    ambassador.press("Take to coordination")
    expect(ambassador.heading()).to_contain_text(CHALLENGE)
    expect(ambassador.main().locator("code")).to_have_text(re.compile(r"^[0-9a-f]{64}$"))
    ambassador.check()
    ambassador.follow("Open the challenge")
    expect(ambassador.heading()).to_contain_text(CHALLENGE)


def writer_sees_where_the_idea_went(phone: Reader, link: str) -> None:
    phone.page.goto(link)
    expect(phone.main().get_by_text(CHALLENGE)).to_be_visible()
    joined = phone.main().get_by_text(phone.word("Goes on as part of another"))
    expect(joined).to_have_count(2)
    phone.check()


def go_on(ambassador: Reader, step: str) -> None:
    words = ambassador.word("On: %(step)s", step=ambassador.word(step))
    with ambassador.page.expect_navigation():
        ambassador.main().get_by_role("button", name=words, exact=True).click()
