"""Files of a collaboration: who may bring, fetch and remove them, and how many there may be."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from needsbank.db.models import Collaboration, SharedFile
from needsbank.domain.collaborations import OPEN, Use
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.roles import Actor
from needsbank.domain.shared_files import (
    MOST_FILES,
    MOST_OF_BANK,
    MOST_OF_COLLABORATION,
    FileKind,
)
from needsbank.services import audit
from needsbank.services.collaborations import check_may, collaboration_to_read, may
from needsbank.sources.file_store import FileStore, Kept

_ASKED_AT_ONCE = 400


def may_bring(session: Session, actor: Actor, collaboration_id: UUID) -> bool:
    """Whether the actor may bring a file: asked before any of it is read."""
    try:
        collaboration = collaboration_to_read(session, actor, collaboration_id)
    except NotFound:
        return False
    return collaboration.state in OPEN and may(actor, collaboration, Use.WORK)


def add_file(
    session: Session, actor: Actor, collaboration_id: UUID, name: str, kind: FileKind, kept: Kept
) -> SharedFile:
    """Let a file that lies on disk belong to a collaboration, if there is room for it."""
    collaboration = collaboration_to_read(session, actor, collaboration_id)
    check_may(actor, collaboration, Use.WORK)
    _check_room(session, collaboration, kept.size)
    file = SharedFile(
        collaboration_id=collaboration.id,
        brought_by_id=actor.person_id,
        name=name,
        kind=kind.value,
        size=kept.size,
        sha256=kept.sha256,
        token=kept.token,
    )
    session.add(file)
    audit.record(session, actor, "bring_file", "collaboration", collaboration.id)
    return file


def file_to_read(
    session: Session, actor: Actor, collaboration_id: UUID, file_id: UUID
) -> SharedFile:
    """Return a file to a party or a coordinator."""
    collaboration = collaboration_to_read(session, actor, collaboration_id)
    file = session.get(SharedFile, file_id)
    if file is None or file.collaboration_id != collaboration.id:
        raise NotFound(file_id)
    return file


def remove_file(session: Session, actor: Actor, collaboration_id: UUID, file_id: UUID) -> str:
    """Remove a file by who brought it, unless it is handed over; return its name on disk."""
    file = file_to_read(session, actor, collaboration_id, file_id)
    collaboration = session.get_one(Collaboration, collaboration_id)
    if file.brought_by_id != actor.person_id:
        raise NotAllowed(file_id)
    if collaboration.state not in OPEN:
        raise Conflict("the collaboration has ended")
    session.delete(file)
    audit.record(session, actor, "remove_file", "collaboration", collaboration_id)
    return file.token


def sweep_files(session: Session, store: FileStore) -> int:
    """Remove what lies on disk and belongs to nobody: left by a kill, or removed since."""
    tokens = list(store.old_tokens())
    swept = 0
    for start in range(0, len(tokens), _ASKED_AT_ONCE):
        some = tokens[start : start + _ASKED_AT_ONCE]
        known = set(session.scalars(select(SharedFile.token).where(SharedFile.token.in_(some))))
        for token in some:
            if token not in known:
                store.drop(token)
                swept += 1
    return swept


def _check_room(session: Session, collaboration: Collaboration, size: int) -> None:
    here = SharedFile.collaboration_id == collaboration.id
    number, used = session.execute(
        select(func.count(), func.coalesce(func.sum(SharedFile.size), 0)).where(here)
    ).one()
    in_all = session.scalar(select(func.coalesce(func.sum(SharedFile.size), 0))) or 0
    if number >= MOST_FILES or used + size > MOST_OF_COLLABORATION or in_all + size > MOST_OF_BANK:
        raise Invalid({"file": "no_room"})
