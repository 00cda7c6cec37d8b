"""The coordinator's desk: what waits, why it was suggested, the verdict, the log."""

import pytest
from sqlalchemy import func, select

from needsbank.app import engine_of
from needsbank.db.models import Decision
from needsbank.domain.needs import NeedState
from needsbank.domain.suggestions import SuggestionState, Verdict
from needsbank.domain.visibility import Visibility
from needsbank.services import audit
from needsbank.web.labels import ACTS
from tests.factories import add_competence, add_need, add_suggestion, day, reread
from tests.pages import Page, get_page, post


@pytest.fixture
def desk(coordinator, sign_in_as):
    return sign_in_as(coordinator)


def verdict(client, suggestion, **values):
    defaults = {"verdict": "approved", "reason": "They fit.", "seen": suggestion.state.value}
    address = f"/coordination/suggestions/{suggestion.id}/decision"
    return post(client, address, **{**defaults, **values})


def test_the_desk_is_one_step_from_the_coordinator_s_own_page(desk):
    page = get_page(desk, "/my")
    assert "/coordination/" in [a.get("href") for a in page.all("a") if a.is_inside("main")]


def test_an_empty_queue_says_so(desk):
    assert "Everything has been reviewed" in get_page(desk, "/coordination/").main


def test_the_queue_shows_what_waits_oldest_first(desk, session):
    newer, older = add_need(session, opened=day(2)), add_need(session, opened=day(1))
    hidden = add_need(session, opened=day(3), visibility=Visibility.COORDINATORS)
    for need in (newer, older, hidden):
        add_suggestion(session, need)
    page = get_page(desk, "/coordination/")
    assert [e.text for e in page.all("h2")] == [older.title, newer.title, hidden.title]


@pytest.mark.parametrize("rows", [1, 5])
def test_the_queue_costs_as_many_queries_however_long_it_is(
    app, desk, session, count_queries, rows
):
    for _ in range(rows):
        add_suggestion(session)
    desk.get("/coordination/")
    with count_queries(engine_of(app)) as queries:
        assert len(get_page(desk, "/coordination/").all("h2")) == rows
    assert len(queries) == 6, queries


@pytest.mark.parametrize("rows", [1, 5])
def test_a_need_costs_as_many_queries_however_much_is_suggested(
    app, desk, session, count_queries, rows
):
    need = add_need(session)
    for _ in range(rows):
        add_suggestion(session, need)
    address = f"/coordination/needs/{need.id}"
    desk.get(address)
    with count_queries(engine_of(app)) as queries:
        page = get_page(desk, address)
    assert len([e for e in page.all("a") if "/suggestions/" in e.get("href")]) == rows
    assert len(queries) == 10, queries


def test_a_need_without_suggestions_has_no_good_pair(desk, session):
    need = add_need(session)
    assert "No good pair" in get_page(desk, f"/coordination/needs/{need.id}").main


def test_a_coordinator_is_told_that_a_need_says_too_little(desk, session):
    need = add_need(session, title="See the attached file", problem="It has the details.")
    page = get_page(desk, f"/coordination/needs/{need.id}")
    assert "says too little to be matched" in page.main


def test_what_nothing_on_offer_is_near_to_is_asked_about(desk, session):
    need = add_need(session)
    evidence = [{"need": "Keys get lost.", "competence": "We keep keys.", "shared": []}]
    suggestion = add_suggestion(session, need, evidence=[*evidence, {"need": "It rains."}])
    page = get_page(desk, f"/coordination/suggestions/{suggestion.id}")
    assert "Nothing on offer is near to this part of the need: It rains." in " ".join(
        page.main.split()
    )
    assert len(list(page.all("blockquote"))) == 2


@pytest.mark.parametrize("state", [NeedState.DRAFT, NeedState.WITHDRAWN])
def test_what_is_its_author_s_alone_is_not_reviewed(desk, session, state):
    need = add_need(session, state=state)
    get_page(desk, f"/coordination/needs/{need.id}", 404)


def test_a_suggestion_shows_why_it_was_made(desk, session):
    suggestion = add_suggestion(
        session,
        evidence=[{"need": "Keys are lost.", "competence": "We find keys.", "shared": ["keys"]}],
    )
    page = get_page(desk, f"/coordination/suggestions/{suggestion.id}")
    assert [e.text for e in page.all("blockquote")] == ["Keys are lost.", "We find keys."]
    cells = [e.text for e in page.all("td") if e.text]
    assert cells[-1] == "0.75"
    assert "Shared words: keys" in page.main
    assert page.value_of("seen") == "proposed"


def test_what_another_region_costs_is_shown(desk, session):
    differing = {"name": "region", "value": 0.0, "contribution": -0.04}
    likeness = {"name": "meaning", "value": 0.8, "contribution": 0.79}
    suggestion = add_suggestion(session, parts=[likeness, differing])
    page = get_page(desk, f"/coordination/suggestions/{suggestion.id}")
    assert [e.text for e in page.all("th") if e.get("scope") == "row"][:2] == [
        "Same meaning",
        "Same region",
    ]
    assert "-0.04" in page.main


