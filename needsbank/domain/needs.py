"""A need (tarve): what a work community wants solved, and its life from draft to end."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from needsbank.domain.errors import IllegalTransition
from needsbank.domain.fields import Field
from needsbank.domain.visibility import Visibility


class NeedState(Enum):
    """Where a need is on its way."""

    DRAFT = "draft"
    OPEN = "open"
    AGREED = "agreed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


ALLOWED: dict[NeedState, frozenset[NeedState]] = {
    NeedState.DRAFT: frozenset({NeedState.OPEN, NeedState.WITHDRAWN}),
    NeedState.OPEN: frozenset({NeedState.AGREED, NeedState.CLOSED, NeedState.WITHDRAWN}),
    NeedState.AGREED: frozenset({NeedState.OPEN, NeedState.CLOSED}),
    NeedState.CLOSED: frozenset({NeedState.OPEN}),
    NeedState.WITHDRAWN: frozenset({NeedState.DRAFT}),
}

PUBLISHED = frozenset({NeedState.OPEN, NeedState.AGREED, NeedState.CLOSED})


class Scope(Enum):
    """How wide the need is felt."""

    OWN_WORK = "own_work"
    TEAM = "team"
    AREA = "area"
    ORGANISATION = "organisation"


class CloseReason(Enum):
    """How a need ended, told honestly."""

    SOLVED = "solved"
    ADOPTED = "adopted"
    NO_LONGER_NEEDED = "no_longer_needed"
    NO_PARTNER = "no_partner"
    DUPLICATE = "duplicate"
    EXPIRED = "expired"
    """Its author was asked whether it is still current, and said nothing."""
    ANSWERED = "answered"
    """The coordination team's answer was the end."""
    OTHER = "other"


BY_SENDERS = tuple(
    reason for reason in CloseReason if reason not in {CloseReason.EXPIRED, CloseReason.ANSWERED}
)
"""How senders end a need themselves."""

TITLE_MAX = 200
PROBLEM_MAX = 4000
DETAIL_MAX = 1000


def check_transition(current: NeedState, target: NeedState) -> None:
    """Raise `IllegalTransition` unless a need in `current` may move to `target`."""
    if target not in ALLOWED[current]:
        raise IllegalTransition(current, target)


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeNeed:
    """Say what is needed; three fields are required, the rest may come later."""

    title: str
    problem: str
    unit_id: UUID
    wished_change: str = ""
    who_suffers: str = ""
    measure: str = ""
    """How the change would be seen."""
    timing: str = ""
    place: str = ""
    language: str = ""
    field: Field | None = None
    scope: Scope | None = None
    visibility: Visibility = Visibility.PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseNeed:
    """End a need with the reason that its followers will read.

    `words` are what the reason is called in the need's language; the note says more.
    """

    need_id: UUID
    reason: CloseReason
    note: str = ""
    words: str = ""
