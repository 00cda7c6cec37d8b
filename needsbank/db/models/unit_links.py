"""Links and posters by which a unit's people throw ideas, and what they say without an account."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.organisations import Unit


class UnitLink(Model):
    """A unit's code; a rotated one is kept as revoked, so that it is never given out again."""

    __tablename__ = "unit_links"
    __table_args__ = (Index("ix_unit_links_unit_id_revoked", "unit_id", "revoked"),)
    id: Mapped[uuid_key]
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"))
    code: Mapped[str] = mapped_column(String(12), unique=True)
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    created: Mapped[moment_of_adding]
    revoked: Mapped[datetime | None]
    unit: Mapped[Unit] = relationship()


class UnitVoice(Model):
    """One "same here" without an account per device; coordinators see how many units spoke.

    `device` is a hash of what the browser keeps.
    """

    __tablename__ = "unit_voices"
    __table_args__ = (UniqueConstraint("need_id", "unit_id", "device"),)
    id: Mapped[uuid_key]
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id", ondelete="CASCADE"))
    unit_id: Mapped[UUID] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"))
    device: Mapped[str] = mapped_column(String(64))
    created: Mapped[moment_of_adding]
