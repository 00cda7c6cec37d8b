from datetime import timedelta

import pytest
from sqlalchemy import select

from needsbank.db.models import Message, Need
from needsbank.db.transaction import transaction
from needsbank.domain.catching import (
    HandOn,
    JoinIdea,
    LetGo,
    PromiseAnswer,
    TakeToCoordination,
    TargetKind,
)
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.needs import DescribeNeed, NeedState
from needsbank.domain.outbox import MessageKind
from needsbank.domain.roles import Role
from needsbank.domain.visibility import Visibility
from needsbank.domain.working_days import after_working_days, day_of, last_day
from needsbank.services import catching, journeys
from tests.factories import add_capture, add_challenge, add_need, add_user, reread


@pytest.fixture
def leo(session):
    return add_user(session, Role.AMBASSADOR, name="Leo")


@pytest.fixture
def kaisa(session):
    return add_user(session, Role.COORDINATOR)


@pytest.fixture
def idea(session):
    return add_capture(session, email="hoitaja@county.example")


def do(session, use_case, *arguments):
    with transaction(session):
        return use_case(session, *arguments)


@pytest.fixture
def caught(session, leo, idea):
    return do(session, catching.catch, leo.actor, idea.id, Stage.THROWN)


def describing(idea, **values):
    return DescribeNeed(
        **{
            "title": "How do substitutes find keys",
            "problem": "An hour goes on it every day.",
            "unit_id": idea.unit_id,
            **values,
        }
    )


def test_whoever_catches_holds_the_idea_and_owes_an_answer(session, leo, caught):
    journey = caught.journey
    assert (journey.stage, journey.holder_id) == (Stage.CAUGHT, leo.id)
    assert abs(journey.due - after_working_days(now(), 10)) < timedelta(minutes=1)


def test_an_idea_is_caught_once(session, kaisa, caught):
    with pytest.raises(Conflict):
        do(session, catching.catch, kaisa.actor, caught.id, Stage.THROWN)


@pytest.mark.parametrize("role", [Role.PARTNER, Role.MEMBER, Role.ADMIN, Role.OBSERVER])
def test_others_do_not_even_see_ideas(session, idea, role):
    with pytest.raises(NotAllowed):
        do(session, catching.catch, add_user(session, role).actor, idea.id, Stage.THROWN)


def test_handed_on_it_keeps_what_was_promised_and_the_new_one_is_told(session, leo, caught):
    other = add_user(session, Role.AMBASSADOR)
    promised = caught.journey.due
    command = HandOn(capture_id=caught.id, catcher_id=other.id, seen=Stage.CAUGHT)
    do(session, catching.hand_on, leo.actor, command)
    assert (caught.journey.holder_id, caught.journey.due) == (other.id, promised)
    (told,) = session.scalars(select(Message).where(Message.kind == MessageKind.PROPOSED))
    assert (told.user_id, told.words["by"]) == (other.id, "Leo")


def test_only_the_holder_or_a_coordinator_does_anything_with_it(session, kaisa, caught):
    other = add_user(session, Role.AMBASSADOR)
    command = LetGo(capture_id=caught.id, reason="I am ill.", seen=Stage.CAUGHT)
    with pytest.raises(NotAllowed):
        do(session, catching.let_go, other.actor, command)
    do(session, catching.let_go, kaisa.actor, command)
    assert caught.journey.stage is Stage.THROWN


def test_let_go_it_waits_again_with_a_new_deadline(session, leo, caught):
    command = LetGo(capture_id=caught.id, reason="I am ill.", seen=Stage.CAUGHT)
    do(session, catching.let_go, leo.actor, command)
    journey = caught.journey
    assert journey.holder_id is None
    assert abs(journey.due - after_working_days(now(), 2)) < timedelta(minutes=1)
    assert journey.steps[-1].reason == "I am ill."


def test_letting_go_wants_a_reason(session, leo, caught):
    command = LetGo(capture_id=caught.id, reason=" ", seen=Stage.CAUGHT)
    with pytest.raises(Invalid):
        do(session, catching.let_go, leo.actor, command)


def test_a_promise_is_a_day_to_come(session, leo, caught):
    day = day_of(now()) + timedelta(days=3)
    do(session, catching.promise_answer, leo.actor, PromiseAnswer(capture_id=caught.id, by=day))
    assert last_day(caught.journey.due) == day
    for wrong in (day_of(now()) - timedelta(days=1), day + timedelta(days=400)):
        command = PromiseAnswer(capture_id=caught.id, by=wrong)
        with pytest.raises(Invalid):
            do(session, catching.promise_answer, leo.actor, command)


