"""Workshops as events of calendars."""

from sqlalchemy.orm import Session

from needsbank.db.models import User, Workshop, WorkshopSeries
from needsbank.db.queries.workshops import workshops_of
from needsbank.domain.calendars import CalendarEvent
from needsbank.domain.languages import Language
from needsbank.domain.workshops import EVENT_NAME


def workshop_events(session: Session, user: User) -> list[CalendarEvent]:
    """Return the workshops that a person asked for or holds; `url` lacks the host."""
    workshops = session.scalars(workshops_of(user.id)).all()
    return [event_of(each, each.series, user.language) for each in workshops]


def event_of(workshop: Workshop, series: WorkshopSeries, language: Language) -> CalendarEvent:
    """Return a workshop as an event, named in a language; `url` is the page's path."""
    name = EVENT_NAME.get(language, EVENT_NAME[Language.EN])
    return CalendarEvent(
        uid=f"workshop-{workshop.id}@tarvepankki",
        sequence=workshop.sequence,
        starts=workshop.starts,
        ends=workshop.ends,
        summary=f"{name} {workshop.number}/{len(series.workshops)}: {series.unit.name}",
        description=workshop.theme,
        place=workshop.place,
        url=f"/workshops/{series.id}",
        cancelled=workshop.cancelled,
        changed=workshop.changed,
    )
