"""Calendar feeds: secret addresses that a calendar reads a person's events from."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.people import User


class CalendarFeed(Model):
    """One address of one person; whoever knows `code` may read, until it is revoked."""

    __tablename__ = "calendar_feeds"
    id: Mapped[uuid_key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"), index=True)
    code: Mapped[str] = mapped_column(String(43), unique=True)
    created: Mapped[moment_of_adding]
    revoked: Mapped[datetime | None]
    user: Mapped[User] = relationship()
