"""Calendars read by another parse of the same text: times, zones, changes and cancellations."""

from datetime import UTC, datetime, timedelta
from typing import Any

from icalendar import Calendar

from needsbank.domain.calendars import CalendarEvent
from needsbank.services.calendars import calendar_text

_CHANGED = datetime(2026, 3, 2, 8, 30, tzinfo=UTC)


def _event(**values: Any) -> CalendarEvent:
    starts = datetime(2026, 3, 26, 10, 0, tzinfo=UTC)
    return CalendarEvent(
        **{
            "uid": "workshop-1@bank.example",
            "sequence": 0,
            "starts": starts,
            "ends": starts + timedelta(hours=2),
            "summary": "INNO-paja: avaimet ja ovet",
            "changed": _CHANGED,
            **values,
        }
    )


def _read(text: bytes) -> Any:
    return Calendar.from_ical(text)


def _only(text: bytes) -> Any:
    (event,) = _read(text).walk("VEVENT")
    return event


def test_an_event_is_read_back_as_it_was_written():
    text = calendar_text(
        [
            _event(
                description="Ota puhelin mukaan; kahvia on.\nTervetuloa, kaikki!",
                place="Hämeenkatu 1, Tampere",
                url="https://bank.example/workshops/1",
            )
        ]
    )

    event = _only(text)
    assert event["uid"] == "workshop-1@bank.example"
    assert event["summary"] == "INNO-paja: avaimet ja ovet"
    assert event["description"] == "Ota puhelin mukaan; kahvia on.\nTervetuloa, kaikki!"
    assert event["location"] == "Hämeenkatu 1, Tampere"
    assert event["url"] == "https://bank.example/workshops/1"
    assert event["status"] == "CONFIRMED"
    assert event["last-modified"].dt == _CHANGED


def test_times_are_finnish_and_the_zone_is_told_on_both_sides_of_summer_time():
    winter, summer = _event(), _event(uid="2", starts=datetime(2026, 4, 2, 9, tzinfo=UTC))

    text = calendar_text([winter, summer])

    read = _read(text)
    starts = [event["dtstart"] for event in read.walk("VEVENT")]
    assert [str(start.params["TZID"]) for start in starts] == ["Europe/Helsinki"] * 2
    assert [start.dt.hour for start in starts] == [12, 12]
    assert [start.dt.utcoffset() for start in starts] == [timedelta(hours=2), timedelta(hours=3)]
    (zone,) = read.walk("VTIMEZONE")
    assert zone["tzid"] == "Europe/Helsinki"


def test_a_cancellation_names_the_same_event_with_a_higher_sequence():
    cancelled = _event(sequence=3, cancelled=True)

    text = calendar_text([cancelled], method="CANCEL")

    event = _only(text)
    assert _read(text)["method"] == "CANCEL"
    assert (event["uid"], event["sequence"]) == ("workshop-1@bank.example", 3)
    assert event["status"] == "CANCELLED"


def test_words_cannot_add_lines_of_their_own():
    text = calendar_text([_event(summary="Hei\r\nATTENDEE:mailto:a@b.example", place="x\r\nURL:y")])

    event = _only(text)
    assert "attendee" not in event
    assert "url" not in event
    assert event["summary"].splitlines() == ["Hei", "ATTENDEE:mailto:a@b.example"]


def test_an_unchanged_calendar_reads_the_same_every_time():
    assert calendar_text([_event()]) == calendar_text([_event()])


def test_a_calendar_without_events_is_a_calendar_all_the_same():
    read = _read(calendar_text([], name="Avoimet tapahtumat"))

    assert read["x-wr-calname"] == "Avoimet tapahtumat"
    assert list(read.walk("VEVENT")) == []
