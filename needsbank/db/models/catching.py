"""Who is proposed to catch ideas, and what senders add to theirs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.captures import Capture
from needsbank.db.models.organisations import Unit
from needsbank.db.models.people import User
from needsbank.domain.fields import Field


class CatchRule(Model):
    """Who is proposed to catch the ideas of a unit and of those below it, in one field or any."""

    __tablename__ = "catch_rules"
    id: Mapped[uuid_key]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"), index=True)
    field: Mapped[Field | None]
    catcher_id: Mapped[UUID] = mapped_column(ForeignKey("users.id", ondelete="CASCADE"))
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    created: Mapped[moment_of_adding]
    unit: Mapped[Unit] = relationship()
    catcher: Mapped[User] = relationship(foreign_keys=catcher_id)


class CaptureLine(Model):
    """What a sender added to an idea; rows are only ever added."""

    __tablename__ = "capture_lines"
    __table_args__ = ({"sqlite_autoincrement": True},)
    seq: Mapped[int] = mapped_column(primary_key=True)
    capture_id: Mapped[UUID] = mapped_column(ForeignKey("captures.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    created: Mapped[moment_of_adding]


class MailRequest(Model):
    """An address that asked to be told of an idea; it is told once its owner has confirmed."""

    __tablename__ = "mail_requests"
    id: Mapped[uuid_key]
    capture_id: Mapped[UUID] = mapped_column(ForeignKey("captures.id"), index=True)
    address: Mapped[str] = mapped_column(String(255))
    code: Mapped[str] = mapped_column(String(43), unique=True)
    created: Mapped[moment_of_adding]
    confirmed: Mapped[datetime | None]
    capture: Mapped[Capture] = relationship()
