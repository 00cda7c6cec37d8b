"""Needs."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.organisations import Organisation, Unit
from needsbank.db.models.people import User
from needsbank.domain.fields import Field
from needsbank.domain.languages import Language
from needsbank.domain.needs import CloseReason, NeedState, Scope
from needsbank.domain.visibility import Visibility


class Need(Model):
    """What a work community wants solved.

    `embedded_in` has the bits of the vector sets that hold the present text and `matched_with` is
    the matcher version that has suggested for it; None means work to do.
    """

    __tablename__ = "needs"
    __table_args__ = (
        Index("ix_needs_state_created", "state", "created"),
        Index("ix_needs_organisation_state", "organisation_id", "state"),
    )
    id: Mapped[uuid_key]
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    title: Mapped[str] = mapped_column(String(200))
    problem: Mapped[str] = mapped_column(Text)
    wished_change: Mapped[str] = mapped_column(Text, default="")
    who_suffers: Mapped[str] = mapped_column(Text, default="")
    measure: Mapped[str] = mapped_column(Text, default="", server_default="")
    timing: Mapped[str] = mapped_column(Text, default="")
    place: Mapped[str] = mapped_column(Text, default="")
    language: Mapped[Language]
    field: Mapped[Field | None]
    scope: Mapped[Scope | None]
    visibility: Mapped[Visibility]
    state: Mapped[NeedState] = mapped_column(default=NeedState.DRAFT)
    close_reason: Mapped[CloseReason | None]
    close_note: Mapped[str] = mapped_column(Text, default="")
    created: Mapped[moment_of_adding]
    updated: Mapped[moment_of_adding]
    opened: Mapped[datetime | None]
    embedded_in: Mapped[int | None] = mapped_column(index=True)
    matched_with: Mapped[str | None] = mapped_column(String(80), index=True)
    author: Mapped[User] = relationship()
    organisation: Mapped[Organisation] = relationship()
    unit: Mapped[Unit] = relationship()

    @property
    def body(self) -> str:
        """Return what is said beside the title, as one text."""
        return "\n".join(
            part for part in (self.problem, self.wished_change, self.who_suffers) if part
        )
