"""Events (tapahtumat): MINNO Fests with their programme, and other open ones."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from needsbank.domain.errors import Invalid

ABOUT_MAX = 4000


class EventKind(Enum):
    """What sort of event it is."""

    FEST = "fest"
    """Where results are shown; it has a programme."""
    OPEN = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeEvent:
    """Say what happens, where and when; everybody may come."""

    title: str
    kind: EventKind
    starts: datetime
    ends: datetime
    place: str = ""
    link: str = ""
    about: str = ""

    def check(self) -> None:
        """Raise `Invalid` for an event that ends before it begins, or is nowhere."""
        errors = {}
        if self.ends <= self.starts:
            errors["ends"] = "ends_first"
        if not self.place.strip() and not self.link.strip():
            errors["place"] = "nowhere"
        if errors:
            raise Invalid(errors)


@dataclass(frozen=True, slots=True, kw_only=True)
class AddSlot:
    """Put a result, or anything else with a title, into an event's programme."""

    starts: datetime
    title: str = ""
    result_id: UUID | None = None
