"""Spreadsheets (.xlsx): looked over from outside first, then read by a process within limits."""

import json
import subprocess
import sys
import zipfile
from collections.abc import Generator
from pathlib import Path
from typing import IO, cast

from needsbank.sources import sheet_reader
from needsbank.sources.unreadable import UnreadableFile

MOST_ENTRIES = 1000
MOST_UNPACKED = 150_000_000
MOST_RATIO = 200
"""Unpacked to packed; sheets that repeat themselves reach 50."""
_CHUNK = 1 << 16
_SAID = {
    sheet_reader.NO_SUCH_SHEET: ("the workbook has no such sheet", "no_sheet"),
    sheet_reader.UNREADABLE: ("not a workbook that can be read", "not_workbook"),
    sheet_reader.TOO_LARGE: ("too many rows or columns", "too_large"),
}


def sheet_rows(path: Path, sheet: str) -> Generator[tuple[int, list[object]], None, None]:
    """Yield the row number and the cells of every row that is not empty.

    Raises `UnreadableFile` when the file is no workbook, or one made to fill disk or memory.
    """
    check_archive(path)
    # The module runs as a script: it needs nothing of the bank, and starts in a moment.
    words = [sys.executable, "-I", str(Path(sheet_reader.__file__)), str(path), sheet]
    with subprocess.Popen(  # noqa: S603 -- our own script; path and name are single arguments
        words, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as reader:
        try:
            for line in cast(IO[bytes], reader.stdout):
                number, cells = json.loads(line)
                if any(cell not in ("", None) for cell in cells):
                    yield number, cells
            code = reader.wait()
        finally:
            reader.kill()
    if code:
        raise UnreadableFile(*_SAID.get(code, ("too large to be read", "too_large")), sheet)


def check_archive(path: Path) -> None:
    """Raise `UnreadableFile` unless the file is a workbook that unpacks to what it claims."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            claimed = sum(entry.file_size for entry in entries)
            packed = max(1, path.stat().st_size)
            if len(entries) > MOST_ENTRIES or claimed > MOST_UNPACKED:
                raise UnreadableFile("the workbook is too large", "too_large")
            if claimed > MOST_RATIO * packed:
                raise UnreadableFile("the workbook unpacks to far more than it should", "too_large")
            if "xl/workbook.xml" not in archive.namelist():
                raise UnreadableFile("not a workbook (.xlsx)", "not_workbook")
            if sum(_unpacked_size(archive, entry) for entry in entries) != claimed:
                raise UnreadableFile("the workbook unpacks to more than it claims", "too_large")
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise UnreadableFile(f"not a workbook (.xlsx): {error}", "not_workbook") from error


def _unpacked_size(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> int:
    """Return how much really comes out of an entry, whatever its header claims."""
    entry.file_size, claimed = MOST_UNPACKED, entry.file_size
    size = 0
    with archive.open(entry) as part:
        while size <= claimed and (chunk := part.read(_CHUNK)):
            size += len(chunk)
    return size
