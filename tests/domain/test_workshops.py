"""A series of workshops: its life cycle is a table, and a week later it is the same hour."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from needsbank.domain.errors import IllegalTransition, Invalid
from needsbank.domain.workshops import (
    ALLOWED,
    FINNISH_TIME,
    SeriesState,
    a_week_apart,
    check_times,
    check_transition,
    finnish_moment,
)

STEPS = {
    (SeriesState.ASKED, SeriesState.CONFIRMED),
    (SeriesState.ASKED, SeriesState.DECLINED),
    (SeriesState.ASKED, SeriesState.CANCELLED),
    (SeriesState.CONFIRMED, SeriesState.UNDER_WAY),
    (SeriesState.CONFIRMED, SeriesState.CANCELLED),
    (SeriesState.UNDER_WAY, SeriesState.DONE),
    (SeriesState.UNDER_WAY, SeriesState.CANCELLED),
}
MOMENT = datetime(2026, 3, 1, tzinfo=UTC)
TIMES = [finnish_moment(date(2026, 3, day), time(13)) for day in (10, 11, 12)]


@pytest.mark.parametrize("current", list(SeriesState))
@pytest.mark.parametrize("target", list(SeriesState))
def test_a_series_moves_along_the_table_and_nowhere_else(current, target):
    if (current, target) in STEPS:
        check_transition(current, target)
        return
    with pytest.raises(IllegalTransition):
        check_transition(current, target)


def test_every_state_has_a_row():
    assert set(ALLOWED) == set(SeriesState)


@pytest.mark.parametrize(
    ("first", "in_utc"),
    [
        # Clocks go forward on 29 March 2026 and back on 25 October 2026.
        (date(2026, 3, 18), [11, 11, 10]),
        (date(2026, 10, 14), [10, 10, 11]),
        (date(2026, 6, 3), [10, 10, 10]),
    ],
)
def test_a_week_apart_is_the_same_hour_in_finland(first, in_utc):
    starts = a_week_apart(finnish_moment(first, time(13)))
    assert [each.astimezone(UTC).hour for each in starts] == in_utc
    local = [each.astimezone(FINNISH_TIME) for each in starts]
    assert [each.time() for each in local] == [time(13)] * 3
    assert [each.date() for each in local] == [first + timedelta(weeks=n) for n in range(3)]


def test_an_hour_that_the_spring_leaves_out_is_refused():
    with pytest.raises(Invalid) as refused:
        finnish_moment(date(2026, 3, 29), time(3, 30))
    assert refused.value.errors == {"time": "no_such_time"}


def test_three_different_times_to_come_are_taken():
    check_times(TIMES, MOMENT)


@pytest.mark.parametrize(
    ("times", "code"),
    [
        (TIMES[:2], "three_times"),
        ([*TIMES, TIMES[0] + timedelta(days=9)], "three_times"),
        ([TIMES[0], TIMES[0], TIMES[1]], "same_times"),
        ([MOMENT, *TIMES[:2]], "past"),
    ],
)
def test_other_times_are_refused(times, code):
    with pytest.raises(Invalid) as refused:
        check_times(times, MOMENT)
    assert refused.value.errors == {"times": code}
