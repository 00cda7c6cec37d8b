"""A coordinator's verdict on what is on the screen, then each side's one answer."""

import pytest
from sqlalchemy import select

from needsbank.db.models import Answer, AuditEntry, Decision
from needsbank.domain.errors import (
    Conflict,
    IllegalTransition,
    Invalid,
    NotAllowed,
    NotFound,
)
from needsbank.domain.needs import NeedState
from needsbank.domain.roles import ANONYMOUS, COORDINATES, Role
from needsbank.domain.suggestions import (
    ALLOWED,
    SHOWN_TO_SIDES,
    AnswerSuggestion,
    DecideSuggestion,
    Side,
    SuggestionState,
    Verdict,
)
from needsbank.services import deciding
from tests.factories import add_competence, add_need, add_suggestion, add_user


@pytest.fixture
def coordinator(session):
    return add_user(session, Role.COORDINATOR).actor


@pytest.fixture
def pairing(session):
    """A pairing that a coordinator has approved."""
    return add_suggestion(session, state=SuggestionState.APPROVED)


def deciding_on(suggestion, verdict=Verdict.APPROVED, **values):
    defaults = {"reason": "They fit.", "seen": suggestion.state}
    return DecideSuggestion(suggestion_id=suggestion.id, verdict=verdict, **{**defaults, **values})


def answering(suggestion, side, accepted=True, reason=""):
    return AnswerSuggestion(
        suggestion_id=suggestion.id, side=side, accepted=accepted, reason=reason
    )


def answer(session, suggestion, side, accepted=True, reason="Not now."):
    owner = suggestion.need if side is Side.NEED else suggestion.competence
    command = answering(suggestion, side, accepted, reason)
    return deciding.answer(session, owner.author.actor, command)


@pytest.mark.parametrize("verdict", list(Verdict))
@pytest.mark.parametrize("state", list(SuggestionState))
def test_a_verdict_is_given_where_the_table_lets_it(session, coordinator, state, verdict):
    suggestion = add_suggestion(session, state=state)
    target = SuggestionState(verdict.value)
    if target in ALLOWED[state]:
        decided = deciding.decide(session, coordinator, deciding_on(suggestion, verdict))
        assert decided.state is target
        return
    with pytest.raises(IllegalTransition):
        deciding.decide(session, coordinator, deciding_on(suggestion, verdict))


def test_a_verdict_is_kept_with_what_was_seen(session, coordinator):
    suggestion = add_suggestion(session, rank=3, matcher_version="m7")
    deciding.decide(session, coordinator, deciding_on(suggestion, reason=" They fit. "))
    session.commit()
    (kept,) = session.scalars(select(Decision)).all()
    assert (kept.suggestion_id, kept.decided_by_id) == (suggestion.id, coordinator.user_id)
    assert (kept.verdict, kept.reason) == (Verdict.APPROVED, "They fit.")
    assert (kept.rank_seen, kept.matcher_version) == (3, "m7")
    (entry,) = session.scalars(select(AuditEntry)).all()
    assert (entry.act, entry.subject_id, entry.details) == ("approved", suggestion.id, {})


@pytest.mark.parametrize("role", sorted(set(Role) - COORDINATES, key=str))
def test_nobody_but_a_coordinator_decides(session, role):
    suggestion = add_suggestion(session)
    person = add_user(session, role, organisation=suggestion.need.organisation).actor
    with pytest.raises(NotAllowed):
        deciding.decide(session, person, deciding_on(suggestion))
    with pytest.raises(NotAllowed):
        deciding.suggestion_to_review(session, person, suggestion.id)


@pytest.mark.parametrize("reason", ["", "   ", "\n"])
def test_a_verdict_gives_its_reason(session, coordinator, reason):
    suggestion = add_suggestion(session)
    with pytest.raises(Invalid) as refused:
        deciding.decide(session, coordinator, deciding_on(suggestion, reason=reason))
    assert refused.value.errors == {"reason": "required"}


def test_what_somebody_else_decided_meanwhile_is_a_conflict(session, coordinator):
    suggestion = add_suggestion(session)
    command = deciding_on(suggestion, Verdict.REJECTED)
    deciding.decide(session, coordinator, deciding_on(suggestion, Verdict.DEFERRED))
    with pytest.raises(Conflict):
        deciding.decide(session, coordinator, command)
    assert suggestion.state is SuggestionState.DEFERRED


def test_an_approval_can_be_taken_back_until_a_side_has_answered(session, coordinator, pairing):
    answer(session, pairing, Side.NEED)
    with pytest.raises(Conflict):
        deciding.decide(session, coordinator, deciding_on(pairing, Verdict.DEFERRED))


def test_a_suggestion_that_is_not_there_cannot_be_decided(session, coordinator):
    command = DecideSuggestion(
        suggestion_id=coordinator.person_id,
        verdict=Verdict.APPROVED,
        reason="x",
        seen=SuggestionState.PROPOSED,
    )
    with pytest.raises(NotFound):
        deciding.decide(session, coordinator, command)


