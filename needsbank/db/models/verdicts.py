"""Coordinators' verdicts on pairs of texts."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding
from needsbank.db.models.embeddings import Subject
from needsbank.db.models.people import User
from needsbank.domain.verdicts import PairVerdict


class PairJudgement(Model):
    """What a coordinator held of a need and a found text: only ever added, the latest counts.

    No verdict means that the one before was taken back. `other_id` is a need's or a prior work's
    key, without a foreign key: a source may withdraw a work, and what was judged stays. The
    fingerprints are of the texts that were judged; `rank_seen`, `probability` and
    `matcher_version` are what the coordinator saw.
    """

    __tablename__ = "pair_judgements"
    __table_args__ = (
        Index("ix_pair_judgements_other_id_subject", "other_id", "subject"),
        {"sqlite_autoincrement": True},
    )
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[moment_of_adding]
    judged_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id"), index=True)
    subject: Mapped[Subject]
    other_id: Mapped[UUID]
    verdict: Mapped[PairVerdict | None]
    need_fingerprint: Mapped[str] = mapped_column(String(64))
    other_fingerprint: Mapped[str] = mapped_column(String(64))
    rank_seen: Mapped[int]
    probability: Mapped[float]
    matcher_version: Mapped[str] = mapped_column(String(80))
    judged_by: Mapped[User] = relationship()
