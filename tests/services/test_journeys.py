import pytest
from sqlalchemy import select

from needsbank.db.models import AuditEntry, Message
from needsbank.db.transaction import transaction
from needsbank.domain.errors import Conflict, IllegalTransition, Invalid
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.languages import Language
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.services import journeys
from tests.factories import add_capture, add_need, add_user


@pytest.fixture
def catcher(session):
    return add_user(session, Role.AMBASSADOR).actor


@pytest.fixture
def idea(session):
    return add_capture(session, email="hoitaja@county.example", language=Language.SV)


def move(session, actor, journey, act, **more):
    with transaction(session):
        return journeys.move(session, actor, journey, act, **more)


def posted(session):
    return session.scalars(select(Message).order_by(Message.key)).all()


def test_a_turn_moves_the_matter_and_is_logged(session, catcher, idea):
    move(session, catcher, idea.journey, Act.CATCH)
    assert idea.journey.stage is Stage.CAUGHT
    assert [(step.act, step.stage) for step in idea.journey.steps] == [
        (None, Stage.THROWN),
        (Act.CATCH, Stage.CAUGHT),
    ]
    logged = session.scalars(select(AuditEntry).where(AuditEntry.act == "catch")).one()
    assert (logged.subject_id, logged.actor_id) == (idea.journey.id, catcher.user_id)


def test_a_turn_that_the_table_lacks_changes_nothing(session, catcher, idea):
    with pytest.raises(IllegalTransition):
        move(session, catcher, idea.journey, Act.DECIDE, reason="Too early.")
    assert idea.journey.stage is Stage.THROWN
    assert posted(session) == []


def test_what_wants_a_reason_is_refused_without(session, catcher, idea):
    move(session, catcher, idea.journey, Act.CATCH)
    with pytest.raises(Invalid) as refusal:
        move(session, catcher, idea.journey, Act.LET_GO, reason="  ")
    assert refusal.value.errors == {"reason": "required"}
    assert idea.journey.stage is Stage.CAUGHT


def test_whoever_saw_an_older_stage_is_told_so(session, catcher, idea):
    move(session, catcher, idea.journey, Act.CATCH)
    with pytest.raises(Conflict):
        move(session, catcher, idea.journey, Act.CATCH, seen=Stage.THROWN)


def test_a_sender_who_asked_for_mail_is_told_of_each_turn_in_their_language(session, catcher, idea):
    move(session, catcher, idea.journey, Act.CATCH)
    move(session, catcher, idea.journey, Act.LET_GO, reason="Jag är borta.")
    told = posted(session)
    assert [message.words["stage"] for message in told] == ["caught", "thrown"]
    assert told[1].words["reason"] == "Jag är borta."
    assert {(each.address, each.language) for each in told} == {
        ("hoitaja@county.example", Language.SV)
    }
    assert told[0].words["path"] == f"/follow/{idea.follow_code}"


def test_a_sender_who_did_not_ask_gets_no_mail(session, catcher):
    silent = add_capture(session)
    move(session, catcher, silent.journey, Act.CATCH)
    assert posted(session) == []


def test_the_author_of_a_need_is_told_but_not_of_their_own_turns(session):
    need = add_need(session)
    with transaction(session):
        journey = journeys.begin(session, ANONYMOUS, Stage.IN_COORDINATION, need_id=need.id)
    move(session, need.author.actor, journey, Act.CLOSE, reason="Solved.")
    assert posted(session) == []
    move(session, add_user(session).actor, journey, Act.REOPEN)
    assert [message.user_id for message in posted(session)] == [need.author_id]


def test_followers_of_an_idea_that_joined_another_follow_that_one(session, catcher, idea):
    other = add_capture(session)
    for each in (idea, other):
        move(session, catcher, each.journey, Act.CATCH)
    with transaction(session):
        journeys.join(session, catcher, idea.journey, other.journey, reason="The same keys.")
    move(session, catcher, other.journey, Act.TAKE_TO_COORDINATION)
    assert [message.words["stage"] for message in posted(session)] == [
        "caught",
        "joined",
        "in_coordination",
    ]


def test_a_matter_joins_only_one_that_stands_by_itself(session, catcher, idea):
    other, third = add_capture(session), add_capture(session)
    for each in (idea, other, third):
        move(session, catcher, each.journey, Act.CATCH)
    with transaction(session):
        journeys.join(session, catcher, idea.journey, other.journey, reason="The same keys.")
    for into in (idea.journey, third.journey):
        with pytest.raises(Conflict), transaction(session):
            journeys.join(session, catcher, third.journey, into, reason="The same keys.")


def test_a_separated_idea_is_its_catcher_s_again(session, catcher, idea):
    other = add_capture(session)
    for each in (idea, other):
        move(session, catcher, each.journey, Act.CATCH)
    with transaction(session):
        journeys.join(session, catcher, idea.journey, other.journey, reason="The same keys.")
    with transaction(session):
        journeys.separate(session, catcher, idea.journey, reason="Other keys after all.")
    assert (idea.journey.stage, idea.journey.into_id) == (Stage.CAUGHT, None)


def test_nothing_begins_in_the_middle(session, catcher):
    with pytest.raises(Conflict):
        journeys.begin(session, catcher, Stage.DECIDED)
