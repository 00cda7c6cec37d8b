"""Confirming a request as three workshops, and moving or calling them off later."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Membership, SeriesAmbassador, User, Workshop, WorkshopSeries
from needsbank.db.queries.workshops import series_to_hold
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.languages import Language
from needsbank.domain.roles import Actor, Role
from needsbank.domain.workshops import (
    HELD,
    LONGEST_MINUTES,
    MOST_AMBASSADORS,
    PLACE_MAX,
    THEME_MAX,
    WORKSHOPS,
    Clash,
    ConfirmSeries,
    MoveWorkshop,
    SeriesState,
)
from needsbank.services import audit
from needsbank.services.workshop_clashes import Span, clashes_of, fingerprint_of
from needsbank.services.workshop_messages import (
    tell_called_off,
    tell_cancelled,
    tell_confirmed,
    tell_moved,
)
from needsbank.services.workshop_requests import lead_to, readable


class ClashesUnseen(Conflict):
    """The times clash with something that whoever sends them has not been shown."""


def ambassadors(session: Session) -> Sequence[User]:
    """Return everybody who can hold workshops, by name."""
    known = select(Membership.user_id).where(Membership.role == Role.AMBASSADOR)
    return session.scalars(
        select(User).where(User.id.in_(known), User.active).order_by(User.name, User.id)
    ).all()


def clashes_of_plan(
    session: Session, actor: Actor, command: ConfirmSeries, language: Language
) -> tuple[list[Clash], str]:
    """Return what speaks against a plan, and the mark that says it has been seen."""
    series = _to_confirm(session, actor, command.series_id)
    named = _check(session, command)
    spans = _spans(command)
    clashes = clashes_of(session, series, spans, named, language)
    return clashes, fingerprint_of(clashes, spans)


def confirm(
    session: Session, actor: Actor, command: ConfirmSeries, language: Language
) -> WorkshopSeries:
    """Make the three workshops of a request; who asked and the ambassadors are told.

    Raises `ClashesUnseen` when there are clashes other than those that the actor has seen.
    """
    series = _to_confirm(session, actor, command.series_id)
    named = _check(session, command)
    spans = _spans(command)
    _check_seen(fingerprint_of(clashes_of(session, series, spans, named, language), spans), command)
    series.place = command.place.strip()
    series.ambassadors = [
        SeriesAmbassador(user=user, position=place) for place, user in enumerate(named)
    ]
    series.workshops = [
        Workshop(
            number=number, theme=planned.theme.strip(), starts=starts, ends=ends, place=series.place
        )
        for planned, (number, starts, ends) in zip(command.workshops, spans, strict=True)
    ]
    lead_to(session, actor, series, SeriesState.CONFIRMED, "confirm")
    tell_confirmed(session, series)
    return series


def clashes_of_move(
    session: Session, actor: Actor, command: MoveWorkshop, language: Language
) -> tuple[list[Clash], str]:
    """Return what speaks against a workshop's new time, and the mark that says it was seen."""
    series, workshop = held_workshop(session, actor, command.series_id, command.number)
    _check_move(series, workshop, command)
    return _clashes_of_moved(session, series, workshop, command, language)


def move_workshop(
    session: Session, actor: Actor, command: MoveWorkshop, language: Language
) -> Workshop:
    """Give a workshop another time or place; everybody concerned is told."""
    series, workshop = held_workshop(session, actor, command.series_id, command.number)
    _check_move(series, workshop, command)
    _, mark = _clashes_of_moved(session, series, workshop, command, language)
    _check_seen(mark, command)
    length = workshop.ends - workshop.starts
    workshop.starts, workshop.ends = command.starts, command.starts + length
    workshop.place = command.place.strip()
    _count_change(workshop)
    audit.record(session, actor, "move", "workshop_series", series.id, number=workshop.number)
    tell_moved(session, series, workshop)
    return workshop


def call_off(session: Session, actor: Actor, series_id: UUID, number: int, reason: str) -> Workshop:
    """Call one workshop off with the reason that everybody concerned reads."""
    series, workshop = held_workshop(session, actor, series_id, number)
    workshop.reason = _reason(reason)
    workshop.cancelled = True
    _count_change(workshop)
    audit.record(session, actor, "call_off", "workshop_series", series.id, number=number)
    tell_called_off(session, series, workshop)
    return workshop


