"""INNO workshops: what was asked for, who holds them, and when."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.organisations import Unit
from needsbank.db.models.people import User
from needsbank.domain.workshops import SeriesState


class WorkshopSeries(Model):
    """A request for workshops, and the series that became of it.

    `reason` says why it was declined or cancelled.
    """

    __tablename__ = "workshop_series"
    __table_args__ = (Index("ix_workshop_series_state_created", "state", "created"),)
    id: Mapped[uuid_key]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    requester_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    state: Mapped[SeriesState] = mapped_column(default=SeriesState.ASKED)
    team_size: Mapped[int]
    wishes: Mapped[str] = mapped_column(Text, default="")
    hours_granted: Mapped[int]
    granted_by: Mapped[str] = mapped_column(String(120))
    place: Mapped[str] = mapped_column(String(300))
    reason: Mapped[str] = mapped_column(Text, default="")
    created: Mapped[moment_of_adding]
    unit: Mapped[Unit] = relationship()
    requester: Mapped[User] = relationship()
    times: Mapped[list["PossibleTime"]] = relationship(
        back_populates="series", order_by="PossibleTime.starts"
    )
    workshops: Mapped[list["Workshop"]] = relationship(
        back_populates="series", order_by="Workshop.number"
    )
    ambassadors: Mapped[list["SeriesAmbassador"]] = relationship(
        back_populates="series", order_by="SeriesAmbassador.position"
    )


class PossibleTime(Model):
    """A moment at which the first workshop could begin."""

    __tablename__ = "possible_times"
    __table_args__ = (UniqueConstraint("series_id", "starts"),)
    id: Mapped[uuid_key]
    series_id: Mapped[UUID] = mapped_column(ForeignKey("workshop_series.id"))
    starts: Mapped[datetime]
    series: Mapped[WorkshopSeries] = relationship(back_populates="times")


class SeriesAmbassador(Model):
    """Who holds the workshops of a series; the first answers for its ideas."""

    __tablename__ = "series_ambassadors"
    series_id: Mapped[UUID] = mapped_column(ForeignKey("workshop_series.id"), primary_key=True)
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    position: Mapped[int]
    series: Mapped[WorkshopSeries] = relationship(back_populates="ambassadors")
    user: Mapped[User] = relationship()


class Workshop(Model):
    """One workshop of a series; `sequence` counts the changes that calendars are told of."""

    __tablename__ = "workshops"
    __table_args__ = (
        UniqueConstraint("series_id", "number"),
        Index("ix_workshops_starts", "starts"),
    )
    id: Mapped[uuid_key]
    series_id: Mapped[UUID] = mapped_column(ForeignKey("workshop_series.id"))
    number: Mapped[int]
    theme: Mapped[str] = mapped_column(String(120))
    starts: Mapped[datetime]
    ends: Mapped[datetime]
    place: Mapped[str] = mapped_column(String(300))
    sequence: Mapped[int] = mapped_column(default=0)
    cancelled: Mapped[bool] = mapped_column(default=False)
    reason: Mapped[str] = mapped_column(Text, default="")
    changed: Mapped[moment_of_adding]
    series: Mapped[WorkshopSeries] = relationship(back_populates="workshops")
