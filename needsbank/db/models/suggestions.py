"""Suggested pairings, coordinators' decisions on them, and both sides' answers."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.competences import Competence
from needsbank.db.models.needs import Need
from needsbank.db.models.people import User
from needsbank.domain.suggestions import Side, SuggestionState, Verdict


class Suggestion(Model):
    """A ranked candidate, with the matcher version that ranked it and what it then said.

    `parts` are {name, value, contribution}; `evidence` is None until sentences are compared.
    """

    __tablename__ = "suggestions"
    __table_args__ = (
        UniqueConstraint("need_id", "competence_id"),
        Index("ix_suggestions_state_created", "state", "created"),
    )
    id: Mapped[uuid_key]
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    competence_id: Mapped[UUID] = mapped_column(
        ForeignKey("competences.id", ondelete="CASCADE"), index=True
    )
    rank: Mapped[int]
    score: Mapped[float]
    band: Mapped[str] = mapped_column(String(20))
    parts: Mapped[list[dict[str, Any]]]
    evidence: Mapped[list[dict[str, Any]] | None]
    matcher_version: Mapped[str] = mapped_column(String(80))
    state: Mapped[SuggestionState] = mapped_column(default=SuggestionState.PROPOSED)
    created: Mapped[moment_of_adding]
    updated: Mapped[moment_of_adding]
    need: Mapped[Need] = relationship()
    competence: Mapped[Competence] = relationship()
    decisions: Mapped[list["Decision"]] = relationship(
        back_populates="suggestion", order_by="Decision.at"
    )
    answers: Mapped[list["Answer"]] = relationship(
        back_populates="suggestion", order_by="Answer.at"
    )


class Decision(Model):
    """A coordinator's verdict: written once, never changed."""

    __tablename__ = "decisions"
    id: Mapped[uuid_key]
    suggestion_id: Mapped[UUID] = mapped_column(ForeignKey("suggestions.id"), index=True)
    decided_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    verdict: Mapped[Verdict]
    reason: Mapped[str] = mapped_column(Text)
    rank_seen: Mapped[int]
    matcher_version: Mapped[str] = mapped_column(String(80))
    at: Mapped[moment_of_adding]
    suggestion: Mapped[Suggestion] = relationship(back_populates="decisions")
    decided_by: Mapped[User] = relationship()


class Answer(Model):
    """One side's yes or no to an approved pairing: written once, never changed."""

    __tablename__ = "answers"
    __table_args__ = (UniqueConstraint("suggestion_id", "side"),)
    id: Mapped[uuid_key]
    suggestion_id: Mapped[UUID] = mapped_column(ForeignKey("suggestions.id"), index=True)
    side: Mapped[Side]
    answered_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    accepted: Mapped[bool]
    reason: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[moment_of_adding]
    suggestion: Mapped[Suggestion] = relationship(back_populates="answers")
    answered_by: Mapped[User] = relationship()
