"""The catchers' desk."""

import pytest
from sqlalchemy import select

from needsbank.db.models import CatchRule, Need
from needsbank.db.transaction import transaction
from needsbank.domain.journeys import Stage
from needsbank.domain.roles import Role
from needsbank.services.catching import catch
from tests.factories import add_capture, add_need, add_user, reread
from tests.pages import Page, get_page, post


@pytest.fixture
def leo(session):
    return add_user(session, Role.AMBASSADOR, name="Leo")


@pytest.fixture
def mine(sign_in_as, leo):
    return sign_in_as(leo)


@pytest.fixture
def idea(session):
    return add_capture(session, text="Keys get lost.", sender_name="Lena")


@pytest.fixture
def caught(session, leo, idea):
    with transaction(session):
        catch(session, leo.actor, idea.id, Stage.THROWN)
    return idea


def act(client, idea, name, seen="caught", **values):
    return post(client, f"/ideas/{idea.id}/{name}", seen=seen, **values)


def test_an_idea_is_caught_from_the_queue(mine, session, idea):
    assert "Keys get lost." in get_page(mine, "/ideas/").main
    response = act(mine, idea, "catch", seen="thrown")
    assert response.location == f"/ideas/{idea.id}"
    assert reread(session, idea.journey).stage is Stage.CAUGHT
    assert "You have it." in Page(mine.get(response.location)).main


def test_whoever_is_slower_is_told(mine, session, caught, sign_in_as):
    slower = sign_in_as(add_user(session, Role.COORDINATOR))
    assert act(slower, caught, "catch", seen="thrown").status_code == 409


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("let-go", "Tell why; the sender reads this."),
        ("hand-on", "Choose a person."),
        ("promise", "Choose a day that is still to come."),
        ("join", "Choose what it belongs with."),
    ],
)
def test_what_is_missing_is_said_beside_the_field(mine, session, caught, name, complaint):
    add_capture(session, text="Trolleys squeak.")
    page = Page(act(mine, caught, name))
    assert page.status == 422
    assert page.broken_rules() == []
    assert complaint in page.errors


def test_letting_go_handing_on_and_promising(mine, session, caught):
    other = add_user(session, Role.AMBASSADOR, name="Aino")
    assert act(mine, caught, "promise", by="2000-01-01").status_code == 422
    assert act(mine, caught, "hand-on", catcher_id=str(other.id)).status_code == 303
    assert reread(session, caught.journey).holder_id == other.id
    assert act(mine, caught, "let-go", reason="I am ill.").status_code == 403


def test_joining_a_need_that_says_the_same(mine, session, caught, work):
    need = add_need(session, title="Keys get lost", problem="Keys of customers get lost.")
    work()
    page = get_page(mine, f"/ideas/{caught.id}")
    assert [e.get("value") for e in page.all("input", name="target")] == [f"need:{need.id}"]
    act(mine, caught, "join", target=f"need:{need.id}", reason="The same keys.")
    journey = reread(session, caught.journey)
    assert (journey.stage, journey.into.need_id) == (Stage.JOINED, need.id)


@pytest.mark.parametrize("target", ["", "need:x", "unit:00000000-0000-0000-0000-000000000001"])
def test_a_made_up_target_is_refused(mine, caught, target):
    assert act(mine, caught, "join", target=target, reason="Same.").status_code == 422


def test_wording_it_as_a_need(mine, session, caught):
    page = get_page(mine, f"/ideas/{caught.id}/word")
    assert page.value_of("problem") == "Keys get lost."
    assert act(mine, caught, "word", title="", problem="x").status_code == 422
    words = {"title": "How do keys stay found", "problem": "They get lost.", "field": ""}
    act(mine, caught, "word", **words)
    session.rollback()
    need = session.scalars(select(Need)).one()
    assert (need.title, need.unit_id) == ("How do keys stay found", caught.unit_id)
    assert f"/needs/{need.id}" in get_page(mine, f"/ideas/{caught.id}").html


def test_an_anonymous_name_is_for_coordinators(mine, session, idea, sign_in_as):
    assert "Lena" not in get_page(mine, f"/ideas/{idea.id}").html
    kaisa = sign_in_as(add_user(session, Role.COORDINATOR))
    assert "Lena" in get_page(kaisa, f"/ideas/{idea.id}").main


def test_my_page_tells_of_what_waits(mine, session, leo, idea):
    assert "Ideas wait for you" not in get_page(mine, "/my").main
    with transaction(session):
        idea.proposed_id = leo.id
    assert "1 idea is proposed to you" in get_page(mine, "/my").main


def test_the_queue_is_narrowed_to_a_unit(mine, session, idea):
    other = add_capture(session, text="Trolleys squeak.")
    main = get_page(mine, f"/ideas/?unit={other.unit_id}").main
    assert "Trolleys squeak." in main
    assert "Keys get lost." not in main


def test_rules_are_kept_by_coordinators(session, leo, idea, sign_in_as):
    kaisa = sign_in_as(add_user(session, Role.COORDINATOR))
    values = {"unit_id": str(idea.unit_id), "catcher_id": str(leo.id), "field": ""}
    post(kaisa, "/ideas/rules/", **values)
    assert "Leo" in get_page(kaisa, "/ideas/rules/").main
    rule = session.scalars(select(CatchRule)).one()
    post(kaisa, f"/ideas/rules/{rule.id}/drop")
    session.rollback()
    assert session.scalars(select(CatchRule)).all() == []
