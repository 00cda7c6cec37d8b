"""The audit log: who did what to what, when; rows are only ever added."""

from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding
from needsbank.db.models.people import User


class AuditEntry(Model):
    """One act. `details` holds codes and ids, never what people wrote."""

    __tablename__ = "audit_entries"
    __table_args__ = (
        Index("ix_audit_entries_subject", "subject", "subject_id"),
        {"sqlite_autoincrement": True},
    )
    seq: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[moment_of_adding]
    actor_id: Mapped[UUID | None] = mapped_column(ForeignKey("users.id"))
    act: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))
    subject_id: Mapped[UUID]
    details: Mapped[dict[str, Any]]
    actor: Mapped[User | None] = relationship()
