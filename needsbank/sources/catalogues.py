"""Catalogue files of prior work: CSV and JSON Lines, plain or gzipped, read a line at a time."""

import csv
import gzip
import hashlib
import io
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO, cast

from needsbank.domain.errors import BankError, Invalid
from needsbank.domain.prior_works import RecordPriorWork, parse_prior_work

LONGEST_LINE = 200_000
"""Characters; a longer line is not a record of a catalogue."""
MOST_BYTES = 2_000_000_000
"""Of unpacked text: a bound against files made to fill the disk or the memory."""


class UnreadableFile(BankError):
    """The file as a whole cannot be read; its message says why."""


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be stored: its line in the file and a code per field."""

    line: int
    errors: dict[str, str]


@dataclass(frozen=True, slots=True)
class Read:
    """One record of the file, good or bad, and how many bytes of the file lie behind it."""

    record: RecordPriorWork | BadRow
    bytes_read: int


def file_hash(path: Path) -> bytes:
    """Return the SHA-256 of a file's bytes: the same file is the same import."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").digest()


def read_catalogue(path: Path, *, source: str, latest_year: int) -> Iterator[Read]:
    """Yield every record of a .csv or .jsonl file (either may end in .gz).

    Raises `UnreadableFile` when the file is none of these, is cut off, or is not UTF-8.
    """
    name = path.name.removesuffix(".gz")
    if name.endswith(".csv"):
        rows = _csv_rows
    elif name.endswith((".jsonl", ".ndjson")):
        rows = _json_rows
    else:
        raise UnreadableFile(f"{path.name}: expected .csv, .jsonl, .csv.gz or .jsonl.gz")
    try:
        with path.open("rb") as raw, _unpacked(raw, path) as file:
            text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
            for line, row in rows(_bounded(text)):
                yield Read(_record(line, row, source, latest_year), raw.tell())
    except UnicodeDecodeError as error:
        raise UnreadableFile(f"{path.name}: not UTF-8 text ({error.reason})") from error
    except (OSError, EOFError, zlib.error, csv.Error) as error:
        raise UnreadableFile(f"{path.name}: {error}") from error


def _unpacked(raw: BinaryIO, path: Path) -> BinaryIO:
    # A GzipFile is a binary file in all but its declared type.
    return cast(BinaryIO, gzip.open(raw)) if path.suffix == ".gz" else raw


def _bounded(text: io.TextIOWrapper) -> Iterator[str]:
    seen = 0
    # One more than the bound is read: a longer line is cut there and refused.
    while line := text.readline(LONGEST_LINE + 1):
        seen += len(line)
        if len(line) > LONGEST_LINE or seen > MOST_BYTES:
            raise UnreadableFile("a line or the file is too long for a catalogue")
        yield line


def _csv_rows(lines: Iterator[str]) -> Iterator[tuple[int, object]]:
    names = next(lines, "")
    # Spreadsheets in Finnish separate by semicolons, since the comma is in the numbers.
    separator = ";" if names.count(";") > names.count(",") else ","
    reader = csv.DictReader(chain([names], lines), strict=True, delimiter=separator)
    if "title" not in (reader.fieldnames or ()):
        raise UnreadableFile("the first line must name the columns; a column `title` is required")
    try:
        for row in reader:
            # More cells than columns is a broken row, not a record.
            yield reader.line_num, None if None in row else dict(row)
    except csv.Error as error:
        raise UnreadableFile(f"line {reader.reader.line_num}: {error}") from error


def _json_rows(lines: Iterator[str]) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line)
        except (ValueError, RecursionError):
            yield number, None


def _record(line: int, row: object, source: str, latest_year: int) -> RecordPriorWork | BadRow:
    if not isinstance(row, dict):
        return BadRow(line, {"row": "unreadable"})
    fields: dict[str, Any] = row
    try:
        return parse_prior_work(fields, source=source, latest_year=latest_year)
    except Invalid as error:
        return BadRow(line, error.errors)
