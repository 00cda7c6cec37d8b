"""Taking in catalogues of prior work, in batches that are stored whole or not at all."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid4

from sqlalchemy import select, tuple_
from sqlalchemy.orm import Session

from needsbank.db.models import Harvest, ImportRun, PriorWork
from needsbank.domain.clock import now
from needsbank.domain.prior_works import RecordPriorWork

_LOOK_UP_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a batch did."""

    added: int
    changed: int


def begin_import(session: Session, *, file_hash: bytes, source: str) -> ImportRun:
    """Return the run of this very file: a stopped one goes on, a finished one starts over."""
    run = session.scalar(select(ImportRun).where(ImportRun.file_hash == file_hash))
    if run is None:
        run = ImportRun(id=uuid4(), file_hash=file_hash, source=source)
        session.add(run)
    if run.finished is not None:
        run.finished, run.position = None, 0
        run.added = run.changed = run.rejected = 0
    session.flush()  # the defaults are read by the caller
    return run


def import_batch(
    session: Session,
    run_id: UUID,
    commands: Sequence[RecordPriorWork],
    *,
    position: int,
    rejected: int,
) -> Outcome:
    """Record a batch and how far the file has been read, in the caller's one transaction."""
    outcome = record_prior_works(session, commands)
    run = session.get_one(ImportRun, run_id)
    run.position = position
    run.added += outcome.added
    run.changed += outcome.changed
    run.rejected += rejected
    return outcome


def finish_import(session: Session, run_id: UUID) -> ImportRun:
    """Mark a file as read to its end."""
    run = session.get_one(ImportRun, run_id)
    run.finished = now()
    return run


def record_prior_works(
    session: Session, commands: Iterable[RecordPriorWork], harvest: Harvest | None = None
) -> Outcome:
    """Add new works and update known ones; the last record of a key wins within a batch.

    Works that a harvest meets are its source's from then on.
    """
    by_key = {(each.source, each.source_key): each for each in commands}
    known = works_by_key(session, list(by_key))
    added = changed = 0
    for key, command in by_key.items():
        work = known.get(key)
        if work is None:
            work = _described(PriorWork(source=command.source), command)
            session.add(work)
            added += 1
        elif differing_fields(work, command):
            _described(work, command)
            changed += 1
        if harvest is not None:
            work.source_id, work.seen_in = harvest.source_id, harvest.id
    return Outcome(added, changed)


def works_by_key(
    session: Session, keys: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], PriorWork]:
    """Return those works of (source, source_key) pairs that the bank holds."""
    found: dict[tuple[str, str], PriorWork] = {}
    for start in range(0, len(keys), _LOOK_UP_AT_ONCE):
        some = keys[start : start + _LOOK_UP_AT_ONCE]
        works = session.scalars(
            select(PriorWork).where(tuple_(PriorWork.source, PriorWork.source_key).in_(some))
        )
        found |= {(work.source, work.source_key): work for work in works}
    return found


_FIELDS = ("source_key", "title", "abstract", "kind", "year", "language", "url")


def differing_fields(work: PriorWork, command: RecordPriorWork) -> list[str]:
    """Return the fields in which a record differs from what the bank holds."""
    names = [name for name in _FIELDS if getattr(work, name) != getattr(command, name)]
    if command.licence not in {None, work.licence}:
        names.append("licence")
    return names if work.subjects == list(command.subjects) else [*names, "subjects"]


def _described(work: PriorWork, command: RecordPriorWork) -> PriorWork:
    for name in _FIELDS:
        setattr(work, name, getattr(command, name))
    work.subjects = list(command.subjects)
    work.licence = command.licence or work.licence
    work.updated = now()
    work.embedded_in = None
    return work
