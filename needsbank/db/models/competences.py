"""Competences, and what each has done before."""

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.organisations import Organisation, Unit
from needsbank.db.models.people import User
from needsbank.domain.competences import CompetenceKind, CompetenceState
from needsbank.domain.fields import Field
from needsbank.domain.languages import Language
from needsbank.domain.references import TITLE_MAX, URL_MAX, ReferenceKind
from needsbank.domain.visibility import Visibility


class Competence(Model):
    """What is on offer: a team, a course round, research, a company's skill, a facility.

    Its author last said at `current_as_of` that it is, and has been asked again at `asked_current`.
    """

    __tablename__ = "competences"
    __table_args__ = (
        Index("ix_competences_state_created", "state", "created"),
        Index("ix_competences_organisation_state", "organisation_id", "state"),
        Index("ix_competences_state_current_as_of", "state", "current_as_of"),
    )
    id: Mapped[uuid_key]
    kind: Mapped[CompetenceKind] = mapped_column(index=True)
    author_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"), index=True)
    organisation_id: Mapped[UUID] = mapped_column(ForeignKey("organisations.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    title: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(Text)
    language: Mapped[Language]
    field: Mapped[Field | None]
    visibility: Mapped[Visibility]
    state: Mapped[CompetenceState] = mapped_column(default=CompetenceState.DRAFT)
    slots: Mapped[int | None]
    weeks: Mapped[int | None]
    ects: Mapped[int | None]
    team_min: Mapped[int | None]
    team_max: Mapped[int | None]
    starts_on: Mapped[date | None]
    created: Mapped[moment_of_adding]
    updated: Mapped[moment_of_adding]
    current_as_of: Mapped[moment_of_adding]
    asked_current: Mapped[datetime | None]
    embedded_in: Mapped[int | None] = mapped_column(index=True)
    author: Mapped[User] = relationship()
    organisation: Mapped[Organisation] = relationship()
    unit: Mapped[Unit] = relationship()
    references: Mapped[list["Reference"]] = relationship(
        back_populates="competence",
        order_by="Reference.position",
        cascade="all, delete-orphan",
        passive_deletes=True,
    )

    @property
    def body(self) -> str:
        """Return what is said beside the title."""
        return self.description


class Reference(Model):
    """A work that shows what a competence has done; who may read that may read this."""

    __tablename__ = "competence_references"  # "references" alone is a word of SQL
    id: Mapped[uuid_key]
    competence_id: Mapped[UUID] = mapped_column(
        ForeignKey("competences.id", ondelete="CASCADE"), index=True
    )
    position: Mapped[int]
    kind: Mapped[ReferenceKind]
    title: Mapped[str] = mapped_column(String(TITLE_MAX))
    description: Mapped[str] = mapped_column(Text, default="")
    year: Mapped[int | None]
    url: Mapped[str] = mapped_column(String(URL_MAX), default="")
    language: Mapped[Language]
    embedded_in: Mapped[int | None] = mapped_column(index=True)
    competence: Mapped[Competence] = relationship(back_populates="references")

    @property
    def body(self) -> str:
        """Return what is said beside the title."""
        return self.description
