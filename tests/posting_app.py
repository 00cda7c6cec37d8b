"""The bank's pages for `gunicorn`, where each need that is posted posts a message to its author."""

from typing import Any

from sqlalchemy import event
from sqlalchemy.orm import Session

from needsbank.db.models import Need
from needsbank.domain.outbox import MessageKind, Post
from needsbank.services.outbox import post
from needsbank.wsgi import app

__all__ = ["app", "key_of"]


def key_of(need: Need) -> str:
    """Return the key of the message that a need is posted with."""
    return f"posted:{need.id}"


@event.listens_for(Session, "before_commit")
def _post_messages(session: Session) -> None:
    for need in session.info.pop("new needs", ()):
        words: dict[str, str | int] = {"text": "", "path": f"/needs/{need.id}"}
        post(
            session,
            Post(key=key_of(need), kind=MessageKind.UNMERGED, words=words, user_id=need.author_id),
        )


@event.listens_for(Session, "after_flush")
def _remember(session: Session, _context: Any) -> None:
    new = [each for each in session.new if isinstance(each, Need)]
    session.info.setdefault("new needs", []).extend(new)
