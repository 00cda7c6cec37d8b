"""The audit log's one writer."""

from uuid import UUID

from sqlalchemy.orm import Session

from needsbank.db.models import AuditEntry
from needsbank.domain.roles import Actor


def record(
    session: Session, actor: Actor, act: str, subject: str, subject_id: UUID, **details: str | int
) -> None:
    """Add who did what to what; `details` are codes and ids, never people's own words."""
    session.add(
        AuditEntry(
            actor_id=actor.user_id,
            act=act,
            subject=subject,
            subject_id=subject_id,
            details=details,
        )
    )
