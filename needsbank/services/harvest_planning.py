"""When a source is harvested, and whether anew, from a checkpoint, or only what has changed."""

from collections.abc import Collection
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from needsbank.db.models import Harvest, Source
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict
from needsbank.domain.sources import (
    HarvestState,
    Schedule,
    SourceKind,
    check_harvest_step,
    is_due,
)

FULL_EVERY = timedelta(days=30)
"""Sources need not tell what they have deleted: now and then everything is read."""
CHECKPOINT_LASTS = timedelta(days=1)
"""Sources forget where they were, mostly sooner than this."""
RETRY_AFTER = timedelta(hours=6)
"""Until a harvest that could not go on is tried again, where the schedule is slower."""


def due_sources(session: Session, kinds: Collection[SourceKind], moment: datetime) -> list[UUID]:
    """Return the sources of some kinds that are to be harvested now, the longest waiting first."""
    newest = select(func.max(Harvest.id)).group_by(Harvest.source_id)
    latest = {
        h.source_id: h for h in session.scalars(select(Harvest).where(Harvest.id.in_(newest)))
    }
    sources = session.scalars(
        select(Source).where(Source.active, Source.kind.in_(kinds), Source.address != "")
    )
    due = [each for each in sources if _is_due(each, latest.get(each.id), moment)]
    never = [each.id for each in due if each.id not in latest]
    before = [each.id for each in due if each.id in latest]
    return never + sorted(before, key=lambda source_id: latest[source_id].started)


def _is_due(source: Source, latest: Harvest | None, moment: datetime) -> bool:
    if latest is None:
        return is_due(source.schedule, None, moment)
    if latest.state is HarvestState.RUNNING:
        return _is_free(latest, moment)
    if source.schedule is Schedule.MANUAL:
        return False
    # What has a checkpoint or read nothing is worth an early try; all else would be read again.
    hopeful = latest.state is HarvestState.FAILED or latest.token is not None
    if hopeful and latest.finished is not None and moment - latest.finished >= RETRY_AFTER:
        return True
    return is_due(source.schedule, latest.started, moment)


def _is_free(harvest: Harvest, moment: datetime) -> bool:
    return harvest.lease_until is None or harvest.lease_until <= moment


def harvest_to_resume(session: Session, source: Source, *, full: bool) -> Harvest | None:
    """Return the latest harvest, running, if it was stopped and can go on from its checkpoint.

    Raises `Conflict` while another worker holds it. One that was killed and cannot go on is ended.
    """
    newest_first = select(Harvest).order_by(Harvest.id.desc()).limit(1)
    latest = session.scalar(newest_first.where(Harvest.source_id == source.id))
    if latest is None:
        return None
    if latest.state is HarvestState.RUNNING and not _is_free(latest, now()):
        raise Conflict(_held_message(source, latest))
    if latest.started >= source.moved and (latest.full or not full) and _has_checkpoint(latest):
        if latest.state is not HarvestState.RUNNING:
            _move(latest, HarvestState.RUNNING)
        latest.problem, latest.detail, latest.finished = None, "", None
        return latest
    if latest.state is HarvestState.RUNNING:
        _move(latest, HarvestState.CANCELLED)
        latest.problem, latest.detail = "interrupted", "another harvest has taken its place"
        latest.finished, latest.lease, latest.token = now(), None, None
        session.flush()  # it has ended before another one runs
    return None


def new_harvest(session: Session, source: Source, *, full: bool) -> Harvest:
    """Add a harvest of what has changed, or of everything if asked or not done for long."""
    complete = select(Harvest).where(
        Harvest.source_id == source.id,
        Harvest.state == HarvestState.COMPLETE,
        Harvest.started >= source.moved,
    )
    newest_first = complete.order_by(Harvest.id.desc()).limit(1)
    last, last_full = (
        session.scalar(newest_first),
        session.scalar(newest_first.where(Harvest.full)),
    )
    # Only OAI-PMH tells what has changed; a catalogue is read as a whole.
    long_ago = last_full is None or now() - last_full.started >= FULL_EVERY
    everything = full or long_ago or not _has_tokens(source)
    since = None if everything or last is None else last.until
    harvest = Harvest(source_id=source.id, full=since is None, since=since)
    harvest.state = HarvestState.RUNNING
    session.add(harvest)
    session.flush()  # the defaults are read by the caller
    return harvest


def _held_message(source: Source, harvest: Harvest) -> str:
    left = (harvest.lease_until or now()) - now()
    return (
        f"{source.name} is being harvested by another process;"
        f" should that have been killed, it can be taken over in {left.seconds + 1} s"
    )


def _has_checkpoint(harvest: Harvest) -> bool:
    if now() - harvest.started >= CHECKPOINT_LASTS:
        return False
    if harvest.state is HarvestState.RUNNING:
        # Killed before its first page it has nothing to lose; behind its last page, no way on.
        return harvest.token is not None or harvest.pages == 0 or not _has_tokens(harvest.source)
    return harvest.token is not None and harvest.state in {
        HarvestState.PARTIAL,
        HarvestState.CANCELLED,
    }


def _has_tokens(source: Source) -> bool:
    return source.kind is SourceKind.OAI_PMH


def _move(harvest: Harvest, target: HarvestState) -> None:
    check_harvest_step(harvest.state, target)
    harvest.state = target
