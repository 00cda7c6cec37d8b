"""A posting that nobody has spoken of for long: its author is asked, and answers by one press."""

from datetime import timedelta

import pytest

from needsbank.domain.clock import now
from tests.factories import add_competence, add_need, reread
from tests.pages import get_page, post

LONG_AGO = timedelta(days=200)


@pytest.fixture
def mine(partner, sign_in_as):
    return sign_in_as(partner)


def grown_old():
    return {"current_as_of": now() - LONG_AGO, "asked_current": now()}


def test_an_author_sees_when_they_will_be_asked(mine, session, partner):
    need = add_need(session, author=partner)
    page = get_page(mine, f"/needs/{need.id}")
    assert "whether it is still current" in page.main
    assert "Is this need still current?" not in page.main


def test_an_author_who_was_asked_answers_by_one_press(mine, session, partner):
    need = add_need(session, author=partner, **grown_old())
    assert "Is this need still current?" in get_page(mine, f"/needs/{need.id}").main
    assert post(mine, f"/needs/{need.id}/confirm").status_code == 303
    page = get_page(mine, f"/needs/{need.id}")
    assert page.flashes == ["Thank you. We ask again in half a year."]
    assert "Is this need still current?" not in page.main
    assert reread(session, need).asked_current is None


def test_others_are_not_shown_the_question(client, session):
    need = add_need(session, **grown_old())
    assert "Is this need still current?" not in get_page(client, f"/needs/{need.id}").main


def test_whoever_offers_a_competence_answers_too(session, sign_in_as, member):
    competence = add_competence(session, author=member, **grown_old())
    mine = sign_in_as(member)
    assert "Is this still on offer?" in get_page(mine, f"/competences/{competence.id}").main
    assert post(mine, f"/competences/{competence.id}/confirm").status_code == 303
    assert reread(session, competence).asked_current is None


def test_silence_is_no_reason_to_choose(mine, session, partner):
    need = add_need(session, author=partner)
    page = get_page(mine, f"/needs/{need.id}/close")
    assert "Nobody said any more" not in page.main
    assert post(mine, f"/needs/{need.id}/close", reason="expired").status_code == 422
