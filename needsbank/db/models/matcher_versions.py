"""Matcher versions that were trained on a bank's own decisions."""

from datetime import datetime
from enum import Enum
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.people import User


class VersionState(Enum):
    """What a trained version is: on offer, in use, or used before."""

    CANDIDATE = "candidate"
    ACTIVE = "active"
    RETIRED = "retired"


class MatcherVersion(Model):
    """A trained version; `version` is also the name of its folder.

    It belongs to one vector space, and to the shipped version `base` on top of which it was
    trained. While none is active, the shipped version is in use. `report` has figures only.
    """

    __tablename__ = "matcher_versions"
    __table_args__ = (
        Index(
            "ix_matcher_versions_one_active",
            "state",
            unique=True,
            sqlite_where=text("state = 'active'"),
            postgresql_where=text("state = 'active'"),
        ),
    )
    id: Mapped[uuid_key]
    version: Mapped[str] = mapped_column(String(80), unique=True)
    base: Mapped[str] = mapped_column(String(80))
    space_id: Mapped[str] = mapped_column(String(64))
    state: Mapped[VersionState] = mapped_column(default=VersionState.CANDIDATE)
    report: Mapped[dict[str, Any]]
    made: Mapped[moment_of_adding]
    promoted: Mapped[datetime | None]
    promoted_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    promoted_by: Mapped[User | None] = relationship()
