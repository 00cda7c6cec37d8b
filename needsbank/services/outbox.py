"""Messages on their way: posted with what they tell, claimed by one worker, and marked.

A message is never sent twice by itself. It is marked as being sent before it is handed over, and
as sent afterwards; when a worker ends in between, nobody knows, and a person decides.
"""

import hashlib
from collections.abc import Iterable
from uuid import UUID, uuid4

from sqlalchemy import ColumnElement, Select, or_, select, update
from sqlalchemy.orm import Session

from needsbank.db.models import MailRefusal, Message, User
from needsbank.domain.clock import now
from needsbank.domain.mail_levels import MailLevel
from needsbank.domain.outbox import (
    LEASE,
    Channel,
    Claim,
    MessageKind,
    MessageState,
    Outcome,
    Post,
    Told,
    Trouble,
    wait_after,
)


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
        webhook_id=command.webhook_id,
        not_before=command.not_before or now(),
    )
    session.add(message)
    return message


def next_channel(session: Session, channels: Iterable[Channel]) -> Channel | None:
    """Return the channel of what is to be sent first, None when nothing waits."""
    message = session.scalar(_waiting(channels))
    return None if message is None else message.channel


def claim_next(session: Session, channel: Channel) -> Claim | None:
    """Take the first waiting message of a channel in hand; mark what is not to be sent at all.

    Where rows can be locked one by one, workers pass by each other's; SQLite lets one write.
    """
    waiting = _waiting([channel]).with_for_update(skip_locked=True, of=Message)
    while (message := session.scalar(waiting)) is not None:
        reason = _reason_not_to(session, message)
        if reason is None:
            return _claimed(session, message)
        _mark(message, MessageState.CANCELLED, reason)
        session.flush()
    return None


def finish(session: Session, claim: Claim, outcome: Outcome) -> MessageState | None:
    """Mark what came of sending; None when the message is no longer the worker's.

    A worker that was thought to have ended may still tell that the message has left.
    """
    held = select(Message).where(Message.id == claim.message_id, Message.token == claim.token)
    message = session.scalar(held.with_for_update())
    if message is None or message.state not in {MessageState.SENDING, MessageState.UNCERTAIN}:
        return None
    if outcome.trouble is None:
        _mark(message, MessageState.SENT)
        message.sent = now()
    elif outcome.trouble is Trouble.NO_ANSWER:
        _mark(message, MessageState.UNCERTAIN, outcome.trouble, outcome.detail)
    elif outcome.trouble is Trouble.NOT_REACHED:
        _try_later(message, outcome)
    else:
        _mark(message, MessageState.DEAD, outcome.trouble, outcome.detail)
    return message.state


def doubt_abandoned(session: Session) -> int:
    """Have people decide on what was being sent by workers that ended; return how many."""
    abandoned = (
        update(Message)
        .where(Message.state == MessageState.SENDING, Message.lease_until < now())
        .values(state=MessageState.UNCERTAIN, trouble=Trouble.WORKER_GONE)
        .returning(Message.id)
    )
    return len(session.scalars(abandoned).all())


def address_hash(address: str) -> bytes:
    """Return what an address without an account is known by once it wants no mail."""
    return hashlib.sha256(address.strip().lower().encode()).digest()


def _waiting(channels: Iterable[Channel]) -> Select[Message]:
    return (
        select(Message)
        .outerjoin(Message.user)
        .where(
            Message.state == MessageState.WAITING,
            Message.not_before <= now(),
            Message.channel.in_(list(channels)),
            _goes_by_itself(),
        )
        .order_by(Message.not_before, Message.id)
        .limit(1)
    )


def _goes_by_itself() -> ColumnElement[bool]:
    """All but what the next digest will tell."""
    return or_(
        Message.channel != Channel.MAIL,
        Message.kind == MessageKind.DIGEST,
        Message.user_id.is_(None),
        User.mail_level != MailLevel.DAILY,
        User.active.is_(False),
    )


def _reason_not_to(session: Session, message: Message) -> Trouble | None:
    if message.channel is not Channel.MAIL:
        gone = message.webhook is None or message.webhook.removed is not None
        return Trouble.WEBHOOK_GONE if gone else None
    if message.user is None:
        return _reason_not_to_address(session, message)
    if not message.user.active:
        return Trouble.DISABLED
    if message.user.mail_level is MailLevel.NEVER:
        return Trouble.NOT_WANTED
    return None if message.user.email else Trouble.NO_ADDRESS


def _reason_not_to_address(session: Session, message: Message) -> Trouble | None:
    if not message.address:
        return Trouble.NO_ADDRESS
    if message.kind is MessageKind.CONFIRM_MAIL:
        return None  # somebody has just asked for it; only the owner's answer brings more
    refused = session.get(MailRefusal, address_hash(message.address))
    return None if refused is None else Trouble.UNSUBSCRIBED


def _claimed(session: Session, message: Message) -> Claim:
    message.state = MessageState.SENDING
    message.token, message.lease_until = uuid4(), now() + LEASE
    if message.webhook is not None:
        address, language = message.webhook.url, message.webhook.language
    elif message.user is not None:
        address, language = message.user.email, message.user.language
    else:
        address, language = message.address, message.language
    return Claim(
        message_id=message.id,
        token=message.token,
        key=message.key,
        kind=message.kind,
        channel=message.channel,
        language=language,
        words=message.words,
        address=address,
        has_account=message.user_id is not None,
        told=_told_in(session, message.id),
    )


def _told_in(session: Session, digest_id: UUID) -> tuple[Told, ...]:
    gathered = select(Message).where(Message.digest_id == digest_id)
    in_order = gathered.order_by(Message.not_before, Message.id)
    return tuple(Told(kind=each.kind, words=each.words) for each in session.scalars(in_order))


def _mark(
    message: Message, state: MessageState, trouble: Trouble | None = None, detail: str = ""
) -> None:
    message.state, message.trouble, message.error = state, trouble, detail[:300]
    message.lease_until = None


def _try_later(message: Message, outcome: Outcome) -> None:
    message.attempts += 1
    wait = wait_after(message.attempts)
    state = MessageState.DEAD if wait is None else MessageState.WAITING
    _mark(message, state, outcome.trouble, outcome.detail)
    if wait is not None:
        message.not_before = now() + wait
