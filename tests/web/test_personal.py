"""A need that tells of a person is not stored before its author has looked at it."""

import pytest
from sqlalchemy import func, select

from needsbank.db.models import Need
from needsbank.domain.needs import NeedState
from tests.factories import add_need, reread, unit_id_of
from tests.pages import Page, get_page, post

CODE = "010190-900P"
WARNED = "Nothing has been stored: the text seems to tell of a person"


@pytest.fixture
def mine(partner, sign_in_as):
    return sign_in_as(partner)


@pytest.fixture
def send(mine, session, partner):
    def send(problem, address="/needs/", **more):
        values = {
            "title": "Keys",
            **dict.fromkeys(("field", "scope", "language"), ""),
            "unit_id": str(unit_id_of(session, partner)),
            "visibility": "public",
        }
        return post(mine, address, **{**values, "problem": problem, **more})

    return send


def stored(session):
    session.rollback()
    return session.scalar(select(func.count(Need.id)))


def test_an_identity_code_is_never_stored(send, session):
    for more in ({}, {"keep": "y"}, {"draft": "1"}):
        page = Page(send(f"The client {CODE} waited.", **more))
        assert (page.status, page.broken_rules()) == (422, [])
        assert WARNED in page.main
        assert CODE in page.main
        assert page.value_of("problem") == f"The client {CODE} waited."
    assert stored(session) == 0


def test_a_wording_without_it_is_made_on_wish_and_not_stored_either(send, session):
    page = Page(send(f"The client {CODE} waited.", rewrite="1"))
    assert page.value_of("problem") == "The client [identity code removed] waited."
    assert WARNED not in page.main
    assert stored(session) == 0
    assert send("The client [identity code removed] waited.").status_code == 303


def test_the_author_may_answer_for_a_phone_number(send, session):
    problem = "Call our switchboard 040 123 4567 and nobody answers."
    page = Page(send(problem))
    assert (page.status, "It may stay as it is" in page.main) == (422, True)
    assert stored(session) == 0
    assert send(problem, keep="y").status_code == 303
    assert stored(session) == 1


def test_the_author_is_told_while_writing(mine):
    told = post(mine, "/needs/similar", title="", problem=f"For {CODE}")
    assert "Leave out what tells of a person: identity code" in " ".join(Page(told).main.split())


def test_every_text_of_a_need_is_looked_at(send, session):
    for name in ("title", "wished_change", "measure", "who_suffers", "timing", "place"):
        assert send("Keys are lost.", **{name: f"For {CODE}"}).status_code == 422
    assert stored(session) == 0


def test_a_change_is_looked_at_too(mine, send, session, partner):
    need = add_need(session, author=partner, problem="Keys are lost.")
    address = f"/needs/{need.id}/edit"
    assert send(f"For {CODE}", address).status_code == 422
    assert reread(session, need).problem == "Keys are lost."
    assert send("Keys are lost on weekends.", address).status_code == 303


def test_ordinary_needs_are_not_held_up(send, session):
    problem = "Keskuskatu 3:n toimipisteessä 12 hoitajaa etsii avaimia klo 7.00-15.30, 2.1.2026."
    assert send(problem).status_code == 303
    assert stored(session) == 1
    need = session.scalars(select(Need)).one()
    assert need.state is NeedState.OPEN


def test_the_page_is_whole_in_every_language(mine, send):
    for code in ("fi", "sv", "en"):
        mine.get(f"/language/{code}")
        assert Page(send(f"For {CODE}")).broken_rules() == []
    assert get_page(mine, "/needs/new").broken_rules() == []
