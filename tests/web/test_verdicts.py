"""Coordinators judge what was found for a need; authors see what came of it."""

import re
from typing import Any

import pytest
from sqlalchemy import select

from needsbank.db.models import PairJudgement
from needsbank.domain.needs import CloseReason, NeedState
from needsbank.domain.verdicts import PairVerdict
from needsbank.domain.visibility import Visibility
from tests.factories import add_need, add_prior_work
from tests.pages import Page, get_page

TEXTS: dict[str, Any] = {
    "title": "Keys of customers get lost",
    "problem": "Substitutes cannot find the keys of the homes that they visit.",
}


@pytest.fixture
def need(session, partner):
    return add_need(session, partner, **TEXTS)


@pytest.fixture
def ready(session):
    return add_prior_work(session, title=TEXTS["title"], abstract=TEXTS["problem"])


@pytest.fixture
def desk(coordinator, sign_in_as):
    return sign_in_as(coordinator)


def form_of(page, action):
    """Return what a form would send, its buttons aside."""
    (form,) = page.all("form", action=action)
    fields = [e for e in page.all("input") if form in e.around and e.get("name") != "csrf_token"]
    return {e.get("name"): e.get("value") for e in fields}


def address(need, subject, other, *, back=False):
    end = "/take-back" if back else ""
    return f"/coordination/needs/{need.id}/found/{subject}/{other.id}/verdict{end}"


def press(desk, need, subject, other, verdict, *, headers=None, **values):
    action = address(need, subject, other, back=verdict is None)
    page = get_page(desk, f"/coordination/needs/{need.id}")
    sent = {"csrf_token": page.token, **form_of(page, action), **values}
    if verdict is not None:
        sent["verdict"] = verdict
    return desk.post(action, data=sent, headers=headers or {})


def judgements(session):
    session.rollback()
    session.expire_all()
    return session.scalars(select(PairJudgement).order_by(PairJudgement.seq)).all()


@pytest.mark.parametrize("verdict", ["same", "partly", "no"])
def test_a_button_judges_a_hit(desk, session, need, ready, work, verdict, coordinator):
    work()
    response = press(desk, need, "prior_work", ready, verdict)
    expected = f"/coordination/needs/{need.id}#hit-prior_work-{ready.id}"
    assert (response.status_code, response.headers["Location"]) == (303, expected)
    (row,) = judgements(session)
    assert (row.verdict, row.rank_seen) == (PairVerdict(verdict), 1)
    assert row.matcher_version
    assert 0.5 <= row.probability <= 1
    page = get_page(desk, f"/coordination/needs/{need.id}")
    assert page.flashes == ["Your verdict is recorded."]
    assert coordinator.name in page.main
    assert page.all("button", name="verdict") == [], "no pair is asked twice"


def test_a_verdict_can_be_taken_back_and_given_anew(desk, session, need, ready, work):
    work()
    press(desk, need, "prior_work", ready, "no")
    press(desk, need, "prior_work", ready, None)
    press(desk, need, "prior_work", ready, "same")
    assert [row.verdict for row in judgements(session)] == [
        PairVerdict.NO,
        None,
        PairVerdict.SAME,
    ]


def test_with_scripts_only_the_hit_s_verdict_is_put_in_place(desk, need, ready, work):
    work()
    asked = {"HX-Request": "true"}
    html = press(desk, need, "prior_work", ready, "same", headers=asked).get_data(as_text=True)
    assert "<html" not in html
    assert "data-judged" in html
    assert 'hx-swap-oob="innerHTML:#verdict-status"' in html
    html = press(desk, need, "prior_work", ready, None, headers=asked).get_data(as_text=True)
    assert len(re.findall('name="verdict"', html)) == 3


def test_a_pair_of_needs_is_judged_on_one_of_their_pages(desk, session, need, work):
    other = add_need(session, **TEXTS)
    work()
    press(desk, other, "need", need, "same")
    page = get_page(desk, f"/coordination/needs/{need.id}")
    assert page.all("button", name="verdict") == []


def test_a_text_that_changed_meanwhile_is_not_judged_unseen(desk, session, need, ready, work):
    work()
    page = get_page(desk, f"/coordination/needs/{need.id}")
    action = address(need, "prior_work", ready)
    sent = {"csrf_token": page.token, **form_of(page, action), "verdict": "same"}
    session.rollback()
    ready.title = "Something else"
    session.commit()
    late = Page(desk.post(action, data=sent))
    assert (late.status, late.h1) == (409, "Somebody was faster")
    assert judgements(session) == []


@pytest.mark.parametrize(
    "values",
    [
        {"verdict": "maybe"},
        {"rank": "0"},
        {"rank": "x"},
        {"probability": "1.5"},
        {"probability": "nan"},
        {"matcher_version": "m" * 81},
        {"need_seen": ""},
    ],
)
def test_a_form_that_is_not_ours_judges_nothing(desk, session, need, ready, work, values):
    work()
    verdict = values.pop("verdict", "same")
    assert press(desk, need, "prior_work", ready, verdict, **values).status_code == 422
    assert judgements(session) == []


@pytest.mark.parametrize(
    ("verdict", "told"),
    [
        ("same", "Coordinator: this has been solved already."),
        ("partly", "Coordinator: this answers a part of it."),
    ],
)
def test_the_author_is_told_in_words(
    desk, client, need, ready, work, sign_in_as, partner, verdict, told
):
    work()
    press(desk, need, "prior_work", ready, verdict)
    mine = sign_in_as(partner)
    assert told in get_page(mine, f"/needs/{need.id}").main
    assert "Coordinator:" not in get_page(client, f"/needs/{need.id}").main


def test_what_is_not_the_same_is_no_longer_shown_to_the_author(
    desk, need, ready, work, sign_in_as, partner
):
    work()
    mine = sign_in_as(partner)
    assert f"/prior-works/{ready.id}" in get_page(mine, f"/needs/{need.id}").html
    press(desk, need, "prior_work", ready, "no")
    page = get_page(mine, f"/needs/{need.id}")
    assert f"/prior-works/{ready.id}" not in page.html
    assert "Nothing that says the same was found" in page.main
    assert "1 that was judged not the same" in get_page(desk, f"/coordination/needs/{need.id}").main


def test_a_verdict_on_what_the_author_may_not_read_tells_them_nothing(
    desk, session, need, work, sign_in_as, partner
):
    ended: dict[str, Any] = {"state": NeedState.CLOSED, "close_reason": CloseReason.SOLVED}
    hidden = add_need(session, **TEXTS, **ended, visibility=Visibility.COORDINATORS)
    work()
    mine = sign_in_as(partner)
    before = get_page(mine, f"/needs/{need.id}").main
    for verdict in ("same", None, "no"):
        assert press(desk, need, "need", hidden, verdict).status_code == 303
        assert get_page(mine, f"/needs/{need.id}").main == before


def test_without_a_hit_the_desk_says_so(desk, session, need, work):
    work()
    page = get_page(desk, f"/coordination/needs/{need.id}")
    assert "Nothing that says the same was found." in page.main
