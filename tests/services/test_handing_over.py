"""From an offer to a signed receipt: the result is theirs, told, and prior work at once."""

from datetime import timedelta

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, OperationalError

from needsbank import jobs
from needsbank.db.models import JourneyStep, Message, PriorWork, Receipt, Subject
from needsbank.db.queries.prior_works import PriorWorkFilter
from needsbank.db.transaction import transaction
from needsbank.domain import clock
from needsbank.domain.collaborations import CollaborationState, PartyRole
from needsbank.domain.errors import Conflict, IllegalTransition, Invalid, NotAllowed, NotFound
from needsbank.domain.handing_over import GiveFeedback, OfferResult, SignReceipt
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.licences import Licence
from needsbank.domain.needs import CloseReason, NeedState
from needsbank.domain.outbox import MessageKind
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.domain.visibility import Visibility
from needsbank.services import browsing, handing_over, own_results, results
from needsbank.services.lessons import LessonKind, lessons
from tests.factories import add_collaboration, add_need, add_user, reread

OFFER = OfferResult(
    title="A shared key box",
    summary="Substitutes open it with their work card.",
    handed_over="Drawings and a list of parts.",
    links=("https://example.org/box",),
    licence=Licence.CC_BY,
)


@pytest.fixture
def team(session):
    return add_user(session, Role.MEMBER)


@pytest.fixture
def collaboration(session, team):
    need = add_need(session, state=NeedState.AGREED, problem="Substitutes cannot find the keys.")
    return add_collaboration(session, need, (team, PartyRole.TEAM))


@pytest.fixture
def partner(session, collaboration):
    return collaboration.journey.need.author


def offer(session, team, collaboration, command=OFFER):
    with transaction(session):
        return handing_over.offer(session, team.actor, collaboration.id, command)


def sign(session, partner, collaboration, result):
    seen = handing_over.hash_of(result, [])
    with transaction(session):
        return handing_over.sign(
            session,
            partner.actor,
            SignReceipt(collaboration_id=collaboration.id, content_hash=seen),
        )


def told(session, kind):
    session.rollback()
    return session.scalars(select(Message).where(Message.kind == kind)).all()


def test_a_signed_result_is_handed_over_in_one_transaction(session, collaboration, partner, team):
    result = offer(session, team, collaboration)
    assert [each.user_id for each in told(session, MessageKind.RESULT_OFFERED)] == [partner.id]
    receipt = sign(session, partner, collaboration, result)
    assert len(receipt.content_hash) == 64
    assert receipt.signed_by_id == partner.id
    reread(session, collaboration)
    need = reread(session, collaboration.journey.need)
    assert collaboration.state is CollaborationState.HANDED_OVER
    assert reread(session, collaboration.journey).stage is Stage.HANDED_OVER
    assert (need.state, need.close_reason) == (NeedState.CLOSED, CloseReason.SOLVED)
    assert need.close_note == OFFER.summary
    assert [each.user_id for each in told(session, MessageKind.RESULT_SIGNED)] == [team.id]
    (work,) = session.scalars(select(PriorWork)).all()
    assert work.title == "A shared key box"
    assert "Drawings" in work.abstract
    assert "cannot find the keys" in work.abstract
    assert work.url == f"/needs/{need.id}"
    assert own_results.difference(session) == own_results.Difference()


def test_the_result_is_found_as_prior_work_once_the_worker_has_read_it(
    session, engine, retrieval, collaboration, partner, team
):
    sign(session, partner, collaboration, offer(session, team, collaboration))
    session.rollback()
    jobs.embed_pending(engine, retrieval, Subject.PRIOR_WORK)
    found = browsing.browse_prior_works(
        session, retrieval, PriorWorkFilter(), browsing.Wanted("shared key box work card")
    )
    assert [work.title for work in found.rows] == ["A shared key box"]


def test_only_the_partner_signs(session, collaboration, team):
    result = offer(session, team, collaboration)
    coordinator = add_user(session, Role.COORDINATOR)
    for person in (team, coordinator):
        with pytest.raises(NotAllowed):
            sign(session, person, collaboration, result)
    assert session.scalars(select(Receipt)).all() == []


def test_only_makers_offer(session, collaboration, partner):
    with pytest.raises(NotAllowed):
        offer(session, partner, collaboration)


def test_a_signature_is_for_what_was_on_the_screen(session, collaboration, partner, team):
    result = offer(session, team, collaboration)
    seen = handing_over.hash_of(result, [])
    changed = OfferResult(title=OFFER.title, summary=OFFER.summary, handed_over="Nothing at all.")
    offer(session, team, collaboration, changed)
    with pytest.raises(Conflict), transaction(session):
        handing_over.sign(
            session,
            partner.actor,
            SignReceipt(collaboration_id=collaboration.id, content_hash=seen),
        )
    assert reread(session, collaboration).state is CollaborationState.OFFERED


def test_nothing_is_signed_before_it_is_offered_nor_twice(session, collaboration, partner, team):
    with pytest.raises(Conflict), transaction(session):
        handing_over.sign(
            session,
            partner.actor,
            SignReceipt(collaboration_id=collaboration.id, content_hash="0" * 64),
        )
    result = offer(session, team, collaboration)
    sign(session, partner, collaboration, result)
    with pytest.raises(Conflict):
        sign(session, partner, collaboration, result)


