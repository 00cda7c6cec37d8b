"""The coordination team's pages: the queue, a route with a reason, the answer, who is told."""

from typing import Any

import pytest
from sqlalchemy import func, select

from needsbank.app import engine_of
from needsbank.db.models import Message, RouteDecision
from needsbank.db.transaction import transaction
from needsbank.domain.journeys import Stage
from needsbank.domain.languages import Language
from needsbank.domain.outbox import MessageKind
from needsbank.domain.roles import Role
from needsbank.domain.route_decisions import SolutionKind
from needsbank.domain.routes import Route
from needsbank.domain.visibility import Visibility
from needsbank.services import routing
from needsbank.web.matters.drafts import draft_answer
from tests.factories import (
    add_capture,
    add_challenge,
    add_journey,
    add_need,
    add_prior_work,
    add_round,
    add_user,
    deciding,
    reread,
)
from tests.pages import Page, get_page, post


@pytest.fixture
def desk(coordinator, sign_in_as):
    return sign_in_as(coordinator)


@pytest.fixture
def journey(session):
    return add_journey(session, add_need(session, language=Language.SV))


def choose(client, journey, **values):
    said = {
        "route": "advise",
        "advice": "Ask the library.",
        "criterion_feasible": "yes",
        "reason": "They have done it before.",
        "seen": "in_coordination",
        **values,
    }
    return post(client, f"/coordination/needs/{journey.need_id}/route", **said)


def decided(session, coordinator, journey, route=Route.ADVISE, **values):
    with transaction(session):
        command = deciding(route, **values)
        return routing.decide_route(session, coordinator.actor, journey.id, command)


def test_the_queue_has_a_tab_for_each_thing_that_is_waited_for(desk, session):
    waiting = {
        "decision": Stage.IN_COORDINATION,
        "answer": Stage.DECIDED,
        "representative": Stage.AWAITING_PARTNER,
        "parked": Stage.PARKED,
    }
    needs = {tab: add_need(session) for tab in waiting}
    for tab, stage in waiting.items():
        add_journey(session, needs[tab], stage)
    for tab, need in needs.items():
        page = get_page(desk, f"/coordination/matters/?waiting={tab}")
        assert [e.text for e in page.all("h2")] == [need.title]
        tabs = page.all("a", aria_current="page")
        assert [e.text for e in tabs if "waiting=" in e.get("href")] == [f"{page.h1} 1"]
    assert "Nothing waits here" in get_page(desk, "/coordination/matters/?waiting=late").main


@pytest.mark.parametrize("rows", [1, 5])
def test_the_queue_costs_as_many_queries_however_long_it_is(
    app, desk, session, count_queries, rows
):
    for _ in range(rows):
        add_journey(session)
        add_capture(session, stage=Stage.IN_COORDINATION)
    desk.get("/coordination/matters/")
    with count_queries(engine_of(app)) as queries:
        assert len(get_page(desk, "/coordination/matters/").all("h2")) == rows * 2
    assert len(queries) == 7, queries


def test_a_row_says_why_it_is_where_it_is(desk, session):
    add_journey(session)
    main = get_page(desk, "/coordination/matters/").main
    assert "0 points" in main
    assert "came today" in main


def test_a_route_is_chosen_and_the_answer_is_waiting_in_the_sender_s_language(
    desk, session, journey
):
    response = choose(desk, journey)
    assert response.headers["Location"] == f"/coordination/matters/{journey.id}/answer"
    page = get_page(desk, response.headers["Location"])
    assert page.flashes == ["The route is chosen. Read the draft of the answer and send it."]
    draft = page.value_of("text_sv")
    assert draft.startswith("Hej")
    assert journey.need.title in draft
    assert "Ask the library." in draft
    assert page.all("textarea", name="text_fi") == []
    assert session.scalar(select(func.count(Message.id))) == 0


