"""Captures: ideas as they were thrown, mostly by people without an account."""

from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.journeys import Journey
from needsbank.db.models.organisations import Unit
from needsbank.db.models.people import User
from needsbank.domain.fields import Field
from needsbank.domain.languages import Language
from needsbank.domain.needs import Scope


class Capture(Model):
    """One raw idea. Its way onward is its journey's.

    `key` is made by the sender's device: the same key twice is the same idea. `follow_code` is the
    secret of the link that its sender follows it by; mails lead there too, so it is kept as it is.
    `sender_name` is what the sender chose to tell; of an anonymous one, coordinators alone may see
    it. `email` is filled only when the sender asks to be told by mail. `field` is a guess, from
    similar public needs, that helps to choose whom to propose as catcher (`proposed_id`).
    """

    __tablename__ = "captures"
    id: Mapped[uuid_key]
    journey_id: Mapped[UUID] = mapped_column(ForeignKey("journeys.id"), unique=True)
    key: Mapped[UUID] = mapped_column(unique=True)
    follow_code: Mapped[str] = mapped_column(String(43), unique=True)
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    language: Mapped[Language]
    scope: Mapped[Scope | None]
    anonymous: Mapped[bool] = mapped_column(default=True)
    sender_name: Mapped[str] = mapped_column(String(120), default="")
    sender_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    email: Mapped[str] = mapped_column(String(255), default="")
    field: Mapped[Field | None]
    proposed_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    created: Mapped[moment_of_adding]
    journey: Mapped[Journey] = relationship()
    unit: Mapped[Unit] = relationship()
    sender: Mapped[User | None] = relationship(foreign_keys=sender_id)
    proposed: Mapped[User | None] = relationship(foreign_keys=proposed_id)
