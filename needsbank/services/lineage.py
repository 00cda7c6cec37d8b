"""Which needs a challenge is made of, and which challenge a need is part of."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Merge, MergeSource
from needsbank.db.queries.merges import merged_need_ids


def is_merged(session: Session, need_id: UUID) -> bool:
    """Whether a need is part of a challenge now."""
    standing = merged_need_ids().where(MergeSource.need_id == need_id)
    return session.scalar(standing) is not None


def is_challenge(session: Session, need_id: UUID) -> bool:
    """Whether a need stands for others that are part of it now."""
    standing = select(Merge.id).where(Merge.challenge_id == need_id, Merge.undone.is_(None))
    return session.scalar(standing) is not None
