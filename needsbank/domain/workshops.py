"""INNO workshops (INNO-paja): a work community asks for them, and gets three, a week apart."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import Enum
from uuid import UUID
from zoneinfo import ZoneInfo

from needsbank.domain.errors import IllegalTransition, Invalid
from needsbank.domain.languages import Language

FINNISH_TIME = ZoneInfo("Europe/Helsinki")
WORKSHOPS = 3
"""Of a series; each has its theme."""
TIMES = 3
"""Possible ones that are asked for, so that ambassadors have a choice."""
LONGEST_MINUTES = 480
USUAL_MINUTES = 120
WISHES_MAX = 2000
PLACE_MAX = 300
NAME_MAX = 120
THEME_MAX = 120
REASON_MAX = 1000
LARGEST_TEAM = 200
MOST_HOURS = 200
MOST_AMBASSADORS = 6

EVENT_NAME = {
    Language.FI: "INNO-paja",
    Language.SV: "INNO-verkstad",
    Language.EN: "INNO workshop",
}
"""What a workshop is called in calendars."""


class SeriesState(Enum):
    """Where a series of workshops is, from asking to its end."""

    ASKED = "asked"
    CONFIRMED = "confirmed"
    UNDER_WAY = "under_way"
    DONE = "done"
    CANCELLED = "cancelled"
    DECLINED = "declined"


ALLOWED: dict[SeriesState, frozenset[SeriesState]] = {
    SeriesState.ASKED: frozenset(
        {SeriesState.CONFIRMED, SeriesState.DECLINED, SeriesState.CANCELLED}
    ),
    SeriesState.CONFIRMED: frozenset({SeriesState.UNDER_WAY, SeriesState.CANCELLED}),
    SeriesState.UNDER_WAY: frozenset({SeriesState.DONE, SeriesState.CANCELLED}),
    SeriesState.DONE: frozenset(),
    SeriesState.CANCELLED: frozenset(),
    SeriesState.DECLINED: frozenset(),
}
HELD = frozenset({SeriesState.CONFIRMED, SeriesState.UNDER_WAY})
"""Series whose workshops can be moved, cancelled and worked in."""


class ClashKind(Enum):
    """What speaks against a time; people decide whether it matters."""

    AMBASSADOR_BUSY = "ambassador_busy"
    UNIT_BUSY = "unit_busy"
    HOLIDAY = "holiday"
    BEYOND_GRANTED = "beyond_granted"
    """The three take more hours than the supervisor has granted."""


@dataclass(frozen=True, slots=True)
class Clash:
    """One thing that speaks against the time of a workshop; `number` 0 is the whole series."""

    number: int
    kind: ClashKind
    what: str
    """Who is busy, or which holiday it is; a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskForWorkshops:
    """Ask for a series for a unit; the times are moments at which the first could begin."""

    unit_id: UUID
    team_size: int
    times: tuple[datetime, ...]
    hours_granted: int
    granted_by: str
    place: str
    wishes: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlannedWorkshop:
    """When one workshop begins, and what it is about."""

    starts: datetime
    theme: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmSeries:
    """Name the ambassadors and fix the three workshops; `seen` are the clashes that were shown."""

    series_id: UUID
    ambassador_ids: tuple[UUID, ...]
    workshops: tuple[PlannedWorkshop, ...]
    minutes: int
    place: str
    seen: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class MoveWorkshop:
    """Give one workshop another time or place; `seen` are the clashes that were shown."""

    series_id: UUID
    number: int
    starts: datetime
    place: str
    seen: str = ""


def check_transition(current: SeriesState, target: SeriesState) -> None:
    """Raise `IllegalTransition` unless a series in `current` may move to `target`."""
    if target not in ALLOWED[current]:
        raise IllegalTransition(current, target)


def finnish_moment(day: date, clock: time) -> datetime:
    """Return when a clock in Finland shows this; raise `Invalid` for an hour that is left out."""
    moment = datetime.combine(day, clock, FINNISH_TIME).astimezone(UTC)
    if moment.astimezone(FINNISH_TIME).time() != clock:
        raise Invalid({"time": "no_such_time"})
    return moment


def weeks_later(start: datetime, weeks: int) -> datetime:
    """Return the moment so many weeks later at which a clock in Finland shows the same time."""
    local = start.astimezone(FINNISH_TIME)
    return finnish_moment(local.date() + timedelta(weeks=weeks), local.time())


def a_week_apart(first: datetime) -> tuple[datetime, ...]:
    """Return when the workshops of a series begin, at the same time of the day each week."""
    return tuple(weeks_later(first, week) for week in range(WORKSHOPS))


def check_times(times: Sequence[datetime], moment: datetime) -> None:
    """Raise `Invalid` unless there are exactly three different times after a moment."""
    if len(times) != TIMES:
        raise Invalid({"times": "three_times"})
    if len(set(times)) != TIMES:
        raise Invalid({"times": "same_times"})
    if min(times) <= moment:
        raise Invalid({"times": "past"})
