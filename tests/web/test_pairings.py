"""Approved pairings, answered once by each side."""

import pytest

from needsbank.app import engine_of
from needsbank.domain.needs import NeedState
from needsbank.domain.roles import Role
from needsbank.domain.suggestions import SuggestionState
from tests.factories import add_competence, add_need, add_suggestion, add_user, reread
from tests.pages import Page, get_page, post


@pytest.fixture
def pairing(session, partner, member):
    return add_suggestion(
        session,
        add_need(session, partner),
        add_competence(session, member),
        state=SuggestionState.APPROVED,
    )


@pytest.fixture
def sides(partner, member, sign_in_as):
    return {"need": sign_in_as(partner), "competence": sign_in_as(member)}


def answer(client, pairing, **values):
    return post(client, f"/pairings/{pairing.id}/answer", **values)


def test_two_yeses_agree(session, sides, pairing):
    answer(sides["need"], pairing, side="need", answer="accept")
    page = get_page(sides["need"], f"/pairings/{pairing.id}")
    assert page.flashes == ["Thank you. The other side has not answered yet."]
    assert [e.get("name") for e in page.all("button") if e.is_inside("main")] == []
    answer(sides["competence"], pairing, side="competence", answer="accept")
    page = get_page(sides["competence"], f"/pairings/{pairing.id}")
    assert page.flashes == ["Agreed! Both sides have said yes."]
    assert reread(session, pairing).state is SuggestionState.AGREED
    assert reread(session, pairing.need).state is NeedState.AGREED


def test_a_no_tells_why(session, sides, pairing):
    page = Page(answer(sides["need"], pairing, side="need", answer="decline", reason=" "))
    asked = "Say in a few words why you decline."
    assert (page.status, page.errors, page.broken_rules()) == (422, [asked], [])
    answer(sides["need"], pairing, side="need", answer="decline", reason="Not this spring.")
    assert reread(session, pairing).state is SuggestionState.DECLINED
    assert "Not this spring." in get_page(sides["competence"], f"/pairings/{pairing.id}").main


def test_a_button_that_was_not_pressed_says_nothing(session, sides, pairing):
    for said in ({}, {"answer": "perhaps"}):
        answer(sides["need"], pairing, side="need", **said)
    assert reread(session, pairing).state is SuggestionState.APPROVED


def test_a_second_answer_is_too_late(sides, pairing):
    answer(sides["need"], pairing, side="need", answer="accept")
    again = answer(sides["need"], pairing, side="need", answer="decline", reason="x")
    assert again.status_code == 409


@pytest.mark.parametrize("side", ["competence", "made-up", ""])
def test_nobody_answers_for_the_other_side(session, sides, pairing, side):
    assert answer(sides["need"], pairing, side=side, answer="accept").status_code == 404
    assert reread(session, pairing).state is SuggestionState.APPROVED


def test_to_others_there_is_no_pairing(session, sign_in_as, pairing, coordinator):
    colleague = add_user(session, Role.PARTNER, organisation=pairing.need.organisation)
    for person in (colleague, coordinator):
        client = sign_in_as(person)
        get_page(client, f"/pairings/{pairing.id}", 404)
        assert answer(client, pairing, side="need", answer="accept").status_code == 404
        assert "Nothing here yet" in get_page(client, "/pairings/").main


@pytest.mark.parametrize("state", [SuggestionState.PROPOSED, SuggestionState.REJECTED])
def test_nothing_is_shown_before_a_coordinator_has_approved(session, sides, pairing, state):
    pairing.state = state
    session.commit()
    get_page(sides["need"], f"/pairings/{pairing.id}", 404)
    assert "Nothing here yet" in get_page(sides["need"], "/pairings/").main


def test_one_person_of_both_sides_answers_twice(session, sign_in_as):
    both = add_user(session, Role.COMPANY)
    pairing = add_suggestion(
        session,
        add_need(session, both),
        add_competence(session, both),
        state=SuggestionState.APPROVED,
    )
    client = sign_in_as(both)
    get_page(client, f"/pairings/{pairing.id}")
    for side in ("need", "competence"):
        assert answer(client, pairing, side=side, answer="accept").status_code == 303
    assert reread(session, pairing).state is SuggestionState.AGREED


@pytest.mark.parametrize("rows", [1, 5])
def test_the_list_costs_as_many_queries_however_long_it_is(
    app, session, partner, sign_in_as, count_queries, rows
):
    for _ in range(rows):
        add_suggestion(session, add_need(session, partner), state=SuggestionState.APPROVED)
    client = sign_in_as(partner)
    client.get("/pairings/")
    with count_queries(engine_of(app)) as queries:
        assert len(get_page(client, "/pairings/").all("h2")) == rows
    assert len(queries) == 5, queries


def test_what_waits_is_told_on_one_s_own_page(sides, pairing):
    page = get_page(sides["need"], "/my")
    assert "A pairing waits for your answer" in page.main
    assert f"/pairings/{pairing.id}" in [a.get("href") for a in page.all("a")]


def test_one_s_own_page_asks_nothing_of_who_has_answered(sides, pairing):
    answer(sides["need"], pairing, side="need", answer="accept")
    assert "waits for your answer" not in get_page(sides["need"], "/my").main
    assert "waits for your answer" in get_page(sides["competence"], "/my").main
