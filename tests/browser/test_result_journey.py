"""J6 in Finnish: from a workspace to a result that others take into use, and what was learnt."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import expect
from sqlalchemy import Engine, select
from sqlalchemy.orm import Session

from needsbank.db.models import AdoptionQuestion, Collaboration, Journey, JourneyStep, Result, User
from needsbank.db.transaction import transaction
from needsbank.domain import clock
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.languages import Language
from needsbank.domain.needs import NeedState
from needsbank.services.adoption_questions import ask_due
from needsbank.services.collaborations import make_missing
from tests.browser.conftest import Browse
from tests.browser.places import COORDINATOR, MEMBER, PARTNER
from tests.browser.reader import Reader
from tests.factories import add_need

pytestmark = pytest.mark.browser

COMPANY = "yritys@demo.example"
TITLE = "Kasvimaalle pääsee vain avaimella"
RESULT = "Kasvimaan koodilukko"
SUMMARY = "Asukas avaa kasvimaan portin omalla koodilla, joka vaihtuu viikoittain."
WHY = "Toisen talon portti on liian vanha lukolle."


def test_a_result_is_made_handed_over_taken_into_use_and_learnt_from(
    browse: Browse, bank_engine: Engine
):
    address = begin(bank_engine)
    partner, team = browse("fi", PARTNER), browse("fi", MEMBER)
    take_role(partner, address)
    invite(partner, "jasen@demo.example", "Team")
    take_role(team, address)
    agree_on_the_work(team)
    bring_a_file(team)
    hand_over(team)
    sign(partner, address)
    result_address = partner.page.url

    coordinator, anybody = browse("fi", COORDINATOR), browse("fi")
    show_at_the_fest(coordinator)
    find_as_prior_work(anybody)

    code = ask_after_three_months(bank_engine)
    answer_by_the_mail_s_link(anybody, code)
    company = browse("fi", COMPANY)
    take_into_use(company, result_address)
    read_the_lesson(anybody)
    go_on_as_a_project(coordinator)


def begin(engine: Engine) -> str:
    """Have the work on a need begin; return where its workspace is."""
    words = {"title": TITLE, "problem": "Vain hoitajalla on avain.", "language": Language.FI}
    begun = JourneyStep(act=Act.AGREE, stage=Stage.UNDER_WAY)
    with Session(engine, expire_on_commit=False) as session:
        with transaction(session):  # the bank's worker writes beside us
            author = session.scalars(select(User).where(User.email == PARTNER)).one()
            need = add_need(session, author, state=NeedState.AGREED, **words)
        with transaction(session):
            session.add(Journey(stage=Stage.UNDER_WAY, need_id=need.id, steps=[begun]))
        with transaction(session):
            make_missing(session)
        made = select(Collaboration.id).where(Collaboration.title == TITLE)
        return f"/collaborations/{session.scalars(made).one()}"


def take_role(reader: Reader, address: str) -> None:
    reader.page.goto("/collaborations/")
    reader.check()
    reader.main().get_by_role("link", name=TITLE).click()
    reader.page.wait_for_url(f"**{address}")
    reader.check()
    reader.press("Yes, I take part")
    expect(reader.main().get_by_text(reader.word("Welcome! You take part now."))).to_be_visible()


def invite(reader: Reader, email: str, role: str) -> None:
    reader.follow("Invite somebody")
    reader.check()
    reader.control("E-mail").fill(email)
    reader.control("Role").select_option(label=reader.word(role))
    reader.press("Send the invitation")
    expect(reader.main().get_by_text("Jari Jäsen")).to_be_visible()


def agree_on_the_work(reader: Reader) -> None:
    reader.follow("Edit the goal")
    reader.check()
    reader.control("What should change?").fill("Kasvimaalle pääsee silloin kun haluaa.")
    reader.control("How do you see it?").fill("Käyntejä viikossa")
    reader.control("How it is now").fill("2")
    reader.control("How it should be").fill("10")
    reader.press("Save the goal")
    expect(reader.main().get_by_text("Käyntejä viikossa")).to_be_visible()
    reader.control("What is to be done?").fill("Lukko kokeiluun")
    reader.press("Add a milestone")
    reader.main().get_by_role("button", name=reader.word("Mark as done")).click()
    undo = reader.main().get_by_role("button", name=reader.word("Not done after all"))
    expect(undo).to_be_visible()
    note = "Katsokaa https://example.org/lukko ja <b>sanokaa</b>"
    reader.control("Write to the others").fill(note)
    reader.press("Send to the others")
    link = reader.main().get_by_role("link", name="https://example.org/lukko")
    expect(link).to_have_attribute("rel", "nofollow noopener noreferrer ugc")
    expect(reader.main().get_by_text("<b>sanokaa</b>")).to_be_visible()
    reader.check()


def bring_a_file(reader: Reader) -> None:
    text = b"Koodi vaihtuu maanantaisin."
    reader.page.set_input_files(
        "#main input[type=file]", {"name": "ohje.txt", "mimeType": "text/plain", "buffer": text}
    )
    reader.press("Bring the file")
    with reader.page.expect_download() as brought:
        reader.main().get_by_role("link", name="ohje.txt").click()
    assert brought.value.suggested_filename == "ohje.txt"
    assert brought.value.path().read_bytes() == text


def hand_over(reader: Reader) -> None:
    reader.follow("Hand the result over")
    reader.control("What is the result called?").fill(RESULT)
    reader.control("What is it, in a few sentences?").fill(SUMMARY)
    reader.control("What do you hand over?").fill("Lukko, ohje ja kokemukset.")
    reader.control("ohje.txt").check()
    reader.check()
    reader.press("Offer to the partner")
    expect(reader.main().get_by_text(reader.word("Waits for a signature")).first).to_be_visible()


def sign(reader: Reader, address: str) -> None:
    reader.page.goto(address)
    reader.follow("Look at it and sign")
    reader.check()
    reader.press("I sign for it")
    expect(reader.heading()).to_have_text(RESULT)
    reader.check()


def show_at_the_fest(reader: Reader) -> None:
    reader.page.goto("/events/")
    reader.check()
    reader.main().get_by_role("link", name="MINNO Fest", exact=True).first.click()
    reader.control("Which result is shown?").select_option(label=RESULT)
    reader.press("Add")
    expect(reader.main().get_by_role("link", name=RESULT)).to_be_visible()
    reader.check()
    reader.main().get_by_role("link", name=RESULT).click()
    expect(reader.main().get_by_role("link", name="MINNO Fest", exact=True)).to_be_visible()


def find_as_prior_work(reader: Reader) -> None:
    """Search until the worker has read the result, which it does in the background."""
    found = reader.main().get_by_role("link", name=RESULT, exact=True)
    for _ in range(30):
        reader.page.goto("/prior-works/?q=asukas avaa portin koodilla")
        if found.count():
            break
        reader.page.wait_for_timeout(2000)
    reader.check()
    found.first.click()
    reader.follow("Open the finished need")
    reader.follow("Open the result")
    expect(reader.heading()).to_have_text(RESULT)


def ask_after_three_months(engine: Engine) -> str:
    """Move the clock, ask what is due, and return the code of the mail's link."""
    with clock.moved(timedelta(days=93)), Session(engine) as session, transaction(session):
        assert ask_due(session) > 0
    with Session(engine) as session:
        code = session.scalars(
            select(AdoptionQuestion.code)
            .join(AdoptionQuestion.step)
            .join(Collaboration, Collaboration.journey_id == JourneyStep.journey_id)
            .join(Result, Result.collaboration_id == Collaboration.id)
            .where(Result.title == RESULT)
        )
        return str(code.one())


