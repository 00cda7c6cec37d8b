"""Telling those whom a series of workshops concerns: who asked, and who holds them."""

from collections.abc import Iterator

from sqlalchemy.orm import Session

from needsbank.db.models import User, Workshop, WorkshopSeries
from needsbank.domain.outbox import MessageKind, Post, Words
from needsbank.domain.workshops import FINNISH_TIME
from needsbank.services.outbox import post


def tell_confirmed(session: Session, series: WorkshopSeries) -> None:
    """Tell when and where the workshops are, and who holds them."""
    words = {
        "unit": series.unit.name,
        "ambassadors": ", ".join(each.user.name for each in series.ambassadors),
        "times": "\n".join(_time_of(each) for each in series.workshops),
        "place": series.place,
    }
    _tell(session, series, MessageKind.WORKSHOPS_CONFIRMED, "confirmed", words)


def tell_moved(session: Session, series: WorkshopSeries, workshop: Workshop) -> None:
    """Tell the new time and place of a workshop."""
    words: Words = {
        "unit": series.unit.name,
        "number": workshop.number,
        "time": _time_of(workshop),
        "place": workshop.place,
    }
    key = f"moved:{workshop.number}:{workshop.sequence}"
    _tell(session, series, MessageKind.WORKSHOP_MOVED, key, words)


def tell_called_off(session: Session, series: WorkshopSeries, workshop: Workshop) -> None:
    """Tell that one workshop is not held, and why."""
    words: Words = {
        "unit": series.unit.name,
        "number": workshop.number,
        "reason": workshop.reason,
    }
    key = f"called_off:{workshop.number}"
    _tell(session, series, MessageKind.WORKSHOP_CALLED_OFF, key, words)


def tell_cancelled(session: Session, series: WorkshopSeries) -> None:
    """Tell that the whole series is not held, and why."""
    words = {"unit": series.unit.name, "reason": series.reason}
    _tell(session, series, MessageKind.WORKSHOPS_CANCELLED, "cancelled", words)


def tell_declined(session: Session, series: WorkshopSeries) -> None:
    """Tell who asked that there will be no workshops, and why."""
    words = {"unit": series.unit.name, "reason": series.reason}
    _post(session, series, series.requester, MessageKind.WORKSHOPS_DECLINED, "declined", words)


def _tell(
    session: Session, series: WorkshopSeries, kind: MessageKind, key: str, words: Words
) -> None:
    for person in _concerned(series):
        _post(session, series, person, kind, key, words)


def _concerned(series: WorkshopSeries) -> Iterator[User]:
    yield series.requester
    for each in series.ambassadors:
        if each.user_id != series.requester_id:
            yield each.user


def _post(
    session: Session,
    series: WorkshopSeries,
    person: User,
    kind: MessageKind,
    key: str,
    words: Words,
) -> None:
    post(
        session,
        Post(
            key=f"workshops:{series.id}:{key}:{person.id}",
            kind=kind,
            words={**words, "path": f"/workshops/{series.id}"},
            user_id=person.id,
            language=person.language,
        ),
    )


def _time_of(workshop: Workshop) -> str:
    """Return a time as all three languages write it: day, month, year and the hours."""
    starts = workshop.starts.astimezone(FINNISH_TIME)
    ends = workshop.ends.astimezone(FINNISH_TIME)
    return f"{starts.day}.{starts.month}.{starts.year} {starts:%H.%M}\N{EN DASH}{ends:%H.%M}"
