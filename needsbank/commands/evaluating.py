"""`needsbank evaluate …`."""

import json
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress, TaskID
from rich.table import Table

from matching import (
    DemoReport,
    EvaluationOptions,
    MatcherRanker,
    Task,
    evaluate_demo,
    evaluate_folder,
)
from needsbank.commands.surroundings import console, progress_bar, retrieval, settings

_TITLE = "The matcher on the demo bank's labels"


def folder(
    path: Path,
    task: str,
    *,
    methods: Sequence[str],
    by_language: bool,
    limit: int | None,
    seed: int,
) -> None:
    """Print as JSON how the matcher and the simple methods do on a folder of judged texts."""
    options = EvaluationOptions(methods=methods, by_language=by_language, limit=limit, seed=seed)
    bank = retrieval()
    ranker = MatcherRanker(bank.matcher, bank.detector)
    # The figures have stdout for themselves, so that they can be piped.
    watching = Console(stderr=True)
    if watching.is_terminal:
        with progress_bar(watching) as bar:
            report = evaluate_folder(path, Task(task), ranker, options, _Bars(bar).show)
    else:
        report = evaluate_folder(path, Task(task), ranker, options)
    click.echo(json.dumps(report, indent=2))


class _Bars:
    """A bar for each thing that is being done."""

    def __init__(self, shown: Progress) -> None:
        self._shown = shown
        self._tasks: dict[str, TaskID] = {}

    def show(self, what: str, done: int, of: int) -> None:
        """Move the bar of what is being done, or begin it."""
        if what not in self._tasks:
            self._tasks[what] = self._shown.add_task(what, total=of)
        self._shown.update(self._tasks[what], completed=done)


def demo() -> None:
    """Print how the matcher does on labels that nothing was fitted on."""
    bank = retrieval()
    report = evaluate_demo(settings().data / "demo", bank.matcher, bank.detector)
    console.print(_table(report))


def _table(report: DemoReport) -> Table:
    table = Table(title=f"{_TITLE} ({report.version})", title_justify="left")
    table.add_column("What")
    table.add_column("Found", justify="right")
    table.add_column("Of", justify="right")
    table.add_column("Share", justify="right")
    rows = {
        "needs with a true competence in the first 5 of its kind": report.needs,
        "true pairs in the first 5 of their kind": report.competences,
        "near-duplicates among the first 3 shown": report.duplicates,
        **{f"  {pair}": rate for pair, rate in report.duplicates_by_languages.items()},
        "near-duplicates flagged (p at least 0.5)": report.duplicates_flagged,
        "the same idea in wholly other words, among the first 3 shown": report.reworded,
        "hard negatives flagged (p at least 0.5)": report.false_alarms,
    }
    for what, rate in rows.items():
        table.add_row(what, str(rate.count), str(rate.of), f"{rate.share:.1%}")
    return table
