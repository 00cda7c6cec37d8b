"""What a part has measured, as a table, and the section of the page that holds all of them."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path

BEGIN = "<!-- begin: written by `make bench` -->"
END = "<!-- end: written by `make bench` -->"


@dataclass(frozen=True, slots=True)
class Table:
    """A heading, columns, rows of text, and what a reader must know of them."""

    title: str
    columns: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = field(default=())
    note: str = ""

    def markdown(self) -> str:
        """Return the table as Markdown."""
        lines = [self.columns, ["---"] * len(self.columns), *self.rows] if self.rows else []
        drawn = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
        return "\n\n".join(part for part in (f"### {self.title}", self.note, drawn) if part)


def dumped(tables: Sequence[Table]) -> str:
    """Return tables as JSON, to be handed from one process to another."""
    return json.dumps([asdict(table) for table in tables])


def loaded(text: str) -> list[Table]:
    """Return the tables of `dumped`."""
    return [Table(**each) for each in json.loads(text)]


def merged(tables: Sequence[Table]) -> list[Table]:
    """Put the rows of tables with one title together; the first one's columns and note hold."""
    by_title: dict[str, Table] = {}
    for table in tables:
        first = by_title.get(table.title, Table(table.title, table.columns, (), table.note))
        rows = [*first.rows, *table.rows]
        by_title[table.title] = Table(first.title, first.columns, rows, first.note)
    return list(by_title.values())


def write_section(page: Path, text: str) -> None:
    """Put text between the page's two markers, which are added at its end if they are missing."""
    whole = page.read_text(encoding="utf-8")
    if BEGIN not in whole:
        whole = f"{whole.rstrip()}\n\n{BEGIN}\n{END}\n"
    before, _, rest = whole.partition(BEGIN)
    _, _, after = rest.partition(END)
    page.write_text(f"{before}{BEGIN}\n{text.strip()}\n{END}{after}", encoding="utf-8")


def number(value: float) -> str:
    """Return a figure with two or three digits that mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 1 else f"{value:.2f}"
