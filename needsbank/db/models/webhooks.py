"""Webhooks: channels of Teams and Slack that are told that something happened."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.domain.languages import Language
from needsbank.domain.outbox import Channel


class Webhook(Model):
    """One channel. Whoever knows `url` can write to it, so it is never shown or logged."""

    __tablename__ = "webhooks"
    id: Mapped[uuid_key]
    name: Mapped[str] = mapped_column(String(120))
    channel: Mapped[Channel]
    url: Mapped[str] = mapped_column(String(2000))
    language: Mapped[Language]
    events: Mapped[list[str]]
    active: Mapped[bool] = mapped_column(default=False)
    added_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id", ondelete="SET NULL"))
    created: Mapped[moment_of_adding]
    removed: Mapped[datetime | None]
