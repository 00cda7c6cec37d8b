"""Same here (sama meillä): a person joins a need that somebody else has posted."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from needsbank.domain.needs import PROBLEM_MAX, TITLE_MAX, NeedState
from needsbank.domain.roles import Actor

NOTE_MAX = TITLE_MAX + PROBLEM_MAX + 2
"""A note holds what somebody had typed of a need of their own: title, line breaks, problem."""

SUPPORTABLE = frozenset({NeedState.OPEN, NeedState.AGREED})
"""A need that has ended takes no more voices: nobody would act on them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SupportNeed:
    """Say "same here" for one's unit; the note is for the coordinators alone."""

    need_id: UUID
    unit_id: UUID
    note: str = ""


@dataclass(frozen=True, slots=True)
class Voices:
    """How many people, of how many units, have said "same here"."""

    persons: int = 0
    units: int = 0


NO_VOICES = Voices()


def may_support(actor: Actor, author_id: UUID, state: NeedState) -> bool:
    """Whether the actor may join a need that they may read: nobody joins their own."""
    return bool(actor.organisation_ids) and actor.user_id != author_id and state in SUPPORTABLE


def priority(opened: datetime, moment: datetime, persons: int) -> int:
    """Return what orders the coordinators' queue: whole days waited, and a day more per voice."""
    return max(0, (moment - opened).days) + persons
