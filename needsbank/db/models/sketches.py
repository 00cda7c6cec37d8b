"""Sketches of larger projects, and the needs that they grew from."""

from uuid import UUID

from sqlalchemy import ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.needs import Need
from needsbank.db.models.people import User


class Sketch(Model):
    """One page for a project that would serve several units."""

    __tablename__ = "sketches"
    id: Mapped[uuid_key]
    title: Mapped[str] = mapped_column(String(200))
    problem: Mapped[str] = mapped_column(Text)
    existing: Mapped[str] = mapped_column(Text, default="")
    wished_change: Mapped[str] = mapped_column(Text, default="")
    measures: Mapped[str] = mapped_column(Text, default="")
    parties: Mapped[str] = mapped_column(Text, default="")
    funding_call: Mapped[str] = mapped_column(Text, default="")
    written_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    created: Mapped[moment_of_adding]
    updated: Mapped[moment_of_adding]
    written_by: Mapped[User] = relationship()
    sources: Mapped[list["SketchSource"]] = relationship(back_populates="sketch")


class SketchSource(Model):
    """A need that a sketch grew from."""

    __tablename__ = "sketch_sources"
    sketch_id: Mapped[UUID] = mapped_column(ForeignKey("sketches.id"), primary_key=True)
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id"), primary_key=True, index=True)
    sketch: Mapped[Sketch] = relationship(back_populates="sources")
    need: Mapped[Need] = relationship()
