"""`needsbank harvest …`."""

from uuid import UUID

from rich.markup import escape
from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from needsbank.app import make_fetcher
from needsbank.commands.surroundings import console, engine, progress_bar, settings
from needsbank.db.models import Harvest, Source
from needsbank.domain.clock import now
from needsbank.domain.errors import BankError
from needsbank.domain.sources import HarvestState, SourceKind
from needsbank.harvest_jobs import READERS, Outcome, harvest_source
from needsbank.services.harvest_planning import due_sources
from needsbank.services.operator import OPERATOR
from needsbank.services.sources import source_named, sources_to_see


def show() -> None:
    """Show every source with its works and its latest harvest."""
    table = Table("Source", "Kind", "Schedule", "Works", "Latest harvest")
    with Session(engine()) as session:
        for each in sources_to_see(session, OPERATOR):
            source = each.source
            schedule = source.schedule.value if source.active else "paused"
            if source.kind is SourceKind.OWN:
                schedule = "always"
            table.add_row(
                escape(source.name),
                source.kind.value,
                schedule,
                f"{each.works:,}",
                escape(_when(each.latest) if each.latest else "none yet"),
            )
    console.print(table if table.row_count else "There are no sources yet.")


def run(name: str, *, full: bool) -> None:
    """Harvest one source with a bar; raise with the reason when it is not complete."""
    on = engine()
    with Session(on) as session:
        source = source_named(session, OPERATOR, name)
        _check_kind(source)
    outcome = _harvest(on, source.id, source.name, full=full)
    if outcome.harvest.state is not HarvestState.COMPLETE:
        raise BankError(f"{source.name}: {_told(outcome.harvest)}")
    _show(source.name, outcome)


def run_due() -> None:
    """Harvest what is due, one after another; raise at the end if any is not complete."""
    on = engine()
    with Session(on) as session:
        due = [session.get_one(Source, each) for each in due_sources(session, READERS, now())]
    failed = 0
    for source in due:
        try:
            outcome = _harvest(on, source.id, source.name, full=False)
        except BankError as error:
            console.print(f"{escape(source.name)}: {escape(str(error))}")
            failed += 1
        else:
            _show(source.name, outcome)
            failed += outcome.harvest.state is not HarvestState.COMPLETE
    if not due:
        console.print("Nothing is due.")
    if failed:
        raise BankError(f"{failed} of {len(due)} sources could not be read to the end")


def _check_kind(source: Source) -> None:
    if source.kind not in READERS:
        raise BankError(f"{source.name} is not harvested: it is of the kind {source.kind.value}")


def _harvest(on: Engine, source_id: UUID, name: str, *, full: bool) -> Outcome:
    with progress_bar() as bar:
        task = bar.add_task(f"Reading {escape(name)}", total=None)
        return harvest_source(
            on,
            make_fetcher(settings()),
            source_id,
            full=full,
            progress=lambda done, expected: bar.update(task, completed=done, total=expected),
        )


def _show(name: str, outcome: Outcome) -> None:
    console.print(escape(f"{name}: {_told(outcome.harvest)}."))
    for bad in outcome.bad:
        reasons = ", ".join(f"{field}: {code}" for field, code in bad.errors.items())
        console.print(escape(f"  {bad.source_key}: {reasons}"))


def _told(harvest: Harvest) -> str:
    how = "everything" if harvest.full else "what has changed"
    counts = ", ".join(
        f"{getattr(harvest, name):,} {name}"
        for name in ("seen", "added", "changed", "removed", "rejected")
    )
    reason = f" ({harvest.problem}: {harvest.detail})" if harvest.problem else ""
    return f"{harvest.state.value}{reason}; {how}, {counts}"


def _when(harvest: Harvest) -> str:
    return f"{harvest.started:%Y-%m-%d %H:%M} UTC: {_told(harvest)}"
