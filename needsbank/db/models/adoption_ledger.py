"""The adoption ledger: who takes results into use, what they were asked, what they answered."""

from uuid import UUID

from sqlalchemy import ForeignKey, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.adoptions import Adoption
from needsbank.db.models.journeys import JourneyStep
from needsbank.db.models.organisations import Unit
from needsbank.db.models.people import User
from needsbank.db.models.results import Result
from needsbank.domain.adoption_ledger import InUse


class Uptake(Model):
    """Another unit takes a result into use; it counts once."""

    __tablename__ = "uptakes"
    __table_args__ = (UniqueConstraint("result_id", "unit_id"),)
    id: Mapped[uuid_key]
    result_id: Mapped[UUID] = mapped_column(ForeignKey("results.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"))
    taken_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    at: Mapped[moment_of_adding]
    result: Mapped[Result] = relationship()
    unit: Mapped[Unit] = relationship()
    taken_by: Mapped[User] = relationship()


class AdoptionQuestion(Model):
    """Whether something is in use so many months later; rows are only ever added.

    It is asked about a journey's turn, an adoption without a journey, or an uptake. `user_id` or
    `address` is who was asked. `code` is the secret of the link, which mails hold.
    """

    __tablename__ = "adoption_questions"
    __table_args__ = (
        UniqueConstraint("step_seq", "months"),
        UniqueConstraint("adoption_id", "months"),
        UniqueConstraint("uptake_id", "months"),
    )
    id: Mapped[uuid_key]
    step_seq: Mapped[int | None] = mapped_column(ForeignKey("journey_steps.seq"))
    adoption_id: Mapped[UUID | None] = mapped_column(ForeignKey("adoptions.id"))
    uptake_id: Mapped[UUID | None] = mapped_column(ForeignKey("uptakes.id"))
    months: Mapped[int]
    code: Mapped[str] = mapped_column(String(43), unique=True)
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    address: Mapped[str] = mapped_column(String(255), default="")
    asked: Mapped[moment_of_adding]
    step: Mapped[JourneyStep | None] = relationship()
    adoption: Mapped[Adoption | None] = relationship()
    uptake: Mapped[Uptake | None] = relationship()
    user: Mapped[User | None] = relationship()
    answers: Mapped[list["AdoptionAnswer"]] = relationship(
        back_populates="question", order_by="AdoptionAnswer.seq"
    )


class AdoptionAnswer(Model):
    """An answer; the latest one counts, and rows are only ever added."""

    __tablename__ = "adoption_answers"
    __table_args__ = ({"sqlite_autoincrement": True},)
    seq: Mapped[int] = mapped_column(primary_key=True)
    question_id: Mapped[UUID] = mapped_column(ForeignKey("adoption_questions.id"), index=True)
    answer: Mapped[InUse]
    why: Mapped[str] = mapped_column(Text, default="")
    at: Mapped[moment_of_adding]
    question: Mapped[AdoptionQuestion] = relationship(back_populates="answers")
