"""Decisions by route: what each asks for, one winner, taken back before and after the answer."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import uuid4

import pytest
from sqlalchemy import delete, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from needsbank.db.models import AuditEntry, Message, RouteDecision
from needsbank.db.transaction import transaction
from needsbank.domain.clock import today
from needsbank.domain.competences import CompetenceState
from needsbank.domain.errors import Conflict, IllegalTransition, Invalid, NotAllowed, NotFound
from needsbank.domain.journeys import Stage
from needsbank.domain.needs import NeedState
from needsbank.domain.outbox import MessageKind
from needsbank.domain.roles import Role
from needsbank.domain.route_decisions import SolutionKind
from needsbank.domain.routes import Route
from needsbank.services import routing
from tests.factories import (
    add_capture,
    add_challenge,
    add_competence,
    add_journey,
    add_need,
    add_prior_work,
    add_round,
    add_user,
    deciding,
)


@pytest.fixture
def coordinator(session):
    return add_user(session, Role.COORDINATOR).actor


@pytest.fixture
def journey(session):
    return add_journey(session)


def decide(session, actor, journey, command):
    with transaction(session):
        return routing.decide_route(session, actor, journey.id, command)


def refused(session, actor, journey, command):
    with pytest.raises(Invalid) as refusal:
        decide(session, actor, journey, command)
    session.rollback()
    assert journey.stage is Stage.IN_COORDINATION
    assert session.scalar(select(func.count(RouteDecision.id))) == 0
    return refusal.value.errors


def whole(session, route):
    """Return the command of a route with all that it asks for."""
    if route is Route.MINNO:
        return deciding(route, round_id=add_round(session).id)
    if route is Route.ADOPT:
        work = add_prior_work(session)
        return deciding(route, solution=(SolutionKind.PRIOR_WORK, work.id))
    return deciding(route)


@pytest.mark.parametrize("route", list(Route))
def test_each_route_is_recorded_with_its_reason_and_logged(session, coordinator, journey, route):
    decision = decide(session, coordinator, journey, whole(session, route))
    assert (journey.stage, journey.route) == (Stage.DECIDED, route)
    assert (decision.route, decision.decided_by_id) == (route, coordinator.user_id)
    assert decision.reason == journey.steps[-1].reason == "It helps many, and it can be done."
    assert decision.criteria == {"feasible": "yes"}
    logged = session.scalars(select(AuditEntry).where(AuditEntry.act == "decide")).one()
    assert (logged.actor_id, logged.details) == (coordinator.user_id, {"route": route.value})
    assert session.scalar(select(func.count(Message.id))) == 0, "the answer tells, not this"


@pytest.mark.parametrize("route", list(Route))
def test_no_route_goes_without_a_reason_and_a_criterion(session, coordinator, journey, route):
    command = deciding(route, reason=" \n", criteria={})
    errors = refused(session, coordinator, journey, command)
    assert {"reason": "required", "criteria": "assessed"}.items() <= errors.items()


@pytest.mark.parametrize(
    ("route", "values", "errors"),
    [
        (Route.MINNO, {"representative": ""}, {"round_id", "representative"}),
        (Route.THESIS, {"publicity_seen": False}, {"publicity_seen"}),
        (Route.SERVICE, {"starter": " "}, {"starter"}),
        (Route.PROJECT, {"parties": "", "funding_call": ""}, {"parties", "funding_call"}),
        (Route.ADOPT, {}, {"solution"}),
        (Route.ADVISE, {"advice": ""}, {"advice"}),
        (Route.REFER, {"refer_to": ""}, {"refer_to"}),
        (Route.PARK, {"returns_on": None}, {"returns_on"}),
        (Route.PARK, {"returns_on": today()}, {"returns_on"}),
        (Route.PARK, {"returns_on": today() + timedelta(days=800)}, {"returns_on"}),
        (Route.DECLINE, {"reason": "x" * 1001}, {"reason"}),
    ],
)
def test_each_route_asks_for_what_it_needs(session, coordinator, journey, route, values, errors):
    found = refused(session, coordinator, journey, deciding(route, **values))
    assert set(found) == errors


@pytest.mark.parametrize(
    "values",
    [
        {"state": CompetenceState.CLOSED},
        {"state": CompetenceState.DRAFT},
        {"starts_on": today() - timedelta(days=1)},
    ],
)
def test_a_round_that_is_not_on_offer_cannot_be_chosen(session, coordinator, journey, values):
    chosen = add_round(session, **values)
    command = deciding(Route.MINNO, round_id=chosen.id)
    assert refused(session, coordinator, journey, command) == {"round_id": "unknown"}
    assert routing.rounds_on_offer(session, coordinator) == []


def test_a_team_is_no_round(session, coordinator, journey):
    command = deciding(Route.MINNO, round_id=add_competence(session).id)
    assert refused(session, coordinator, journey, command) == {"round_id": "unknown"}


def test_what_is_not_there_cannot_be_adopted(session, coordinator, journey):
    command = deciding(Route.ADOPT, solution=(SolutionKind.PRIOR_WORK, uuid4()))
    with pytest.raises(NotFound):
        decide(session, coordinator, journey, command)
    unsolved = (SolutionKind.NEED, add_need(session).id)
    with pytest.raises(Conflict):
        decide(session, coordinator, journey, deciding(Route.ADOPT, solution=unsolved))


def test_an_idea_that_is_no_need_adopts_nothing(session, coordinator):
    idea = add_capture(session, stage=Stage.IN_COORDINATION)
    solution = (SolutionKind.PRIOR_WORK, add_prior_work(session).id)
    command = deciding(Route.ADOPT, solution=solution)
    assert refused(session, coordinator, idea.journey, command) == {"solution": "no_need"}
    decide(session, coordinator, idea.journey, deciding(Route.ADVISE))
    assert idea.journey.stage is Stage.DECIDED


@pytest.mark.parametrize("stage", [each for each in Stage if each is not Stage.IN_COORDINATION])
def test_only_what_is_before_the_team_is_decided_on(session, coordinator, stage):
    journey = add_journey(session, stage=stage)
    with pytest.raises(IllegalTransition):
        decide(session, coordinator, journey, deciding(Route.DECLINE))


def test_of_two_who_decide_at_once_one_wins(session, coordinator, journey):
    other = add_user(session, Role.COORDINATOR).actor
    decide(session, coordinator, journey, deciding(Route.DECLINE))
    with pytest.raises(Conflict):
        decide(session, other, journey, deciding(Route.ADVISE))
    assert session.scalars(select(RouteDecision.route)).all() == [Route.DECLINE]


def test_of_two_who_press_at_the_same_moment_one_wins(engine, session, journey):
    deciders = [add_user(session, Role.COORDINATOR).actor for _ in range(2)]
    together = Barrier(2)

    def press(actor):
        with Session(engine) as own:
            together.wait()
            try:
                decide(own, actor, journey, deciding(Route.DECLINE))
            except Conflict:
                return "too late"
            return "decided"

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(press, deciders)) == ["decided", "too late"]
    assert session.scalar(select(func.count(RouteDecision.id))) == 1


def test_what_came_back_is_not_decided_on_as_it_was_seen_before(session, coordinator, journey):
    command = deciding(Route.DECLINE, seen=Stage.PARKED)
    with pytest.raises(Conflict):
        decide(session, coordinator, journey, command)


@pytest.mark.parametrize(
    "role", [role for role in Role if role not in {Role.COORDINATOR, Role.LEAD}]
)
def test_nobody_but_coordinators_decides(session, journey, role):
    with pytest.raises(NotAllowed):
        decide(session, add_user(session, role).actor, journey, deciding(Route.DECLINE))


def test_part_of_a_challenge_is_decided_on_with_it(session, coordinator):
    source = add_need(session)
    journey = add_journey(session, source)
    add_challenge(session, [source, add_need(session)])
    with pytest.raises(Conflict):
        decide(session, coordinator, journey, deciding(Route.DECLINE))


def test_the_first_decision_on_an_old_need_begins_its_journey(session, coordinator):
    need = add_need(session)
    with transaction(session):
        decision = routing.decide_on_need(session, coordinator, need.id, deciding(Route.DECLINE))
    assert decision.journey.need_id == need.id
    assert [step.stage for step in decision.journey.steps] == [
        Stage.IN_COORDINATION,
        Stage.DECIDED,
    ]


@pytest.mark.parametrize("state", [NeedState.CLOSED, NeedState.AGREED])
def test_an_old_need_that_has_ended_is_not_decided_on(session, coordinator, state):
    need = add_need(session, state=state)
    with pytest.raises(Conflict), transaction(session):
        routing.decide_on_need(session, coordinator, need.id, deciding(Route.DECLINE))


def test_a_decision_is_taken_back_with_a_reason_before_anybody_is_told(
    session, coordinator, journey
):
    decide(session, coordinator, journey, deciding(Route.DECLINE))
    with pytest.raises(Invalid), transaction(session):
        routing.reconsider(session, coordinator, journey.id, " ", Stage.DECIDED)
    with transaction(session):
        routing.reconsider(session, coordinator, journey.id, "A round opened.", Stage.DECIDED)
    assert (journey.stage, journey.route) == (Stage.IN_COORDINATION, None)
    assert session.scalar(select(func.count(Message.id))) == 0
    decide(session, coordinator, journey, deciding(Route.ADVISE))
    assert session.scalar(select(func.count(RouteDecision.id))) == 2, "both are kept"


def test_who_has_the_matter_in_hand_is_asked_for_the_answer(session, coordinator):
    catcher = add_user(session, Role.AMBASSADOR)
    idea = add_capture(session, stage=Stage.IN_COORDINATION)
    idea.journey.holder_id = catcher.id
    session.commit()
    decide(session, coordinator, idea.journey, deciding(Route.DECLINE))
    asked = session.scalars(select(Message)).one()
    assert (asked.kind, asked.user_id) == (MessageKind.TO_ANSWER, catcher.id)
    assert asked.words["path"] == f"/coordination/matters/{idea.journey_id}/answer"


def test_decisions_are_only_ever_added(session, coordinator, journey):
    decide(session, coordinator, journey, deciding(Route.DECLINE))
    for change in (delete(RouteDecision), update(RouteDecision).values(reason="Another")):
        with pytest.raises(IntegrityError, match="can only be added to"):
            session.execute(change)
        session.rollback()
