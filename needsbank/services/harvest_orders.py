"""What admins ask of harvests: one to begin soon, or the one under way to stop."""

from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Harvest, Source
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, NotAllowed, NotFound
from needsbank.domain.roles import Actor
from needsbank.domain.sources import (
    HarvestState,
    SourceKind,
    check_harvest_step,
    may_configure_sources,
)
from needsbank.services import audit
from needsbank.services.harvest_planning import harvest_to_resume, new_harvest


def order_harvest(session: Session, actor: Actor, source_id: UUID) -> Harvest:
    """Have the worker harvest a source when it looks next; raise `Conflict` if one is under way.

    A harvest that nobody holds is what a worker takes up at once.
    """
    source = _source(session, actor, source_id)
    if not source.active or not source.address:
        raise Conflict(f"{source.name} is paused, or has no address")
    if _under_way(session, source_id) is not None:
        raise Conflict(f"{source.name} is being harvested")
    harvest = harvest_to_resume(session, source, full=False) or new_harvest(
        session, source, full=False
    )
    audit.record(session, actor, "order_harvest", "source", source.id)
    return harvest


def cancel_harvest(session: Session, actor: Actor, source_id: UUID) -> Harvest:
    """Stop the harvest under way; whoever holds it notices before its next page is stored."""
    source = _source(session, actor, source_id)
    harvest = _under_way(session, source_id)
    if harvest is None:
        raise Conflict(f"no harvest of {source.name} is under way")
    check_harvest_step(harvest.state, HarvestState.CANCELLED)
    harvest.state, harvest.finished = HarvestState.CANCELLED, now()
    harvest.problem, harvest.detail = "cancelled", "stopped by an admin"
    harvest.lease, harvest.lease_until = None, None
    audit.record(session, actor, "cancel_harvest", "source", source.id)
    return harvest


def _source(session: Session, actor: Actor, source_id: UUID) -> Source:
    if not may_configure_sources(actor):
        raise NotAllowed("sources")
    source = session.get(Source, source_id, with_for_update=True)
    if source is None or source.kind is SourceKind.OWN:
        raise NotFound(source_id)
    return source


def _under_way(session: Session, source_id: UUID) -> Harvest | None:
    running = select(Harvest).where(
        Harvest.source_id == source_id, Harvest.state == HarvestState.RUNNING
    )
    return session.scalar(running.with_for_update())
