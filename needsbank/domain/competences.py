"""A competence (osaaminen): what a need is matched to, in five kinds."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from uuid import UUID

from needsbank.domain.errors import IllegalTransition, Invalid
from needsbank.domain.fields import Field
from needsbank.domain.references import DescribeReference
from needsbank.domain.visibility import Visibility


class CompetenceKind(Enum):
    """Who or what could take a need up."""

    STUDENT_TEAM = "student_team"
    COURSE_ROUND = "course_round"
    RESEARCHER = "researcher"
    COMPANY = "company"
    FACILITY = "facility"


class CompetenceState(Enum):
    """Whether a competence is on offer now."""

    DRAFT = "draft"
    OPEN = "open"
    CLOSED = "closed"


ALLOWED: dict[CompetenceState, frozenset[CompetenceState]] = {
    CompetenceState.DRAFT: frozenset({CompetenceState.OPEN, CompetenceState.CLOSED}),
    CompetenceState.OPEN: frozenset({CompetenceState.CLOSED}),
    CompetenceState.CLOSED: frozenset({CompetenceState.OPEN}),
}

PUBLISHED = frozenset({CompetenceState.OPEN, CompetenceState.CLOSED})
DESCRIPTION_MAX = 4000


def check_transition(current: CompetenceState, target: CompetenceState) -> None:
    """Raise `IllegalTransition` unless a competence in `current` may move to `target`."""
    if target not in ALLOWED[current]:
        raise IllegalTransition(current, target)


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """What a course round has room for."""

    slots: int | None = None
    weeks: int | None = None
    ects: int | None = None
    team_min: int | None = None
    team_max: int | None = None
    starts_on: date | None = None


def check_capacity(kind: CompetenceKind, capacity: Capacity) -> None:
    """Raise `Invalid` unless a course round says its room, and its team size makes sense."""
    if kind is not CompetenceKind.COURSE_ROUND:
        return
    errors = {
        name: "required"
        for name in ("slots", "weeks", "ects", "team_min", "team_max")
        if getattr(capacity, name) is None
    }
    if capacity.team_min and capacity.team_max and capacity.team_min > capacity.team_max:
        errors["team_max"] = "team_size"
    if errors:
        raise Invalid(errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeCompetence:
    """Say what is on offer."""

    kind: CompetenceKind
    title: str
    description: str
    unit_id: UUID
    language: str = ""
    field: Field | None = None
    visibility: Visibility = Visibility.PUBLIC
    capacity: Capacity = Capacity()
    references: tuple[DescribeReference, ...] = ()
