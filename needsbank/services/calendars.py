"""Writing events as text that calendars read (RFC 5545), in Finnish time."""

from collections.abc import Iterable
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from needsbank import __version__
from needsbank.domain.calendars import CalendarEvent

if TYPE_CHECKING:
    from icalendar import Event

_FINNISH_TIME = ZoneInfo("Europe/Helsinki")


def calendar_text(
    events: Iterable[CalendarEvent], *, method: str = "PUBLISH", name: str = "Tarvepankki"
) -> bytes:
    """Return a calendar of the events: one to subscribe to, or (CANCEL) one that takes them off."""
    from icalendar import Calendar  # noqa: PLC0415 -- takes a while to load, and few need it

    calendar = Calendar()
    calendar.add("prodid", f"-//Tarvepankki//needsbank {__version__}//FI")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("method", method)
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)  # what NAME was before there was a standard
    for event in events:
        calendar.add_component(_written(event))
    calendar.add_missing_timezones()
    text: bytes = calendar.to_ical()
    return text


def _written(event: CalendarEvent) -> "Event":
    from icalendar import Event  # noqa: PLC0415 -- as above

    written = Event()
    written.add("uid", event.uid)
    written.add("sequence", event.sequence)
    # The moment of the change, not of the asking: an unchanged event reads the same every time.
    written.add("dtstamp", event.changed)
    written.add("last-modified", event.changed)
    written.add("dtstart", event.starts.astimezone(_FINNISH_TIME))
    written.add("dtend", event.ends.astimezone(_FINNISH_TIME))
    written.add("summary", event.summary)
    written.add("status", "CANCELLED" if event.cancelled else "CONFIRMED")
    texts = {"description": event.description, "location": event.place, "url": event.url}
    for field, text in texts.items():
        if text:
            written.add(field, text)
    return written
