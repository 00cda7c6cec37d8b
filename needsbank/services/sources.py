"""Sources of prior work: configured by admins, seen by coordinators too."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from needsbank.db.models import Harvest, PriorWork, Source
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.roles import Actor
from needsbank.domain.sources import (
    DescribeSource,
    SourceKind,
    check_source,
    may_configure_sources,
    may_see_sources,
)
from needsbank.services import audit


@dataclass(frozen=True, slots=True)
class SourceAtWork:
    """A source, how many works the bank holds of it, and its latest harvest if there was one."""

    source: Source
    works: int
    latest: Harvest | None


def add_source(session: Session, actor: Actor, command: DescribeSource) -> Source:
    """Add a source; works that were brought under its name before become its own when met again."""
    _check_right(actor)
    check_source(command)
    source = Source(kind=command.kind)
    _describe(session, source, command)
    session.add(source)
    session.flush()  # the audit entry needs the key
    audit.record(session, actor, "add", "source", source.id)
    return source


def change_source(
    session: Session, actor: Actor, source_id: UUID, command: DescribeSource
) -> Source:
    """Describe a source anew; its kind stays, and its works take over its name and licence."""
    source = _source_to_configure(session, actor, source_id)
    if command.kind is not source.kind:
        raise Invalid({"kind": "unknown"})
    check_source(command)
    _check_new_name(session, source, command.name.strip())
    name, licence = source.name, source.licence
    _describe(session, source, command)
    works = update(PriorWork).where(PriorWork.source_id == source.id)
    if source.name != name:
        session.execute(works.values(source=source.name))
    if source.licence is not licence:
        # A record that names its own licence keeps it, unless that is the one that was the default.
        session.execute(works.where(PriorWork.licence == licence).values(licence=source.licence))
    audit.record(session, actor, "change", "source", source.id)
    return source


def pause_source(session: Session, actor: Actor, source_id: UUID) -> Source:
    """Harvest a source no more; its works stay."""
    return _switch(session, actor, source_id, active=False)


def resume_source(session: Session, actor: Actor, source_id: UUID) -> Source:
    """Harvest a paused source again, by its schedule or when asked."""
    return _switch(session, actor, source_id, active=True)


def sources_to_see(session: Session, actor: Actor) -> list[SourceAtWork]:
    """Return all sources by name, each with its latest harvest."""
    _check_sight(actor)
    sources = session.scalars(select(Source).order_by(func.lower(Source.name))).all()
    newest = select(func.max(Harvest.id)).group_by(Harvest.source_id)
    latest = {
        h.source_id: h for h in session.scalars(select(Harvest).where(Harvest.id.in_(newest)))
    }
    counts = select(PriorWork.source_id, func.count()).group_by(PriorWork.source_id)
    known = session.execute(counts.where(PriorWork.source_id.is_not(None)))
    works = {source_id: count for source_id, count in known if source_id}
    return [SourceAtWork(each, works.get(each.id, 0), latest.get(each.id)) for each in sources]


def source_to_see(session: Session, actor: Actor, source_id: UUID) -> Source:
    """Return a source to those who may see it."""
    _check_sight(actor)
    return _found(session.get(Source, source_id), source_id)


def source_named(session: Session, actor: Actor, name: str) -> Source:
    """Return the source of a name, however its letters are written."""
    _check_sight(actor)
    same = func.lower(Source.name) == name.strip().lower()
    return _found(session.scalar(select(Source).where(same)), f"there is no source {name!r}")


def harvests_of(session: Session, actor: Actor, source_id: UUID, most: int = 20) -> list[Harvest]:
    """Return a source's harvests, the latest first."""
    _check_sight(actor)
    newest_first = select(Harvest).order_by(Harvest.id.desc()).limit(most)
    return list(session.scalars(newest_first.where(Harvest.source_id == source_id)))


def _check_right(actor: Actor) -> None:
    if not may_configure_sources(actor):
        raise NotAllowed("sources")


def _check_sight(actor: Actor) -> None:
    if not may_see_sources(actor):
        raise NotAllowed("sources")


def _found(source: Source | None, what: UUID | str) -> Source:
    if source is None:
        raise NotFound(what)
    return source


def _source_to_configure(session: Session, actor: Actor, source_id: UUID) -> Source:
    _check_right(actor)
    source = _found(session.get(Source, source_id), source_id)
    if source.kind is SourceKind.OWN:
        raise Conflict("the bank looks after its own finished collaborations itself")
    return source


def _switch(session: Session, actor: Actor, source_id: UUID, *, active: bool) -> Source:
    source = _source_to_configure(session, actor, source_id)
    if source.active is not active:
        source.active = active
        audit.record(session, actor, "resume" if active else "pause", "source", source.id)
    return source


def _describe(session: Session, source: Source, command: DescribeSource) -> None:
    name = command.name.strip()
    # A source that is being added has no key yet and differs from all.
    others = select(Source.id).where(Source.id.is_distinct_from(source.id))
    if session.scalar(others.where(func.lower(Source.name) == name.lower())) is not None:
        raise Invalid({"name": "taken"})
    where = (command.address.strip(), command.prefix, command.set_spec, command.mapping)
    if where != (source.address, source.prefix, source.set_spec, source.mapping):
        source.address, source.prefix, source.set_spec, source.mapping = where
        source.moved = now()
    source.name, source.licence, source.trust = name, command.licence, command.trust
    source.schedule, source.active = command.schedule, command.active
    source.language, source.work_kind = command.language, command.work_kind


def _check_new_name(session: Session, source: Source, name: str) -> None:
    # Renamed works must not meet others of that name: name and key say which work it is.
    strangers = select(PriorWork.id).where(
        PriorWork.source == name, PriorWork.source_id.is_distinct_from(source.id)
    )
    if name != source.name and session.scalar(strangers.limit(1)) is not None:
        raise Invalid({"name": "taken"})
