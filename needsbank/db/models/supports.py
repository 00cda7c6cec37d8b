"""Those who have said "same here"."""

from uuid import UUID

from sqlalchemy import ForeignKey, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.organisations import Unit
from needsbank.db.models.people import User


class Support(Model):
    """One person's voice for a need, counted once; `note` is for the coordinators alone."""

    __tablename__ = "supports"
    __table_args__ = (UniqueConstraint("need_id", "supporter_id"),)
    id: Mapped[uuid_key]
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    supporter_id: Mapped[UUID] = mapped_column(
        ForeignKey("users.id", ondelete="CASCADE"), index=True
    )
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id"))
    note: Mapped[str] = mapped_column(Text, default="")
    created: Mapped[moment_of_adding]
    supporter: Mapped[User] = relationship()
    unit: Mapped[Unit] = relationship()
