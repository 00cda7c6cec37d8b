"""Handing over: offering a result, the partner's receipt, feedback, and breaking off."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Collaboration, Feedback, Receipt, Result, SharedFile
from needsbank.domain.clock import now
from needsbank.domain.collaborations import CollaborationState, PartyRole, Use, check_transition
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.handing_over import (
    FEEDBACK_HIDDEN_FOR,
    SIDE_OF,
    FeedbackSide,
    GiveFeedback,
    OfferResult,
    SignReceipt,
    content_hash,
)
from needsbank.domain.journeys import Act
from needsbank.domain.needs import CloseReason, NeedState
from needsbank.domain.outbox import MessageKind, Post
from needsbank.domain.roles import Actor
from needsbank.services import audit, journeys, needs
from needsbank.services.collaborations import (
    accepted,
    check_may,
    collaboration_to_read,
    path_of,
)
from needsbank.services.outbox import post


def offer(session: Session, actor: Actor, collaboration_id: UUID, command: OfferResult) -> Result:
    """Offer the result to the partner; until it is signed for, offering again changes it."""
    collaboration = collaboration_to_read(session, actor, collaboration_id)
    check_may(actor, collaboration, Use.OFFER)
    result = result_of(session, collaboration)
    if result is None:
        result = Result(collaboration_id=collaboration.id)
        session.add(result)
    result.title, result.summary = command.title.strip(), command.summary.strip()
    result.handed_over = command.handed_over.strip()
    result.links = list(command.links)
    result.licence, result.language = command.licence, command.language
    result.offered_by_id, result.offered = actor.person_id, now()
    for file in collaboration.files:
        file.in_result = file.id in command.file_ids
    if collaboration.state is CollaborationState.UNDER_WAY:
        _move(collaboration, CollaborationState.OFFERED)
    session.flush()  # the messages and the audit entry need the key
    audit.record(session, actor, "offer", "collaboration", collaboration.id)
    signers = [each for each in accepted(collaboration) if each.role is PartyRole.PARTNER]
    key = f"offer:{result.id}:{now().isoformat()}"
    _tell(
        session, collaboration, MessageKind.RESULT_OFFERED, key, [each.user_id for each in signers]
    )
    return result


def take_back_offer(session: Session, actor: Actor, collaboration_id: UUID) -> Collaboration:
    """Go on working: by the makers, or by the partner who sees that something is missing."""
    collaboration = collaboration_to_read(session, actor, collaboration_id)
    is_partner = any(p.role is PartyRole.PARTNER for p in accepted(collaboration, actor.user_id))
    if not is_partner:
        check_may(actor, collaboration, Use.OFFER)
    _move(collaboration, CollaborationState.UNDER_WAY)
    audit.record(session, actor, "take_back_offer", "collaboration", collaboration.id)
    return collaboration


def sign(session: Session, actor: Actor, command: SignReceipt) -> Receipt:
    """Sign for what was offered: it is handed over, the need has ended, the result is known.

    Raises `Conflict` when the offer is another than the one that was on the screen.
    """
    collaboration = collaboration_to_read(session, actor, command.collaboration_id)
    check_may(actor, collaboration, Use.SIGN)
    result = result_of(session, collaboration)
    if result is None or hash_of(result, collaboration.files) != command.content_hash:
        raise Conflict("the offer has changed")
    _move(collaboration, CollaborationState.HANDED_OVER)
    receipt = Receipt(
        result_id=result.id, signed_by_id=actor.person_id, content_hash=command.content_hash
    )
    session.add(receipt)
    session.flush()  # whether there is a receipt is asked when the need ends
    audit.record(session, actor, "sign", "collaboration", collaboration.id)
    journeys.move(session, actor, collaboration.journey, Act.HAND_OVER)
    need = collaboration.journey.need
    if need is not None and need.state in {NeedState.OPEN, NeedState.AGREED}:
        needs.end(session, actor, need, CloseReason.SOLVED, result.summary)
    others = [each.user_id for each in accepted(collaboration) if each.user_id != actor.user_id]
    _tell(session, collaboration, MessageKind.RESULT_SIGNED, f"receipt:{receipt.id}", others)
    return receipt


def break_off(session: Session, actor: Actor, collaboration_id: UUID, reason: str) -> Collaboration:
    """End the work without a result; the reason is kept as a lesson."""
    collaboration = collaboration_to_read(session, actor, collaboration_id)
    check_may(actor, collaboration, Use.BREAK_OFF)
    if not reason.strip():
        raise Invalid({"reason": "required"})
    _move(collaboration, CollaborationState.BROKEN_OFF)
    audit.record(session, actor, "break_off", "collaboration", collaboration.id)
    journeys.move(session, actor, collaboration.journey, Act.BREAK_OFF, reason=reason)
    return collaboration


def give_feedback(
    session: Session, actor: Actor, collaboration_id: UUID, command: GiveFeedback
) -> Feedback:
    """Say how it went, once for each side."""
    collaboration = collaboration_to_read(session, actor, collaboration_id)
    side = side_of(actor, collaboration)
    if side is None:
        raise NotAllowed(collaboration_id)
    if collaboration.state is not CollaborationState.HANDED_OVER:
        raise Conflict("nothing is handed over yet")
    if not 1 <= command.score <= 5:
        raise Invalid({"score": "unknown"})
    if any(each.side is side for each in _feedbacks(session, collaboration)):
        raise Conflict("given already")
    feedback = Feedback(
        collaboration_id=collaboration.id,
        side=side,
        given_by_id=actor.person_id,
        score=command.score,
        words=command.words.strip(),
    )
    session.add(feedback)
    audit.record(session, actor, "give_feedback", "collaboration", collaboration.id)
    return feedback


def feedback_for(
    session: Session, actor: Actor, collaboration: Collaboration
) -> Sequence[Feedback]:
    """Return what the actor may read: both once both are given, else their own and old ones."""
    given = _feedbacks(session, collaboration)
    if actor.coordinates or len(given) == len(FeedbackSide):
        return given
    mine, shown_from = side_of(actor, collaboration), now() - FEEDBACK_HIDDEN_FOR
    return [each for each in given if each.side is mine or each.at <= shown_from]


def side_of(actor: Actor, collaboration: Collaboration) -> FeedbackSide | None:
    """Return the side that the actor speaks for."""
    sides = (SIDE_OF.get(party.role) for party in accepted(collaboration, actor.user_id))
    return next(filter(None, sides), None)


def may_give_feedback(session: Session, actor: Actor, collaboration: Collaboration) -> bool:
    """Whether the actor's side has yet to say how it went."""
    side = side_of(actor, collaboration)
    if side is None or collaboration.state is not CollaborationState.HANDED_OVER:
        return False
    return all(each.side is not side for each in _feedbacks(session, collaboration))


