"""Same here, on pages that work without scripts."""

from typing import Any

import pytest
from sqlalchemy import select

from needsbank.db.models import Support
from needsbank.domain.needs import CloseReason, NeedState
from needsbank.domain.roles import Role
from tests.factories import add_need, add_support, add_unit, add_user, unit_id_of
from tests.pages import Page, get_page, post, token_of

TEXTS: dict[str, Any] = {
    "title": "Keys of customers get lost",
    "problem": "Substitutes cannot find the keys of the homes that they visit.",
}


@pytest.fixture
def need(session):
    return add_need(session, **TEXTS)


@pytest.fixture
def mine(partner, sign_in_as):
    return sign_in_as(partner)


def given(session):
    session.rollback()
    session.expire_all()
    return session.scalars(select(Support)).all()


def buttons(page):
    return [e.text.split(":")[0] for e in page.all("button") if e.is_inside("main")]


def test_one_press_joins_a_need_and_one_leaves_it(mine, session, partner, need):
    page = get_page(mine, f"/needs/{need.id}")
    unit = page.value_of("unit_id")
    assert unit == str(unit_id_of(session, partner))
    post(mine, f"/needs/{need.id}/support", unit_id=unit)
    page = get_page(mine, f"/needs/{need.id}")
    assert page.flashes == ["Your voice is counted. You can take it back at any time."]
    assert "Same here 1 person from 1 unit" in page.main
    assert "You are one of them." in page.main
    post(mine, f"/needs/{need.id}/support/withdraw")
    assert given(session) == []


def test_whoever_may_read_the_need_sees_how_many(client, session, need):
    for _ in range(3):
        add_support(session, need)
    page = get_page(client, f"/needs/{need.id}")
    assert "Same here 3 people from 3 units" in page.main
    assert "Same here: 3 people from 3 units" in get_page(client, "/needs/").main


def test_nobody_else_sees_who_or_what_they_wrote(client, session, need, sign_in_as):
    support = add_support(session, need, note="The night team in Kallio.")
    for reader in (client, sign_in_as(need.author), sign_in_as(add_user(session, Role.ADMIN))):
        for address in (f"/needs/{need.id}", "/needs/"):
            html = get_page(reader, address).html
            assert "Kallio" not in html
            assert support.supporter.name not in html
    assert "Kallio" in get_page(sign_in_as(support.supporter), f"/needs/{need.id}/support").html


def test_coordinators_see_who_and_what_they_wrote(session, need, sign_in_as, coordinator):
    support = add_support(session, need, note="The night team in Kallio.")
    page = get_page(sign_in_as(coordinator), f"/coordination/needs/{need.id}")
    for words in ("The night team in Kallio.", support.supporter.name, support.unit.name):
        assert words in page.main


def test_somebody_with_several_units_is_asked_which(mine, session, partner, need):
    other = add_need(session)
    organisation = partner.memberships[0].organisation
    team = add_unit(session, organisation, "Night team")
    page = get_page(mine, f"/needs/{need.id}")
    assert f"/needs/{need.id}/support" in [a.get("href") for a in page.all("a")]
    page = Page(post(mine, f"/needs/{need.id}/support", note="We too."))
    assert (page.status, page.errors, page.broken_rules()) == (422, ["Choose your unit."], [])
    assert page.value_of("note") == "We too."
    post(mine, f"/needs/{need.id}/support", unit_id=str(team.id), note="We too.")
    (support,) = given(session)
    assert (support.unit_id, support.note) == (team.id, "We too.")
    page = get_page(mine, f"/needs/{need.id}/support")
    assert (page.value_of("unit_id"), page.value_of("note")) == (str(team.id), "We too.")
    assert get_page(mine, f"/needs/{other.id}").value_of("unit_id") == str(team.id), "one press"


def test_a_unit_of_another_organisation_cannot_be_chosen(mine, session, need):
    page = Page(post(mine, f"/needs/{need.id}/support", unit_id=str(need.unit_id)))
    assert page.status == 422
    assert given(session) == []


@pytest.mark.parametrize(
    ("sent", "note"),
    [
        ({"keep_note": "1", "keep_note_asked": "1"}, "Keys vanish\n\nEvery evening."),
        ({"keep_note_asked": "1"}, ""),
    ],
)
def test_joining_instead_of_posting_keeps_what_was_typed_if_wished(
    mine, session, partner, need, sent, note
):
    typed = {"title": " Keys vanish ", "problem": "Every evening."}
    unit = str(unit_id_of(session, partner))
    post(mine, f"/needs/{need.id}/support", **typed, unit_id=unit, **sent)
    (support,) = given(session)
    assert support.note == note


def test_similar_needs_are_offered_to_be_joined_while_writing(mine, session, need, work):
    supported = add_need(session, **TEXTS)
    add_support(session, supported)
    ended = add_need(session, **TEXTS, state=NeedState.CLOSED, close_reason=CloseReason.SOLVED)
    work()
    html = mine.post(
        "/needs/similar",
        data={"csrf_token": token_of(mine), **TEXTS, "keep_note_asked": "1"},
        headers={"HX-Request": "true"},
    ).get_data(as_text=True)
    assert f'formaction="/needs/{need.id}/support"' in html
    assert f'formaction="/needs/{ended.id}/support"' not in html
    assert "1 person from 1 unit" in html
    assert 'name="keep_note" value="1">' in html, "the box stays as the reader left it"


def test_the_author_is_not_offered_to_join(session, sign_in_as, need):
    author = sign_in_as(need.author)
    assert "Same here" not in buttons(get_page(author, f"/needs/{need.id}"))
    assert post(author, f"/needs/{need.id}/support").status_code == 403


def test_a_need_that_has_ended_takes_no_more_voices(mine, session, partner):
    need = add_need(session, state=NeedState.CLOSED, close_reason=CloseReason.SOLVED)
    assert "Same here" not in buttons(get_page(mine, f"/needs/{need.id}"))
    unit = str(unit_id_of(session, partner))
    assert post(mine, f"/needs/{need.id}/support", unit_id=unit).status_code == 403


def test_observers_and_strangers_are_not_offered_to_join(client, session, need, sign_in_as):
    for reader in (client, sign_in_as(add_user(session, Role.OBSERVER))):
        for address in (f"/needs/{need.id}", "/needs/"):
            assert "/support" not in get_page(reader, address).html


def test_in_a_list_the_voices_are_put_in_place_of_the_button(mine, session, partner, need):
    response = mine.post(
        f"/needs/{need.id}/support",
        data={"csrf_token": token_of(mine), "unit_id": str(unit_id_of(session, partner))},
        headers={"HX-Request": "true"},
    )
    html = response.get_data(as_text=True)
    assert "<html" not in html
    assert "1 person from 1 unit" in " ".join(html.split())
    assert f"/needs/{need.id}/support/withdraw" in html
    assert "Your voice is counted." in html


def test_joined_needs_are_found_on_one_s_own_page(mine, session, partner, need):
    assert need.title not in get_page(mine, "/my").main
    add_support(session, need, partner)
    assert f"/needs/{need.id}" in [a.get("href") for a in get_page(mine, "/my").all("a")]
