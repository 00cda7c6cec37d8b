"""Telling people what others did with what is theirs."""

from collections.abc import Sequence
from dataclasses import asdict
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import Need, Notice, User
from needsbank.domain.clock import now
from needsbank.domain.errors import NotFound
from needsbank.domain.notices import NoticeKind, Notify
from needsbank.domain.outbox import MessageKind, Post
from needsbank.domain.roles import Actor
from needsbank.domain.visibility import Visibility
from needsbank.services.outbox import post

AT_MOST = 50
"""Notices that a page shows: whoever has more has not looked for a long time."""


MESSAGES = {
    NoticeKind.MERGED: MessageKind.MERGED,
    NoticeKind.OBJECTED: MessageKind.OBJECTED,
    NoticeKind.UNMERGED: MessageKind.UNMERGED,
    NoticeKind.ADOPTED: MessageKind.NEED_ADOPTED,
}
"""By mail the same is told in fewer words: titles stay in the bank, and what people wrote about
a need that not everybody may read."""


def notify(session: Session, command: Notify) -> Notice:
    """Add a notice to the transaction in which its reason is stored, and post it as a message."""
    notice = Notice(**asdict(command))
    session.add(notice)
    session.flush()  # the message's key names the notice
    user, need = session.get_one(User, command.user_id), session.get_one(Need, command.need_id)
    post(
        session,
        Post(
            key=f"notice:{notice.id}",
            kind=MESSAGES[command.kind],
            words={
                "text": command.text if need.visibility is Visibility.PUBLIC else "",
                "due": command.due.isoformat() if command.due else "",
                "path": _path(command),
            },
            user_id=user.id,
            language=user.language,
        ),
    )
    return notice


def _path(command: Notify) -> str:
    """Return the page that a notice is about; the notices themselves are on My page."""
    if command.kind is NoticeKind.OBJECTED:
        return f"/coordination/merges/{command.other_need_id}"
    if command.kind is NoticeKind.MERGED:
        return f"/needs/{command.need_id}/objection"
    return f"/needs/{command.need_id}"


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
