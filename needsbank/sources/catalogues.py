"""Catalogues of prior work, read a record at a time: CSV, spreadsheets, JSON and JSON Lines.

CSV and JSON may be gzipped. What a file is shows in its first bytes, never in its name: names come
from whoever sends the file.
"""

import hashlib
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import BinaryIO

from needsbank.domain.errors import Invalid
from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence, licence_of
from needsbank.domain.prior_works import PriorWorkKind, RecordPriorWork, parse_prior_work
from needsbank.sources.bounded_text import BoundedText
from needsbank.sources.json_records import array_records, line_records
from needsbank.sources.mapping import PLAIN, Format, Mapping
from needsbank.sources.spreadsheets import sheet_rows
from needsbank.sources.tables import delimited_rows, named_cells
from needsbank.sources.unreadable import UnreadableFile

_ZIP = b"PK"

Rows = Iterator[tuple[int, object]]


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that cannot be stored: its line, row or place in the list, and a code per field.

    `key` is the work's own where the row says it: the work is still there, whatever is wrong.
    """

    line: int
    errors: dict[str, str]
    key: str = ""


@dataclass(frozen=True, slots=True)
class Read:
    """One record of the file, good or bad, and how many bytes of the file lie behind it."""

    record: RecordPriorWork | BadRow
    bytes_read: int


@dataclass(frozen=True, slots=True)
class Defaults:
    """What a source says of records that do not say it themselves."""

    licence: Licence
    language: Language
    work_kind: PriorWorkKind

    def fill_in(self, record: RecordPriorWork, source: str) -> RecordPriorWork:
        """Return the record as one of the source, whatever source it names."""
        other_language = record.language is Language.OTHER
        return replace(
            record,
            source=source,
            licence=record.licence or self.licence,
            language=self.language if other_language else record.language,
            kind=self.work_kind if record.kind is PriorWorkKind.OTHER else record.kind,
        )


def file_hash(path: Path, mapping: str = "") -> bytes:
    """Return the SHA-256 of a file's bytes and its mapping: the same two are the same import."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").digest()
    return hashlib.sha256(digest + mapping.encode()).digest() if mapping else digest


def read_catalogue(
    path: Path,
    *,
    source: str,
    latest_year: int,
    mapping: Mapping = PLAIN,
    defaults: Defaults | None = None,
) -> Iterator[Read]:
    """Yield every record of a catalogue; `source` and `defaults` count where it says nothing.

    Raises `UnreadableFile` when the file as a whole is none: cut off, not UTF-8, without the
    columns that the mapping names, or made to fill the memory.
    """
    try:
        with path.open("rb") as raw:
            text = BoundedText(raw)
            for line, row in _rows(path, raw, text, mapping):
                record = _record(line, row, mapping, source, latest_year)
                if defaults and isinstance(record, RecordPriorWork):
                    record = defaults.fill_in(record, source)
                yield Read(record, raw.tell())
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"{path.name}: not UTF-8 text ({error.reason})", "not_utf_8"
        ) from error
    except UnreadableFile as error:
        raise UnreadableFile(f"{path.name}: {error}", error.code, error.what) from error
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"{path.name}: {error}") from error


def _rows(path: Path, raw: BinaryIO, text: BoundedText, mapping: Mapping) -> Rows:
    columns = mapping.columns or frozenset({"title"})
    match mapping.format or _format(raw, text, mapping):
        case Format.XLSX:
            raw.seek(0, 2)  # another process reads it; nothing is told of how far it is
            return named_cells(sheet_rows(path, mapping.sheet), columns)
        case Format.JSON:
            return array_records(text, mapping.records)
        case Format.JSON_LINES:
            return line_records(text.lines())
        case Format.CSV:
            return named_cells(delimited_rows(text.lines()), columns)


def _format(raw: BinaryIO, text: BoundedText, mapping: Mapping) -> Format:
    start = raw.read(len(_ZIP))
    raw.seek(0)
    if start == _ZIP:
        return Format.XLSX
    first = text.first()
    if first == "[" or (first == "{" and mapping.records):
        return Format.JSON
    return Format.JSON_LINES if first == "{" else Format.CSV


def _record(
    line: int, row: object, mapping: Mapping, source: str, latest_year: int
) -> RecordPriorWork | BadRow:
    if not isinstance(row, dict):
        return BadRow(line, {"row": "unreadable"})
    fields = mapping.read(row)
    try:
        work = parse_prior_work(fields, source=source, latest_year=latest_year)
    except Invalid as error:
        key = "" if "id" in error.errors else " ".join(str(fields.get("id") or "").split())
        return BadRow(line, error.errors, key)
    return replace(work, licence=_licence(fields.get("licence")))


def _licence(said: object) -> Licence | None:
    """Return the licence of a code or a statement of rights; None where nothing is said."""
    if not isinstance(said, str) or not said.strip():
        return None
    try:
        return Licence(said.strip())
    except ValueError:
        # Terms that nobody here can read allow nothing.
        return licence_of(said[:1000]) or Licence.UNKNOWN