def test_an_idea_goes_on_as_part_of_a_need(session, leo, caught):
    need = add_need(session)
    command = JoinIdea(
        capture_id=caught.id,
        kind=TargetKind.NEED,
        target_id=need.id,
        reason="The same keys.",
        seen=Stage.CAUGHT,
    )
    do(session, catching.join_idea, leo.actor, command)
    reread(session, caught.journey)
    assert caught.journey.stage is Stage.JOINED
    assert caught.journey.into.need_id == need.id
    assert caught.journey.into.stage is Stage.IN_COORDINATION


def test_a_second_idea_joins_the_same_journey_and_ideas_join_each_other(session, leo, caught):
    need, other = add_need(session), add_capture(session)
    do(session, catching.catch, leo.actor, other.id, Stage.THROWN)
    for each in (caught, other):
        command = JoinIdea(
            capture_id=each.id,
            kind=TargetKind.NEED,
            target_id=need.id,
            reason="The same.",
            seen=Stage.CAUGHT,
        )
        do(session, catching.join_idea, leo.actor, command)
    assert caught.journey.into_id == other.journey.into_id
    third, fourth = add_capture(session), add_capture(session)
    do(session, catching.catch, leo.actor, third.id, Stage.THROWN)
    command = JoinIdea(
        capture_id=third.id,
        kind=TargetKind.IDEA,
        target_id=fourth.id,
        reason="The same.",
        seen=Stage.CAUGHT,
    )
    do(session, catching.join_idea, leo.actor, command)
    assert third.journey.into_id == fourth.journey_id


def test_what_a_catcher_may_not_read_cannot_be_joined(session, leo, caught):
    hidden = add_need(session, visibility=Visibility.COORDINATORS)
    merged = add_need(session)
    add_challenge(session, [merged, add_need(session)])
    for need, refusal in ((hidden, NotFound), (merged, Conflict)):
        command = JoinIdea(
            capture_id=caught.id,
            kind=TargetKind.NEED,
            target_id=need.id,
            reason="The same.",
            seen=Stage.CAUGHT,
        )
        with pytest.raises(refusal):
            do(session, catching.join_idea, leo.actor, command)


def test_taken_to_coordination_it_is_a_need_of_the_unit_by_its_catcher(session, leo, caught):
    command = TakeToCoordination(capture_id=caught.id, need=describing(caught), seen=Stage.CAUGHT)
    do(session, catching.take_to_coordination, leo.actor, command)
    need = session.scalars(select(Need)).one()
    assert (need.author_id, need.unit_id, need.state) == (leo.id, caught.unit_id, NeedState.OPEN)
    assert (caught.journey.need_id, caught.journey.stage) == (need.id, Stage.IN_COORDINATION)


def test_its_sender_is_told_of_what_coordination_does(session, leo, kaisa, caught):
    command = TakeToCoordination(capture_id=caught.id, need=describing(caught), seen=Stage.CAUGHT)
    do(session, catching.take_to_coordination, leo.actor, command)
    with transaction(session):
        journeys.move(session, kaisa.actor, caught.journey, Act.SEND_BACK, reason="Ask once more.")
    stages = [
        message.words["stage"]
        for message in session.scalars(select(Message).order_by(Message.created))
        if message.address == "hoitaja@county.example"
    ]
    assert stages == ["caught", "in_coordination", "caught"]


def test_the_need_is_the_units_own(session, leo, caught):
    elsewhere = add_capture(session)
    command = TakeToCoordination(
        capture_id=caught.id,
        need=describing(caught, unit_id=elsewhere.unit_id),
        seen=Stage.CAUGHT,
    )
    with pytest.raises(Invalid):
        do(session, catching.take_to_coordination, leo.actor, command)


def test_what_has_moved_meanwhile_is_not_moved_again(session, leo, caught):
    command = TakeToCoordination(capture_id=caught.id, need=describing(caught), seen=Stage.CAUGHT)
    do(session, catching.take_to_coordination, leo.actor, command)
    with pytest.raises(Conflict):
        do(session, catching.take_to_coordination, leo.actor, command)
    session.rollback()
    assert len(session.scalars(select(Need)).all()) == 1
