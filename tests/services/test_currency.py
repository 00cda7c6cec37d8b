from datetime import timedelta

import pytest
from sqlalchemy import select

from needsbank.db.models import Journey, Message
from needsbank.db.transaction import transaction
from needsbank.domain.clock import moved
from needsbank.domain.competences import CompetenceState
from needsbank.domain.errors import Conflict, NotAllowed, NotFound
from needsbank.domain.journeys import Stage
from needsbank.domain.needs import CloseReason, NeedState
from needsbank.domain.outbox import MessageKind
from needsbank.domain.roles import Role
from needsbank.domain.suggestions import SuggestionState
from needsbank.domain.visibility import Visibility
from needsbank.services import currency
from needsbank.services.needs import open_need
from tests.factories import add_challenge, add_competence, add_need, add_suggestion, add_user

HALF_A_YEAR = timedelta(days=181)
THEN_A_MONTH = HALF_A_YEAR + timedelta(days=31)


def after(session, passed):
    """Let the clock's work be done after so long; return how much was done, twice over."""
    with moved(passed):
        done = []
        for job in (currency.ask_authors, currency.end_unanswered) * 2:
            with transaction(session):
                done.append(job(session))
    return done


def told(session, kind):
    return session.scalars(select(Message).where(Message.kind == kind)).all()


def test_an_author_is_asked_once_after_half_a_year(session):
    need = add_need(session)
    assert after(session, timedelta(days=179)) == [0, 0, 0, 0]
    assert after(session, HALF_A_YEAR) == [1, 0, 0, 0]
    assert after(session, HALF_A_YEAR + timedelta(days=10)) == [0, 0, 0, 0]
    (message,) = told(session, MessageKind.STILL_CURRENT)
    assert (message.user_id, message.words["path"]) == (need.author_id, f"/needs/{need.id}")


def test_a_message_about_a_need_does_not_hold_its_words(session):
    need = add_need(session, title="Keys of a secret house", visibility=Visibility.COORDINATORS)
    after(session, HALF_A_YEAR)
    (message,) = told(session, MessageKind.STILL_CURRENT)
    assert need.title not in str(message.words)


def test_what_nobody_answers_for_ends_with_that_reason(session):
    need = add_need(session)
    after(session, HALF_A_YEAR)
    assert after(session, HALF_A_YEAR + timedelta(days=29)) == [0, 0, 0, 0]
    assert after(session, THEN_A_MONTH) == [0, 1, 0, 0]
    assert (need.state, need.close_reason) == (NeedState.CLOSED, CloseReason.EXPIRED)
    assert [each.user_id for each in told(session, MessageKind.EXPIRED)] == [need.author_id]


def test_an_answer_keeps_it_open_and_it_is_asked_again(session):
    need = add_need(session)
    after(session, HALF_A_YEAR)
    with moved(HALF_A_YEAR + timedelta(days=5)), transaction(session):
        currency.confirm_need(session, need.author.actor, need.id)
    assert after(session, THEN_A_MONTH) == [0, 0, 0, 0]
    assert need.state is NeedState.OPEN
    assert after(session, 2 * HALF_A_YEAR + timedelta(days=5)) == [1, 0, 0, 0]
    assert len(told(session, MessageKind.STILL_CURRENT)) == 2


def test_an_expired_need_can_be_taken_up_again(session):
    need = add_need(session)
    after(session, HALF_A_YEAR)
    after(session, THEN_A_MONTH)
    with moved(THEN_A_MONTH), transaction(session):
        open_need(session, need.author.actor, need.id)
    assert after(session, THEN_A_MONTH + timedelta(days=40)) == [0, 0, 0, 0]
    assert need.state is NeedState.OPEN


def test_what_somebody_works_on_is_not_asked_about(session):
    paired = add_need(session)
    add_suggestion(session, need=paired, state=SuggestionState.APPROVED)
    parked = add_need(session)
    session.add(Journey(stage=Stage.PARKED, need_id=parked.id))
    session.commit()
    assert after(session, HALF_A_YEAR)[0] == 1  # the competence of the pairing
    assert {paired.asked_current, parked.asked_current} == {None}


def test_for_merged_needs_the_challenge_is_asked_about(session):
    sources = [add_need(session), add_need(session)]
    challenge = add_challenge(session, sources)
    assert after(session, HALF_A_YEAR)[0] == 1
    assert challenge.asked_current is not None
    assert [source.asked_current for source in sources] == [None, None]


def test_a_competence_is_asked_about_and_taken_off_the_offer(session):
    competence = add_competence(session)
    assert after(session, HALF_A_YEAR) == [1, 0, 0, 0]
    assert after(session, THEN_A_MONTH) == [0, 1, 0, 0]
    assert competence.state is CompetenceState.CLOSED
    (message,) = told(session, MessageKind.EXPIRED)
    assert message.words == {"subject": "competence", "path": f"/competences/{competence.id}"}


def test_a_confirmed_competence_stays_on_offer(session):
    competence = add_competence(session)
    after(session, HALF_A_YEAR)
    with moved(HALF_A_YEAR), transaction(session):
        currency.confirm_competence(session, competence.author.actor, competence.id)
    assert after(session, THEN_A_MONTH) == [0, 0, 0, 0]
    assert competence.state is CompetenceState.OPEN


def test_only_its_author_answers_for_a_need(session):
    other = add_user(session, Role.PARTNER).actor
    with pytest.raises(NotAllowed), transaction(session):
        currency.confirm_need(session, other, add_need(session).id)
    hidden = add_need(session, visibility=Visibility.COORDINATORS)
    with pytest.raises(NotFound), transaction(session):
        currency.confirm_need(session, other, hidden.id)


def test_only_its_author_answers_for_a_competence(session):
    other = add_user(session, Role.MEMBER).actor
    with pytest.raises(NotAllowed), transaction(session):
        currency.confirm_competence(session, other, add_competence(session).id)
    hidden = add_competence(session, visibility=Visibility.COORDINATORS)
    with pytest.raises(NotFound), transaction(session):
        currency.confirm_competence(session, other, hidden.id)


def test_an_ended_need_is_not_confirmed(session):
    need = add_need(session, state=NeedState.CLOSED, close_reason=CloseReason.SOLVED)
    with pytest.raises(Conflict), transaction(session):
        currency.confirm_need(session, need.author.actor, need.id)


def test_very_many_are_asked_in_several_rounds(session):
    author = add_user(session, Role.PARTNER)
    for _ in range(52):
        add_need(session, author=author)
    with moved(HALF_A_YEAR):
        rounds = []
        for _ in range(3):
            with transaction(session):
                rounds.append(currency.ask_authors(session))
    assert rounds == [50, 2, 0]
