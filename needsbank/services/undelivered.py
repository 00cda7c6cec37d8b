"""What did not leave, or may not have: looked at and decided on by admins."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import Message
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, NotAllowed, NotFound
from needsbank.domain.outbox import MessageState, Trouble
from needsbank.domain.roles import Actor
from needsbank.services import audit

AT_MOST = 100
"""Messages that a page shows."""
_UNDECIDED = frozenset({MessageState.DEAD, MessageState.UNCERTAIN})


def count_by_state(session: Session, actor: Actor) -> Mapping[MessageState, int]:
    """Return how many messages are in each state; states without any are 0."""
    _check(actor)
    counted = select(Message.state, func.count()).group_by(Message.state)
    found = {row[0]: row[1] for row in session.execute(counted)}
    return {state: found.get(state, 0) for state in MessageState}


def undecided(session: Session, actor: Actor) -> Sequence[Message]:
    """Return what an admin is to decide on, newest first."""
    _check(actor)
    waiting = select(Message).where(Message.state.in_(_UNDECIDED))
    newest = waiting.order_by(Message.created.desc(), Message.id).limit(AT_MOST)
    both = (joinedload(Message.user), joinedload(Message.webhook))
    return session.scalars(newest.options(*both)).unique().all()


def send_again(session: Session, actor: Actor, message_id: UUID) -> Message:
    """Have a message sent anew, by what may be its second time."""
    message = _undecided(session, actor, message_id)
    message.state, message.trouble, message.error = MessageState.WAITING, None, ""
    message.attempts, message.not_before, message.token = 0, now(), None
    audit.record(session, actor, "send_again", "message", message.id)
    return message


def send_unreached_again(session: Session, actor: Actor) -> int:
    """Have everything sent anew that was given up since nobody answered; return how much."""
    _check(actor)
    given_up = (
        update(Message)
        .where(Message.state == MessageState.DEAD, Message.trouble == Trouble.NOT_REACHED)
        .values(
            state=MessageState.WAITING,
            trouble=None,
            error="",
            attempts=0,
            not_before=now(),
            token=None,
        )
        .returning(Message.id)
    )
    message_ids = session.scalars(given_up).all()
    for message_id in message_ids:
        audit.record(session, actor, "send_again", "message", message_id)
    return len(message_ids)


def leave(session: Session, actor: Actor, message_id: UUID) -> Message:
    """Leave a message as it is, sent or not."""
    message = _undecided(session, actor, message_id)
    message.state, message.trouble, message.token = MessageState.CANCELLED, Trouble.LEFT, None
    audit.record(session, actor, "leave", "message", message.id)
    return message


def _undecided(session: Session, actor: Actor, message_id: UUID) -> Message:
    _check(actor)
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound(message_id)
    if message.state not in _UNDECIDED:
        raise Conflict("decided meanwhile")
    return message


def _check(actor: Actor) -> None:
    if not actor.administers:
        raise NotAllowed("only admins look after messages")
