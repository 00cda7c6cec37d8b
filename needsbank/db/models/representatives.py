"""Representatives of work communities."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, LargeBinary, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.journeys import Journey
from needsbank.db.models.people import User


class Representative(Model):
    """Who speaks for the work community of a matter, once they have accepted.

    They are asked by a link whose secret is kept as a hash. `ended` is set when they decline or
    somebody else is named; a journey has one who has not ended.
    """

    __tablename__ = "representatives"
    __table_args__ = (
        Index(
            "uq_representatives_one_at_a_time",
            "journey_id",
            unique=True,
            sqlite_where=text("ended is null"),
            postgresql_where=text("ended is null"),
        ),
    )
    id: Mapped[uuid_key]
    journey_id: Mapped[UUID] = mapped_column(ForeignKey("journeys.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(255))
    user_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"), index=True)
    code_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    expires: Mapped[datetime]
    named_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    named: Mapped[moment_of_adding]
    accepted: Mapped[datetime | None]
    ended: Mapped[datetime | None]
    decline_reason: Mapped[str] = mapped_column(Text, default="")
    journey: Mapped[Journey] = relationship()
    named_by: Mapped[User] = relationship(foreign_keys=named_by_id)
    user: Mapped[User | None] = relationship(foreign_keys=user_id)
