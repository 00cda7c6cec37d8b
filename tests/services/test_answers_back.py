"""The answer back: to every sender, in their language, and the matter goes on by its route."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from needsbank.db.models import Adoption, AuditEntry, Message, RouteAnswer, Subject
from needsbank.db.transaction import transaction
from needsbank.domain.answers_back import AnswerSenders
from needsbank.domain.clock import moved
from needsbank.domain.errors import Conflict, IllegalTransition, Invalid, NotFound
from needsbank.domain.journeys import ANSWERS, TURNS, Stage
from needsbank.domain.languages import Language
from needsbank.domain.needs import CloseReason, NeedState
from needsbank.domain.outbox import MessageKind
from needsbank.domain.roles import Role
from needsbank.domain.route_decisions import SolutionKind
from needsbank.domain.routes import Route
from needsbank.services import answers_back, routing
from needsbank.services.adoptions import adopters_of
from needsbank.services.parking import return_parked
from tests.factories import (
    add_capture,
    add_challenge,
    add_journey,
    add_need,
    add_prior_work,
    add_round,
    add_user,
    deciding,
)

WRITTEN = {
    Language.FI: "Kiitos ideasta. Selvitimme asian.",
    Language.SV: "Tack för idén. Vi har utrett saken.",
    Language.EN: "Thank you for the idea. We have looked into it.",
}


@pytest.fixture
def coordinator(session):
    return add_user(session, Role.COORDINATOR).actor


def decided(session, coordinator, route, journey=None, **values):
    journey = journey or add_journey(session, add_need(session, language=Language.FI))
    if route is Route.MINNO:
        values = {"round_id": add_round(session).id, **values}
    if route is Route.ADOPT:
        work = add_prior_work(session)
        values = {"solution": (SolutionKind.PRIOR_WORK, work.id), **values}
    with transaction(session):
        routing.decide_route(session, coordinator, journey.id, deciding(route, **values))
    return journey


def send(session, actor, journey, *languages, texts=None, seen=Stage.DECIDED):
    texts = texts or {language: WRITTEN[language] for language in languages or (Language.FI,)}
    with transaction(session):
        command = AnswerSenders(texts=texts, seen=seen)
        return answers_back.send_answers(session, actor, journey.id, command)


def answers(session):
    found = select(Message).where(Message.kind == MessageKind.ANSWER)
    return session.scalars(found.order_by(Message.key)).all()


ENDS = {turn.act: turn.end for turn in TURNS if turn.start is Stage.DECIDED}


@pytest.mark.parametrize("route", list(Route))
@pytest.mark.parametrize("language", list(WRITTEN))
def test_each_route_makes_a_log_row_and_a_message_in_the_sender_s_language(
    session, coordinator, route, language
):
    idea = add_capture(session, email="nurse@county.example", language=language)
    need = add_need(session, language=language)
    idea.journey.need_id, idea.journey.stage = need.id, Stage.IN_COORDINATION
    session.commit()
    journey = decided(session, coordinator, route, idea.journey)
    send(session, coordinator, journey, language)
    act = ANSWERS[route]
    logged = session.scalars(select(AuditEntry).where(AuditEntry.act == act.value)).one()
    assert (logged.subject_id, logged.actor_id) == (journey.id, coordinator.user_id)
    assert logged.details == {"route": route.value}
    assert {(each.address, each.user_id) for each in answers(session)} == {
        ("nurse@county.example", None),
        ("", need.author_id),
    }
    for message in answers(session):
        assert (message.language, message.words["text"]) == (language, WRITTEN[language])
        assert message.words["route"] == route.value
    assert {message.kind for message in session.scalars(select(Message))} == {MessageKind.ANSWER}
    step = journey.steps[-1]
    assert (step.act, step.stage, step.reason) == (act, ENDS[act], WRITTEN[language])
    assert step.route is route


def test_senders_of_different_languages_each_read_their_own(session, coordinator):
    source = add_need(session, language=Language.SV)
    other = add_need(session, language=Language.EN)
    challenge = add_challenge(session, [source, other], language=Language.FI)
    journey = decided(session, coordinator, Route.ADVISE, add_journey(session, challenge))
    with pytest.raises(Invalid) as refusal:
        send(session, coordinator, journey, Language.SV)
    assert set(refusal.value.errors) == {"text_en"}
    session.rollback()
    assert journey.stage is Stage.DECIDED
    send(session, coordinator, journey, Language.SV, Language.EN)
    read = {message.user_id: message.words["text"] for message in answers(session)}
    # Who speaks for the challenge wrote Swedish; the challenge was worded by somebody else.
    assert read == {
        source.author_id: WRITTEN[Language.SV],
        other.author_id: WRITTEN[Language.EN],
    }
    for language in (Language.SV, Language.EN):
        assert WRITTEN[language] in journey.steps[-1].reason


def test_a_draft_is_kept_and_changed_and_nobody_is_told(session, coordinator):
    journey = decided(session, coordinator, Route.DECLINE)
    for text in ("Ensin näin.", "Sitten toisin."):
        with transaction(session):
            command = AnswerSenders(texts={Language.FI: text}, seen=Stage.DECIDED)
            answers_back.keep_drafts(session, coordinator, journey.id, command)
    kept = session.scalars(select(RouteAnswer)).one()
    assert (kept.text, kept.sent, journey.stage) == ("Sitten toisin.", None, Stage.DECIDED)
    assert answers(session) == []


def test_the_ambassador_who_has_it_in_hand_takes_the_answer_back_and_no_other(session, coordinator):
    holder, other = (add_user(session, Role.AMBASSADOR) for _ in range(2))
    journey = decided(session, coordinator, Route.DECLINE)
    journey.holder_id = holder.id
    session.commit()
    with pytest.raises(NotFound):
        send(session, other.actor, journey)
    send(session, holder.actor, journey)
    assert session.scalars(select(RouteAnswer)).one().sent is not None


def test_an_answer_is_sent_once(session, coordinator):
    journey = decided(session, coordinator, Route.DECLINE)
    send(session, coordinator, journey)
    with pytest.raises(IllegalTransition):
        send(session, coordinator, journey)
    assert len(answers(session)) == 1


def test_an_answer_to_what_was_decided_otherwise_is_not_sent(session, coordinator):
    journey = decided(session, coordinator, Route.DECLINE)
    with pytest.raises(Conflict):
        send(session, coordinator, journey, seen=Stage.PARKED)


@pytest.mark.parametrize("text", [" ", "x" * 6001])
def test_an_answer_that_says_nothing_or_too_much_is_not_sent(session, coordinator, text):
    journey = decided(session, coordinator, Route.DECLINE)
    with pytest.raises(Invalid):
        send(session, coordinator, journey, texts={Language.FI: text})


@pytest.mark.parametrize("route", [Route.ADVISE, Route.REFER, Route.DECLINE])
def test_an_answer_that_is_the_end_ends_the_need_until_it_is_reconsidered(
    session, coordinator, route
):
    journey = decided(session, coordinator, route)
    send(session, coordinator, journey)
    assert (journey.need.state, journey.need.close_reason) == (
        NeedState.CLOSED,
        CloseReason.ANSWERED,
    )
    with transaction(session):
        routing.reconsider(session, coordinator, journey.id, "A round opened.", Stage.ANSWERED)
    assert (journey.stage, journey.need.state) == (Stage.IN_COORDINATION, NeedState.OPEN)
    told = session.scalars(select(Message).where(Message.kind == MessageKind.STEP)).one()
    assert told.words["reason"] == "A round opened."


def test_what_is_adopted_by_decision_counts_as_an_outcome(session, coordinator):
    work = add_prior_work(session)
    solution = (SolutionKind.PRIOR_WORK, work.id)
    journey = decided(session, coordinator, Route.ADOPT, solution=solution)
    assert session.scalar(select(Adoption)) is None, "nothing is adopted before the answer"
    send(session, coordinator, journey)
    assert (journey.stage, journey.need.state) == (Stage.ADOPTED, NeedState.CLOSED)
    adopters = adopters_of(session, coordinator, Subject.PRIOR_WORK, work.id)
    assert [need.id for need in adopters.needs] == [journey.need_id]


def test_what_was_to_be_adopted_may_have_gone_before_the_answer(session, coordinator):
    work = add_prior_work(session)
    journey = decided(
        session, coordinator, Route.ADOPT, solution=(SolutionKind.PRIOR_WORK, work.id)
    )
    session.delete(work)
    session.commit()
    with pytest.raises(NotFound):
        send(session, coordinator, journey)
    session.rollback()
    assert (journey.stage, answers(session)) == (Stage.DECIDED, [])


def test_a_parked_matter_comes_back_on_its_day_and_the_coordinators_are_told(session, coordinator):
    another = add_user(session, Role.LEAD)
    journey = decided(session, coordinator, Route.PARK)
    send(session, coordinator, journey)
    assert journey.stage is Stage.PARKED
    with moved(timedelta(days=88)), transaction(session):
        assert return_parked(session) == 0
    with moved(timedelta(days=90)):
        for done in (1, 0):
            with transaction(session):
                assert return_parked(session) == done
    assert (journey.stage, journey.route, journey.returns_on) == (
        Stage.IN_COORDINATION,
        None,
        None,
    )
    told = session.scalars(select(Message).where(Message.kind == MessageKind.RETURNED)).all()
    assert {message.user_id for message in told} == {coordinator.user_id, another.id}
    assert len(told) == 2
