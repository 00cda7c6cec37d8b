"""Prior works."""

from sqlalchemy import Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.domain.languages import Language
from needsbank.domain.prior_works import PriorWorkKind


class PriorWork(Model):
    """What has already been developed, as its source tells it."""

    __tablename__ = "prior_works"
    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        # The list, whole and narrowed, in its order.
        Index("ix_prior_works_created_id", "created", "id"),
        Index("ix_prior_works_kind_created_id", "kind", "created", "id"),
        Index("ix_prior_works_language_created_id", "language", "created", "id"),
        Index("ix_prior_works_kind_language_created_id", "kind", "language", "created", "id"),
    )
    id: Mapped[uuid_key]
    source: Mapped[str] = mapped_column(String(200))
    source_key: Mapped[str] = mapped_column(String(200))
    title: Mapped[str] = mapped_column(String(500))
    abstract: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[PriorWorkKind]
    year: Mapped[int | None]
    language: Mapped[Language]
    url: Mapped[str] = mapped_column(String(1000), default="")
    subjects: Mapped[list[str]]
    created: Mapped[moment_of_adding]
    updated: Mapped[moment_of_adding]
    embedded_in: Mapped[int | None] = mapped_column(index=True)

    @property
    def body(self) -> str:
        """Return what is said beside the title."""
        return self.abstract