@pytest.mark.parametrize("first", list(Side))
def test_two_yeses_agree_the_pairing_and_the_need(session, pairing, first):
    (second,) = set(Side) - {first}
    states = []
    for side in (first, second):
        answer(session, pairing, side)
        states.append((pairing.state, pairing.need.state))
    assert states == [
        (SuggestionState.APPROVED, NeedState.OPEN),
        (SuggestionState.AGREED, NeedState.AGREED),
    ]
    acts = session.scalars(select(AuditEntry).order_by(AuditEntry.seq)).all()
    assert [(e.act, e.details) for e in acts] == [
        ("accept", {"side": first.value}),
        ("accept", {"side": second.value}),
    ]


@pytest.mark.parametrize("side", list(Side))
def test_one_no_ends_a_pairing(session, pairing, side):
    assert answer(session, pairing, side, accepted=False).state is SuggestionState.DECLINED
    (other,) = set(Side) - {side}
    with pytest.raises(Conflict):
        answer(session, pairing, other)
    assert pairing.need.state is NeedState.OPEN


def test_a_no_after_a_yes_ends_a_pairing(session, pairing):
    answer(session, pairing, Side.NEED)
    declined = answer(session, pairing, Side.COMPETENCE, accepted=False)
    assert declined.state is SuggestionState.DECLINED


@pytest.mark.parametrize("accepted", [True, False])
def test_a_side_answers_once(session, pairing, accepted):
    answer(session, pairing, Side.NEED)
    with pytest.raises(Conflict):
        answer(session, pairing, Side.NEED, accepted=accepted)
    session.commit()
    assert [row.accepted for row in session.scalars(select(Answer))] == [True]


def test_a_no_gives_its_reason_and_a_yes_need_not(session, pairing):
    with pytest.raises(Invalid) as refused:
        answer(session, pairing, Side.NEED, accepted=False, reason="  ")
    assert refused.value.errors == {"reason": "required"}
    assert answer(session, pairing, Side.NEED, reason="").answers[0].reason == ""


@pytest.mark.parametrize(
    "state", sorted(set(SuggestionState) - {SuggestionState.APPROVED}, key=str)
)
def test_only_what_is_approved_can_be_answered(session, state):
    suggestion = add_suggestion(session, state=state)
    with pytest.raises(Conflict):
        answer(session, suggestion, Side.NEED)


def test_nobody_but_a_side_answers(session, pairing):
    need, competence = pairing.need, pairing.competence
    colleague = add_user(session, Role.PARTNER, organisation=need.organisation)
    others = [
        colleague.actor,
        add_user(session, Role.COORDINATOR).actor,
        ANONYMOUS,
    ]
    for actor in others:
        for side in Side:
            with pytest.raises(NotFound):
                deciding.answer(session, actor, answering(pairing, side))
    with pytest.raises(NotFound):
        deciding.answer(session, need.author.actor, answering(pairing, Side.COMPETENCE))
    with pytest.raises(NotFound):
        deciding.answer(session, competence.author.actor, answering(pairing, Side.NEED))


def test_an_author_who_left_the_organisation_speaks_for_nobody(session, pairing):
    author = pairing.need.author
    author.memberships.clear()
    session.commit()
    assert deciding.sides_of(author.actor, pairing) == []


def test_one_person_may_speak_for_both_sides(session):
    both = add_user(session, Role.COORDINATOR)
    suggestion = add_suggestion(session, add_need(session, both), add_competence(session, both))
    assert deciding.sides_of(both.actor, suggestion) == [Side.NEED, Side.COMPETENCE]


@pytest.mark.parametrize("state", list(SuggestionState))
def test_a_pairing_is_shown_to_its_sides_once_approved(session, state):
    suggestion = add_suggestion(session, state=state)
    author = suggestion.need.author.actor
    if state in SHOWN_TO_SIDES:
        assert deciding.pairing_to_read(session, author, suggestion.id) is suggestion
        with pytest.raises(NotFound):
            deciding.pairing_to_read(session, ANONYMOUS, suggestion.id)
        return
    with pytest.raises(NotFound):
        deciding.pairing_to_read(session, author, suggestion.id)


def test_a_second_agreement_leaves_the_need_agreed(session):
    need = add_need(session)
    for _ in range(2):
        pairing = add_suggestion(session, need, state=SuggestionState.APPROVED)
        for side in Side:
            answer(session, pairing, side)
        assert (pairing.state, need.state) == (SuggestionState.AGREED, NeedState.AGREED)


@pytest.mark.parametrize(
    ("state", "refusal"), [(NeedState.CLOSED, Conflict), (NeedState.WITHDRAWN, NotFound)]
)
def test_nothing_more_is_approved_for_a_need_that_has_ended(session, coordinator, state, refusal):
    suggestion = add_suggestion(
        session, add_need(session, state=state), state=SuggestionState.DEFERRED
    )
    with pytest.raises(refusal):
        deciding.decide(session, coordinator, deciding_on(suggestion))


def test_a_withdrawn_need_is_shown_to_nobody_through_its_pairing(session, coordinator):
    """Withdrawing says: only its author sees it."""
    need = add_need(session, state=NeedState.WITHDRAWN)
    pairing = add_suggestion(session, need, state=SuggestionState.APPROVED)
    with pytest.raises(NotFound):
        deciding.pairing_to_read(session, pairing.competence.author.actor, pairing.id)
    with pytest.raises(NotFound):
        deciding.suggestion_to_review(session, coordinator, pairing.id)
