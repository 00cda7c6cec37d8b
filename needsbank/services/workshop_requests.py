"""Asking for INNO workshops, and what becomes of a request."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from needsbank.db.models import PossibleTime, Unit, WorkshopSeries
from needsbank.db.queries.workshops import series_asked_for, series_of, series_to_read
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.languages import Language
from needsbank.domain.roles import Actor, may_post_need
from needsbank.domain.workshops import (
    FINNISH_TIME,
    LARGEST_TEAM,
    MOST_HOURS,
    NAME_MAX,
    PLACE_MAX,
    WISHES_MAX,
    AskForWorkshops,
    SeriesState,
    check_times,
    check_transition,
)
from needsbank.services import audit
from needsbank.services.public_holidays import holiday_on
from needsbank.services.units import units_of
from needsbank.services.workshop_messages import tell_declined

_TEXTS = (("granted_by", NAME_MAX), ("place", PLACE_MAX))
_NUMBERS = (("team_size", LARGEST_TEAM), ("hours_granted", MOST_HOURS))


def ask(session: Session, actor: Actor, command: AskForWorkshops) -> WorkshopSeries:
    """Ask for a series of workshops for a unit of one's own organisation."""
    _check(session, actor, command)
    series = WorkshopSeries(
        unit_id=command.unit_id,
        requester_id=actor.person_id,
        team_size=command.team_size,
        wishes=command.wishes.strip(),
        hours_granted=command.hours_granted,
        granted_by=command.granted_by.strip(),
        place=command.place.strip(),
        times=[PossibleTime(starts=starts) for starts in sorted(command.times)],
    )
    session.add(series)
    session.flush()  # the audit entry needs the key
    audit.record(session, actor, "ask", "workshop_series", series.id)
    return series


def decline(session: Session, actor: Actor, series_id: UUID, reason: str) -> WorkshopSeries:
    """Say no to a request, with the reason that who asked reads."""
    if not actor.coordinates:
        raise NotAllowed("coordinators answer requests")
    if not reason.strip():
        raise Invalid({"reason": "required"})
    series = readable(session, actor, series_id)
    lead_to(session, actor, series, SeriesState.DECLINED, "decline")
    series.reason = reason.strip()
    tell_declined(session, series)
    return series


def withdraw(session: Session, actor: Actor, series_id: UUID) -> WorkshopSeries:
    """Take a request back that nobody has answered yet."""
    series = readable(session, actor, series_id)
    if series.requester_id != actor.user_id:
        raise NotAllowed(series_id)
    if series.state is not SeriesState.ASKED:
        raise Conflict("answered already")
    lead_to(session, actor, series, SeriesState.CANCELLED, "withdraw")
    return series


def readable(session: Session, actor: Actor, series_id: UUID) -> WorkshopSeries:
    """Return a series that the actor may read; NotFound for any other."""
    series = session.scalar(series_to_read(actor, series_id))
    if series is None:
        raise NotFound(series_id)
    return series


def own_series(session: Session, actor: Actor) -> Sequence[WorkshopSeries]:
    """Return the series that the actor asked for or holds."""
    return session.scalars(series_of(actor)).all()


def waiting(session: Session, actor: Actor) -> Sequence[WorkshopSeries]:
    """Return the requests that wait for a coordinator, oldest first."""
    if not actor.coordinates:
        raise NotAllowed("coordinators answer requests")
    return session.scalars(series_asked_for()).all()


def units_to_ask_for(session: Session, actor: Actor) -> list[Unit]:
    """Return the units that the actor may ask for workshops for."""
    return units_of(session, {org for org, _ in actor.roles if may_post_need(actor, org)})


def holidays_among(series: WorkshopSeries, language: Language) -> dict[UUID, str]:
    """Return which of the possible times are public holidays, by the time's key."""
    names = {
        time.id: holiday_on(time.starts.astimezone(FINNISH_TIME).date(), language)
        for time in series.times
    }
    return {key: name for key, name in names.items() if name}


def lead_to(
    session: Session, actor: Actor, series: WorkshopSeries, target: SeriesState, act: str
) -> None:
    """Move a series along its table, and log who did."""
    check_transition(series.state, target)
    series.state = target
    audit.record(session, actor, act, "workshop_series", series.id)


def _check(session: Session, actor: Actor, command: AskForWorkshops) -> None:
    unit = session.get(Unit, command.unit_id)
    if unit is None or not may_post_need(actor, unit.organisation_id):
        raise Invalid({"unit_id": "unknown"})
    errors = {}
    for name, most in _TEXTS:
        text = getattr(command, name).strip()
        if not text or len(text) > most:
            errors[name] = "too_long" if text else "required"
    for name, most in _NUMBERS:
        if not 1 <= getattr(command, name) <= most:
            errors[name] = "number"
    if len(command.wishes) > WISHES_MAX:
        errors["wishes"] = "too_long"
    if errors:
        raise Invalid(errors)
    check_times(command.times, now())