@pytest.mark.parametrize(
    ("given", "state", "said"),
    [
        ("approved", SuggestionState.APPROVED, "Approved. Both sides now see the pairing."),
        ("rejected", SuggestionState.REJECTED, "Rejected. Nobody was contacted."),
        ("deferred", SuggestionState.DEFERRED, "Deferred. It stays in the queue."),
    ],
)
def test_a_verdict_is_recorded(desk, session, given, state, said):
    suggestion = add_suggestion(session)
    response = verdict(desk, suggestion, verdict=given)
    assert response.headers["Location"] == f"/coordination/needs/{suggestion.need_id}"
    assert get_page(desk, response.headers["Location"]).flashes == [said]
    assert reread(session, suggestion).state is state
    assert session.scalars(select(Decision.verdict)).all() == [Verdict(given)]


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"reason": "  "}, ["Give the reason for your verdict."]),
        ({"verdict": ""}, ["Choose a verdict."]),
        ({"reason": "x" * 1001}, ["Shorten this to at most 1000 characters."]),
    ],
)
def test_a_verdict_that_lacks_something_is_asked_again(desk, session, values, errors):
    suggestion = add_suggestion(session)
    page = Page(verdict(desk, suggestion, **values))
    assert (page.status, page.errors, page.broken_rules()) == (422, errors, [])
    assert reread(session, suggestion).state is SuggestionState.PROPOSED
    for name, value in values.items():
        assert page.value_of(name).strip() == value.strip()


@pytest.mark.parametrize("seen", ["", "made-up"])
def test_a_verdict_on_nothing_that_was_seen_is_asked_again(desk, session, seen):
    suggestion = add_suggestion(session)
    assert Page(verdict(desk, suggestion, seen=seen)).status == 422
    assert session.scalar(select(func.count(Decision.id))) == 0


def test_two_coordinators_do_not_overrule_each_other_unseen(desk, session):
    suggestion = add_suggestion(session)
    assert verdict(desk, suggestion, verdict="deferred").status_code == 303
    late = Page(verdict(desk, suggestion, verdict="approved", seen="proposed"))
    assert (late.status, late.h1) == (409, "Somebody was faster")
    assert reread(session, suggestion).state is SuggestionState.DEFERRED


@pytest.mark.parametrize(
    ("state", "offered"),
    [
        (SuggestionState.PROPOSED, ["approved", "rejected", "deferred"]),
        (SuggestionState.DEFERRED, ["approved", "rejected", "deferred"]),
        (SuggestionState.REJECTED, ["deferred"]),
        (SuggestionState.APPROVED, ["deferred"]),
        (SuggestionState.AGREED, []),
        (SuggestionState.DECLINED, []),
    ],
)
def test_the_verdicts_on_offer_are_those_that_are_possible(desk, session, state, offered):
    suggestion = add_suggestion(session, state=state)
    page = get_page(desk, f"/coordination/suggestions/{suggestion.id}")
    assert [e.get("value") for e in page.all("input", name="verdict")] == offered


def test_the_history_of_a_suggestion_is_shown(desk, session, coordinator):
    suggestion = add_suggestion(session)
    verdict(desk, suggestion, verdict="deferred", reason="Asking the county first.")
    session.rollback()
    main = get_page(desk, f"/coordination/suggestions/{suggestion.id}").main
    assert "Asking the county first." in main
    assert coordinator.name in main


def test_the_log_tells_who_did_what_newest_first(desk, session, coordinator, partner):
    need = add_need(session, partner)
    for number in range(51):
        audit.record(session, partner.actor, "change", "need", need.id)
        session.commit()
        assert number < 51
    audit.record(session, coordinator.actor, "closed", "need", need.id, reason="solved")
    session.commit()
    page = get_page(desk, "/coordination/log")
    rows = [e.text for e in page.all("tr") if e.is_inside("tbody")]
    assert (len(rows), coordinator.name in rows[0]) == (50, True)
    older = get_page(desk, "/coordination/log?page=2")
    assert len([e for e in older.all("tr") if e.is_inside("tbody")]) == 2


def test_the_log_can_say_every_act_in_words(desk, session, coordinator):
    """No act is shown as the code that the database keeps."""
    need = add_need(session)
    for subject, act in ACTS:
        audit.record(session, coordinator.actor, act, subject, need.id)
    session.commit()
    pages = range(1, len(ACTS) // 50 + 2)
    told = "".join(get_page(desk, f"/coordination/log?page={page}").main for page in pages)
    assert [words for words in ACTS.values() if str(words) not in told] == []


def test_a_competence_that_only_coordinators_see_is_reviewed(desk, session):
    competence = add_competence(session, visibility=Visibility.COORDINATORS)
    suggestion = add_suggestion(session, competence=competence)
    assert competence.title in get_page(desk, f"/coordination/suggestions/{suggestion.id}").h1