def cancel(session: Session, actor: Actor, series_id: UUID, reason: str) -> WorkshopSeries:
    """Call a whole series off; who asked may do so too."""
    series = readable(session, actor, series_id)
    if series.state not in HELD:
        raise Conflict("there is nothing to call off")
    series.reason = _reason(reason)
    lead_to(session, actor, series, SeriesState.CANCELLED, "cancel")
    for workshop in series.workshops:
        if not workshop.cancelled:
            workshop.cancelled = True
            _count_change(workshop)
    tell_cancelled(session, series)
    return series


def held_series(session: Session, actor: Actor, series_id: UUID) -> WorkshopSeries:
    """Return a series whose workshops the actor holds, or any to a coordinator."""
    series = session.scalar(series_to_hold(actor, series_id))
    if series is not None:
        return series
    readable(session, actor, series_id)
    raise NotAllowed(series_id)


def held_workshop(
    session: Session, actor: Actor, series_id: UUID, number: int
) -> tuple[WorkshopSeries, Workshop]:
    """Return a workshop that is to be held, and its series; Conflict when it is called off."""
    series = held_series(session, actor, series_id)
    workshop = next((each for each in series.workshops if each.number == number), None)
    if workshop is None:
        raise NotFound(number)
    if series.state not in HELD or workshop.cancelled:
        raise Conflict("called off already")
    return series, workshop


def _to_confirm(session: Session, actor: Actor, series_id: UUID) -> WorkshopSeries:
    if not actor.coordinates:
        raise NotAllowed("coordinators confirm workshops")
    series = readable(session, actor, series_id)
    if series.state is not SeriesState.ASKED:
        raise Conflict("answered already")
    return series


def _check(session: Session, command: ConfirmSeries) -> Sequence[User]:
    """Return the named ambassadors in the order given; raise `Invalid` for a bad plan."""
    errors = {}
    known = {user.id: user for user in ambassadors(session)}
    asked = list(dict.fromkeys(command.ambassador_ids))
    if not 1 <= len(asked) <= MOST_AMBASSADORS or any(each not in known for each in asked):
        errors["ambassadors"] = "ambassadors"
    if not 30 <= command.minutes <= LONGEST_MINUTES:
        errors["minutes"] = "number"
    if not command.place.strip() or len(command.place) > PLACE_MAX:
        errors["place"] = "too_long" if command.place.strip() else "required"
    starts = [each.starts for each in command.workshops]
    length = timedelta(minutes=command.minutes)
    if len(starts) != WORKSHOPS or any(b < a + length for a, b in pairwise(starts)):
        errors["times"] = "order"
    elif starts[0] <= now():
        errors["times"] = "past"
    for number, each in enumerate(command.workshops, 1):
        if not each.theme.strip() or len(each.theme) > THEME_MAX:
            errors[f"theme_{number}"] = "too_long" if each.theme.strip() else "required"
    if errors:
        raise Invalid(errors)
    return [known[each] for each in asked]


def _check_move(series: WorkshopSeries, workshop: Workshop, command: MoveWorkshop) -> None:
    errors = {}
    ends = command.starts + (workshop.ends - workshop.starts)
    others = [each for each in series.workshops if each is not workshop and not each.cancelled]
    if command.starts <= now():
        errors["time"] = "past"
    elif any(
        ends > each.starts if each.number > workshop.number else command.starts < each.ends
        for each in others
    ):
        errors["time"] = "order"
    if not command.place.strip() or len(command.place) > PLACE_MAX:
        errors["place"] = "too_long" if command.place.strip() else "required"
    if errors:
        raise Invalid(errors)


def _check_seen(mark: str, command: ConfirmSeries | MoveWorkshop) -> None:
    if mark and mark != command.seen:
        raise ClashesUnseen("there are clashes to look at first")


def _spans(command: ConfirmSeries) -> list[Span]:
    length = timedelta(minutes=command.minutes)
    return [
        (number, planned.starts, planned.starts + length)
        for number, planned in enumerate(command.workshops, 1)
    ]


def _clashes_of_moved(
    session: Session,
    series: WorkshopSeries,
    workshop: Workshop,
    command: MoveWorkshop,
    language: Language,
) -> tuple[list[Clash], str]:
    ends: datetime = command.starts + (workshop.ends - workshop.starts)
    spans = [(workshop.number, command.starts, ends)]
    people = [each.user for each in series.ambassadors]
    clashes = clashes_of(session, series, spans, people, language)
    return clashes, fingerprint_of(clashes, spans)


def _count_change(workshop: Workshop) -> None:
    workshop.sequence += 1
    workshop.changed = now()


def _reason(text: str) -> str:
    if not text.strip():
        raise Invalid({"reason": "required"})
    return text.strip()
