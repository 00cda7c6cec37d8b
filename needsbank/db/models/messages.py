"""The outbox: messages stored in the transaction of what they tell, and sent after it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.people import User
from needsbank.db.models.webhooks import Webhook
from needsbank.domain.languages import Language
from needsbank.domain.outbox import Channel, MessageKind, MessageState, Trouble


class Message(Model):
    """One message to one recipient; `key` is what makes it one.

    A person's own address and language are looked up when it leaves; `address` is for those
    without an account. A worker holds it by `lease_until` and `token`. `words` fill its template.
    `seen` is when its reader put it away on their own page. `error` is what the other side said.
    """

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_state_not_before", "state", "not_before"),)
    id: Mapped[uuid_key]
    key: Mapped[str] = mapped_column(String(160), unique=True)
    kind: Mapped[MessageKind]
    channel: Mapped[Channel]
    user_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    address: Mapped[str] = mapped_column(String(255), default="")
    language: Mapped[Language]
    words: Mapped[dict[str, Any]]
    state: Mapped[MessageState] = mapped_column(default=MessageState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[moment_of_adding]
    lease_until: Mapped[datetime | None]
    token: Mapped[UUID | None]
    trouble: Mapped[Trouble | None]
    error: Mapped[str] = mapped_column(String(300), default="")
    created: Mapped[moment_of_adding]
    sent: Mapped[datetime | None]
    seen: Mapped[datetime | None]
    digest_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("messages.id", ondelete="SET NULL"), index=True
    )
    webhook_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("webhooks.id", ondelete="SET NULL"), index=True
    )
    user: Mapped[User | None] = relationship()
    webhook: Mapped[Webhook | None] = relationship()


class MailRefusal(Model):
    """An address without an account that wants no more mail; known by its hash alone."""

    __tablename__ = "mail_refusals"
    address_hash: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    created: Mapped[moment_of_adding]
