"""Telling people what others did with what is theirs."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import Notice
from needsbank.domain.clock import now
from needsbank.domain.errors import NotFound
from needsbank.domain.notices import Notify
from needsbank.domain.roles import Actor

AT_MOST = 50
"""Notices that a page shows: whoever has more has not looked for a long time."""


def notify(session: Session, command: Notify) -> Notice:
    """Add a notice to the transaction in which its reason is stored."""
    notice = Notice(**asdict(command))
    session.add(notice)
    return notice


def unseen_notices(session: Session, actor: Actor) -> Sequence[Notice]:
    """Return what the actor has been told and not put away, newest first."""
    mine = select(Notice).where(Notice.user_id == actor.user_id, Notice.seen.is_(None))
    told = mine.order_by(Notice.created.desc(), Notice.id).limit(AT_MOST)
    loaded = (
        joinedload(Notice.need),
        joinedload(Notice.other_need),
        joinedload(Notice.prior_work),
    )
    return session.scalars(told.options(*loaded)).all()


def put_away(session: Session, actor: Actor, notice_id: UUID) -> Notice:
    """Mark a notice of the actor's as seen; once more changes nothing."""
    mine = select(Notice).where(Notice.id == notice_id, Notice.user_id == actor.person_id)
    notice = session.scalar(mine)
    if notice is None:
        raise NotFound(notice_id)
    notice.seen = notice.seen or now()
    return notice
