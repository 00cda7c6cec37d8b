"""Choosing how much mail one gets, from the account's page or by the link in a mail."""

from uuid import UUID

from itsdangerous import BadSignature, URLSafeSerializer
from sqlalchemy import delete
from sqlalchemy.orm import Session

from needsbank.db.models import MailRefusal, Message, User
from needsbank.domain.errors import NotFound
from needsbank.domain.mail_levels import MailLevel
from needsbank.domain.roles import Actor
from needsbank.services.outbox import address_hash

_SALT = "stop mails"


def choose_level(session: Session, actor: Actor, level: MailLevel) -> User:
    """Remember how much mail a person wants."""
    user = session.get_one(User, actor.person_id)
    user.mail_level = level
    return user


def stop_path(secret: str, message_id: UUID) -> str:
    """Return the path that ends mails like a message; nobody else can make one up."""
    return f"/mail/stop/{URLSafeSerializer(secret, _SALT).dumps(message_id.hex)}"


def message_of(session: Session, secret: str, code: str) -> Message:
    """Return the message whose mail held the code; raise `NotFound`."""
    try:
        message_id = UUID(URLSafeSerializer(secret, _SALT).loads(code))
    except (BadSignature, ValueError, TypeError, AttributeError) as error:
        raise NotFound("no such link") from error
    message = session.get(Message, message_id)
    if message is None:
        raise NotFound(message_id)
    return message


def stop_mails(session: Session, message: Message) -> None:
    """End the mails to whoever a message went to; doing it again changes nothing."""
    if message.user is not None:
        message.user.mail_level = MailLevel.NEVER
    elif message.address:
        session.merge(MailRefusal(address_hash=address_hash(message.address)))


def welcome_mails(session: Session, address: str) -> None:
    """Let mails go to an address again: whoever has it has just asked for them."""
    session.execute(delete(MailRefusal).where(MailRefusal.address_hash == address_hash(address)))
