"""Confirming, moving and calling off: clashes are shown first, and everybody is told."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from icalendar import Calendar
from sqlalchemy import select

from needsbank.db.models import Message
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, Invalid, NotAllowed
from needsbank.domain.languages import Language
from needsbank.domain.outbox import MessageKind
from needsbank.domain.roles import Role
from needsbank.domain.workshops import (
    Clash,
    ClashKind,
    ConfirmSeries,
    MoveWorkshop,
    PlannedWorkshop,
    SeriesState,
    a_week_apart,
)
from needsbank.services import workshop_series
from needsbank.services.calendars import calendar_text
from needsbank.services.workshop_calendar import workshop_events
from needsbank.services.workshop_series import ClashesUnseen
from tests.factories import add_series, add_user, in_finland

FI = Language.FI


@pytest.fixture
def partner(session):
    return add_user(session, Role.PARTNER, name="Pia")


@pytest.fixture
def coordinator(session):
    return add_user(session, Role.COORDINATOR)


@pytest.fixture
def ambassador(session):
    return add_user(session, Role.AMBASSADOR, name="Leo")


@pytest.fixture
def request_(session, partner):
    # A Wednesday in a week without holidays, and the two after it.
    return add_series(session, partner, starts=in_finland(date(2027, 2, 3), 13))


def plan(series, *people, first=None, **values):
    starts = a_week_apart(first or series.times[0].starts)
    command = ConfirmSeries(
        series_id=series.id,
        ambassador_ids=tuple(each.id for each in people),
        workshops=tuple(
            PlannedWorkshop(starts=each, theme=f"Teema {n}") for n, each in enumerate(starts, 1)
        ),
        minutes=120,
        place="Neuvotteluhuone 2",
    )
    return replace(command, **values)


def confirmed(session, coordinator, series, *people, **values):
    return workshop_series.confirm(session, coordinator.actor, plan(series, *people, **values), FI)


def test_three_workshops_are_made_in_one_act_and_all_are_told(
    session, coordinator, partner, ambassador, request_
):
    second = add_user(session, Role.AMBASSADOR, name="Aino")
    series = confirmed(session, coordinator, request_, ambassador, second)
    session.commit()
    assert series.state is SeriesState.CONFIRMED
    local = [each.starts.astimezone(ZoneInfo("Europe/Helsinki")) for each in series.workshops]
    assert [f"{each:%d.%m. %H.%M}" for each in local] == [
        "03.02. 13.00",
        "10.02. 13.00",
        "17.02. 13.00",
    ]
    assert [each.theme for each in series.workshops] == ["Teema 1", "Teema 2", "Teema 3"]
    assert [each.user.name for each in series.ambassadors] == ["Leo", "Aino"]
    told = session.scalars(select(Message)).all()
    assert {each.user_id for each in told} == {partner.id, ambassador.id, second.id}
    assert {each.kind for each in told} == {MessageKind.WORKSHOPS_CONFIRMED}
    assert "3.2.2027 13.00–15.00" in told[0].words["times"]
    assert told[0].words["path"] == f"/workshops/{series.id}"


def test_a_clash_is_shown_before_anything_is_sent(
    session, coordinator, ambassador, request_, partner
):
    busy_from = request_.times[0].starts + timedelta(weeks=1, hours=1)
    add_series(session, None, SeriesState.CONFIRMED, [ambassador], starts=busy_from)
    command = plan(request_, ambassador)
    clashes, mark = workshop_series.clashes_of_plan(session, coordinator.actor, command, FI)
    # The other series goes on a week later, when this one has its third.
    assert clashes == [
        Clash(2, ClashKind.AMBASSADOR_BUSY, "Leo"),
        Clash(3, ClashKind.AMBASSADOR_BUSY, "Leo"),
    ]
    with pytest.raises(ClashesUnseen):
        workshop_series.confirm(session, coordinator.actor, command, FI)
    assert session.scalars(select(Message)).all() == []
    workshop_series.confirm(session, coordinator.actor, replace(command, seen=mark), FI)
    assert request_.state is SeriesState.CONFIRMED


def test_what_was_seen_counts_for_those_times_alone(session, coordinator, ambassador, request_):
    add_series(session, None, SeriesState.CONFIRMED, [ambassador], starts=request_.times[0].starts)
    command = plan(request_, ambassador)
    _, mark = workshop_series.clashes_of_plan(session, coordinator.actor, command, FI)
    later = plan(request_, ambassador, first=request_.times[0].starts + timedelta(hours=1))
    with pytest.raises(ClashesUnseen):
        workshop_series.confirm(session, coordinator.actor, replace(later, seen=mark), FI)


def test_workshops_that_only_touch_do_not_clash(session, coordinator, ambassador, request_):
    before = request_.times[0].starts - timedelta(hours=2)
    add_series(session, None, SeriesState.CONFIRMED, [ambassador], starts=before)
    command = plan(request_, ambassador)
    assert workshop_series.clashes_of_plan(session, coordinator.actor, command, FI) == ([], "")


def test_the_units_other_workshops_clash_until_they_are_called_off(
    session, coordinator, ambassador, request_, partner
):
    other = add_series(session, partner, SeriesState.CONFIRMED, starts=request_.times[0].starts)
    command = plan(request_, ambassador)
    clashes, _ = workshop_series.clashes_of_plan(session, coordinator.actor, command, FI)
    assert [(each.number, each.kind) for each in clashes] == [
        (number, ClashKind.UNIT_BUSY) for number in (1, 2, 3)
    ]
    workshop_series.call_off(session, coordinator.actor, other.id, 2, "Flunssa.")
    clashes, _ = workshop_series.clashes_of_plan(session, coordinator.actor, command, FI)
    assert [each.number for each in clashes] == [1, 3]


def test_a_holiday_is_pointed_out_and_the_third_week_can_be_moved(
    session, coordinator, ambassador, partner
):
    # The third Thursday is Ascension Day.
    series = add_series(session, partner, starts=in_finland(date(2027, 4, 22), 9))
    command = plan(series, ambassador)
    clashes, _ = workshop_series.clashes_of_plan(session, coordinator.actor, command, FI)
    assert clashes == [Clash(3, ClashKind.HOLIDAY, "Helatorstai")]
    first, second, third = command.workshops
    moved = replace(third, starts=third.starts + timedelta(days=1))
    command = replace(command, workshops=(first, second, moved))
    assert workshop_series.clashes_of_plan(session, coordinator.actor, command, FI) == ([], "")


def test_more_hours_than_granted_are_pointed_out(session, coordinator, ambassador, request_):
    command = plan(request_, ambassador, minutes=180)
    clashes, _ = workshop_series.clashes_of_plan(session, coordinator.actor, command, FI)
    assert clashes == [Clash(0, ClashKind.BEYOND_GRANTED, "6")]


def test_a_bad_plan_is_refused_field_by_field(session, coordinator, partner, request_):
    command = plan(request_, partner, place=" ", minutes=5)
    first, second, third = command.workshops
    command = replace(command, workshops=(first, third, replace(second, theme="")))
    with pytest.raises(Invalid) as refused:
        workshop_series.confirm(session, coordinator.actor, command, FI)
    assert refused.value.errors == {
        "ambassadors": "ambassadors",
        "place": "required",
        "minutes": "number",
        "times": "order",
        "theme_3": "required",
    }


def test_only_coordinators_confirm_and_only_once(session, coordinator, ambassador, request_):
    with pytest.raises(NotAllowed):
        workshop_series.confirm(session, ambassador.actor, plan(request_, ambassador), FI)
    confirmed(session, coordinator, request_, ambassador)
    with pytest.raises(Conflict):
        confirmed(session, coordinator, request_, ambassador)


def calendar_of(session, user, method="PUBLISH"):
    return Calendar.from_ical(calendar_text(workshop_events(session, user), method=method))


def test_calendars_are_told_of_a_move_and_of_calling_off(
    session, coordinator, partner, ambassador, request_
):
    series = confirmed(session, coordinator, request_, ambassador)
    session.commit()
    before = {str(each["uid"]): each for each in calendar_of(session, partner).walk("VEVENT")}
    move = MoveWorkshop(
        series_id=series.id,
        number=3,
        starts=in_finland(date(2027, 2, 18), 9),
        place="https://video.example/paja",
    )
    workshop_series.move_workshop(session, ambassador.actor, move, FI)
    workshop_series.call_off(session, ambassador.actor, series.id, 2, "Vetäjä sairastui.")
    session.commit()
    first, second, third = calendar_of(session, ambassador).walk("VEVENT")
    assert [str(each["uid"]) for each in (first, second, third)] == list(before)
    assert [int(each["sequence"]) for each in (first, second, third)] == [0, 1, 1]
    assert [str(each["status"]) for each in (first, second, third)] == [
        "CONFIRMED",
        "CANCELLED",
        "CONFIRMED",
    ]
    assert third["dtstart"].dt == datetime(2027, 2, 18, 7, tzinfo=UTC)
    assert third["dtstart"].params["TZID"] == "Europe/Helsinki"
    assert str(third["location"]) == "https://video.example/paja"
    kinds = [each.kind for each in session.scalars(select(Message).order_by(Message.created))]
    assert kinds.count(MessageKind.WORKSHOP_MOVED) == 2
    assert kinds.count(MessageKind.WORKSHOP_CALLED_OFF) == 2


@pytest.mark.parametrize("first", [date(2027, 3, 17), date(2027, 10, 20)])
def test_calendars_show_the_same_hour_when_the_clocks_change(
    session, coordinator, ambassador, partner, first
):
    series = add_series(session, partner, starts=in_finland(first, 13))
    confirmed(session, coordinator, series, ambassador)
    session.commit()
    calendar = calendar_of(session, ambassador)
    starts = [event["dtstart"].dt for event in calendar.walk("VEVENT")]
    assert [each.hour for each in starts] == [13, 13, 13]
    assert len({each.utcoffset() for each in starts}) == 2
    assert [str(each["tzid"]) for each in calendar.walk("VTIMEZONE")] == ["Europe/Helsinki"]


def test_a_move_shows_its_clashes_first_and_keeps_the_order(
    session, coordinator, ambassador, request_
):
    series = confirmed(session, coordinator, request_, ambassador)
    add_series(
        session,
        None,
        SeriesState.CONFIRMED,
        [ambassador],
        starts=in_finland(date(2027, 2, 25), 13),
    )
    move = MoveWorkshop(
        series_id=series.id, number=3, starts=in_finland(date(2027, 2, 25), 13), place="Aula"
    )
    with pytest.raises(ClashesUnseen):
        workshop_series.move_workshop(session, coordinator.actor, move, FI)
    clashes, mark = workshop_series.clashes_of_move(session, coordinator.actor, move, FI)
    assert clashes == [Clash(3, ClashKind.AMBASSADOR_BUSY, "Leo")]
    moved = workshop_series.move_workshop(session, coordinator.actor, replace(move, seen=mark), FI)
    assert moved.sequence == 1
    early = replace(move, number=2, starts=in_finland(date(2027, 2, 3), 14))
    with pytest.raises(Invalid) as refused:
        workshop_series.move_workshop(session, coordinator.actor, early, FI)
    assert refused.value.errors == {"time": "order"}
    past = replace(move, starts=now() - timedelta(days=1))
    with pytest.raises(Invalid) as refused:
        workshop_series.move_workshop(session, coordinator.actor, past, FI)
    assert refused.value.errors == {"time": "past"}


def test_cancelling_calls_every_workshop_off(session, coordinator, partner, ambassador, request_):
    series = confirmed(session, coordinator, request_, ambassador)
    with pytest.raises(Invalid):
        workshop_series.cancel(session, partner.actor, series.id, "")
    workshop_series.cancel(session, partner.actor, series.id, "Yksikkö muuttaa.")
    session.commit()
    assert series.state is SeriesState.CANCELLED
    calendar = calendar_of(session, partner, method="CANCEL")
    assert str(calendar["method"]) == "CANCEL"
    events = calendar.walk("VEVENT")
    assert {(str(each["status"]), int(each["sequence"])) for each in events} == {("CANCELLED", 1)}
    with pytest.raises(Conflict):
        workshop_series.call_off(session, ambassador.actor, series.id, 1, "Too late.")


def test_who_asked_does_not_move_the_ambassadors_workshops(
    session, coordinator, partner, ambassador, request_
):
    series = confirmed(session, coordinator, request_, ambassador)
    with pytest.raises(NotAllowed):
        workshop_series.call_off(session, partner.actor, series.id, 1, "No.")
