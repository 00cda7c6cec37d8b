"""Taking into use what exists: from the need's page and from the coordinator's desk."""

from typing import Any

import pytest

from needsbank.db.models import Notice
from needsbank.domain.needs import CloseReason, NeedState
from needsbank.domain.visibility import Visibility
from tests.factories import add_adoption, add_need, add_prior_work, reread
from tests.pages import Page, get_page, post

TEXTS: dict[str, Any] = {
    "title": "Keys of customers get lost",
    "problem": "Substitutes cannot find the keys of the homes that they visit.",
}
SOLVED: dict[str, Any] = {"state": NeedState.CLOSED, "close_reason": CloseReason.SOLVED}


@pytest.fixture
def need(session, partner):
    return add_need(session, partner, **TEXTS)


@pytest.fixture
def ready(session):
    return add_prior_work(
        session,
        title=TEXTS["title"],
        abstract=TEXTS["problem"],
        source="Theses of the North",
        url="https://example.org/keys",
        year=2021,
    )


@pytest.fixture
def mine(partner, sign_in_as):
    return sign_in_as(partner)


@pytest.fixture
def desk(coordinator, sign_in_as):
    return sign_in_as(coordinator)


def hrefs(page):
    return [a.get("href") for a in page.all("a") if a.is_inside("main")]


def test_an_author_takes_a_work_into_use_and_finds_it_again(mine, session, need, ready, work):
    work()
    address = f"/needs/{need.id}/adopt/prior_work/{ready.id}"
    assert address in hrefs(get_page(mine, f"/needs/{need.id}"))
    asked = get_page(mine, address)
    assert "Theses of the North" in asked.main
    assert ready.url in hrefs(asked)
    response = post(mine, address, note="From May on.")
    assert response.headers["Location"] == f"/needs/{need.id}"
    for page in (get_page(mine, f"/needs/{need.id}"), get_page(mine, "/my")):
        assert {f"/prior-works/{ready.id}", ready.url} <= set(hrefs(page))
        assert "Whom to ask" in page.main
    assert "From May on." in get_page(mine, f"/needs/{need.id}").main
    assert "Taken into use in 1 unit" in get_page(mine, f"/prior-works/{ready.id}").main


def test_taking_the_need_up_again_undoes_it(mine, session, need, ready):
    post(mine, f"/needs/{need.id}/adopt/prior_work/{ready.id}")
    post(mine, f"/needs/{need.id}/open")
    assert reread(session, need).state is NeedState.OPEN
    assert "Taken into use" not in get_page(mine, f"/prior-works/{ready.id}").main
    assert "Taken into use" not in get_page(mine, "/my").main


def test_a_coordinator_ends_a_need_for_its_sender(desk, mine, session, partner, need, ready, work):
    work()
    address = f"/needs/{need.id}/adopt/prior_work/{ready.id}"
    assert address in hrefs(get_page(desk, f"/coordination/needs/{need.id}"))
    assert "The sender is told" in get_page(desk, address).main
    post(desk, address, note="It has been tried in the county.")
    session.rollback()
    (notice,) = session.query(Notice)
    assert (notice.user_id, notice.text) == (partner.id, "It has been tried in the county.")
    assert ready.url in hrefs(get_page(mine, "/my"))
    page = get_page(desk, f"/needs/{need.id}")
    assert f"/needs/{need.id}/adopt/take-back" in [f.get("action") for f in page.all("form")]
    post(desk, f"/needs/{need.id}/adopt/take-back")
    assert reread(session, need).state is NeedState.OPEN


def test_the_result_of_a_finished_need_is_offered_too(mine, session, need, work):
    result = add_need(session, **TEXTS, **SOLVED, close_note="A cabinet with codes.")
    work()
    address = f"/needs/{need.id}/adopt/need/{result.id}"
    assert address in hrefs(get_page(mine, f"/needs/{need.id}"))
    asked = get_page(mine, address)
    assert "A cabinet with codes." in asked.main
    assert result.organisation.name in asked.main
    post(mine, address)
    assert "Taken into use in 1 unit" in get_page(mine, f"/needs/{result.id}").main


def test_what_is_hidden_from_the_sender_is_not_offered(desk, session, need, work):
    hidden = add_need(session, **TEXTS, **SOLVED, visibility=Visibility.COORDINATORS)
    work()
    page = get_page(desk, f"/coordination/needs/{need.id}")
    assert f"/needs/{hidden.id}" in hrefs(page)
    assert f"/needs/{need.id}/adopt/need/{hidden.id}" not in hrefs(page)
    assert post(desk, f"/needs/{need.id}/adopt/need/{hidden.id}").status_code == 403


def test_a_note_that_is_too_long_is_asked_again(mine, session, need, ready):
    address = f"/needs/{need.id}/adopt/prior_work/{ready.id}"
    page = Page(post(mine, address, note="x" * 1001))
    assert (page.status, page.broken_rules()) == (422, [])
    assert page.errors == ["Shorten this to at most 1000 characters."]
    assert reread(session, need).state is NeedState.OPEN


def test_others_are_not_offered_to_adopt(client, session, need, ready, work):
    work()
    assert "/adopt/" not in get_page(client, f"/needs/{need.id}").html


def test_a_work_counts_only_what_the_reader_may_know(client, desk, session, ready):
    for level in (Visibility.PUBLIC, Visibility.COORDINATORS):
        add_adoption(session, add_need(session, **SOLVED, visibility=level), ready)
    address = f"/prior-works/{ready.id}"
    assert "Taken into use in 1 unit" in get_page(client, address).main
    assert "Taken into use in 2 units" in get_page(desk, address).main
