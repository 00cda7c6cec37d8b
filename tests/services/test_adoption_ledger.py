"""Asked after 3, 6 and 12 months, once each, whatever dies or runs twice; silence is unknown."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank import due_work
from needsbank.db.models import AdoptionQuestion, Journey, JourneyStep, Message
from needsbank.db.transaction import transaction
from needsbank.domain import clock
from needsbank.domain.adoption_ledger import (
    ACT_OF,
    ASKED_AT,
    STAGE_OF,
    AnswerQuestion,
    InUse,
    Standing,
    months_before,
)
from needsbank.domain.errors import Conflict, IllegalTransition, Invalid, NotAllowed, NotFound
from needsbank.domain.journeys import Act, Stage, turn_from
from needsbank.domain.needs import CloseReason, NeedState
from needsbank.domain.outbox import MessageKind
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.services import adoption_ledger, results, uptakes
from needsbank.services.adoption_questions import ask_due
from needsbank.services.lessons import lessons
from tests.factories import (
    add_adoption,
    add_capture,
    add_need,
    add_prior_work,
    add_result,
    add_unit,
    add_user,
    organisation_id_of,
    reread,
    unit_id_of,
)

MONTHS = {3: 93, 6: 185, 12: 367}


@pytest.fixture
def result(session):
    return add_result(session, title="A shared key box")


def months_asked(session):
    session.rollback()
    return list(session.scalars(select(AdoptionQuestion.months).order_by(AdoptionQuestion.months)))


def mails(session):
    session.rollback()
    asking = Message.kind == MessageKind.ADOPTION_ASKED
    return session.scalars(select(Message).where(asking).order_by(Message.created)).all()


def ask_after(engine, months):
    with clock.moved(timedelta(days=MONTHS[months])):
        due_work.do_due(engine)


def code_of(session, months=3):
    session.rollback()
    asked = select(AdoptionQuestion.code).where(AdoptionQuestion.months == months)
    return session.scalars(asked).one()


def answer(session, code, said, why=""):
    with transaction(session):
        adoption_ledger.answer(session, AnswerQuestion(code=code, answer=said, why=why))


def test_whoever_signed_is_asked_after_3_6_and_12_months_once_each(engine, session, result):
    ask_after(engine, 3)
    ask_after(engine, 3)
    assert months_asked(session) == [3]
    for months in (6, 12):
        ask_after(engine, months)
        ask_after(engine, months)
    assert months_asked(session) == [3, 6, 12]
    asked = mails(session)
    assert [mail.words["months"] for mail in asked] == [3, 6, 12]
    assert {mail.user_id for mail in asked} == {result.receipt.signed_by_id}
    assert asked[0].words["title"] == "A shared key box"
    with clock.moved(timedelta(days=2000)):
        due_work.do_due(engine)
    assert len(mails(session)) == 3


def test_nobody_is_asked_a_day_too_early(engine, session, result):
    with clock.moved(timedelta(days=88)):
        due_work.do_due(engine)
    assert months_asked(session) == []


class Killed(Exception):
    """Stands for a process that dies."""


@pytest.mark.parametrize("months", MONTHS)
def test_a_worker_that_dies_before_it_commits_asks_nothing_twice(engine, session, result, months):
    with (
        clock.moved(timedelta(days=MONTHS[months])),
        Session(engine) as dying,
        suppress(Killed),
        transaction(dying),
    ):
        assert ask_due(dying) == 1
        raise Killed
    assert months_asked(session) == []
    ask_after(engine, months)
    assert len(months_asked(session)) == len(mails(session)) == 1


def test_after_a_long_standstill_only_the_latest_is_asked(engine, session, result):
    ask_after(engine, 12)
    assert months_asked(session) == [12]


@pytest.mark.parametrize(
    ("said", "why"),
    [(InUse.IN_USE, ""), (InUse.PARTLY, "Two units only."), (InUse.NOT_IN_USE, "No money.")],
)
def test_an_answer_moves_the_journey(engine, session, result, said, why):
    ask_after(engine, 3)
    answer(session, code_of(session), said, why)
    journey = reread(session, result.collaboration.journey)
    assert journey.stage is STAGE_OF[said]
    last = session.scalars(select(JourneyStep).order_by(JourneyStep.seq.desc())).first()
    assert (last.act, last.reason) == (ACT_OF[said], why)
    assert last.actor_id == result.receipt.signed_by_id
    learnt = [lesson.why for lesson in lessons(session, ANONYMOUS)]
    assert learnt == ([why] if why else [])


def test_every_answer_is_a_turn_of_the_table():
    for stage in ASKED_AT:
        for said in InUse:
            if stage is STAGE_OF[said]:
                with pytest.raises(IllegalTransition):
                    turn_from(stage, ACT_OF[said])
            else:
                assert turn_from(stage, ACT_OF[said]).end is STAGE_OF[said]


def test_what_is_not_quite_in_use_is_told_with_why(engine, session, result):
    ask_after(engine, 3)
    for said in (InUse.PARTLY, InUse.NOT_IN_USE):
        with pytest.raises(Invalid):
            answer(session, code_of(session), said, "  ")
    assert reread(session, result.collaboration.journey).stage is Stage.HANDED_OVER


def test_an_answer_can_be_mended_and_the_latest_counts(engine, session, result):
    ask_after(engine, 3)
    answer(session, code_of(session), InUse.NOT_IN_USE, "No money.")
    answer(session, code_of(session), InUse.IN_USE)
    asked = adoption_ledger.asked(session, code_of(session))
    assert asked.standing is Standing.IN_USE
    assert lessons(session, ANONYMOUS) == []
    for _ in range(adoption_ledger.MOST_ANSWERS - 2):
        answer(session, code_of(session), InUse.IN_USE)
    with pytest.raises(Conflict):
        answer(session, code_of(session), InUse.IN_USE)


def test_a_late_answer_to_an_old_question_moves_nothing(engine, session, result):
    ask_after(engine, 3)
    ask_after(engine, 6)
    answer(session, code_of(session, 6), InUse.IN_USE)
    answer(session, code_of(session, 3), InUse.NOT_IN_USE, "Not yet then.")
    assert reread(session, result.collaboration.journey).stage is Stage.IN_USE


def test_silence_is_unknown_after_thirty_days(engine, session, result):
    ask_after(engine, 3)
    code = code_of(session)
    for days, expected in ((MONTHS[3] + 29, Standing.WAITING), (MONTHS[3] + 31, Standing.UNKNOWN)):
        with clock.moved(timedelta(days=days)):
            assert adoption_ledger.asked(session, code).standing is expected
    assert reread(session, result.collaboration.journey).stage is Stage.HANDED_OVER


@pytest.mark.parametrize("code", ["", "x", "x" * 43])
def test_a_code_that_is_none_leads_nowhere(session, result, code):
    with pytest.raises(NotFound):
        adoption_ledger.asked(session, code)
    with pytest.raises(NotFound):
        answer(session, code, InUse.IN_USE)


def test_an_adoption_is_asked_about_too(engine, session):
    need = add_need(session, state=NeedState.CLOSED, close_reason=CloseReason.ADOPTED)
    add_adoption(session, need, add_prior_work(session))
    for months in MONTHS:
        ask_after(engine, months)
    asked = mails(session)
    assert [(mail.user_id, mail.words["title"]) for mail in asked] == [
        (need.author_id, need.title)
    ] * 3
    answer(session, code_of(session), InUse.NOT_IN_USE, "It did not fit us.")
    assert [lesson.need.id for lesson in lessons(session, ANONYMOUS)] == [need.id]


def test_an_adoption_with_a_journey_is_asked_about_once(engine, session):
    need = add_need(session, state=NeedState.CLOSED, close_reason=CloseReason.ADOPTED)
    add_adoption(session, need, add_prior_work(session))
    step = JourneyStep(act=Act.ADOPT, stage=Stage.ADOPTED)
    session.add(Journey(stage=Stage.ADOPTED, need_id=need.id, steps=[step]))
    session.commit()
    ask_after(engine, 3)
    assert len(mails(session)) == 1


def test_an_ended_adoption_is_not_asked_about(engine, session):
    need = add_need(session)
    add_adoption(session, need, add_prior_work(session), ended=clock.now())
    ask_after(engine, 3)
    assert mails(session) == []


def test_a_sender_without_an_account_is_asked_at_their_address(engine, session):
    idea = add_capture(session, stage=Stage.ADOPTED, email="hoitaja@county.example")
    idea.journey.steps.append(JourneyStep(act=Act.ANSWER_AND_ADOPT, stage=Stage.ADOPTED))
    session.commit()
    ask_after(engine, 3)
    (mail,) = mails(session)
    assert (mail.user_id, mail.address, mail.language) == (None, idea.email, idea.language)


def test_where_nobody_is_left_to_ask_the_ledger_says_unknown(engine, session):
    idea = add_capture(session, stage=Stage.ADOPTED)
    idea.journey.steps.append(JourneyStep(act=Act.ANSWER_AND_ADOPT, stage=Stage.ADOPTED))
    session.commit()
    ask_after(engine, 3)
    assert mails(session) == []
    with clock.moved(timedelta(days=MONTHS[3] + 31)):
        asked = adoption_ledger.ledger(session, add_user(session, Role.COORDINATOR).actor)
    assert [each.standing for each in asked] == [Standing.UNKNOWN]


def test_another_unit_counts_once_and_is_asked(engine, session, result):
    other = add_user(session, Role.PARTNER)
    unit_id = unit_id_of(session, other)
    for _ in range(2):
        with transaction(session):
            uptakes.take_up(session, other.actor, result.id, unit_id)
    seen = results.result_to_read(session, ANONYMOUS, result.id)
    assert [unit.id for unit in results.units_with(session, ANONYMOUS, seen)] == [unit_id]
    ask_after(engine, 3)
    assert {mail.user_id for mail in mails(session)} == {
        other.id,
        result.receipt.signed_by_id,
    }
    with pytest.raises(Conflict), transaction(session):
        uptakes.take_back_uptake(session, other.actor, result.id, unit_id)


def test_only_an_own_unit_can_be_spoken_for_and_not_the_one_it_was_made_for(session, result):
    other = add_user(session, Role.PARTNER)
    need = result.collaboration.journey.need
    for person, unit_id, code in (
        (other, need.unit_id, "unknown"),
        (need.author, need.unit_id, "own_result"),
    ):
        with pytest.raises(Invalid) as refusal, transaction(session):
            uptakes.take_up(session, person.actor, result.id, unit_id)
        assert refusal.value.errors == {"unit_id": code}


def test_a_mistaken_press_is_taken_back_by_who_made_it(session, result):
    other = add_user(session, Role.PARTNER)
    colleague = add_user(session, Role.PARTNER, organisation=other.memberships[0].organisation)
    unit_id = unit_id_of(session, other)
    with transaction(session):
        uptakes.take_up(session, other.actor, result.id, unit_id)
    with pytest.raises(NotAllowed), transaction(session):
        uptakes.take_back_uptake(session, colleague.actor, result.id, unit_id)
    with transaction(session):
        uptakes.take_back_uptake(session, other.actor, result.id, unit_id)
    seen = results.result_to_read(session, ANONYMOUS, result.id)
    assert results.units_with(session, ANONYMOUS, seen) == []


def test_units_that_adopted_it_for_a_need_count_among_the_others(session, result):
    other = add_user(session, Role.PARTNER)
    theirs = add_need(session, other, state=NeedState.CLOSED, close_reason=CloseReason.ADOPTED)
    add_adoption(session, theirs, result.collaboration.journey.need)
    unit = add_unit(session, other.memberships[0].organisation, "Another ward")
    with transaction(session):
        uptakes.take_up(session, other.actor, result.id, theirs.unit_id)
        uptakes.take_up(session, other.actor, result.id, unit.id)
    seen = results.result_to_read(session, ANONYMOUS, result.id)
    with_it = results.units_with(session, ANONYMOUS, seen)
    assert {each.id for each in with_it} == {theirs.unit_id, unit.id}
    assert organisation_id_of(other) == unit.organisation_id


def test_the_ledger_is_for_coordinators(session, result):
    with pytest.raises(NotAllowed):
        adoption_ledger.ledger(session, add_user(session, Role.ADMIN).actor)


def test_the_ledger_asks_the_database_equally_often_for_one_and_many(
    engine, session, count_queries
):
    coordinator = add_user(session, Role.COORDINATOR).actor
    counts = []
    for number in (1, 3):
        for _ in range(number):
            add_result(session)
        ask_after(engine, 3)
        session.expire_all()
        with count_queries() as queries:
            rows = adoption_ledger.ledger(session, coordinator)
            assert all(row.unit and row.unit.organisation.name for row in rows)
        counts.append(len(queries))
    assert counts[0] == counts[1]


@pytest.mark.parametrize(
    ("moment", "months", "expected"),
    [
        (datetime(2027, 5, 31, 8, tzinfo=UTC), 3, datetime(2027, 2, 28, 8, tzinfo=UTC)),
        (datetime(2028, 5, 31, 8, tzinfo=UTC), 3, datetime(2028, 2, 29, 8, tzinfo=UTC)),
        (datetime(2027, 1, 15, 8, tzinfo=UTC), 12, datetime(2026, 1, 15, 8, tzinfo=UTC)),
        (datetime(2027, 1, 15, 8, tzinfo=UTC), 6, datetime(2026, 7, 15, 8, tzinfo=UTC)),
        (datetime(2026, 12, 31, 8, tzinfo=UTC), 12, datetime(2025, 12, 31, 8, tzinfo=UTC)),
    ],
)
def test_months_are_those_of_the_calendar(moment, months, expected):
    assert months_before(moment, months) == expected


def test_what_is_known_of_a_result_outlives_the_next_question(engine, session, result):
    ask_after(engine, 3)
    answer(session, code_of(session), InUse.IN_USE)
    ask_after(engine, 6)
    for days, expected in ((MONTHS[6] + 1, Standing.IN_USE), (MONTHS[6] + 31, Standing.UNKNOWN)):
        with clock.moved(timedelta(days=days)):
            session.rollback()
            assert adoption_ledger.standing_of_result(session, result) is expected
