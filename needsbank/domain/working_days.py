"""Working days in Finland: what "within two working days" means.

Saturdays, Sundays and public holidays are none, nor are Midsummer Eve and Christmas Eve: the law
does not free them, but nearly every collective agreement does. Days are those of Finnish time.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo

_FINLAND = ZoneInfo("Europe/Helsinki")
_SATURDAY = 5


def is_working_day(day: date) -> bool:
    """Whether people are at their offices on a day."""
    return day.weekday() < _SATURDAY and day not in _holidays(day.year)


def after_working_days(moment: datetime, days: int) -> datetime:
    """Return the moment so many working days later, at the same time of day.

    What begins on a day off has so many whole working days, until the last of them is over.
    """
    local = moment.astimezone(_FINLAND)
    day, counts = local.date(), is_working_day(local.date())
    for _ in range(days):
        day = _next(day)
    if not counts:
        return end_of(day)
    return datetime.combine(day, local.time(), _FINLAND).astimezone(UTC)


def end_of(day: date) -> datetime:
    """Return the moment at which a day is over in Finland."""
    return datetime.combine(day + timedelta(days=1), time(), _FINLAND).astimezone(UTC)


def day_of(moment: datetime) -> date:
    """Return the day that it is in Finland at a moment."""
    return moment.astimezone(_FINLAND).date()


def last_day(due: datetime) -> date:
    """Return the last day on which something due is still in time."""
    return day_of(due - timedelta(microseconds=1))


def _next(day: date) -> date:
    day += timedelta(days=1)
    while not is_working_day(day):
        day += timedelta(days=1)
    return day


@cache
def _holidays(year: int) -> frozenset[date]:
    from holidays import country_holidays  # noqa: PLC0415 -- slow import

    # The package counts the two eves among Finland's public holidays.
    return frozenset(country_holidays("FI", years=year))
