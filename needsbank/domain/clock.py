"""The time, always aware and in UTC; pages show it in Finnish time.

Everything that asks for the time asks here, so that a test or a trial bank can move the clock of
the whole service instead of waiting for months.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

Clock = Callable[[], datetime]
"""Returns the present moment, aware."""

FINLAND = ZoneInfo("Europe/Helsinki")


def _system() -> datetime:
    return datetime.now(UTC)


_clock: Clock = _system


def now() -> datetime:
    """Return the present moment in UTC."""
    return _clock()


def today() -> date:
    """Return the present day in Finland."""
    return now().astimezone(FINLAND).date()


@contextmanager
def moved(by: timedelta) -> Iterator[None]:
    """Have the clock run ahead by so much within the block, for every thread of the process."""
    former = _clock
    run_by(lambda: former() + by)
    try:
        yield
    finally:
        run_by(former)


def run_by(clock: Clock) -> None:
    """Have the whole process read the time from another clock."""
    global _clock  # noqa: PLW0603 -- one process, one time
    _clock = clock
