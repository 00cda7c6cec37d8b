"""Events are open to everybody, kept by coordinators, and understood by calendars."""

from datetime import timedelta

import icalendar
import pytest

from needsbank.db.transaction import transaction
from needsbank.domain import clock
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.events import AddSlot, DescribeEvent, EventKind
from needsbank.domain.roles import Role
from needsbank.services import events
from needsbank.services.calendars import calendar_text
from tests.factories import add_event, add_result, add_user


@pytest.fixture
def coordinator(session):
    return add_user(session, Role.COORDINATOR).actor


def fest(**values):
    starts = now() + timedelta(days=10)
    told = {"title": "MINNO Fest", "kind": EventKind.FEST, "place": "Hall"}
    times = {"starts": starts, "ends": starts + timedelta(hours=2)}
    return DescribeEvent(**{**told, **times, **values})


def in_calendar(event):
    text = calendar_text([events.calendar_event(event, "https://bank.example/events/1")])
    (only,) = icalendar.Calendar.from_ical(text).walk("VEVENT")
    return only


def test_a_change_and_a_cancellation_reach_calendars(session, coordinator):
    with transaction(session):
        event = events.add_event(session, coordinator, fest())
    first = in_calendar(event)
    with transaction(session):
        events.change_event(session, coordinator, event.id, fest(place="Library"))
    second = in_calendar(event)
    with transaction(session):
        events.cancel_event(session, coordinator, event.id)
    third = in_calendar(event)
    assert first["UID"] == second["UID"] == third["UID"]
    assert [each["SEQUENCE"] for each in (first, second, third)] == [0, 1, 2]
    assert second["LOCATION"] == "Library"
    assert (second["STATUS"], third["STATUS"]) == ("CONFIRMED", "CANCELLED")
    with pytest.raises(Conflict), transaction(session):
        events.change_event(session, coordinator, event.id, fest())


@pytest.mark.parametrize(
    ("values", "errors"),
    [({"place": ""}, {"place": "nowhere"}), ({"ends": now()}, {"ends": "ends_first"})],
)
def test_an_event_is_somewhere_and_ends_after_it_begins(session, coordinator, values, errors):
    with pytest.raises(Invalid) as refusal, transaction(session):
        events.add_event(session, coordinator, fest(**values))
    assert refusal.value.errors == errors


def test_others_keep_no_events(session):
    with pytest.raises(NotAllowed), transaction(session):
        events.add_event(session, add_user(session, Role.ADMIN).actor, fest())


def test_a_result_is_shown_at_an_event_and_taken_out_again(session, coordinator):
    event, result = add_event(session), add_result(session)
    add = AddSlot(starts=event.starts, result_id=result.id)
    with transaction(session):
        slot = events.add_slot(session, coordinator, event.id, add)
    assert [each.event_id for each in events.slots_of_result(session, result.id)] == [event.id]
    with pytest.raises(NotFound), transaction(session):
        events.remove_slot(session, coordinator, add_event(session).id, slot.id)
    with transaction(session):
        events.remove_slot(session, coordinator, event.id, slot.id)
    assert events.slots_of_result(session, result.id) == []


def test_a_slot_lies_within_its_event_and_says_something(session, coordinator):
    event = add_event(session)
    for command, errors in (
        (AddSlot(starts=event.starts - timedelta(minutes=1), title="x"), {"starts": "outside"}),
        (AddSlot(starts=event.starts, title=" "), {"title": "required"}),
    ):
        with pytest.raises(Invalid) as refusal, transaction(session):
            events.add_slot(session, coordinator, event.id, command)
        assert refusal.value.errors == errors


def test_what_is_over_moves_to_what_was_held(session):
    event = add_event(session)
    assert [each.id for each in events.coming_events(session)] == [event.id]
    with clock.moved(timedelta(days=31)):
        assert events.coming_events(session) == []
        assert [each.id for each in events.past_events(session)] == [event.id]
