"""What speaks against the times of workshops: other workshops, holidays, hours not granted."""

import hashlib
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from needsbank.db.models import User, Workshop, WorkshopSeries
from needsbank.db.queries.workshops import workshops_between
from needsbank.domain.languages import Language
from needsbank.domain.workshops import FINNISH_TIME, WORKSHOPS, Clash, ClashKind
from needsbank.services.public_holidays import holiday_on

Span = tuple[int, datetime, datetime]
"""A workshop's number, and from when to when it is."""


def clashes_of(
    session: Session,
    series: WorkshopSeries,
    spans: Sequence[Span],
    ambassadors: Sequence[User],
    language: Language,
) -> list[Clash]:
    """Return what speaks against these times, workshop by workshop; names in a language."""
    others = session.scalars(
        workshops_between(
            min(starts for _, starts, _ in spans),
            max(ends for _, _, ends in spans),
            unit_id=series.unit_id,
            ambassador_ids=[user.id for user in ambassadors],
            besides=series.id,
        )
    ).all()
    found = [
        clash
        for span in spans
        for clash in _of_span(span, series, others, {user.id for user in ambassadors}, language)
    ]
    return [*found, *_beyond_granted(series, spans)]


def fingerprint_of(clashes: Collection[Clash], spans: Collection[Span]) -> str:
    """Return what tells these clashes at these times from others; nothing for no clash."""
    if not clashes:
        return ""
    told = repr([(c.number, c.kind.value, c.what) for c in clashes])
    times = repr([(number, starts.isoformat(), ends.isoformat()) for number, starts, ends in spans])
    return hashlib.sha256(f"{told} {times}".encode()).hexdigest()[:16]


def _of_span(
    span: Span,
    series: WorkshopSeries,
    others: Sequence[Workshop],
    named: Collection[object],
    language: Language,
) -> Iterator[Clash]:
    number, starts, ends = span
    for other in others:
        if not (other.starts < ends and other.ends > starts):
            continue
        for ambassador in other.series.ambassadors:
            if ambassador.user_id in named:
                yield Clash(number, ClashKind.AMBASSADOR_BUSY, ambassador.user.name)
        if other.series.unit_id == series.unit_id:
            yield Clash(number, ClashKind.UNIT_BUSY, other.series.unit.name)
    holiday = holiday_on(starts.astimezone(FINNISH_TIME).date(), language)
    if holiday:
        yield Clash(number, ClashKind.HOLIDAY, holiday)


def _beyond_granted(series: WorkshopSeries, spans: Sequence[Span]) -> Iterator[Clash]:
    taken = sum(((ends - starts) for _, starts, ends in spans), timedelta())
    if len(spans) == WORKSHOPS and taken > timedelta(hours=series.hours_granted):
        yield Clash(0, ClashKind.BEYOND_GRANTED, str(series.hours_granted))