@pytest.mark.parametrize(
    ("values", "errors"),
    [
        ({"reason": " "}, ["Give the reason for the route."]),
        ({"route": ""}, ["Choose a route."]),
        ({"criterion_feasible": ""}, ["Assess at least one of these."]),
        ({"advice": ""}, ["Fill this in."]),
        ({"route": "thesis"}, ["The work community must know this before a thesis is begun."]),
        ({"route": "minno", "representative": "Anna"}, ["Choose one from the list."]),
        ({"route": "adopt", "solution": "made:up"}, ["Choose one from the list."]),
        (
            {"route": "park", "returns_on": "2020-01-01"},
            ["Choose a day after today and within two years."],
        ),
        ({"route": "project", "parties": "Two counties"}, ["Fill this in."]),
    ],
)
def test_what_a_route_lacks_is_asked_for_and_what_was_typed_is_kept(
    desk, session, journey, values, errors
):
    page = Page(choose(desk, journey, **values))
    assert (page.status, page.errors, page.broken_rules()) == (422, errors, [])
    assert reread(session, journey).stage is Stage.IN_COORDINATION
    for name, value in {"advice": "Ask the library.", **values}.items():
        if name != "solution":
            assert page.value_of(name).strip() == value.strip()


def test_rounds_on_offer_can_be_chosen(desk, session, journey):
    offered = add_round(session, title="MINNO in spring")
    page = get_page(desk, f"/coordination/needs/{journey.need_id}")
    labels = [e.text for e in page.all("option") if str(offered.id) == e.get("value")]
    assert labels
    assert labels[0].startswith("MINNO in spring (")
    response = choose(
        desk, journey, route="minno", round_id=str(offered.id), representative="A nurse"
    )
    assert response.status_code == 303
    assert session.scalars(select(RouteDecision.details)).one() == {
        "round": str(offered.id),
        "representative": "A nurse",
    }


def test_whoever_decides_too_late_is_told_by_whom_and_keeps_the_reason(
    desk, session, journey, sign_in_as
):
    other = add_user(session, Role.COORDINATOR, name="Olga Other")
    choose(sign_in_as(other), journey, reason="The library helps.")
    page = Page(choose(desk, journey, route="decline", reason="We have no time."))
    assert (page.status, page.broken_rules()) == (409, [])
    for said in ("Somebody was faster", "Olga Other", "The library helps.", "We have no time."):
        assert said in page.main
    assert session.scalars(select(RouteDecision.route)).all() == [Route.ADVISE]


def test_an_illegal_move_is_told_in_the_reader_s_language(session, sign_in_as):
    idea = add_capture(session, stage=Stage.ANSWERED)
    said = {"route": "decline", "criterion_urgent": "no", "reason": "No.", "seen": "answered"}
    words = {"fi": "Joku ehti ensin", "sv": "Någon hann före", "en": "Somebody was faster"}
    for language, heading in words.items():
        reader = add_user(session, Role.COORDINATOR, language=Language(language))
        client = sign_in_as(reader)
        address = f"/coordination/matters/{idea.journey_id}/route"
        page = Page(post(client, address, **said))
        assert (page.status, page.h1) == (409, heading)


def test_an_idea_that_is_no_need_has_a_desk_of_its_own(desk, session):
    idea = add_capture(
        session,
        stage=Stage.IN_COORDINATION,
        text="Keys are hard to find",
        sender_name="Nina Nurse",
        language=Language.EN,
    )
    address = f"/coordination/matters/{idea.journey_id}"
    page = get_page(desk, address)
    assert idea.text in page.h1
    assert "Nina Nurse (anonymous to everybody else)" in page.main
    said = {"criterion_urgent": "partly", "reason": "No time.", "seen": "in_coordination"}
    assert Page(post(desk, f"{address}/route", **said)).errors == ["Choose a route."]
    response = post(desk, f"{address}/route", route="decline", **said)
    assert response.status_code == 303
    assert reread(session, idea.journey).stage is Stage.DECIDED


