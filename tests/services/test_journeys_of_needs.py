"""A need and its journey move together, and senders of a challenge's needs are told."""

import pytest
from sqlalchemy import func, select

from needsbank.db.models import Journey, JourneyStep, Message, Subject
from needsbank.db.transaction import transaction
from needsbank.domain.adoptions import AdoptSolution
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.languages import Language
from needsbank.domain.merging import MergeNeeds, UndoMerge
from needsbank.domain.needs import CloseNeed, CloseReason, NeedState
from needsbank.domain.roles import Role
from needsbank.domain.suggestions import AnswerSuggestion, Side, SuggestionState
from needsbank.services import adopting, deciding, journeys, merging, needs
from needsbank.services.followers import captures_behind, followers_of
from needsbank.services.journeys_of_needs import begin_missing, journey_of
from tests.factories import (
    add_capture,
    add_challenge,
    add_journey,
    add_need,
    add_prior_work,
    add_suggestion,
    add_user,
    day,
)


@pytest.fixture
def need(session):
    return add_need(session, state=NeedState.DRAFT)


@pytest.fixture
def author(need):
    return need.author.actor


def do(session, function, *arguments):
    with transaction(session):
        return function(session, *arguments)


def journey_to(session, need):
    found = journey_of(session, need)
    assert found is not None
    return found


def way(session, need):
    """Return the stages that a need has been at."""
    session.rollback()
    journey = journey_of(session, need)
    return [] if journey is None else [step.stage for step in journey.steps]


def close(need, reason=CloseReason.NO_LONGER_NEEDED, **values):
    return CloseNeed(need_id=need.id, reason=reason, **values)


def test_a_draft_is_on_no_journey_until_it_is_posted(session, need, author):
    do(session, needs.withdraw_need, author, need.id)
    do(session, needs.restore_need, author, need.id)
    assert way(session, need) == []
    do(session, needs.open_need, author, need.id)
    assert way(session, need) == [Stage.IN_COORDINATION]
    journey = journey_to(session, need)
    assert journey.due > journey.since


def test_a_withdrawn_need_comes_back_when_it_is_posted_again(session, need, author):
    do(session, needs.open_need, author, need.id)
    do(session, needs.withdraw_need, author, need.id)
    do(session, needs.restore_need, author, need.id)
    assert way(session, need)[-1] is Stage.WITHDRAWN
    do(session, needs.open_need, author, need.id)
    assert way(session, need)[-2:] == [Stage.WITHDRAWN, Stage.IN_COORDINATION]


def test_an_ended_need_tells_why_on_its_journey_and_may_be_taken_up_again(session, need, author):
    do(session, needs.open_need, author, need.id)
    command = close(need, note="We bought a cupboard.", words="No longer needed")
    do(session, needs.close_need, author, command)
    step = session.scalars(select(JourneyStep).order_by(JourneyStep.seq.desc())).first()
    assert (step.act, step.reason) == (Act.CLOSE, "No longer needed: We bought a cupboard.")
    do(session, needs.open_need, author, need.id)
    assert way(session, need)[-2:] == [Stage.CLOSED, Stage.IN_COORDINATION]


def test_a_need_of_before_there_were_journeys_gets_one_when_it_is_needed(session):
    old = add_need(session, opened=day(1))
    assert way(session, old) == []
    do(session, needs.close_need, old.author.actor, close(old))
    assert way(session, old) == [Stage.IN_COORDINATION, Stage.CLOSED]


def test_open_needs_without_a_journey_get_theirs_and_no_others(session):
    old, merged = add_need(session, opened=day(1)), add_need(session)
    add_challenge(session, [merged, add_need(session)])
    add_need(session, state=NeedState.CLOSED)
    add_need(session, state=NeedState.DRAFT)
    assert [do(session, begin_missing), do(session, begin_missing)] == [2, 0]
    assert journey_to(session, old).since == day(1)
    assert journey_of(session, merged) is None


@pytest.mark.parametrize(
    ("reason", "stage"),
    [
        (CloseReason.SOLVED, Stage.HANDED_OVER),
        (CloseReason.NO_PARTNER, Stage.BROKEN_OFF),
    ],
)
def test_what_both_sides_agreed_on_is_under_way_until_it_ends(session, reason, stage):
    pairing = add_suggestion(session, state=SuggestionState.APPROVED)
    need = pairing.need
    for side, author in ((Side.NEED, need.author), (Side.COMPETENCE, pairing.competence.author)):
        command = AnswerSuggestion(suggestion_id=pairing.id, side=side, accepted=True)
        do(session, deciding.answer, author.actor, command)
    assert way(session, need) == [Stage.IN_COORDINATION, Stage.UNDER_WAY]
    do(session, needs.close_need, need.author.actor, close(need, reason))
    assert way(session, need)[-1] is stage
    do(session, needs.open_need, need.author.actor, need.id)
    assert way(session, need)[-1] is Stage.IN_COORDINATION