def result_of(session: Session, collaboration: Collaboration) -> Result | None:
    """Return what a collaboration offers or has handed over."""
    wanted = select(Result).where(Result.collaboration_id == collaboration.id)
    found: Result | None = session.scalar(wanted)
    return found


def offer_to_sign(
    session: Session, actor: Actor, collaboration_id: UUID
) -> tuple[Collaboration, Result]:
    """Return what waits for the actor's signature."""
    collaboration = collaboration_to_read(session, actor, collaboration_id)
    check_may(actor, collaboration, Use.SIGN)
    result = result_of(session, collaboration)
    if result is None or collaboration.state is not CollaborationState.OFFERED:
        raise NotFound(collaboration_id)
    return collaboration, result


def hash_of(result: Result, files: Sequence[SharedFile]) -> str:
    """Return what tells this hand-over from any other."""
    return content_hash(
        (result.title, result.summary, result.handed_over, result.language.value),
        result.links,
        result.licence,
        [(each.name, each.sha256) for each in files if each.in_result],
    )


def _feedbacks(session: Session, collaboration: Collaboration) -> Sequence[Feedback]:
    wanted = select(Feedback).where(Feedback.collaboration_id == collaboration.id)
    return session.scalars(wanted.order_by(Feedback.at)).all()


def _move(collaboration: Collaboration, target: CollaborationState) -> None:
    check_transition(collaboration.state, target)
    collaboration.state = target


def _tell(
    session: Session,
    collaboration: Collaboration,
    kind: MessageKind,
    key: str,
    user_ids: Sequence[UUID],
) -> None:
    for user_id in user_ids:
        told = Post(
            key=f"{key}:{user_id}",
            kind=kind,
            words={"title": collaboration.title, "path": path_of(collaboration)},
            user_id=user_id,
        )
        post(session, told)
