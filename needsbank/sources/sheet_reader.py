"""Prints a workbook's rows as lines of JSON: run in a process of its own, within limits.

A workbook of a few hundred bytes can name a cell in its last row and column, or repeat one long
text in every cell; the reader would ask for terabytes and end the process that it runs in.
"""

import json
import resource
import sys
from datetime import date, datetime, time, timedelta

MOST_MEMORY = 1_000_000_000
MOST_SECONDS = 120
MOST_ROWS = 500_000
MOST_COLUMNS = 500

NO_SUCH_SHEET, UNREADABLE, TOO_LARGE = 3, 4, 5
"""Exit codes; a process that ran into a limit is ended by a signal instead."""


def main(path: str, sheet: str) -> None:
    """Print `[row number, [cell, …]]` for every row of the named sheet, of the first if empty."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CPU, (MOST_SECONDS, MOST_SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
    import python_calamine  # noqa: PLC0415 -- within the limits

    try:
        workbook = python_calamine.CalamineWorkbook.from_path(path)
        found = workbook.get_sheet_by_name(sheet) if sheet else workbook.get_sheet_by_index(0)
    except python_calamine.WorksheetNotFound:
        sys.exit(NO_SUCH_SHEET)
    except (python_calamine.CalamineError, IndexError):
        sys.exit(UNREADABLE)
    if found.total_height > MOST_ROWS or found.total_width > MOST_COLUMNS:
        sys.exit(TOO_LARGE)
    for number, row in enumerate(found.iter_rows(), 1):
        sys.stdout.write(json.dumps([number, [_plain(cell) for cell in row]]) + "\n")


def _plain(cell: object) -> object:
    match cell:
        case float() if cell.is_integer():  # every number of a spreadsheet is one
            return int(cell)
        case datetime() | date() | time():
            return cell.isoformat()
        case timedelta():
            return str(cell)
        case _:
            return cell


if __name__ == "__main__":
    main(*sys.argv[1:])
