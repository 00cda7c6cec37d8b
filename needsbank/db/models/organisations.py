"""Organisations and their units, which form a tree."""

from uuid import UUID

from sqlalchemy import ForeignKey, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.domain.organisations import Region, Sector


class Organisation(Model):
    """A party of the network."""

    __tablename__ = "organisations"
    id: Mapped[uuid_key]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    sector: Mapped[Sector] = mapped_column(index=True)
    region: Mapped[Region] = mapped_column(index=True)
    business_id: Mapped[str | None] = mapped_column(String(9), unique=True)
    about: Mapped[str] = mapped_column(String(2000), default="")
    created: Mapped[moment_of_adding]
    units: Mapped[list["Unit"]] = relationship(
        back_populates="organisation", order_by="Unit.name", cascade="all, delete-orphan"
    )


class Unit(Model):
    """A part of an organisation, possibly inside another part."""

    __tablename__ = "units"
    __table_args__ = (UniqueConstraint("organisation_id", "parent_id", "name"),)
    id: Mapped[uuid_key]
    organisation_id: Mapped[UUID] = mapped_column(
        ForeignKey("organisations.id", ondelete="CASCADE"), index=True
    )
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("units.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(String(200))
    organisation: Mapped[Organisation] = relationship(back_populates="units")
