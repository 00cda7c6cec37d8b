"""Notices (ilmoitukset): what a person is told of because somebody else did something."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

TEXT_MAX = 1000


class NoticeKind(Enum):
    """What a notice is about."""

    MERGED = "merged"
    """The reader's need became part of a challenge; they may object until it is due."""
    OBJECTED = "objected"
    """A sender objects to a merge that the reader made; `text` is why."""
    UNMERGED = "unmerged"
    """The reader's need stands by itself again; `text` is why."""
    ADOPTED = "adopted"
    """A coordinator closed the reader's need: something ready is taken into use."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notify:
    """Tell one person something; the ids are what the notice leads to."""

    user_id: UUID
    kind: NoticeKind
    need_id: UUID
    other_need_id: UUID | None = None
    prior_work_id: UUID | None = None
    text: str = ""
    due: datetime | None = None
