"""`needsbank train`: learn from the coordinators' decisions, and offer what gains."""

from typing import Any

from rich.table import Table
from sqlalchemy.orm import Session

from matching import TrainingDataError
from needsbank.commands.surroundings import active_retrieval, console, engine, settings
from needsbank.db.transaction import transaction
from needsbank.services import learning

_METHODS = {"trained": "Trained", "current": "In use", "lexical": "Words only"}
_MEASURES = {"auc": "AUC", "ndcg@5": "nDCG@5", "ece": "ECE"}


def train() -> None:
    """Train, print the report, and keep as a candidate what gains; nothing is put into use."""
    on = engine()
    retrieval = active_retrieval(on)
    space_id = retrieval.matcher.space_id
    try:
        with Session(on) as session:
            learned = learning.train(session, retrieval)
    except TrainingDataError as few:
        console.print(f"{few} {_kept(retrieval.matcher.version)}", soft_wrap=True)
        return
    console.print(report_table(learned.report, _METHODS, "Gain, cross-validated"))
    console.print(_on_the_map(learned.report["adapter"]), soft_wrap=True)
    with Session(on) as session, transaction(session):
        offered = learning.offer(session, settings().instance / "matcher", space_id, learned)
        name = offered.version if offered is not None else None
    if name is None:
        said = f"The decisions give no sure gain. {_kept(retrieval.matcher.version)}"
    else:
        said = f"Version {name} gains. An admin takes it into use on the page Matcher."
    console.print(said, soft_wrap=True)


def _kept(version: str) -> str:
    return f"Version {version} stays in use."


def _on_the_map(tried: dict[str, Any]) -> str:
    gained = ", ".join(
        f"{_MEASURES[measure]} {_figure(figure, '+.3f')}"
        for measure, figure in tried["gain"].items()
    )
    verdict = "and kept" if tried["kept"] else "and not kept"
    return f"A map of needs towards what was approved for them was tried, {verdict}: {gained}."


def report_table(report: dict[str, Any], methods: dict[str, str], gained: str) -> Table:
    """Return a report on decided pairs as a table: measures with intervals, by method."""
    title = (
        f"{report['right']} right and {report['wrong']} wrong pairs of {report['needs']} needs;"
        f" tested on the latest {report['tested_needs']}"
    )
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
