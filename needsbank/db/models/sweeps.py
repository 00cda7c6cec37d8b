"""What sweeps for duplicates have found, and how far each has come."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from needsbank.db.base import Model, moment_of_adding
from needsbank.db.models.embeddings import Subject


class SweepPosition(Model):
    """Up to which written row a subject has been swept by a matcher version, so that one goes on.

    `seq` is the embeddings' own number of writing: texts that change come again by themselves.
    """

    __tablename__ = "sweep_positions"
    subject: Mapped[Subject] = mapped_column(primary_key=True)
    matcher_version: Mapped[str] = mapped_column(String(80))
    seq: Mapped[int] = mapped_column(default=0)
    moved: Mapped[moment_of_adding]
    finished: Mapped[datetime | None]


class SweptPair(Model):
    """A text and another one that probably says the same, as a search by the first one found it.

    Without foreign keys: texts come and go, and what is shown is joined with those that are there.
    """

    __tablename__ = "swept_pairs"
    __table_args__ = (Index("ix_swept_pairs_other_id", "other_id"),)
    subject: Mapped[Subject] = mapped_column(primary_key=True)
    owner_id: Mapped[UUID] = mapped_column(primary_key=True)
    other_subject: Mapped[Subject] = mapped_column(primary_key=True)
    other_id: Mapped[UUID] = mapped_column(primary_key=True)
    probability: Mapped[float]
