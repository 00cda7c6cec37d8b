"""Notices: rows of the transaction that gives rise to them, so that none is ever lost."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.needs import Need
from needsbank.db.models.prior_works import PriorWork
from needsbank.domain.notices import NoticeKind


class Notice(Model):
    """What one person is told. `text` is somebody's own words; all else is worded when read."""

    __tablename__ = "notices"
    __table_args__ = (Index("ix_notices_user_id_seen", "user_id", "seen"),)
    id: Mapped[uuid_key]
    user_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    kind: Mapped[NoticeKind]
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id"))
    other_need_id: Mapped[UUID | None] = mapped_column(ForeignKey("needs.id"))
    # A source may take a work away again; what was told of it stays.
    prior_work_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("prior_works.id", ondelete="SET NULL")
    )
    text: Mapped[str] = mapped_column(Text, default="")
    due: Mapped[datetime | None]
    created: Mapped[moment_of_adding]
    seen: Mapped[datetime | None]
    need: Mapped[Need] = relationship(foreign_keys=need_id)
    other_need: Mapped[Need | None] = relationship(foreign_keys=other_need_id)
    prior_work: Mapped[PriorWork | None] = relationship()
