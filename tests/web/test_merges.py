"""Merging on the pages: choosing needs, wording the challenge, objecting, taking it apart."""

import pytest
from sqlalchemy import select

from needsbank.app import engine_of
from needsbank.db.models import Merge, Need
from needsbank.domain.clock import now
from needsbank.domain.notices import NoticeKind, Notify
from needsbank.domain.roles import Role
from needsbank.domain.suggestions import SuggestionState
from needsbank.domain.visibility import Visibility
from needsbank.services.notices import notify
from tests.factories import (
    add_challenge,
    add_need,
    add_prior_work,
    add_suggestion,
    add_user,
    day,
    reread,
)
from tests.pages import get_page, post

NEW = "/coordination/merges/new"


@pytest.fixture
def desk(coordinator, sign_in_as):
    return sign_in_as(coordinator)


@pytest.fixture
def sender(session):
    return add_user(session, Role.PARTNER)


@pytest.fixture
def keys(session, sender, work):
    """Three needs about keys, the first the sender's, and one about something else."""
    found = [
        add_need(session, sender, title="Keys get lost", problem="Keys of homes get lost daily."),
        add_need(session, title="Keys of homes get lost", problem="Substitutes lack the keys."),
        add_need(session, title="Where are the keys?", problem="The keys of homes get lost."),
        add_need(session, title="Menus in Swedish", problem="Menus are in Finnish only."),
    ]
    work()
    return found


def challenge_of(session):
    session.rollback()
    return session.scalars(select(Merge)).one()


def merged(client, needs, **values):
    words = {
        "title": "How do we keep keys at hand?",
        "problem": "Keys are not found when they are needed.",
        "lead_id": str(needs[0].id),
        "need": [str(need.id) for need in needs],
    }
    return post(client, "/coordination/merges/", **{**words, **values})


def test_the_desk_leads_to_needs_like_this_one(desk, keys):
    page = get_page(desk, f"/coordination/needs/{keys[0].id}")
    (link,) = [a for a in page.all("a") if a.get("href").startswith(NEW)]
    page = get_page(desk, link.get("href"))
    assert page.all("input", name="title") == []  # one need is no challenge
    offered = [a for a in page.all("a") if a.text.startswith("Add")]
    assert "Add: Keys of homes get lost" in [a.text for a in offered]
    page = get_page(desk, offered[0].get("href"))
    assert page.value_of("title") == keys[0].title
    assert page.value_of("lead_id") == str(keys[0].id)


def test_a_need_with_an_approved_pairing_is_not_offered(desk, session, keys):
    add_suggestion(session, keys[1], state=SuggestionState.APPROVED)
    page = get_page(desk, f"{NEW}?need={keys[0].id}")
    offered = [a.text for a in page.all("a") if a.text.startswith("Add")]
    assert "Add: Where are the keys?" in offered
    assert "Add: Keys of homes get lost" not in offered


def test_a_need_that_is_part_of_a_challenge_is_not_answered_by_it(
    desk, session, sign_in_as, sender, keys, work
):
    add_prior_work(session, title=keys[0].title, abstract=keys[0].problem)
    merged(desk, keys[:2])
    work()
    challenge_id = challenge_of(session).challenge_id
    page = get_page(sign_in_as(sender), f"/needs/{keys[0].id}?as_sent=1")
    led_to = [a.get("href") for a in page.all("a") if a.is_inside("main")]
    assert led_to.count(f"/needs/{challenge_id}") == 1  # which says that it is part of it
    assert f"/needs/{keys[2].id}" in led_to
    assert [each for each in led_to if "/adopt/" in each] == []
    assert "How it is going" not in page.main


def test_whose_need_is_part_of_a_challenge_need_not_join_it(desk, session, sign_in_as, keys):
    merged(desk, keys[:2])
    address = f"/needs/{challenge_of(session).challenge_id}"
    page = get_page(sign_in_as(session.get(Need, keys[1].id).author), address)
    assert "Your own need counts as a voice." in page.main
    assert f"{address}/support" not in [f.get("action") for f in page.all("form")]