def answer_by_the_mail_s_link(reader: Reader, code: str) -> None:
    reader.page.goto(f"/in-use/{code}?answer=partly")
    expect(reader.control("Partly")).to_be_checked()
    reader.check()
    reader.press("Send the answer")
    expect(reader.main().get_by_role("alert")).to_be_visible()
    reader.control("Why not, or not quite?").fill(WHY)
    reader.press("Send the answer")
    thanks = reader.word("Thank you! Your answer is recorded.")
    expect(reader.main().get_by_text(thanks)).to_be_visible()


def take_into_use(reader: Reader, address: str) -> None:
    reader.page.goto(address)
    expect(reader.main().get_by_text(reader.word("Partly in use")).first).to_be_visible()
    reader.press("We take it into use")
    counted = reader.words(
        "Taken into use in %(num)d other unit", "Taken into use in %(num)d other units", 1
    )
    expect(reader.main().get_by_text(counted)).to_be_visible()
    reader.check()


def read_the_lesson(reader: Reader) -> None:
    reader.page.goto("/lessons/")
    reader.check()
    reader.control("Search the lessons").fill("portti lukolle")
    reader.press("Search")
    expect(reader.main().get_by_text(WHY)).to_be_visible()


def go_on_as_a_project(reader: Reader) -> None:
    reader.page.goto("/coordination/")
    reader.page.locator("#main ol h2 a").first.click()
    reader.follow("Go on as a project…")
    too_few = "A project wants needs of at least three units. Add needs of other units first."
    expect(reader.main().get_by_text(reader.word(too_few))).to_be_visible()
    reader.check()
    title = reader.control("What is the project called?")
    add = re.compile(f"^{reader.word('Add')}")
    for _ in range(12):
        if title.count():
            break
        with reader.page.expect_navigation():
            reader.main().get_by_role("link", name=add).last.click()
    title.fill("Yhteinen hanke")
    reader.control("Funding call").fill("Kevään haku")
    reader.press("Store the sketch")
    expect(reader.heading()).to_have_text("Yhteinen hanke")
    expect(reader.main().get_by_text("Kevään haku")).to_be_visible()
    reader.check()
