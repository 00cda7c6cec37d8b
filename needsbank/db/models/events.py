"""Events and their programmes."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.results import Result
from needsbank.domain.events import EventKind


class Event(Model):
    """A MINNO Fest, or another event that is open to everybody.

    `sequence` counts the changes, as calendars that hold it want to be told.
    """

    __tablename__ = "events"
    __table_args__ = (Index("ix_events_ends", "ends"),)
    id: Mapped[uuid_key]
    title: Mapped[str] = mapped_column(String(200))
    kind: Mapped[EventKind]
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(200), default="")
    link: Mapped[str] = mapped_column(String(1000), default="")
    about: Mapped[str] = mapped_column(Text, default="")
    sequence: Mapped[int] = mapped_column(default=0)
    changed: Mapped[moment_of_adding]
    cancelled: Mapped[datetime | None]
    created_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created: Mapped[moment_of_adding]
    slots: Mapped[list["ProgrammeSlot"]] = relationship(
        back_populates="event", order_by="ProgrammeSlot.starts, ProgrammeSlot.id"
    )


class ProgrammeSlot(Model):
    """A moment of an event, mostly for showing a result; `title` stands where there is none."""

    __tablename__ = "programme_slots"
    id: Mapped[uuid_key]
    event_id: Mapped[UUID] = mapped_column(ForeignKey("events.id", ondelete="CASCADE"), index=True)
    starts: Mapped[datetime]
    title: Mapped[str] = mapped_column(String(200), default="")
    result_id: Mapped[UUID | None] = mapped_column(ForeignKey("results.id"), index=True)
    event: Mapped[Event] = relationship(back_populates="slots")
    result: Mapped[Result | None] = relationship()
