"""`needsbank import …`."""

from itertools import islice
from pathlib import Path
from uuid import UUID

from rich.progress import Progress, TaskID
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from needsbank.commands.matching import embed_all
from needsbank.commands.surroundings import console, embedded_sets, engine, progress_bar
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.prior_works import RecordPriorWork
from needsbank.services import importing
from needsbank.sources.catalogues import BadRow, Read, file_hash, read_catalogue

_AT_ONCE = 500
_BAD_ROWS_SHOWN = 20


def prior_work(file: Path, source: str, *, embed: bool) -> None:
    """Take in a catalogue with a bar; batches are stored whole, so a stopped run goes on."""
    on = engine()
    with Session(on) as session, transaction(session):
        run = importing.begin_import(session, file_hash=file_hash(file), source=source)
        # The same file under another name is the same import, from the source it was first given.
        run_id, position, source = run.id, run.position, run.source
    if position:
        console.print(f"Going on after record {position}.")
    with progress_bar() as bar:
        task = bar.add_task("Reading " + file.name, total=file.stat().st_size)
        bad = _import(on, run_id, file, source, position, bar, task)
    with Session(on) as session, transaction(session):
        run = importing.finish_import(session, run_id)
        counts = f"{run.added} added, {run.changed} changed, {run.rejected} not taken"
    console.print(f"{file.name}: {counts}.")
    _show_bad(bad)
    if embed:
        embed_all(on, embedded_sets(on).active())


def _import(
    on: Engine,
    run_id: UUID,
    file: Path,
    source: str,
    position: int,
    bar: Progress,
    task: TaskID,
) -> list[BadRow]:
    bad: list[BadRow] = []
    reads = read_catalogue(file, source=source, latest_year=now().year + 1)
    remaining = islice(reads, position, None)
    while batch := list(islice(remaining, _AT_ONCE)):
        position += len(batch)
        bad += _store(on, run_id, batch, position)
        bar.update(task, completed=batch[-1].bytes_read)
    return bad


def _store(on: Engine, run_id: UUID, batch: list[Read], position: int) -> list[BadRow]:
    good = [each.record for each in batch if isinstance(each.record, RecordPriorWork)]
    bad = [each.record for each in batch if isinstance(each.record, BadRow)]
    with Session(on) as session, transaction(session):
        importing.import_batch(session, run_id, good, position=position, rejected=len(bad))
    return bad


def _show_bad(bad: list[BadRow]) -> None:
    for row in bad[:_BAD_ROWS_SHOWN]:
        reasons = ", ".join(f"{field}: {code}" for field, code in row.errors.items())
        console.print(f"  line {row.line}: {reasons}")
    if len(bad) > _BAD_ROWS_SHOWN:
        console.print(f"  … and {len(bad) - _BAD_ROWS_SHOWN} more")
