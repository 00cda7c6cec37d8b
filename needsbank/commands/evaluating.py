"""`needsbank evaluate …`."""

from rich.table import Table

from matching import DemoReport, evaluate_demo
from needsbank.commands.surroundings import console, retrieval, settings

_TITLE = "The matcher on the demo bank's labels"


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
