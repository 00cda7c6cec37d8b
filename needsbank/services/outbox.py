"""Posting messages: rows of the transaction whose outcome they tell."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Message
from needsbank.domain.clock import now
from needsbank.domain.outbox import Post


def post(session: Session, command: Post) -> Message | None:
    """Put a message in the outbox, or return None when its key has been posted before."""
    session.flush()  # the same key may stand in this very transaction
    if session.scalar(select(Message.id).where(Message.key == command.key)) is not None:
        return None
    message = Message(
        key=command.key,
        kind=command.kind,
        channel=command.channel,
        user_id=command.user_id,
        address=command.address,
        language=command.language,
        words=dict(command.words),
        not_before=command.not_before or now(),
    )
    session.add(message)
    return message