def test_the_desk_of_a_need_shows_its_ideas_and_its_way(desk, session, journey, coordinator):
    idea = add_capture(session, text="Avaimet hukassa", stage=Stage.JOINED)
    idea.journey.into_id = journey.id
    session.commit()
    decided(session, coordinator, journey)
    page = get_page(desk, f"/coordination/needs/{journey.need_id}")
    assert "Avaimet hukassa" in page.main
    assert "It helps many, and it can be done." in page.main
    assert coordinator.name in page.main
    assert page.all("form", id="decision") == []
    moved = desk.get(f"/coordination/matters/{journey.id}")
    assert moved.headers["Location"] == f"/coordination/needs/{journey.need_id}"


def test_the_desk_of_a_challenge_shows_the_needs_that_it_is_made_of(desk, session):
    sources = [add_need(session), add_need(session)]
    challenge = add_challenge(session, sources)
    add_journey(session, challenge)
    page = get_page(desk, f"/coordination/needs/{challenge.id}")
    links = {a.text for a in page.all("a") if "as_sent" in a.get("href")}
    assert links == {source.title for source in sources}


def test_a_decision_is_taken_back_with_a_reason(desk, session, journey, coordinator):
    decided(session, coordinator, journey)
    address = f"/coordination/matters/{journey.id}/reconsider"
    page = Page(post(desk, address, seen="decided", why=" "))
    assert (page.status, page.errors) == (422, ["Say why."])
    response = post(desk, address, seen="decided", why="A round opened.")
    assert response.status_code == 303
    assert reread(session, journey).stage is Stage.IN_COORDINATION


def test_a_draft_is_kept_and_sent_when_it_is_ready(desk, session, journey, coordinator):
    decided(session, coordinator, journey)
    address = f"/coordination/matters/{journey.id}/answer"
    assert post(desk, address, seen="decided", text_sv="Snart.", draft="1").status_code == 303
    assert get_page(desk, address).value_of("text_sv") == "Snart."
    page = Page(post(desk, address, seen="decided", text_sv=" "))
    assert (page.status, page.errors) == (422, ["Fill this in."])
    response = post(desk, address, seen="decided", text_sv="Fråga biblioteket.")
    assert response.headers["Location"] == f"/coordination/matters/{journey.id}"
    sent = session.scalars(select(Message).where(Message.kind == MessageKind.ANSWER)).one()
    assert (sent.user_id, sent.words["text"]) == (journey.need.author_id, "Fråga biblioteket.")
    assert "Fråga biblioteket." in get_page(desk, address).main
    assert Page(post(desk, address, seen="decided", text_sv="Igen.")).status == 409


def test_the_ambassador_who_has_it_in_hand_sends_the_answer(
    session, journey, coordinator, sign_in_as
):
    holder, other = (add_user(session, Role.AMBASSADOR) for _ in range(2))
    journey.holder_id = holder.id
    session.commit()
    decided(session, coordinator, journey)
    address = f"/coordination/matters/{journey.id}/answer"
    get_page(sign_in_as(other), address, 404)
    mine = sign_in_as(holder)
    waiting = get_page(mine, "/my")
    assert "An answer waits for you to take it back" in waiting.main
    assert address in [a.get("href") for a in waiting.all("a")]
    get_page(mine, address)
    assert post(mine, address, seen="decided", text_sv="Hej!").status_code == 303
    assert "Hej!" in get_page(mine, address).main
    assert "An answer waits for you to take it back" not in get_page(mine, "/my").main


WORDS = {
    Language.FI: ("Hei", "Ystävällisin terveisin"),
    Language.SV: ("Hej", "Med vänlig hälsning"),
    Language.EN: ("Hello", "Kind regards"),
}


