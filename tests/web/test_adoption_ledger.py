"""The link of a mail records nothing by being opened; one press does."""

import pytest
from sqlalchemy import select

from needsbank.db.models import AdoptionAnswer
from needsbank.domain.adoption_ledger import InUse
from needsbank.domain.journeys import Stage
from tests.factories import add_adoption_question, add_result, reread
from tests.pages import Page, get_page, post


@pytest.fixture
def result(session):
    return add_result(session, title="A shared key box")


@pytest.fixture
def address(session, result):
    return f"/in-use/{add_adoption_question(session, result).code}"


def answers(session):
    session.rollback()
    return session.scalars(select(AdoptionAnswer.answer)).all()


@pytest.mark.parametrize("chosen", InUse)
def test_the_link_chooses_an_answer_and_records_nothing(session, client, address, chosen):
    page = get_page(client, f"{address}?answer={chosen.value}")
    assert page.value_of("answer") == chosen.value
    assert "A shared key box" in page.main
    assert answers(session) == []


def test_a_made_up_answer_chooses_nothing(client, address):
    assert get_page(client, f"{address}?answer=made-up").value_of("answer") == ""


def test_one_press_records_it(session, client, address, result):
    assert post(client, address, answer="in_use").status_code == 303
    assert answers(session) == [InUse.IN_USE]
    assert reread(session, result.collaboration.journey).stage is Stage.IN_USE
    assert "Your answer: Yes, it is in use" in get_page(client, address).main


def test_a_no_without_why_is_asked_again_and_keeps_what_was_chosen(session, client, address):
    page = Page(post(client, address, answer="not_in_use"))
    assert (page.status, page.value_of("answer")) == (422, "not_in_use")
    assert page.errors == ["Fill this in."]
    assert answers(session) == []


def test_the_secret_of_the_link_stays_there(client, address):
    headers = client.get(address).headers
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Robots-Tag"] == "noindex"
    assert "no-store" in headers["Cache-Control"]


def test_a_code_that_is_none_is_not_found(client):
    assert client.get("/in-use/" + "x" * 43).status_code == 404
