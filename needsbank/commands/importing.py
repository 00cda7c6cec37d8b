"""`needsbank import …`."""

from collections.abc import Iterator
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
from needsbank.services.previewing import preview
from needsbank.sources.catalogues import BadRow, Read, file_hash, read_catalogue
from needsbank.sources.mapping import PLAIN, parse_mapping
from needsbank.sources.unreadable import UnreadableFile

_AT_ONCE = 500
_BAD_ROWS_SHOWN = 20
_SHOWN = 60

Record = RecordPriorWork | BadRow


def prior_work(file: Path, source: str, mapping: Path | None, *, embed: bool) -> None:
    """Take in a catalogue with a bar; batches are stored whole, so a stopped run goes on."""
    on, written = engine(), _read_mapping(mapping)
    with Session(on) as session, transaction(session):
        begun = file_hash(file, written)
        run = importing.begin_import(session, file_hash=begun, source=source)
        # The same file under another name is the same import, from the source it was first given.
        run_id, position, source = run.id, run.position, run.source
    if position:
        console.print(f"Going on after record {position}.")
    with progress_bar() as bar:
        task = bar.add_task("Reading " + file.name, total=file.stat().st_size)
        reads = _reads(file, source, written)
        bad = _import(on, run_id, islice(reads, position, None), position, bar, task)
    with Session(on) as session, transaction(session):
        run = importing.finish_import(session, run_id)
        counts = f"{run.added} added, {run.changed} changed, {run.rejected} not taken"
    console.print(f"{file.name}: {counts}.")
    _show_bad(bad, len(bad))
    if embed:
        embed_all(on, embedded_sets(on).active())


def preview_prior_work(file: Path, source: str, mapping: Path | None) -> None:
    """Say what taking a catalogue in would do; nothing is stored."""
    on, written = engine(), _read_mapping(mapping)
    with Session(on) as session, progress_bar() as bar:
        task = bar.add_task("Reading " + file.name, total=file.stat().st_size)
        found = preview(session, _shown(_reads(file, source, written), bar, task))
    console.print(
        f"{file.name}: {found.added} new, {found.changed} changed, {found.same} the same,"
        f" {found.repeated} repeated, {found.rejected} not taken; nothing is stored."
    )
    if found.absent:
        console.print(f"{found.absent} works of the bank are not in the file; they would stay.")
    for title in found.new_titles:
        console.print(f"  new: {title}", markup=False)
    for each in found.differences:
        console.print(f"  changed: {each.title}", markup=False)
        for name, before, after in each.fields:
            console.print(f"    {name}: {_cut(before)} → {_cut(after)}", markup=False)
    _show_bad(found.bad_rows, found.rejected)


def _read_mapping(path: Path | None) -> str:
    """Return the mapping's JSON; nothing where the file names its fields as the bank does."""
    if path is None:
        return ""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path.name}: {error}") from error


def _reads(file: Path, source: str, mapping: str) -> Iterator[Read]:
    return read_catalogue(
        file,
        source=source,
        latest_year=now().year + 1,
        mapping=parse_mapping(mapping) if mapping else PLAIN,
    )


def _shown(reads: Iterator[Read], bar: Progress, task: TaskID) -> Iterator[Record]:
    for number, each in enumerate(reads):
        if number % _AT_ONCE == 0:
            bar.update(task, completed=each.bytes_read)
        yield each.record


def _import(
    on: Engine, run_id: UUID, reads: Iterator[Read], position: int, bar: Progress, task: TaskID
) -> list[BadRow]:
    bad: list[BadRow] = []
    while batch := list(islice(reads, _AT_ONCE)):
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


def _show_bad(bad: list[BadRow], total: int) -> None:
    for row in bad[:_BAD_ROWS_SHOWN]:
        reasons = ", ".join(f"{field}: {code}" for field, code in row.errors.items())
        console.print(f"  line {row.line}: {reasons}")
    if total > min(len(bad), _BAD_ROWS_SHOWN):
        console.print(f"  … and {total - min(len(bad), _BAD_ROWS_SHOWN)} more")


def _cut(text: str) -> str:
    shown = " ".join(text.split())
    return shown if len(shown) <= _SHOWN else shown[: _SHOWN - 1] + "…"
