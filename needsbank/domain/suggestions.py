"""A suggestion: a possible pairing, what coordinators decide of it, and what both sides answer."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from needsbank.domain.errors import IllegalTransition


class SuggestionState(Enum):
    """Where a suggested pairing is on its way."""

    PROPOSED = "proposed"
    DEFERRED = "deferred"
    REJECTED = "rejected"
    APPROVED = "approved"
    AGREED = "agreed"
    DECLINED = "declined"


class Verdict(Enum):
    """What a coordinator decides."""

    APPROVED = "approved"
    REJECTED = "rejected"
    DEFERRED = "deferred"


class Side(Enum):
    """The two parties of a pairing."""

    NEED = "need"
    COMPETENCE = "competence"


ALLOWED: dict[SuggestionState, frozenset[SuggestionState]] = {
    SuggestionState.PROPOSED: frozenset(
        {SuggestionState.APPROVED, SuggestionState.REJECTED, SuggestionState.DEFERRED}
    ),
    SuggestionState.DEFERRED: frozenset(
        {SuggestionState.APPROVED, SuggestionState.REJECTED, SuggestionState.DEFERRED}
    ),
    SuggestionState.REJECTED: frozenset({SuggestionState.DEFERRED}),
    SuggestionState.APPROVED: frozenset(
        {SuggestionState.AGREED, SuggestionState.DECLINED, SuggestionState.DEFERRED}
    ),
    SuggestionState.AGREED: frozenset(),
    SuggestionState.DECLINED: frozenset(),
}

UNDECIDED = frozenset({SuggestionState.PROPOSED, SuggestionState.DEFERRED})
SHOWN_TO_SIDES = frozenset(
    {SuggestionState.APPROVED, SuggestionState.AGREED, SuggestionState.DECLINED}
)
PAIRED = frozenset({SuggestionState.APPROVED, SuggestionState.AGREED})
"""A coordinator has approved the pairing, and no side has declined."""
PER_KIND = 5
"""At most so many suggestions per kind of competence for one need."""


def check_transition(current: SuggestionState, target: SuggestionState) -> None:
    """Raise `IllegalTransition` unless a suggestion in `current` may move to `target`."""
    if target not in ALLOWED[current]:
        raise IllegalTransition(current, target)


def state_after_answers(answers: dict[Side, bool]) -> SuggestionState:
    """Return where an approved suggestion stands: one no ends it, two yeses agree it."""
    if not all(answers.values()):
        return SuggestionState.DECLINED
    return SuggestionState.AGREED if len(answers) == len(Side) else SuggestionState.APPROVED


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideSuggestion:
    """Record a coordinator's verdict; `seen` is the state that was on the screen."""

    suggestion_id: UUID
    verdict: Verdict
    reason: str
    seen: SuggestionState


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSuggestion:
    """Record one side's yes or no to an approved pairing; a no gives its reason."""

    suggestion_id: UUID
    side: Side
    accepted: bool
    reason: str = ""
