"""Events as calendars of all makes are given them."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CalendarEvent:
    """One event; `uid` never changes, and each change that people notice raises `sequence`."""

    uid: str
    sequence: int
    starts: datetime
    ends: datetime
    summary: str
    description: str = ""
    place: str = ""
    url: str = ""
    """The event's page, in full."""
    cancelled: bool = False
    changed: datetime
    """When it was last changed; a calendar keeps the newer of two."""
