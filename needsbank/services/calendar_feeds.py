"""Calendar feeds: what a person's calendar reads by a secret address, until it is revoked."""

import secrets
from collections.abc import Callable, Iterable, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import CalendarFeed, User
from needsbank.domain.calendars import CalendarEvent
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, NotFound
from needsbank.domain.roles import Actor
from needsbank.services import audit
from needsbank.services.workshop_calendar import workshop_events

MOST = 5
"""Addresses that a person has at once: one for each calendar of theirs."""

Events = Callable[[Session, User], Iterable[CalendarEvent]]
"""Gives what one part of the bank has for a person's calendar, and nothing they may not read."""

EVENTS: tuple[Events, ...] = (workshop_events,)
"""Everything that a feed shows."""


def feeds_of(session: Session, actor: Actor) -> Sequence[CalendarFeed]:
    """Return the actor's feeds that still work, oldest first."""
    mine = select(CalendarFeed).where(
        CalendarFeed.user_id == actor.person_id, CalendarFeed.revoked.is_(None)
    )
    return session.scalars(mine.order_by(CalendarFeed.created, CalendarFeed.id)).all()


def make_feed(session: Session, actor: Actor) -> CalendarFeed:
    """Make a new secret address for the actor."""
    if len(feeds_of(session, actor)) >= MOST:
        raise Conflict("too many calendar feeds")
    feed = CalendarFeed(user_id=actor.person_id, code=secrets.token_urlsafe(32))
    session.add(feed)
    session.flush()  # the audit entry needs the key
    audit.record(session, actor, "add", "calendar_feed", feed.id)
    return feed


def revoke_feed(session: Session, actor: Actor, feed_id: UUID) -> CalendarFeed:
    """End a feed of the actor's; ending it again changes nothing."""
    mine = select(CalendarFeed).where(
        CalendarFeed.id == feed_id, CalendarFeed.user_id == actor.person_id
    )
    feed = session.scalar(mine)
    if feed is None:
        raise NotFound(feed_id)
    if feed.revoked is None:
        feed.revoked = now()
        audit.record(session, actor, "revoke", "calendar_feed", feed.id)
    return feed


def events_of(
    session: Session, code: str, sources: Iterable[Events] | None = None
) -> list[CalendarEvent]:
    """Return what the calendar behind a code shows; NotFound when it shows nothing to anybody."""
    asked = (
        select(CalendarFeed)
        .where(CalendarFeed.code == code, CalendarFeed.revoked.is_(None))
        .options(joinedload(CalendarFeed.user))
    )
    feed = session.scalar(asked)
    if feed is None or not feed.user.active:
        raise NotFound("no such feed")
    every = EVENTS if sources is None else sources
    found = [event for source in every for event in source(session, feed.user)]
    return sorted(found, key=lambda event: (event.starts, event.uid))