def test_a_notice_of_a_challenge_that_was_taken_apart_leads_nowhere(
    desk, session, sign_in_as, sender, keys
):
    merged(desk, keys[:2])
    address = f"/coordination/merges/{challenge_of(session).challenge_id}"
    assert post(desk, f"{address}/undo", reason="They are two things.").status_code == 303
    page = get_page(sign_in_as(sender), "/my")
    assert "How do we keep keys at hand?" in page.main
    for gone in ("You speak for the challenge", "you can object"):
        assert gone not in page.main
    assert [a for a in page.all("a") if a.text == "How do we keep keys at hand?"] == []


def test_a_chosen_need_can_be_left_out_again(desk, keys):
    page = get_page(desk, f"{NEW}?need={keys[0].id}&need={keys[1].id}")
    links = [a.get("href") for a in page.all("a") if a.text.startswith("Leave out")]
    assert links == [f"{NEW}?need={keys[1].id}", f"{NEW}?need={keys[0].id}"]


def test_merging_leads_to_the_challenge_and_old_addresses_do_too(desk, client, session, keys):
    assert merged(desk, keys[:2]).status_code == 303
    merge = challenge_of(session)
    shown = get_page(desk, f"/coordination/merges/{merge.challenge_id}")
    assert "How do we keep keys at hand?" in shown.h1
    for need in keys[:2]:
        response = client.get(f"/needs/{need.id}")
        assert response.location == f"/needs/{merge.challenge_id}"
        assert need.problem in get_page(client, f"/needs/{need.id}?as_sent=1").main
    public = get_page(client, f"/needs/{merge.challenge_id}")
    assert [need.title in public.main for need in keys] == [True, True, False, False]
    listed = get_page(client, "/needs/").main
    assert "How do we keep keys at hand?" in listed
    assert keys[0].title not in listed


def test_errors_keep_what_was_typed_and_chosen(desk, session, keys):
    response = merged(desk, keys[:2], title=" ", problem="Typed words.")
    assert response.status_code == 422
    assert "Typed words." in response.text
    assert "Say the challenge in one sentence." in response.text
    assert response.text.count(f'name="need" value="{keys[1].id}"') == 1
    assert session.scalars(select(Merge)).all() == []


def test_a_need_that_cannot_be_merged_any_more_is_left_out_with_the_form_shown_again(
    desk, session, keys
):
    add_challenge(session, keys[1:3])
    response = merged(desk, keys[:2])
    assert response.status_code == 422
    assert "Add at least one need" in response.text


def test_senders_are_told_on_their_page_and_can_object_there(
    desk, session, sign_in_as, sender, keys
):
    merged(desk, keys[:2])
    mine = sign_in_as(sender)
    page = get_page(mine, "/my")
    assert "has been joined with needs like it" in page.main
    assert "You speak for the challenge" in page.main
    (link,) = {a.get("href") for a in page.all("a") if a.text == "Look and object"}
    assert "Does it not belong there?" in get_page(mine, link).main
    refused = post(mine, link, reason="")
    assert refused.status_code == 422
    assert post(mine, link, reason="Ours are car keys.").status_code == 303
    assert "Ours are car keys." in get_page(mine, link).main

    told = get_page(desk, "/my").main
    assert "The sender of a need objects" in told
    assert "Ours are car keys." in told
    assert "1 objection" in get_page(desk, "/coordination/merges/").main


def test_after_its_time_no_objection_is_asked_for(session, sign_in_as, sender, keys):
    challenge = add_challenge(session, keys[:2])
    session.scalars(select(Merge)).one().object_by = day(0)
    session.commit()
    mine = sign_in_as(sender)
    page = get_page(mine, f"/needs/{keys[0].id}/objection")
    assert page.all("textarea") == []
    assert "The time to object ended" in page.main
    assert post(mine, f"/needs/{keys[0].id}/objection", reason="Late").status_code == 409
    assert reread(session, challenge)


def test_undoing_asks_for_a_reason_and_brings_the_needs_back(desk, client, session, keys):
    merged(desk, keys[:2])
    address = f"/coordination/merges/{challenge_of(session).challenge_id}"
    assert "Say why the needs part again." in post(desk, f"{address}/undo").text
    assert post(desk, f"{address}/undo", reason="Two kinds of keys.").status_code == 303
    page = get_page(desk, address)
    assert "Two kinds of keys." in page.main
    assert client.get(f"/needs/{keys[0].id}").status_code == 200
    assert client.get(f"/needs/{challenge_of(session).challenge_id}").status_code == 404
    again = [a.get("href") for a in page.all("a") if "without objections" in a.text]
    assert {str(keys[0].id), str(keys[1].id)} == {
        part.removeprefix("need=") for part in again[0].partition("?")[2].split("&")
    }


