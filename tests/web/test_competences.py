"""Offering a competence, and the needs that it would suit."""

import re
from datetime import date
from functools import partial
from typing import Any

import pytest
from sqlalchemy import func, select

from needsbank.app import engine_of
from needsbank.db.models import Competence
from needsbank.domain.competences import CompetenceKind, CompetenceState
from needsbank.domain.roles import Role
from needsbank.domain.visibility import Visibility
from tests.factories import add_competence, add_need, add_user, reread
from tests.pages import Page, get_page, post
from tests.web.competence_form import ROOM, filled_form, only_competence


@pytest.fixture
def mine(session, member, sign_in_as):
    return sign_in_as(member)


@pytest.fixture
def filled(session, member):
    return partial(filled_form, session, member)


def test_a_competence_is_put_on_offer(mine, session, filled):
    response = post(mine, "/competences/", **filled())
    competence = only_competence(session)
    assert response.headers["Location"] == f"/competences/{competence.id}"
    assert (competence.state, competence.kind) == (
        CompetenceState.OPEN,
        CompetenceKind.STUDENT_TEAM,
    )
    page = get_page(mine, f"/competences/{competence.id}")
    assert page.flashes == ["Thank you! Your competence is on offer."]


def test_a_competence_can_be_kept_as_a_draft(mine, client, session, filled):
    post(mine, "/competences/", **filled(draft="1"))
    competence = only_competence(session)
    assert competence.state is CompetenceState.DRAFT
    get_page(client, f"/competences/{competence.id}", 404)
    post(mine, f"/competences/{competence.id}/open")
    get_page(client, f"/competences/{competence.id}")


def test_a_course_round_tells_its_room(mine, client, session, filled):
    values = filled(kind="course_round", **{**ROOM, "starts_on": "2027-01-11"})
    assert post(mine, "/competences/", **values).status_code == 303
    competence = only_competence(session)
    assert (competence.slots, competence.starts_on) == (8, date(2027, 1, 11))
    main = get_page(client, f"/competences/{competence.id}").main
    for said in ("8 teams or challenges", "7 weeks", "4–7", "11 Jan 2027"):
        assert said in main
    edited = get_page(mine, f"/competences/{competence.id}/edit")
    assert {name: edited.value_of(name) for name in values} == {**values, "language": "fi"}


def test_a_course_round_without_room_is_asked_for_it(mine, session, filled):
    page = Page(post(mine, "/competences/", **filled(kind="course_round")))
    assert (page.status, page.broken_rules()) == (422, [])
    assert page.errors == ["Fill this in."] * 5
    assert page.value_of("kind") == "course_round"
    assert session.scalar(select(func.count(Competence.id))) == 0


@pytest.mark.parametrize(
    ("values", "error"),
    [
        ({"team_max": "3"}, "The largest team cannot be smaller than the smallest."),
        ({"slots": "0"}, "Type a whole number from 1 to 500."),
        ({"slots": "501"}, "Type a whole number from 1 to 500."),
        ({"weeks": "-1"}, "Type a whole number from 1 to 104."),
        ({"ects": "61"}, "Type a whole number from 1 to 60."),
    ],
)
def test_room_that_cannot_be_is_told(mine, filled, values, error):
    page = Page(post(mine, "/competences/", **filled(kind="course_round", **{**ROOM, **values})))
    assert (page.status, page.errors) == (422, [error])
    (name,) = values
    assert page.value_of(name) == values[name]


@pytest.mark.parametrize(
    ("name", "value"), [("slots", "many"), ("slots", "1.5"), ("starts_on", "soon")]
)
def test_what_is_no_number_or_day_is_told_and_kept(mine, filled, name, value):
    values = filled(kind="course_round", **{**ROOM, name: value})
    page = Page(post(mine, "/competences/", **values))
    assert (page.status, len(page.errors)) == (422, 1)
    assert page.value_of(name) == value