def test_the_partner_sends_an_offer_back_for_more_work(session, collaboration, partner, team):
    offer(session, team, collaboration)
    with transaction(session):
        handing_over.take_back_offer(session, partner.actor, collaboration.id)
    assert reread(session, collaboration).state is CollaborationState.UNDER_WAY
    with pytest.raises(IllegalTransition), transaction(session):
        handing_over.take_back_offer(session, team.actor, collaboration.id)


def test_a_receipt_stays_as_it_was_written(session, collaboration, partner, team):
    sign(session, partner, collaboration, offer(session, team, collaboration))
    for statement in ("update receipts set content_hash = 'x'", "delete from receipts"):
        with pytest.raises((IntegrityError, OperationalError), match="only be added to"):
            session.execute(text(statement))
        session.rollback()


@pytest.mark.parametrize(
    "visibility", [Visibility.NETWORK, Visibility.ORGANISATION, Visibility.COORDINATORS]
)
def test_a_hidden_need_s_result_is_no_prior_work_and_has_no_page(session, team, visibility):
    need = add_need(session, state=NeedState.AGREED, visibility=visibility)
    collaboration = add_collaboration(session, need, (team, PartyRole.TEAM))
    result = offer(session, team, collaboration)
    sign(session, need.author, collaboration, result)
    assert session.scalars(select(PriorWork)).all() == []
    with pytest.raises(NotFound):
        results.result_to_read(session, ANONYMOUS, result.id)
    assert results.result_to_read(session, team.actor, result.id).id == result.id


def test_an_offer_is_no_result_yet(session, collaboration, team):
    result = offer(session, team, collaboration)
    for actor in (ANONYMOUS, team.actor):
        with pytest.raises(NotFound):
            results.result_to_read(session, actor, result.id)


def feedback(session, person, collaboration, score, words):
    with transaction(session):
        handing_over.give_feedback(
            session, person.actor, collaboration.id, GiveFeedback(score=score, words=words)
        )


def words_for(session, person, collaboration):
    session.rollback()
    given = handing_over.feedback_for(session, person.actor, collaboration)
    return [each.words for each in given]


def test_feedback_is_shown_once_both_have_given_it(session, collaboration, partner, team):
    with pytest.raises(Conflict):
        feedback(session, team, collaboration, 5, "Too early")
    sign(session, partner, collaboration, offer(session, team, collaboration))
    feedback(session, team, collaboration, 5, "They had time for us.")
    assert words_for(session, team, collaboration) == ["They had time for us."]
    assert words_for(session, partner, collaboration) == []
    with pytest.raises(Conflict):
        feedback(session, team, collaboration, 1, "Changed my mind")
    feedback(session, partner, collaboration, 4, "Quick and kind.")
    assert words_for(session, partner, collaboration) == [
        "They had time for us.",
        "Quick and kind.",
    ]


def test_feedback_is_shown_after_two_weeks_all_the_same(session, collaboration, partner, team):
    sign(session, partner, collaboration, offer(session, team, collaboration))
    feedback(session, team, collaboration, 5, "They had time for us.")
    with clock.moved(timedelta(days=13)):
        assert words_for(session, partner, collaboration) == []
    with clock.moved(timedelta(days=15)):
        assert words_for(session, partner, collaboration) == ["They had time for us."]


@pytest.mark.parametrize("score", [0, 6])
def test_a_score_is_one_to_five(session, collaboration, partner, team, score):
    sign(session, partner, collaboration, offer(session, team, collaboration))
    with pytest.raises(Invalid):
        feedback(session, team, collaboration, score, "")


def test_breaking_off_wants_a_reason_and_leaves_a_lesson(session, collaboration, team):
    with pytest.raises(Invalid), transaction(session):
        handing_over.break_off(session, team.actor, collaboration.id, " ")
    with transaction(session):
        handing_over.break_off(session, team.actor, collaboration.id, "The students left.")
    assert reread(session, collaboration).state is CollaborationState.BROKEN_OFF
    last = session.scalars(select(JourneyStep).order_by(JourneyStep.seq.desc())).first()
    assert (last.act, last.reason) == (Act.BREAK_OFF, "The students left.")
    (lesson,) = lessons(session, ANONYMOUS, "STUDENTS keys")
    assert (lesson.kind, lesson.why) == (LessonKind.BROKEN_OFF, "The students left.")
    assert lessons(session, ANONYMOUS, "zirconium") == []


def test_what_was_learnt_from_a_hidden_need_is_hidden(session, team):
    need = add_need(session, state=NeedState.AGREED, visibility=Visibility.COORDINATORS)
    collaboration = add_collaboration(session, need, (team, PartyRole.TEAM))
    with transaction(session):
        handing_over.break_off(session, team.actor, collaboration.id, "The students left.")
    assert lessons(session, ANONYMOUS) == []
    assert len(lessons(session, add_user(session, Role.COORDINATOR).actor)) == 1
