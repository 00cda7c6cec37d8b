"""Reviewing suggestions: a coordinator's verdict, then each side's answer."""

from uuid import UUID

from sqlalchemy.orm import Session

from needsbank.db.models import Answer, Decision, Suggestion
from needsbank.db.queries.suggestions import suggestion_with_history
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.needs import NeedState
from needsbank.domain.needs import check_transition as check_need_transition
from needsbank.domain.roles import Actor, may_edit
from needsbank.domain.suggestions import (
    SHOWN_TO_SIDES,
    AnswerSuggestion,
    DecideSuggestion,
    Side,
    SuggestionState,
    Verdict,
    check_transition,
    state_after_answers,
)
from needsbank.services import audit, journeys_of_needs
from needsbank.services.lineage import is_merged


def decide(session: Session, actor: Actor, command: DecideSuggestion) -> Suggestion:
    """Record a coordinator's verdict; raise `Conflict` when the suggestion has moved meanwhile."""
    if not actor.coordinates:
        raise NotAllowed(command.suggestion_id)
    suggestion = _suggestion(session, command.suggestion_id, actor)
    reason = command.reason.strip()
    if not reason:
        raise Invalid({"reason": "required"})
    if suggestion.state is not command.seen:
        raise Conflict("decided meanwhile")
    ended = suggestion.need.state not in {NeedState.OPEN, NeedState.AGREED}
    if ended and command.verdict is Verdict.APPROVED:
        raise Conflict("the need has ended")
    if command.verdict is Verdict.APPROVED and is_merged(session, suggestion.need_id):
        raise Conflict("the need is part of a challenge")
    target = SuggestionState(command.verdict.value)
    check_transition(suggestion.state, target)
    if suggestion.answers:
        raise Conflict("a side has answered")
    suggestion.state, suggestion.updated = target, now()
    suggestion.decisions.append(
        Decision(
            decided_by_id=actor.person_id,
            verdict=command.verdict,
            reason=reason,
            rank_seen=suggestion.rank,
            matcher_version=suggestion.matcher_version,
        )
    )
    audit.record(session, actor, target.value, "suggestion", suggestion.id)
    return suggestion


def answer(session: Session, actor: Actor, command: AnswerSuggestion) -> Suggestion:
    """Record one side's answer to an approved pairing; two yeses make the need agreed."""
    suggestion = _suggestion(session, command.suggestion_id, actor)
    if command.side not in sides_of(actor, suggestion):
        raise NotFound(command.suggestion_id)
    if suggestion.state is not SuggestionState.APPROVED:
        raise Conflict("not open for answers")
    if any(each.side is command.side for each in suggestion.answers):
        raise Conflict("answered already")
    if not command.accepted and not command.reason.strip():
        raise Invalid({"reason": "required"})
    suggestion.answers.append(
        Answer(
            side=command.side,
            answered_by_id=actor.person_id,
            accepted=command.accepted,
            reason=command.reason.strip(),
        )
    )
    target = state_after_answers({each.side: each.accepted for each in suggestion.answers})
    if target is not suggestion.state:
        check_transition(suggestion.state, target)
        suggestion.state, suggestion.updated = target, now()
    if target is SuggestionState.AGREED and suggestion.need.state is NeedState.OPEN:
        check_need_transition(suggestion.need.state, NeedState.AGREED)
        suggestion.need.state = NeedState.AGREED
        journeys_of_needs.agreed(session, actor, suggestion.need)
    act = "accept" if command.accepted else "decline"
    audit.record(session, actor, act, "suggestion", suggestion.id, side=command.side.value)
    return suggestion


def sides_of(actor: Actor, suggestion: Suggestion) -> list[Side]:
    """Return the sides of a pairing that the actor speaks for."""
    sides = []
    need, competence = suggestion.need, suggestion.competence
    if may_edit(actor, need.author_id, need.organisation_id):
        sides.append(Side.NEED)
    if may_edit(actor, competence.author_id, competence.organisation_id):
        sides.append(Side.COMPETENCE)
    return sides


def pairing_to_read(session: Session, actor: Actor, suggestion_id: UUID) -> Suggestion:
    """Return an approved pairing to one of its sides; to anybody else it does not exist."""
    suggestion = _suggestion(session, suggestion_id, actor)
    if suggestion.state not in SHOWN_TO_SIDES or not sides_of(actor, suggestion):
        raise NotFound(suggestion_id)
    return suggestion


def suggestion_to_review(session: Session, actor: Actor, suggestion_id: UUID) -> Suggestion:
    """Return a suggestion to a coordinator."""
    if not actor.coordinates:
        raise NotAllowed(suggestion_id)
    return _suggestion(session, suggestion_id, actor)


def _suggestion(session: Session, suggestion_id: UUID, actor: Actor) -> Suggestion:
    suggestion = session.scalar(suggestion_with_history(suggestion_id))
    if suggestion is None:
        raise NotFound(suggestion_id)
    need = suggestion.need
    if need.state is NeedState.WITHDRAWN and need.author_id != actor.user_id:
        raise NotFound(suggestion_id)  # a withdrawn need is its author's alone again
    return suggestion