def test_what_is_missing_is_told(mine, filled):
    page = Page(post(mine, "/competences/", **filled(kind="", title="", description=" ")))
    assert page.errors == [
        "Choose what you offer.",
        "Say in a few words what you offer.",
        "Tell what you offer.",
    ]


def test_a_change_is_saved_and_read_again(mine, session, member, filled):
    competence = add_competence(session, member, embedded_in=1)
    values = filled(title="Changed", visibility="organisation")
    post(mine, f"/competences/{competence.id}/edit", **values)
    competence = reread(session, competence)
    assert (competence.title, competence.embedded_in) == ("Changed", None)
    assert competence.visibility is Visibility.ORGANISATION


def test_a_change_with_mistakes_keeps_what_was_typed(mine, session, member, filled):
    competence = add_competence(session, member, title="As it was")
    values = filled(kind="course_round", title="Typed")
    page = Page(post(mine, f"/competences/{competence.id}/edit", **values))
    assert (page.status, page.value_of("title")) == (422, "Typed")
    assert reread(session, competence).title == "As it was"


def test_a_change_that_says_nothing_of_who_may_see_it_publishes_nothing(
    mine, session, member, filled
):
    competence = add_competence(session, member, visibility=Visibility.COORDINATORS)
    values = filled()
    del values["visibility"]
    post(mine, f"/competences/{competence.id}/edit", **values)
    assert reread(session, competence).visibility is Visibility.COORDINATORS


def test_an_offer_can_be_ended_and_renewed(mine, client, session, member):
    competence = add_competence(session, member)
    post(mine, f"/competences/{competence.id}/close")
    assert get_page(client, "/competences/").all("article") == []
    assert "Not on offer" in get_page(client, f"/competences/{competence.id}").main
    post(mine, f"/competences/{competence.id}/open")
    assert len(get_page(client, "/competences/").all("article")) == 1


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (CompetenceState.DRAFT, {"open", "edit"}),
        (CompetenceState.OPEN, {"edit", "close"}),
        (CompetenceState.CLOSED, {"open", "edit"}),
    ],
)
def test_authors_are_offered_what_the_state_allows(mine, session, member, state, offered):
    competence = add_competence(session, member, state=state)
    html = get_page(mine, f"/competences/{competence.id}").html
    assert set(re.findall(rf"/competences/{competence.id}/(\w+)\"", html)) == offered


def test_the_author_sees_needs_for_it_and_others_do_not(mine, client, session, member, work):
    texts: dict[str, Any] = {
        "title": "Keys get lost",
        "problem": "Keys of customers are lost in home care.",
    }
    need = add_need(session, **texts)
    hidden = add_need(session, **texts, visibility=Visibility.ORGANISATION)
    competence = add_competence(session, member, title="Keys of home care customers")
    work()
    links = [a.get("href") for a in get_page(mine, f"/competences/{competence.id}").all("a")]
    assert f"/needs/{need.id}" in links
    assert f"/needs/{hidden.id}" not in links
    links = [a.get("href") for a in get_page(client, f"/competences/{competence.id}").all("a")]
    assert f"/needs/{need.id}" not in links


@pytest.mark.parametrize("rows", [1, 5])
def test_the_list_costs_as_many_queries_however_long_it_is(
    app, client, session, member, count_queries, rows
):
    for _ in range(rows):
        add_competence(session, member)
    client.get("/competences/")
    with count_queries(engine_of(app)) as queries:
        assert len(get_page(client, "/competences/").all("article")) == rows
    assert len(queries) == 2, queries


def test_a_colleague_s_competence_is_read_only(session, sign_in_as, member):
    competence = add_competence(session, member)
    colleague = add_user(session, Role.MEMBER, organisation=competence.organisation)
    html = get_page(sign_in_as(colleague), f"/competences/{competence.id}").html
    assert re.findall(rf"/competences/{competence.id}/(\w+)\"", html) == []
