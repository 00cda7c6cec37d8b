"""Tables: rows of cells whose first row names the columns."""

import csv
from collections.abc import Iterable, Iterator
from itertools import chain

from needsbank.sources.unreadable import UnreadableFile

MOST_COLUMNS = 500
# The first is taken where the others are no more frequent.
_SEPARATORS = ",;\t"

Cells = Iterable[tuple[int, list[object]]]


def delimited_rows(lines: Iterator[str]) -> Iterator[tuple[int, list[object]]]:
    """Yield line number and cells of each row of a CSV file, separated as its first line is."""
    names = next(lines, "")
    # Spreadsheets in Finnish separate by semicolons, since the comma is in the numbers.
    separator = max(_SEPARATORS, key=names.count)
    reader = csv.reader(chain([names], lines), strict=True, delimiter=separator)
    try:
        for row in reader:
            if row:
                yield reader.line_num, list(row)
    except csv.Error as error:
        raise UnreadableFile(
            f"line {reader.line_num}: {error}", "line", str(reader.line_num)
        ) from error


def named_cells(rows: Cells, wanted: frozenset[str]) -> Iterator[tuple[int, object]]:
    """Yield each row after the first as a dict by column; None for one with too many cells.

    Raises `UnreadableFile` unless each of the wanted columns is there, once.
    """
    remaining = iter(rows)
    _, header = next(remaining, (0, []))
    names = [str(cell or "").strip() for cell in header]
    _check_header(names, wanted)
    for line, cells in remaining:
        # More cells than columns is a broken row, not a record.
        broken = len(cells) > len(names)
        yield line, None if broken else dict(zip(names, cells, strict=False))


def _check_header(names: list[str], wanted: frozenset[str]) -> None:
    if len(names) > MOST_COLUMNS:
        raise UnreadableFile("too many columns", "too_large")
    if missing := ", ".join(sorted(wanted - set(names))):
        raise UnreadableFile(
            f"the first line must name the columns; a column `{missing}` is required",
            "no_column",
            missing,
        )
    for name in sorted(wanted):
        if names.count(name) > 1:
            raise UnreadableFile(f"two columns are called `{name}`", "two_columns", name)
