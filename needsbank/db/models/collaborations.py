"""Collaborations: their parties, and what the parties keep together."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.journeys import Journey
from needsbank.db.models.people import User
from needsbank.domain.collaborations import (
    CollaborationState,
    PartyRole,
    PartyState,
    UnclearAbout,
)
from needsbank.domain.languages import Language


class Collaboration(Model):
    """The workspace of one journey; a broken-off one may be followed by another.

    `language` is that of `title` and of what the goal was first taken from.
    """

    __tablename__ = "collaborations"
    __table_args__ = (
        Index(
            "ix_collaborations_one_at_a_time",
            "journey_id",
            unique=True,
            sqlite_where=text("state != 'broken_off'"),
            postgresql_where=text("state != 'broken_off'"),
        ),
        Index("ix_collaborations_journey_id", "journey_id"),
    )
    id: Mapped[uuid_key]
    journey_id: Mapped[UUID] = mapped_column(ForeignKey("journeys.id"))
    title: Mapped[str] = mapped_column(String(200))
    language: Mapped[Language]
    state: Mapped[CollaborationState] = mapped_column(default=CollaborationState.UNDER_WAY)
    target_change: Mapped[str] = mapped_column(Text, default="")
    measure: Mapped[str] = mapped_column(String(200), default="")
    baseline: Mapped[str] = mapped_column(String(200), default="")
    target: Mapped[str] = mapped_column(String(200), default="")
    created: Mapped[moment_of_adding]
    journey: Mapped[Journey] = relationship()
    parties: Mapped[list["Party"]] = relationship(
        back_populates="collaboration", order_by="Party.invited, Party.id"
    )
    milestones: Mapped[list["Milestone"]] = relationship(order_by="Milestone.created, Milestone.id")
    notes: Mapped[list["ThreadNote"]] = relationship(order_by="ThreadNote.seq")
    files: Mapped[list["SharedFile"]] = relationship(order_by="SharedFile.created, SharedFile.id")
    acceptances: Mapped[list["AgreementAcceptance"]] = relationship(
        order_by="AgreementAcceptance.seq"
    )
    unclear: Mapped[list["UnclearPart"]] = relationship(
        back_populates="collaboration", order_by="UnclearPart.asked, UnclearPart.id"
    )


class Party(Model):
    """A person who was asked to take a role in a collaboration."""

    __tablename__ = "collaboration_parties"
    __table_args__ = (UniqueConstraint("collaboration_id", "user_id"),)
    id: Mapped[uuid_key]
    collaboration_id: Mapped[UUID] = mapped_column(ForeignKey("collaborations.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    role: Mapped[PartyRole]
    state: Mapped[PartyState] = mapped_column(default=PartyState.INVITED)
    reason: Mapped[str] = mapped_column(Text, default="")
    invited: Mapped[moment_of_adding]
    answered: Mapped[datetime | None]
    collaboration: Mapped[Collaboration] = relationship(back_populates="parties")
    user: Mapped[User] = relationship()


class Milestone(Model):
    """Something that is to be done, by a day if one was agreed on."""

    __tablename__ = "milestones"
    id: Mapped[uuid_key]
    collaboration_id: Mapped[UUID] = mapped_column(ForeignKey("collaborations.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    due: Mapped[date | None]
    done: Mapped[datetime | None]
    created: Mapped[moment_of_adding]


class ThreadNote(Model):
    """What a party wrote to the others."""

    __tablename__ = "thread_notes"
    __table_args__ = ({"sqlite_autoincrement": True},)
    seq: Mapped[int] = mapped_column(primary_key=True)
    collaboration_id: Mapped[UUID] = mapped_column(ForeignKey("collaborations.id"), index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    text: Mapped[str] = mapped_column(Text)
    at: Mapped[moment_of_adding]
    author: Mapped[User] = relationship()


class SharedFile(Model):
    """A file that a party brought; `token` is its name on disk, `name` the one that people read.

    `in_result` marks what is handed over.
    """

    __tablename__ = "shared_files"
    id: Mapped[uuid_key]
    collaboration_id: Mapped[UUID] = mapped_column(ForeignKey("collaborations.id"), index=True)
    brought_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    name: Mapped[str] = mapped_column(String(120))
    kind: Mapped[str] = mapped_column(String(8))
    size: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    token: Mapped[str] = mapped_column(String(43), unique=True)
    in_result: Mapped[bool] = mapped_column(default=False)
    created: Mapped[moment_of_adding]
    brought_by: Mapped[User] = relationship()


class AgreementAcceptance(Model):
    """A party accepted a text, which its hash tells from any other; rows are only ever added."""

    __tablename__ = "agreement_acceptances"
    __table_args__ = (
        UniqueConstraint("collaboration_id", "user_id", "text_hash"),
        {"sqlite_autoincrement": True},
    )
    seq: Mapped[int] = mapped_column(primary_key=True)
    collaboration_id: Mapped[UUID] = mapped_column(ForeignKey("collaborations.id"))
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    template: Mapped[str] = mapped_column(String(40))
    language: Mapped[Language]
    text_hash: Mapped[str] = mapped_column(String(64))
    at: Mapped[moment_of_adding]
    user: Mapped[User] = relationship()


class UnclearPart(Model):
    """Somebody does not understand a part; a coordinator answers."""

    __tablename__ = "unclear_parts"
    __table_args__ = (Index("ix_unclear_parts_answered_asked", "answered", "asked"),)
    id: Mapped[uuid_key]
    collaboration_id: Mapped[UUID] = mapped_column(ForeignKey("collaborations.id"), index=True)
    about: Mapped[UnclearAbout]
    question: Mapped[str] = mapped_column(Text)
    asked_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    asked: Mapped[moment_of_adding]
    answer: Mapped[str] = mapped_column(Text, default="")
    answered_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    answered: Mapped[datetime | None]
    collaboration: Mapped[Collaboration] = relationship(back_populates="unclear")
    asked_by: Mapped[User] = relationship(foreign_keys=[asked_by_id])
    answered_by: Mapped[User | None] = relationship(foreign_keys=[answered_by_id])
