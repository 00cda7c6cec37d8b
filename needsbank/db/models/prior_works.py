"""Prior works."""

from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence
from needsbank.domain.prior_works import PriorWorkKind


class PriorWork(Model):
    """What has already been developed, as its source tells it.

    `source` is the source's name; `source_id` is None for a file that the bank's keepers brought.
    `seen_in` is the number of the last harvest that met the work: one that two complete harvests
    have missed is gone. `licence` is None where the keepers answer for what is shown.
    """

    __tablename__ = "prior_works"
    __table_args__ = (
        UniqueConstraint("source", "source_key"),
        # The list, whole and narrowed, in its order.
        Index("ix_prior_works_created_id", "created", "id"),
        Index("ix_prior_works_source_id_seen_in", "source_id", "seen_in"),
        Index("ix_prior_works_kind_created_id", "kind", "created", "id"),
        Index("ix_prior_works_language_created_id", "language", "created", "id"),
        Index("ix_prior_works_kind_language_created_id", "kind", "language", "created", "id"),
    )
    id: Mapped[uuid_key]
    source: Mapped[str] = mapped_column(String(200))
    source_key: Mapped[str] = mapped_column(String(200))
    source_id: Mapped[UUID | None] = mapped_column(ForeignKey("sources.id"))
    seen_in: Mapped[int | None]
    title: Mapped[str] = mapped_column(String(500))
    abstract: Mapped[str] = mapped_column(Text, default="")
    kind: Mapped[PriorWorkKind]
    year: Mapped[int | None]
    language: Mapped[Language]
    url: Mapped[str] = mapped_column(String(1000), default="")
    subjects: Mapped[list[str]]
    licence: Mapped[Licence | None]
    created: Mapped[moment_of_adding]
    updated: Mapped[moment_of_adding]
    embedded_in: Mapped[int | None] = mapped_column(index=True)

    @property
    def body(self) -> str:
        """Return what is said beside the title."""
        return self.abstract

    @property
    def shows_text(self) -> bool:
        """Whether the abstract may be shown, and not the metadata and the link only."""
        return self.licence is None or self.licence.may_show_text
