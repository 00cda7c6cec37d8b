"""`needsbank train`: learn from decisions and verdicts, and offer what gains."""

from typing import Any

from rich.table import Table
from sqlalchemy.orm import Session

from matching import Calibrated, Learned, TrainingDataError
from needsbank.commands.surroundings import active_retrieval, console, engine, settings
from needsbank.db.transaction import transaction
from needsbank.services import learning

_METHODS = {"trained": "Trained", "current": "In use", "lexical": "Words only"}
_JUDGED_BY = {"trained": "Trained, cross-validated", "current": "In use"}
_GAIN = "Gain, cross-validated"
_MEASURES = {
    "auc": "AUC",
    "ndcg@5": "nDCG@5",
    "log_loss": "Log loss",
    "brier": "Brier",
    "ece": "ECE",
}


def train() -> None:
    """Train, print the reports, and keep as a candidate what gains; nothing is put into use."""
    on = engine()
    retrieval = active_retrieval(on)
    matcher = retrieval.matcher
    with Session(on) as session:
        training = learning.train(session, retrieval)
    _print_decisions(training.decisions)
    _print_verdicts(training.verdicts)
    with Session(on) as session, transaction(session):
        offered = learning.offer(session, settings().instance / "matcher", matcher, training)
        name = offered.version if offered is not None else None
    if name is None:
        said = f"Version {matcher.version} stays in use."
    else:
        said = f"Version {name} gains. An admin takes it into use on the page Matcher."
    console.print(said, soft_wrap=True)


def _print_decisions(learned: Learned | TrainingDataError) -> None:
    if isinstance(learned, TrainingDataError):
        console.print(str(learned), soft_wrap=True)
        return
    console.print(report_table(learned.report, _METHODS, _GAIN))
    console.print(_on_the_map(learned.report["adapter"]), soft_wrap=True)
    if learned.scorer is None:
        console.print("The decisions give no sure gain.", soft_wrap=True)


def _print_verdicts(learned: Calibrated | TrainingDataError) -> None:
    if isinstance(learned, TrainingDataError):
        console.print(str(learned), soft_wrap=True)
        return
    report = learned.report
    title = (
        f"{report['same']} same, {report['partly']} partly the same and {report['other']} other"
        f" finds of {report['needs']} needs"
    )
    console.print(_figures_table(title, report, _JUDGED_BY, _GAIN))
    console.print(_on_probabilities(report["moved"]), soft_wrap=True)
    if learned.calibration is None:
        console.print("The verdicts give no sure gain.", soft_wrap=True)


def _on_the_map(tried: dict[str, Any]) -> str:
    gained = ", ".join(
        f"{_MEASURES[measure]} {_figure(figure, '+.3f')}"
        for measure, figure in tried["gain"].items()
    )
    verdict = "and kept" if tried["kept"] else "and not kept"
    return f"A map of needs towards what was approved for them was tried, {verdict}: {gained}."


def _on_probabilities(moved: list[dict[str, float]]) -> str:
    shipped, trained = (
        ", ".join(f"{each[version]:.0%}" for each in moved) for version in ("shipped", "trained")
    )
    return f"What the shipped version holds for {shipped} probable is {trained} by the verdicts."


def report_table(report: dict[str, Any], methods: dict[str, str], gained: str) -> Table:
    """Return a report on decided pairs as a table: measures with intervals, by method."""
    title = (
        f"{report['right']} right and {report['wrong']} wrong pairs of {report['needs']} needs;"
        f" tested on the latest {report['tested_needs']}"
    )
    return _figures_table(title, report, methods, gained)


def _figures_table(
    title: str, report: dict[str, Any], methods: dict[str, str], gained: str
) -> Table:
    figures = {said: report["methods"][name] for name, said in methods.items()}
    measures = [m for m in _MEASURES if any(m in of for of in figures.values())]
    names = [_MEASURES[m] for m in measures]
    table = Table("Version", *names, title=title, title_justify="left")
    for said, of in [*figures.items(), (gained, report["gain"])]:
        table.add_row(said, *(_figure(of.get(measure)) for measure in measures))
    return table


def _figure(figure: dict[str, float | None] | None, written: str = ".3f") -> str:
    if figure is None or figure["value"] is None:
        return ""
    value, low, high = (format(figure[part], written) for part in ("value", "low", "high"))
    return f"{value} ({low} … {high})"
