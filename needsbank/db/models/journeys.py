"""Journeys: where each matter is, and every turn that it has taken."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.needs import Need
from needsbank.db.models.people import User
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.routes import Route


class Journey(Model):
    """The way of one matter: an idea, a need or a challenge.

    `need_id` is the need that the matter is, or has become. `into_id` is the journey that it goes
    on with once it has joined another one. `holder_id` is who has it in hand; the next turn is due
    by `due`, and `escalated` says when somebody else was told that it is late. A parked matter
    comes back on `returns_on`.
    """

    __tablename__ = "journeys"
    __table_args__ = (Index("ix_journeys_stage_due", "stage", "due"),)
    id: Mapped[uuid_key]
    stage: Mapped[Stage]
    since: Mapped[moment_of_adding]
    route: Mapped[Route | None]
    need_id: Mapped[UUID | None] = mapped_column(ForeignKey("needs.id"), unique=True)
    into_id: Mapped[UUID | None] = mapped_column(ForeignKey("journeys.id"), index=True)
    holder_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    due: Mapped[datetime | None]
    escalated: Mapped[datetime | None]
    returns_on: Mapped[date | None]
    created: Mapped[moment_of_adding]
    need: Mapped[Need | None] = relationship()
    holder: Mapped[User | None] = relationship()
    into: Mapped["Journey | None"] = relationship(remote_side="Journey.id")
    steps: Mapped[list["JourneyStep"]] = relationship(
        back_populates="journey", order_by="JourneyStep.seq"
    )


class JourneyStep(Model):
    """One turn of a journey, with the reason that its followers read; rows are only ever added.

    The first one has no act: it is how the journey began.
    """

    __tablename__ = "journey_steps"
    __table_args__ = ({"sqlite_autoincrement": True},)
    seq: Mapped[int] = mapped_column(primary_key=True)
    journey_id: Mapped[UUID] = mapped_column(ForeignKey("journeys.id"), index=True)
    at: Mapped[moment_of_adding]
    act: Mapped[Act | None]
    stage: Mapped[Stage]
    route: Mapped[Route | None]
    reason: Mapped[str] = mapped_column(Text, default="")
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    journey: Mapped[Journey] = relationship(back_populates="steps")
    actor: Mapped[User | None] = relationship()
