from datetime import UTC, date, datetime

import pytest

from needsbank.domain.working_days import after_working_days, end_of, is_working_day, last_day


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 11, 21),  # Saturday
        date(2026, 11, 22),  # Sunday
        date(2026, 4, 3),  # Good Friday
        date(2026, 5, 1),  # May Day
        date(2026, 5, 14),  # Ascension Day
        date(2026, 6, 19),  # Midsummer Eve
        date(2026, 12, 24),  # Christmas Eve
        date(2027, 1, 6),  # Epiphany
    ],
)
def test_days_off(day):
    assert not is_working_day(day)


@pytest.mark.parametrize("day", [date(2026, 6, 18), date(2026, 4, 2), date(2026, 12, 31)])
def test_days_before_days_off_are_working_days(day):
    assert is_working_day(day)


@pytest.mark.parametrize(
    ("thrown", "due"),
    [
        # Monday 10.00 in Helsinki, winter time.
        (datetime(2026, 11, 23, 8, tzinfo=UTC), datetime(2026, 11, 25, 8, tzinfo=UTC)),
        # Friday: the weekend does not count.
        (datetime(2026, 11, 20, 13, tzinfo=UTC), datetime(2026, 11, 24, 13, tzinfo=UTC)),
        # Saturday night: from Monday's beginning, so until Tuesday is over.
        (datetime(2026, 11, 21, 20, tzinfo=UTC), datetime(2026, 11, 24, 22, tzinfo=UTC)),
        # Thursday before Midsummer Eve: Friday to Sunday are off.
        (datetime(2026, 6, 18, 9, tzinfo=UTC), datetime(2026, 6, 23, 9, tzinfo=UTC)),
        # Over the change to winter time it is the same time of day.
        (datetime(2026, 10, 23, 6, tzinfo=UTC), datetime(2026, 10, 27, 7, tzinfo=UTC)),
        # Late on Sunday in UTC it is Monday in Helsinki.
        (datetime(2026, 11, 22, 22, 30, tzinfo=UTC), datetime(2026, 11, 24, 22, 30, tzinfo=UTC)),
    ],
)
def test_two_working_days_later(thrown, due):
    assert after_working_days(thrown, 2) == due


def test_the_last_day_is_the_one_before_its_end():
    assert last_day(end_of(date(2026, 12, 5))) == date(2026, 12, 5)
    assert last_day(datetime(2026, 12, 5, 10, tzinfo=UTC)) == date(2026, 12, 5)


def test_a_deadline_of_many_days_from_a_day_off_ends_on_a_working_day():
    due = after_working_days(datetime(2026, 11, 22, 10, tzinfo=UTC), 10)
    assert last_day(due) == date(2026, 12, 4)  # Independence Day is on Sunday