def test_an_adoption_and_its_taking_back_are_seen_on_the_journey(session, need, author):
    do(session, needs.open_need, author, need.id)
    work = add_prior_work(session)
    command = AdoptSolution(need_id=need.id, solution_id=work.id)
    do(session, adopting.adopt, author, Subject.PRIOR_WORK, command)
    assert way(session, need)[-1] is Stage.ADOPTED
    do(session, adopting.take_back, author, need.id)
    assert way(session, need)[-2:] == [Stage.ADOPTED, Stage.IN_COORDINATION]


def merge(session, coordinator, sources):
    command = MergeNeeds(
        source_ids=tuple(need.id for need in sources),
        lead_id=sources[0].id,
        title="Where the keys are",
        problem="Keys are looked for.",
    )
    return do(session, merging.merge_needs, coordinator, command)


def everything(session, model):
    session.rollback()
    columns = model.__table__.columns
    return session.execute(select(columns).order_by(model.__table__.c[0])).all()


def test_merging_and_undoing_leave_the_needs_journeys_as_they_were(session):
    coordinator = add_user(session, Role.COORDINATOR).actor
    sources = [add_need(session), add_need(session)]
    before = {need.id: add_journey(session, need).id for need in sources}
    rows = [row for row in everything(session, Journey) if row.id in before.values()]
    made = merge(session, coordinator, sources)
    challenge = made.challenge
    assert way(session, challenge) == [Stage.IN_COORDINATION]
    command = UndoMerge(challenge_id=challenge.id, reason="They differ.")
    do(session, merging.undo_merge, coordinator, command)
    assert way(session, challenge)[-1] is Stage.WITHDRAWN
    assert [row for row in everything(session, Journey) if row.id in before.values()] == rows
    told_of_sources = select(func.count(JourneyStep.seq)).where(
        JourneyStep.journey_id.in_(before.values())
    )
    assert session.scalar(told_of_sources) == 2, "only how each began"


def test_senders_of_a_challenge_s_standing_needs_are_told_once_each(session):
    twice, once = add_user(session, Role.PARTNER), add_user(session, Role.PARTNER)
    sources = [
        add_need(session, twice, language=Language.FI),
        add_need(session, twice),
        add_need(session, once, language=Language.SV),
    ]
    challenge = add_challenge(session, sources)
    journey = add_journey(session, challenge)
    coordinator = add_user(session, Role.COORDINATOR).actor
    with transaction(session):
        journeys.move(session, coordinator, journey, Act.SEND_BACK, reason="Ask them first.")
    told = session.scalars(select(Message)).all()
    assert {message.user_id for message in told} == {twice.id, once.id}
    assert len(told) == 2
    assert {message.language for message in told if message.user_id == once.id} == {Language.SV}


def test_ideas_behind_the_needs_of_a_challenge_are_behind_it(session):
    source, other = add_need(session), add_need(session)
    idea = add_capture(session, email="nurse@county.example")
    idea.journey.need_id = source.id
    joined = add_capture(session)
    joined.journey.into_id = idea.journey_id
    add_capture(session)
    session.commit()
    journey = add_journey(session, add_challenge(session, [source, other]))
    assert {capture.id for capture in captures_behind(session, journey)} == {idea.id, joined.id}
    paths = {follower.path for follower in followers_of(session, journey)}
    assert f"/follow/{idea.follow_code}" in paths


def test_what_its_sender_took_back_is_behind_nothing(session):
    withdrawn, other = add_need(session), add_need(session)
    idea = add_capture(session, email="nurse@county.example", stage=Stage.WITHDRAWN)
    journey = add_journey(session, add_challenge(session, [other, withdrawn]))
    idea.journey.into_id = journey.id
    withdrawn.state = NeedState.WITHDRAWN
    session.commit()
    assert captures_behind(session, journey) == []
    assert [each.user_id for each in followers_of(session, journey)] == [other.author_id]


def test_somebody_with_several_ideas_is_told_once(session):
    need = add_need(session)
    journey = add_journey(session, need)
    for email in ("nurse@county.example", "Nurse@county.example", need.author.email):
        add_capture(session, email=email, stage=Stage.JOINED).journey.into_id = journey.id
    session.commit()
    told = followers_of(session, journey)
    assert [each.address or each.user_id for each in told] == [
        "nurse@county.example",
        need.author_id,
    ]


def test_who_sent_a_need_that_was_parted_from_a_challenge_is_told_no_more(session):
    coordinator = add_user(session, Role.COORDINATOR).actor
    sources = [add_need(session), add_need(session)]
    challenge = merge(session, coordinator, sources).challenge
    command = UndoMerge(challenge_id=challenge.id, reason="They differ.")
    do(session, merging.undo_merge, coordinator, command)
    told = [follower.user_id for follower in followers_of(session, journey_to(session, challenge))]
    assert told == [challenge.author_id]
