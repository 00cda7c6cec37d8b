"""What has been taken into use, and by whom."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.embeddings import Subject
from needsbank.db.models.needs import Need
from needsbank.db.models.organisations import Unit
from needsbank.db.models.people import User


class Adoption(Model):
    """A need that ended because something ready was taken into use.

    `solution_id` is a prior work's or a need's key, without a foreign key: the outcome stays
    counted when a source withdraws the work. `ended` is set when the need is taken up again.
    """

    __tablename__ = "adoptions"
    __table_args__ = (
        Index(
            "ix_adoptions_one_at_a_time",
            "need_id",
            unique=True,
            sqlite_where=text("ended is null"),
            postgresql_where=text("ended is null"),
        ),
        Index("ix_adoptions_solution_id_subject", "solution_id", "subject"),
    )
    id: Mapped[uuid_key]
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    subject: Mapped[Subject]
    solution_id: Mapped[UUID]
    adopted_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    at: Mapped[moment_of_adding]
    ended: Mapped[datetime | None]
    need: Mapped[Need] = relationship()
    adopted_by: Mapped[User] = relationship()
    unit: Mapped[Unit] = relationship()
