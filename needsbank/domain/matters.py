"""What waits for the coordination team, and in which order."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum

from needsbank.domain.journeys import Stage
from needsbank.domain.needs import Scope


class Waiting(Enum):
    """What a matter waits for: each is a tab of the queue."""

    DECISION = "decision"
    ANSWER = "answer"
    REPRESENTATIVE = "representative"
    PARKED = "parked"
    LATE = "late"
    """Any of the others whose time is over."""


WAITS_FOR: Mapping[Stage, Waiting] = {
    Stage.IN_COORDINATION: Waiting.DECISION,
    Stage.DECIDED: Waiting.ANSWER,
    Stage.AWAITING_PARTNER: Waiting.REPRESENTATIVE,
    Stage.PARKED: Waiting.PARKED,
}

POINTS_OF_SCOPE: Mapping[Scope, int] = {
    Scope.OWN_WORK: 0,
    Scope.TEAM: 1,
    Scope.AREA: 3,
    Scope.ORGANISATION: 5,
}
POINTS_OF_LATE = 20


@dataclass(frozen=True, slots=True)
class Pressing:
    """Why a matter stands where it does in the queue; the points add up to its place."""

    days: int
    voices: int
    ideas: int
    scope: Scope | None
    late: bool

    @property
    def points(self) -> int:
        """Return a point a day, a voice and an idea; more for a wide scope and for being late."""
        wide = POINTS_OF_SCOPE[self.scope] if self.scope else 0
        return self.days + self.voices + self.ideas + wide + POINTS_OF_LATE * self.late