def test_challenges_that_stand_come_before_those_taken_apart(desk, session, keys):
    standing = add_challenge(session, keys[2:], title="Standing")
    merged(desk, keys[:2])
    session.rollback()
    undone = session.scalars(select(Merge).where(Merge.challenge_id != standing.id)).one()
    post(desk, f"/coordination/merges/{undone.challenge_id}/undo", reason="Two things.")
    titles = [e.text for e in get_page(desk, "/coordination/merges/").all("h2")]
    assert titles == ["Standing", "How do we keep keys at hand?"]


def test_a_withdrawn_need_is_not_shown_in_its_challenge(
    desk, client, session, sender, sign_in_as, keys
):
    merged(desk, keys[:2])
    challenge_id = challenge_of(session).challenge_id
    mine = sign_in_as(sender)
    assert post(mine, f"/needs/{keys[0].id}/withdraw").status_code == 303
    assert keys[0].problem not in get_page(client, f"/needs/{challenge_id}").main
    assert keys[0].problem not in get_page(desk, f"/coordination/merges/{challenge_id}").main


def test_of_a_hidden_need_only_those_who_may_read_it_learn(
    desk, client, session, sender, sign_in_as, keys
):
    hidden = add_need(session, sender, title="Hidden", visibility=Visibility.ORGANISATION)
    merged(desk, [hidden, keys[1]])
    challenge_id = challenge_of(session).challenge_id
    assert client.get(f"/needs/{challenge_id}").status_code == 404
    assert client.get(f"/needs/{keys[1].id}").status_code == 200  # and does not lead anywhere
    other = sign_in_as(session.get(Need, keys[1].id).author)
    page = get_page(other, f"/needs/{challenge_id}")
    assert "Hidden" not in page.main
    assert keys[1].title in page.main


def test_a_notice_can_be_put_away(session, sign_in_as, sender, keys):
    session.add(
        notify(session, Notify(user_id=sender.id, kind=NoticeKind.UNMERGED, need_id=keys[0].id))
    )
    session.commit()
    mine = sign_in_as(sender)
    page = get_page(mine, "/my")
    assert "Your need stands by itself again" in page.main
    (form,) = [f for f in page.all("form") if "put-away" in f.get("action")]
    assert post(mine, form.get("action")).status_code == 303
    assert "Your need stands by itself again" not in get_page(mine, "/my").main


@pytest.mark.parametrize("count", [2, 6])
def test_choosing_costs_as_many_queries_however_many_are_chosen(
    app, desk, session, count_queries, work, count
):
    needs = [add_need(session, title="Keys", problem="Keys get lost.") for _ in range(count + 3)]
    work()
    address = f"{NEW}?" + "&".join(f"need={need.id}" for need in needs[:count])
    desk.get(address)
    with count_queries(engine_of(app)) as queries:
        page = get_page(desk, address)
    assert page.main.count("Leave out") == count
    assert len(queries) == 8, queries


@pytest.mark.parametrize("count", [2, 6])
def test_pages_cost_as_many_queries_however_many_needs_are_merged(
    app, desk, session, sender, sign_in_as, count_queries, count
):
    challenge = add_challenge(session, [add_need(session, sender) for _ in range(count)])
    notices = [
        Notify(
            user_id=sender.id,
            kind=NoticeKind.MERGED,
            need_id=challenge.id,
            other_need_id=challenge.id,
            due=now(),
        )
        for _ in range(count)
    ]
    for each in notices:
        notify(session, each)
    session.commit()
    costs = []
    for reader, address in (
        (desk, "/coordination/merges/"),
        (desk, f"/coordination/merges/{challenge.id}"),
        (sign_in_as(sender), f"/needs/{challenge.id}"),
        (sign_in_as(sender), "/my"),
    ):
        reader.get(address)
        with count_queries(engine_of(app)) as queries:
            get_page(reader, address)
        costs.append(len(queries))
    assert costs == [4, 6, 12, 10]
