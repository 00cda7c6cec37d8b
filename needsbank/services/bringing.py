"""Files that people bring to a source: stored in batches, and written down like a harvest."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy.orm import Session

from needsbank.db.models import Harvest, ImportRun, Source
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, NotAllowed, NotFound
from needsbank.domain.prior_works import RecordPriorWork
from needsbank.domain.roles import Actor
from needsbank.domain.sources import HarvestState, SourceKind, may_configure_sources
from needsbank.services import audit, importing
from needsbank.services.importing import works_by_key
from needsbank.sources.catalogues import Read


def source_to_bring_to(session: Session, actor: Actor, source_id: UUID) -> Source:
    """Return a source that takes files, to those who may bring them."""
    if not may_configure_sources(actor):
        raise NotAllowed("sources")
    source = session.get(Source, source_id)
    if source is None:
        raise NotFound(source_id)
    if source.kind is not SourceKind.CATALOGUE:
        raise Conflict("only a catalogue takes files")
    return source


def begin(session: Session, actor: Actor, source_id: UUID, *, file_hash: bytes) -> ImportRun:
    """Return the run of this file for this source; one that was stopped goes on."""
    source = source_to_bring_to(session, actor, source_id)
    return importing.begin_import(session, file_hash=file_hash, source=source.name)


def store(
    session: Session, source_id: UUID, run_id: UUID, batch: Sequence[Read], *, position: int
) -> None:
    """Store a batch and how far the file has been read, in the caller's one transaction."""
    good = [each.record for each in batch if isinstance(each.record, RecordPriorWork)]
    rejected = len(batch) - len(good)
    importing.import_batch(session, run_id, good, position=position, rejected=rejected)
    # They are the source's own from now on; those of earlier imports that it brings anew, too.
    for work in works_by_key(session, [(each.source, each.source_key) for each in good]).values():
        work.source_id = source_id


def finish(session: Session, actor: Actor, source_id: UUID, run_id: UUID) -> Harvest:
    """Mark the file as read to its end, and write it down among the source's harvests."""
    source = source_to_bring_to(session, actor, source_id)
    run = importing.finish_import(session, run_id)
    # Not a full one: what a brought file does not name stays.
    harvest = Harvest(
        source_id=source.id,
        full=False,
        state=HarvestState.COMPLETE,
        started=run.started,
        finished=now(),
        pages=1,
        seen=run.position,
        position=run.position,
        added=run.added,
        changed=run.changed,
        rejected=run.rejected,
    )
    session.add(harvest)
    audit.record(session, actor, "bring", "source", source.id, added=run.added, changed=run.changed)
    return harvest
