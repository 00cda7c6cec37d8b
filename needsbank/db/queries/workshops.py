"""Reads of workshop series: who may see which, and which workshops fall on the same hours."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.orm import joinedload, selectinload

from needsbank.db.models import SeriesAmbassador, Unit, Workshop, WorkshopSeries
from needsbank.domain.roles import Actor
from needsbank.domain.workshops import HELD, SeriesState

_LOADING = (
    joinedload(WorkshopSeries.unit).joinedload(Unit.organisation),
    joinedload(WorkshopSeries.requester),
    selectinload(WorkshopSeries.times),
    selectinload(WorkshopSeries.workshops),
    selectinload(WorkshopSeries.ambassadors).joinedload(SeriesAmbassador.user),
)


def series_of(actor: Actor) -> Select[WorkshopSeries]:
    """Return the series that the actor asked for or holds, newest first."""
    mine = or_(WorkshopSeries.requester_id == actor.user_id, holds(actor))
    return (
        select(WorkshopSeries)
        .where(mine if actor.is_known else false())
        .options(*_LOADING)
        .order_by(WorkshopSeries.created.desc(), WorkshopSeries.id)
    )


def series_to_read(actor: Actor, series_id: UUID) -> Select[WorkshopSeries]:
    """Return a series if the actor asked for it, holds it, or coordinates."""
    found = select(WorkshopSeries).where(WorkshopSeries.id == series_id).options(*_LOADING)
    if actor.coordinates:
        return found
    mine = or_(WorkshopSeries.requester_id == actor.user_id, holds(actor))
    return found.where(mine if actor.is_known else false())


def series_to_hold(actor: Actor, series_id: UUID) -> Select[WorkshopSeries]:
    """Return a series if the actor is one of its ambassadors, or coordinates."""
    found = select(WorkshopSeries).where(WorkshopSeries.id == series_id).options(*_LOADING)
    if actor.coordinates:
        return found
    return found.where(holds(actor) if actor.is_known else false())


def series_asked_for() -> Select[WorkshopSeries]:
    """Return the requests that wait for a coordinator, those that have waited longest first."""
    return (
        select(WorkshopSeries)
        .where(WorkshopSeries.state == SeriesState.ASKED)
        .options(*_LOADING)
        .order_by(WorkshopSeries.created, WorkshopSeries.id)
    )


def workshops_between(
    starts: datetime,
    ends: datetime,
    *,
    unit_id: UUID,
    ambassador_ids: Collection[UUID],
    besides: UUID,
) -> Select[Workshop]:
    """Return the workshops of a unit or of some ambassadors that overlap a span of time.

    Those of the series `besides` are left out.
    """
    held = select(SeriesAmbassador.series_id).where(SeriesAmbassador.user_id.in_(ambassador_ids))
    return (
        select(Workshop)
        .join(Workshop.series)
        .where(
            Workshop.starts < ends,
            Workshop.ends > starts,
            ~Workshop.cancelled,
            WorkshopSeries.id != besides,
            WorkshopSeries.state.in_(HELD),
            or_(WorkshopSeries.unit_id == unit_id, WorkshopSeries.id.in_(held)),
        )
        .options(
            joinedload(Workshop.series)
            .selectinload(WorkshopSeries.ambassadors)
            .joinedload(SeriesAmbassador.user),
            joinedload(Workshop.series).joinedload(WorkshopSeries.unit),
        )
        .order_by(Workshop.starts, Workshop.id)
    )


def workshops_of(user_id: UUID) -> Select[Workshop]:
    """Return the workshops that a person asked for or holds, called off ones too, by time."""
    held = select(SeriesAmbassador.series_id).where(SeriesAmbassador.user_id == user_id)
    mine = and_(
        Workshop.series_id == WorkshopSeries.id,
        or_(WorkshopSeries.requester_id == user_id, WorkshopSeries.id.in_(held)),
    )
    return (
        select(Workshop)
        .join(WorkshopSeries, mine)
        .options(joinedload(Workshop.series).joinedload(WorkshopSeries.unit))
        .order_by(Workshop.starts, Workshop.id)
    )


def holds(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which the actor is an ambassador of a series."""
    return WorkshopSeries.ambassadors.any(SeriesAmbassador.user_id == actor.user_id)
