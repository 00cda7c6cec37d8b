"""The private follow page: for whoever has the link, in the sender's language."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from needsbank.db.models import CaptureLine, MailRequest, Message
from needsbank.db.transaction import transaction
from needsbank.domain import clock
from needsbank.domain.journeys import Stage
from needsbank.domain.languages import Language
from needsbank.domain.roles import Role
from needsbank.domain.visibility import Visibility
from needsbank.services.catching import catch
from needsbank.web.follow import views
from tests.conftest import browser
from tests.factories import add_capture, add_mail_request, add_need, add_user
from tests.pages import Page, get_page, post


@pytest.fixture
def idea(session):
    return add_capture(session, text="Keys get lost.", language=Language.EN)


@pytest.fixture
def leo(session):
    return add_user(session, Role.AMBASSADOR, name="Leo")


def test_who_caught_it_and_by_when_an_answer_comes(client, session, idea, leo):
    with transaction(session):
        catch(session, leo.actor, idea.id, Stage.THROWN)
    page = get_page(client, f"/follow/{idea.follow_code}")
    assert "In the hands of Leo (INNO ambassador)." in page.main
    assert "You get an answer by" in page.main
    assert "Leo (INNO ambassador) caught it and is finding out about it." in page.main
    with clock.moved(timedelta(days=40)):
        assert "the answer is late" in get_page(client, f"/follow/{idea.follow_code}").main


def test_the_page_is_private(client, idea):
    page = get_page(client, f"/follow/{idea.follow_code}")
    assert page.response.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert page.response.headers["Referrer-Policy"] == "same-origin"
    assert page.response.headers["Cache-Control"] == "no-store"
    assert page.one("meta", name="robots").get("content") == "noindex, nofollow"
    away = [e.get("href") for e in page.all("a") if e.get("href").startswith("http")]
    assert away == []


def test_it_is_in_the_senders_language_until_another_is_chosen(app, session):
    idea = add_capture(session, language=Language.SV)
    reader = browser(app, "fi")
    assert get_page(reader, f"/follow/{idea.follow_code}").one("html").get("lang") == "sv"
    reader.get("/language/fi")
    chosen = get_page(reader, f"/follow/{idea.follow_code}").one("html").get("lang")
    assert chosen == "fi"


def test_after_sending_the_address_is_there_to_be_kept(client, idea):
    page = get_page(client, f"/follow/{idea.follow_code}?new=1")
    assert "Thank you! Your idea arrived." in page.main
    assert f"http://localhost/follow/{idea.follow_code}" in page.main


def test_taking_back_and_undoing(client, idea):
    address = f"/follow/{idea.follow_code}"
    post(client, f"{address}/withdraw")
    page = get_page(client, address)
    assert "You took it back. Nobody works on it." in page.main
    post(client, f"{address}/restore")
    assert "Somebody catches it by" in get_page(client, address).main


def test_adding_a_line_and_a_name(client, session, idea):
    address = f"/follow/{idea.follow_code}"
    post(client, f"{address}/lines", text="At night too.")
    post(client, f"{address}/name", name="Lena")
    main = get_page(client, address).main
    assert "At night too." in main
    assert "Your name, Lena, is seen by whoever works on it." in main


def test_a_line_with_personal_data_is_shown_and_not_stored(client, session, idea):
    page = Page(post(client, f"/follow/{idea.follow_code}/lines", text="Call 040 123 4567 first."))
    assert page.status == 422
    assert page.broken_rules() == []
    assert page.value_of("text") == "Call [phone number removed] first."
    assert session.scalars(select(CaptureLine)).all() == []


def test_mail_is_asked_for_confirmed_by_a_button_and_stopped(client, session, idea):
    address = f"/follow/{idea.follow_code}"
    post(client, f"{address}/mail", email="lena@county.example")
    assert "A link waits in the mail of lena@county.example." in get_page(client, address).main
    (message,) = session.scalars(select(Message))
    confirming = get_page(client, message.words["path"])
    assert confirming.h1 == "Confirm your address"
    session.rollback()
    assert session.scalars(select(MailRequest.confirmed)).all() == [None]
    post(client, message.words["path"])
    assert "Each step is told to lena@county.example." in get_page(client, address).main
    post(client, f"{address}/mail/stop")
    assert "lena@county.example" not in get_page(client, address).main


def test_an_address_that_is_none_is_refused_with_what_was_typed(client, idea):
    page = Page(post(client, f"/follow/{idea.follow_code}/mail", email="lena@"))
    assert (page.status, page.errors) == (422, ["Check the e-mail address."])
    assert page.value_of("email") == "lena@"


def test_mails_are_bounded_per_address(client, session, monkeypatch):

    monkeypatch.setattr(views, "PER_ADDRESS", 1)
    for status in (303, 429):
        idea = add_capture(session)
        response = post(client, f"/follow/{idea.follow_code}/mail", email="a@county.example")
        assert response.status_code == status


def test_a_hidden_need_that_an_idea_became_is_not_told_by_its_title(client, session, idea):
    hidden = add_need(session, title="Zirconium", visibility=Visibility.COORDINATORS)
    with transaction(session):
        idea.journey.need_id = hidden.id
    page = get_page(client, f"/follow/{idea.follow_code}")
    assert "Zirconium" not in page.html
    assert str(hidden.id) not in page.html


def test_one_code_does_not_open_another_idea(client, session, idea):
    other = add_capture(session, text="Trolleys squeak.")
    assert "Trolleys" not in get_page(client, f"/follow/{idea.follow_code}").html
    assert client.get(f"/follow/{other.id}").status_code == 404
    assert (
        add_mail_request(session, other).code
        not in get_page(client, f"/follow/{other.follow_code}").html
    )
