"""Results: what was handed over, the receipts for it, and what both sides thought."""

from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.collaborations import Collaboration
from needsbank.db.models.people import User
from needsbank.domain.handing_over import FeedbackSide
from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence


class Result(Model):
    """What a collaboration offers, or has handed over once there is a receipt."""

    __tablename__ = "results"
    id: Mapped[uuid_key]
    collaboration_id: Mapped[UUID] = mapped_column(ForeignKey("collaborations.id"), unique=True)
    title: Mapped[str] = mapped_column(String(200))
    summary: Mapped[str] = mapped_column(Text)
    handed_over: Mapped[str] = mapped_column(Text)
    links: Mapped[list[str]]
    licence: Mapped[Licence]
    language: Mapped[Language]
    offered_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    offered: Mapped[moment_of_adding]
    collaboration: Mapped[Collaboration] = relationship()
    offered_by: Mapped[User] = relationship()
    receipt: Mapped["Receipt | None"] = relationship(back_populates="result")


class Receipt(Model):
    """The partner's signature under what was handed over; rows are only ever added."""

    __tablename__ = "receipts"
    id: Mapped[uuid_key]
    result_id: Mapped[UUID] = mapped_column(ForeignKey("results.id"), unique=True)
    signed_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[moment_of_adding]
    content_hash: Mapped[str] = mapped_column(String(64))
    result: Mapped[Result] = relationship(back_populates="receipt")
    signed_by: Mapped[User] = relationship()


class Feedback(Model):
    """What one side says of working with the other; once, and never changed."""

    __tablename__ = "feedbacks"
    __table_args__ = (UniqueConstraint("collaboration_id", "side"),)
    id: Mapped[uuid_key]
    collaboration_id: Mapped[UUID] = mapped_column(ForeignKey("collaborations.id"))
    side: Mapped[FeedbackSide]
    given_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    score: Mapped[int]
    words: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[moment_of_adding]
    given_by: Mapped[User] = relationship()
