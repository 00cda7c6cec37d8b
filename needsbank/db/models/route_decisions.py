"""Decisions by route, and the answers that are made of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.journeys import Journey
from needsbank.db.models.people import User
from needsbank.domain.journeys import Stage
from needsbank.domain.languages import Language
from needsbank.domain.routes import Route


class RouteDecision(Model):
    """What the coordination team chose for a matter, by whom, when and why.

    Rows are only ever added: a decision that was taken back stays, and its taking back is a step
    of the journey. `details` is what the route asks for, `stage_seen` what it was decided on.
    """

    __tablename__ = "route_decisions"
    __table_args__ = (Index("ix_route_decisions_journey_id_at", "journey_id", "at"),)
    id: Mapped[uuid_key]
    journey_id: Mapped[UUID] = mapped_column(ForeignKey("journeys.id"))
    route: Mapped[Route]
    reason: Mapped[str] = mapped_column(Text)
    criteria: Mapped[dict[str, Any]]
    details: Mapped[dict[str, Any]]
    stage_seen: Mapped[Stage]
    decided_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[moment_of_adding]
    journey: Mapped[Journey] = relationship()
    decided_by: Mapped[User] = relationship()
    answers: Mapped[list["RouteAnswer"]] = relationship(back_populates="decision")


class RouteAnswer(Model):
    """What the senders of one language are told of a decision: a draft until it is sent."""

    __tablename__ = "route_answers"
    __table_args__ = (UniqueConstraint("decision_id", "language"),)
    id: Mapped[uuid_key]
    decision_id: Mapped[UUID] = mapped_column(ForeignKey("route_decisions.id"))
    language: Mapped[Language]
    text: Mapped[str] = mapped_column(Text)
    edited_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    edited: Mapped[moment_of_adding]
    sent: Mapped[datetime | None]
    decision: Mapped[RouteDecision] = relationship(back_populates="answers")
    edited_by: Mapped[User] = relationship()
