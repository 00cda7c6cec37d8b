"""What people are told, on their own page: every message to them, whatever mail they want."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, func, or_, select, update
from sqlalchemy.orm import Session

from needsbank.db.models import Message
from needsbank.domain.clock import now
from needsbank.domain.errors import NotFound
from needsbank.domain.outbox import Channel, MessageKind
from needsbank.domain.roles import Actor
from needsbank.services.notices import MESSAGES

AT_MOST = 20
"""Messages that a page shows."""
# A notice says more than its message; a digest says what stands here anyway.
_TOLD_ELSEWHERE = frozenset({*MESSAGES.values(), MessageKind.DIGEST})


def unseen_messages(session: Session, actor: Actor) -> tuple[Sequence[Message], int]:
    """Return what the actor was told and has not put away, newest first, and how much it is."""
    newest = _unseen(actor).order_by(Message.created.desc(), Message.id)
    found = session.scalars(newest.limit(AT_MOST)).all()
    if len(found) < AT_MOST:
        return found, len(found)
    return found, session.scalars(_unseen(actor).with_only_columns(func.count())).one()


def put_message_away(session: Session, actor: Actor, message_id: UUID) -> Message:
    """Mark a message to the actor as seen; once more changes nothing."""
    mine = select(Message).where(Message.id == message_id, Message.user_id == actor.person_id)
    message = session.scalar(mine)
    if message is None:
        raise NotFound(message_id)
    message.seen = message.seen or now()
    return message


def put_all_away(session: Session, actor: Actor) -> None:
    """Mark all that the actor was told until now as seen."""
    mine = update(Message).where(Message.user_id == actor.person_id, Message.seen.is_(None))
    session.execute(mine.where(Message.created <= now()).values(seen=now()))


def _unseen(actor: Actor) -> Select[Message]:
    return select(Message).where(
        Message.user_id == actor.person_id,
        Message.seen.is_(None),
        Message.channel == Channel.MAIL,
        Message.kind.not_in(_TOLD_ELSEWHERE),
        # Tries that failed move it, too.
        or_(Message.not_before <= now(), Message.attempts > 0),
    )
