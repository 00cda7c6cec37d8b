"""Merges: which needs became one challenge, by whom, and who objects."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.needs import Need
from needsbank.db.models.people import User


class Merge(Model):
    """Several needs worded as one challenge, which is a need too. `undone` ends it."""

    __tablename__ = "merges"
    id: Mapped[uuid_key]
    challenge_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id"), unique=True)
    merged_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    merged: Mapped[moment_of_adding]
    object_by: Mapped[datetime]
    undone: Mapped[datetime | None]
    undone_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    undo_reason: Mapped[str] = mapped_column(Text, default="")
    challenge: Mapped[Need] = relationship()
    merged_by: Mapped[User] = relationship(foreign_keys=merged_by_id)
    undone_by: Mapped[User | None] = relationship(foreign_keys=undone_by_id)
    sources: Mapped[list["MergeSource"]] = relationship(back_populates="merge")


class MergeSource(Model):
    """A need that a merge took in. Its own row stays as it was, so undoing changes nothing there.

    It stands as long as its merge does; a need is part of one standing merge at most.
    """

    __tablename__ = "merge_sources"
    __table_args__ = (
        Index(
            "uq_merge_sources_standing",
            "need_id",
            unique=True,
            sqlite_where=text("standing"),
            postgresql_where=text("standing"),
        ),
    )
    merge_id: Mapped[UUID] = mapped_column(ForeignKey("merges.id"), primary_key=True)
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id"), primary_key=True)
    standing: Mapped[bool] = mapped_column(default=True)
    objection: Mapped[str] = mapped_column(Text, default="")
    objected: Mapped[datetime | None]
    merge: Mapped[Merge] = relationship(back_populates="sources")
    need: Mapped[Need] = relationship()
