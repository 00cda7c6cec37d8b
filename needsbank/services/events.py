"""Events: described by coordinators, read by everybody, taken into calendars."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload, selectinload

from needsbank.db.models import Event, ProgrammeSlot
from needsbank.domain.calendars import CalendarEvent
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.events import AddSlot, DescribeEvent
from needsbank.domain.roles import Actor
from needsbank.services import audit
from needsbank.services.results import result_to_read

AT_MOST = 100


def add_event(session: Session, actor: Actor, command: DescribeEvent) -> Event:
    """Announce an event."""
    _check(actor, command)
    event = Event(created_by_id=actor.person_id, sequence=0)
    _describe(event, command)
    session.add(event)
    session.flush()  # the audit entry needs the key
    audit.record(session, actor, "add", "event", event.id)
    return event


def change_event(session: Session, actor: Actor, event_id: UUID, command: DescribeEvent) -> Event:
    """Describe an event anew; calendars that hold it are told by its next number."""
    _check(actor, command)
    event = _standing(session, event_id)
    _describe(event, command)
    event.sequence += 1
    audit.record(session, actor, "change", "event", event.id)
    return event


def cancel_event(session: Session, actor: Actor, event_id: UUID) -> Event:
    """Call an event off; it stays in the calendar, marked so."""
    _check(actor)
    event = _standing(session, event_id)
    event.cancelled = event.changed = now()
    event.sequence += 1
    audit.record(session, actor, "cancel", "event", event.id)
    return event


def add_slot(session: Session, actor: Actor, event_id: UUID, command: AddSlot) -> ProgrammeSlot:
    """Put a result, or something else, into the programme of an event."""
    _check(actor)
    event = _standing(session, event_id)
    if not event.starts <= command.starts <= event.ends:
        raise Invalid({"starts": "outside"})
    if command.result_id is not None:
        result_to_read(session, actor, command.result_id)
    elif not command.title.strip():
        raise Invalid({"title": "required"})
    slot = ProgrammeSlot(
        event_id=event.id,
        starts=command.starts,
        title=command.title.strip(),
        result_id=command.result_id,
    )
    session.add(slot)
    event.sequence, event.changed = event.sequence + 1, now()
    audit.record(session, actor, "add_slot", "event", event.id)
    return slot


def remove_slot(session: Session, actor: Actor, event_id: UUID, slot_id: UUID) -> None:
    """Take something out of the programme."""
    _check(actor)
    event = _standing(session, event_id)
    slot = session.get(ProgrammeSlot, slot_id)
    if slot is None or slot.event_id != event.id:
        raise NotFound(slot_id)
    session.delete(slot)
    event.sequence, event.changed = event.sequence + 1, now()
    audit.record(session, actor, "remove_slot", "event", event.id)


def event_to_read(session: Session, event_id: UUID) -> Event:
    """Return an event with its programme."""
    with_programme = selectinload(Event.slots).joinedload(ProgrammeSlot.result)
    event = session.scalar(select(Event).where(Event.id == event_id).options(with_programme))
    if event is None:
        raise NotFound(event_id)
    return event


def coming_events(session: Session) -> Sequence[Event]:
    """Return what is still to come or going on, the next first."""
    coming = select(Event).where(Event.ends >= now()).order_by(Event.starts, Event.id)
    return session.scalars(coming.limit(AT_MOST)).all()


def past_events(session: Session) -> Sequence[Event]:
    """Return what is over, the latest first."""
    past = select(Event).where(Event.ends < now()).order_by(Event.starts.desc(), Event.id)
    return session.scalars(past.limit(AT_MOST)).all()


def slots_of_result(session: Session, result_id: UUID) -> Sequence[ProgrammeSlot]:
    """Return where a result is shown, events that were called off aside."""
    return session.scalars(
        select(ProgrammeSlot)
        .join(ProgrammeSlot.event)
        .where(ProgrammeSlot.result_id == result_id, Event.cancelled.is_(None))
        .options(joinedload(ProgrammeSlot.event))
        .order_by(ProgrammeSlot.starts)
    ).all()


def calendar_event(event: Event, url: str) -> CalendarEvent:
    """Return an event as calendars take it; `url` is its page."""
    return CalendarEvent(
        uid=f"event-{event.id}@tarvepankki",
        sequence=event.sequence,
        starts=event.starts,
        ends=event.ends,
        summary=event.title,
        description="\n\n".join(filter(None, (event.about, event.link))),
        place=event.place or event.link,
        url=url,
        cancelled=event.cancelled is not None,
        changed=event.changed,
    )


def _check(actor: Actor, command: DescribeEvent | None = None) -> None:
    if not actor.coordinates:
        raise NotAllowed("coordinators keep the events")
    if command is not None:
        command.check()


def _standing(session: Session, event_id: UUID) -> Event:
    event = session.get(Event, event_id)
    if event is None:
        raise NotFound(event_id)
    if event.cancelled is not None:
        raise Conflict("the event was called off")
    return event


def _describe(event: Event, command: DescribeEvent) -> None:
    event.title, event.kind = command.title.strip(), command.kind
    event.starts, event.ends = command.starts, command.ends
    event.place, event.link = command.place.strip(), command.link.strip()
    event.about, event.changed = command.about.strip(), now()
