"""Sources of prior work, and each harvest of them."""

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence
from needsbank.domain.prior_works import PriorWorkKind
from needsbank.domain.sources import HarvestState, Schedule, SourceKind, TrustTier


class Source(Model):
    """Where prior works come from; its works carry its name.

    `moved` is when address, prefix, set or mapping was last set: what earlier harvests have seen
    says nothing about what is there now.
    """

    __tablename__ = "sources"
    __table_args__ = (
        Index(
            "ix_sources_one_own",
            "kind",
            unique=True,
            sqlite_where=text("kind = 'own'"),
            postgresql_where=text("kind = 'own'"),
        ),
    )
    id: Mapped[uuid_key]
    name: Mapped[str] = mapped_column(String(200), unique=True)
    kind: Mapped[SourceKind]
    address: Mapped[str] = mapped_column(String(1000), default="")
    prefix: Mapped[str] = mapped_column(String(40), default="")
    set_spec: Mapped[str] = mapped_column(String(200), default="")
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    licence: Mapped[Licence]
    trust: Mapped[TrustTier]
    schedule: Mapped[Schedule] = mapped_column(default=Schedule.MANUAL)
    language: Mapped[Language] = mapped_column(default=Language.OTHER)
    work_kind: Mapped[PriorWorkKind] = mapped_column(default=PriorWorkKind.OTHER)
    active: Mapped[bool] = mapped_column(default=True)
    created: Mapped[moment_of_adding]
    moved: Mapped[moment_of_adding]


class Harvest(Model):
    """One run over a source, stored page by page.

    `since` and `until` bound the datestamps of an incremental harvest (None and None are a full
    one's, where `full` is true). `position` is how many records are dealt with for good, `token`
    is what the source wants to hear for the next page, and `expected` how many it says there are.
    `problem` is a code, `detail` one line for people. Who holds `lease` until `lease_until` is the
    only one that may write; when that has passed, another one may take the harvest over.
    """

    __tablename__ = "harvests"
    __table_args__ = (
        Index("ix_harvests_source_id_id", "source_id", "id"),
        Index(
            "ix_harvests_one_running",
            "source_id",
            unique=True,
            sqlite_where=text("state = 'running'"),
            postgresql_where=text("state = 'running'"),
        ),
        {"sqlite_autoincrement": True},
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[UUID] = mapped_column(ForeignKey("sources.id", ondelete="CASCADE"))
    full: Mapped[bool]
    since: Mapped[datetime | None]
    until: Mapped[datetime | None]
    state: Mapped[HarvestState] = mapped_column(default=HarvestState.RUNNING)
    started: Mapped[moment_of_adding]
    finished: Mapped[datetime | None]
    pages: Mapped[int] = mapped_column(default=0)
    seen: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    changed: Mapped[int] = mapped_column(default=0)
    removed: Mapped[int] = mapped_column(default=0)
    rejected: Mapped[int] = mapped_column(default=0)
    repeated: Mapped[int] = mapped_column(default=0)
    problem: Mapped[str | None] = mapped_column(String(40))
    detail: Mapped[str] = mapped_column(String(500), default="")
    position: Mapped[int] = mapped_column(default=0)
    expected: Mapped[int | None]
    token: Mapped[str | None] = mapped_column(String(4000))
    lease: Mapped[UUID | None]
    lease_until: Mapped[datetime | None]
    source: Mapped[Source] = relationship()