@pytest.mark.parametrize("route", list(Route))
@pytest.mark.parametrize("language", list(WORDS))
def test_a_draft_of_each_route_is_in_the_language_of_its_reader(
    app, session, coordinator, journey, route, language
):
    values: dict[str, Any] = {}
    if route is Route.MINNO:
        values["round_id"] = add_round(session, title="MINNO keväällä").id
    if route is Route.ADOPT:
        work = add_prior_work(session, title="Avainkaappi", url="https://works.example/1")
        values["solution"] = (SolutionKind.PRIOR_WORK, work.id)
    decision = decided(session, coordinator, journey, route, **values)
    with app.test_request_context():
        draft = draft_answer(journey, decision, language)
    first, last = WORDS[language]
    assert draft.startswith(first)
    assert last in draft
    assert "It helps many, and it can be done." in draft
    assert "\n\n\n" not in draft
    told = {
        Route.MINNO: ["MINNO keväällä", "A team leader"],
        Route.SERVICE: ["The library"],
        Route.PROJECT: ["Two counties", "ERDF 2027"],
        Route.ADOPT: ["Avainkaappi", "https://works.example/1"],
        Route.ADVISE: ["Ask the library."],
        Route.REFER: ["The city's housing service"],
        Route.PARK: [str((decision.details.get("returns_on") or "0")[:4])],
    }
    for words in told.get(route, []):
        assert words in draft


def test_a_draft_names_no_round_that_is_not_everybody_s_to_know(app, session, coordinator, journey):
    hidden = add_round(session, title="Secret round", visibility=Visibility.COORDINATORS)
    decision = decided(session, coordinator, journey, Route.MINNO, round_id=hidden.id)
    with app.test_request_context():
        assert "Secret round" not in draft_answer(journey, decision, Language.EN)


def test_the_sender_sees_the_way_of_their_need_and_names_a_representative(session, sign_in_as):
    need = add_need(session)
    journey = add_journey(session, need, Stage.AWAITING_PARTNER)
    client = sign_in_as(need.author)
    page = get_page(client, f"/needs/{need.id}")
    assert "Waits for the work community's representative" in page.main
    address = f"/matters/{journey.id}/representative"
    assert address in [a.get("href") for a in page.all("a")]
    page = Page(post(client, address, name="Anna", email="anna"))
    assert (page.status, page.errors) == (422, ["Check the e-mail address."])
    assert post(client, address, name="Anna", email="anna@county.example").status_code == 303
    assert "Anna" in get_page(client, address).main


def invite(session, client, journey):
    said = {"name": "Anna Andersson", "email": "anna@county.example"}
    post(client, f"/matters/{journey.id}/representative", **said)
    asked = select(Message.words).where(Message.kind == MessageKind.REPRESENT)
    return session.scalars(asked).one()["path"]


def test_a_representative_accepts_with_one_click_and_not_by_looking(session, desk, client):
    need = add_need(session)
    journey = add_journey(session, need, Stage.AWAITING_PARTNER)
    path = invite(session, desk, journey)
    page = get_page(client, path)
    assert need.title in page.main
    assert reread(session, journey).stage is Stage.AWAITING_PARTNER
    assert post(client, path).status_code == 303
    assert reread(session, journey).stage is Stage.UNDER_WAY
    assert "You have accepted" in get_page(client, path).main
    assert post(client, path).status_code == 409
    log = get_page(desk, "/coordination/log").main
    assert "The community's representative" in log
    assert "Anna Andersson" in get_page(desk, f"/coordination/needs/{journey.need_id}").main


def test_a_representative_declines_with_a_reason(session, desk, client):
    journey = add_journey(session, stage=Stage.AWAITING_PARTNER)
    path = invite(session, desk, journey)
    page = Page(post(client, f"{path}/decline"))
    assert (page.status, page.errors) == (422, ["Give the reason in a sentence."])
    assert post(client, f"{path}/decline", reason="I am moving.").status_code == 303
    assert reread(session, journey).stage is Stage.IN_COORDINATION
    assert "no longer in use" in get_page(client, path).main


def test_a_made_up_link_is_not_found(client):
    get_page(client, "/accept/made-up", 404)
