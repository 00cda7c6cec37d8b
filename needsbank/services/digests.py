"""Gathering what a day brought into one mail for whoever wants it so."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, exists, select, update
from sqlalchemy.orm import Session, aliased

from needsbank.db.models import Message, User
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict
from needsbank.domain.mail_levels import MailLevel, last_digest
from needsbank.domain.outbox import Channel, MessageKind, MessageState, Post
from needsbank.services.outbox import post

_AT_ONCE = 50


def gather_digests(session: Session) -> int:
    """Post the digests that are due, some at once; return how many.

    A digest tells what came before it was due: one that comes late tells no more, and what came
    since waits for the next.
    """
    due = last_digest(now())
    users = _without_digest(session, due)
    for user in users:
        _gather(session, user, due)
    return len(users)


def _without_digest(session: Session, due: datetime) -> Sequence[User]:
    digest = aliased(Message)
    has_one = exists().where(
        digest.user_id == User.id, digest.kind == MessageKind.DIGEST, digest.not_before >= due
    )
    has_news = exists().where(Message.user_id == User.id, *_untold(due))
    wanting = select(User).where(
        User.active, User.mail_level == MailLevel.DAILY, has_news, ~has_one
    )
    return session.scalars(wanting.order_by(User.id).limit(_AT_ONCE)).all()


def _gather(session: Session, user: User, due: datetime) -> None:
    day = due.date().isoformat()
    digest = post(
        session,
        Post(
            key=f"digest:{user.id}:{day}",
            kind=MessageKind.DIGEST,
            words={"day": day, "path": "/my"},
            user_id=user.id,
            language=user.language,
        ),
    )
    if digest is None:
        raise Conflict("this day's digest has been posted")
    session.flush()  # its key
    news = update(Message).where(Message.user_id == user.id, *_untold(due))
    session.execute(news.values(state=MessageState.GATHERED, digest_id=digest.id))


def _untold(due: datetime) -> tuple[ColumnElement[bool], ...]:
    return (
        Message.state == MessageState.WAITING,
        Message.channel == Channel.MAIL,
        Message.kind != MessageKind.DIGEST,
        Message.not_before <= due,
    )
