"""Mappings: where in a catalogue's records each field of a prior work comes from.

A mapping is JSON, kept with its source or in a file beside the catalogue:

    {"records": "/projects",
     "fields": {"title": {"pointer": "/name"},
                "kind": {"constant": "project"},
                "language": {"pointer": "/lang", "values": {"suomi": "fi"}}}}
"""

import json
import re
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

from needsbank.domain.errors import Invalid
from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence
from needsbank.domain.prior_works import PriorWorkKind
from needsbank.sources.json_pointer import parse_pointer, value_at

FIELDS = (
    "id",
    "title",
    "abstract",
    "kind",
    "year",
    "language",
    "url",
    "subjects",
    "licence",
)
MOST_CHARACTERS = 20_000
"""Of a mapping's JSON; value maps of a few hundred rows fit."""
_MOST_IN_A_TEXT = 500
_DATE = re.compile(r"(\d{4})-\d\d(?:-\d\d.*)?", re.ASCII | re.DOTALL)
_CODES: dict[str, frozenset[str]] = {
    "kind": frozenset(kind.value for kind in PriorWorkKind),
    "language": frozenset(language.value for language in Language),
    "licence": frozenset(licence.value for licence in Licence),
}


class Format(Enum):
    """How a catalogue is written."""

    CSV = "csv"
    XLSX = "xlsx"
    JSON = "json"
    JSON_LINES = "jsonl"


@dataclass(frozen=True, slots=True)
class Place:
    """Where one field comes from: a column, a JSON Pointer's tokens, or always the same text."""

    column: str | None = None
    tokens: tuple[str, ...] | None = None
    constant: str = ""
    values: AnyMapping[str, str] = field(default_factory=dict)
    """What the catalogue's own words mean, in lower case → code."""
    otherwise: str | None = None
    """The code of a word that `values` does not name."""
    separator: str | None = None
    """Between the parts of a list that is written as one text."""

    def read(self, record: AnyMapping[str, object]) -> object:
        """Return what the record says here, its words turned into codes."""
        if self.column is not None:
            found = record.get(self.column)
        elif self.tokens is not None:
            found = value_at(record, self.tokens)
        else:
            return self.constant
        if self.separator is not None and isinstance(found, str):
            return found.split(self.separator)
        return self._coded(found) if self.values or self.otherwise else found

    def _coded(self, found: object) -> object:
        word = str(found).strip() if isinstance(found, str | int) else ""
        code = self.values.get(word.casefold())
        return code or self.otherwise or found


@dataclass(frozen=True, slots=True)
class Mapping:
    """Where each field comes from, and how the catalogue is written where that must be said.

    Without places a record names its fields as the bank does.
    """

    places: AnyMapping[str, Place] = field(default_factory=dict)
    format: Format | None = None
    """None: the file's contents tell."""
    records: tuple[str, ...] = ()
    """Of a JSON file: where the list of records stands."""
    sheet: str = ""
    """Of a workbook: the sheet's name; the first one if empty."""

    @property
    def columns(self) -> frozenset[str]:
        """Return the columns that a table must have."""
        return frozenset(each.column for each in self.places.values() if each.column is not None)

    def read(self, record: AnyMapping[str, object]) -> dict[str, object]:
        """Return a record's fields by the bank's names, for `parse_prior_work`."""
        if not self.places:
            return dict(record)
        fields = {name: place.read(record) for name, place in self.places.items()}
        year = fields.get("year")
        if isinstance(year, str) and (date := _DATE.fullmatch(year.strip())):
            fields["year"] = date[1]
        return fields


PLAIN = Mapping()


def parse_mapping(text: str) -> Mapping:
    """Read a mapping from JSON; raise `Invalid` with a code for each place that is wrong.

    The codes' keys are paths in the mapping, as `fields.kind.values`, or a line and a column of it.
    """
    if len(text) > MOST_CHARACTERS:
        raise Invalid({"mapping": "too_long"})
    try:
        mapping = json.loads(text, object_pairs_hook=_without_repeats)
    except _RepeatedKeyError as error:
        raise Invalid({f"mapping.{error.args[0]}": "twice"}) from error
    except json.JSONDecodeError as error:
        raise Invalid({f"mapping:{error.lineno}:{error.colno}": "json"}) from error
    except (ValueError, RecursionError) as error:
        raise Invalid({"mapping": "json"}) from error
    if not _can_be_stored(mapping):
        raise Invalid({"mapping": "text"})
    return mapping_of(mapping)


def mapping_of(mapping: object) -> Mapping:
    """Read a mapping from what its JSON holds; raise `Invalid` as `parse_mapping` does."""
    if not isinstance(mapping, dict):
        raise Invalid({"mapping": "object"})
    errors: dict[str, str] = {}
    _refuse_unknown("mapping", mapping, {"format", "records", "sheet", "fields"}, errors)
    fields = mapping.get("fields")
    if not isinstance(fields, dict):
        errors["fields"] = "object" if "fields" in mapping else "required"
        fields = {}
    elif "title" not in fields:
        errors["fields.title"] = "required"
    _refuse_unknown("fields", fields, set(FIELDS), errors)
    made = Mapping(
        places={name: _place(name, fields[name], errors) for name in FIELDS if name in fields},
        format=_format(mapping, errors),
        records=_pointer("records", mapping.get("records", ""), errors) or (),
        sheet=_text("sheet", mapping.get("sheet", ""), errors),
    )
    if errors:
        raise Invalid(errors)
    return made


def _can_be_stored(mapping: object) -> bool:
    """Whether no text in it has half of a character or NUL, which no database can hold."""
    written = json.dumps(mapping, ensure_ascii=False)
    return "\\u0000" not in written and written.encode(errors="ignore") == written.encode(
        errors="surrogatepass"
    )


class _RepeatedKeyError(Exception):
    """A key stands twice in one object: one of the two would be lost without a word."""


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _RepeatedKeyError(key[:_MOST_IN_A_TEXT])
        found[key] = value
    return found


def _refuse_unknown(
    path: str, given: AnyMapping[str, object], known: set[str], errors: dict[str, str]
) -> None:
    for name in given.keys() - known:
        errors[f"{path}.{name[:_MOST_IN_A_TEXT]}"] = "unknown_field"


def _place(name: str, given: object, errors: dict[str, str]) -> Place:
    path = f"fields.{name}"
    if not isinstance(given, dict):
        errors[path] = "object"
        return Place()
    known = {"column", "pointer", "constant"}
    if len(known & given.keys()) != 1:
        errors[path] = "one_place"
    known |= {"values", "otherwise"} if name in _CODES else set()
    known |= {"separator"} if name == "subjects" else set()
    _refuse_unknown(path, given, known, errors)
    given = {key: value for key, value in given.items() if key in known}
    constant = _text(f"{path}.constant", given.get("constant", ""), errors)
    if name in _CODES and "constant" in given and constant not in _CODES[name]:
        errors[f"{path}.constant"] = name
    return Place(
        column=_column(f"{path}.column", given["column"], errors) if "column" in given else None,
        tokens=_pointer(f"{path}.pointer", given["pointer"], errors)
        if "pointer" in given
        else None,
        constant=constant,
        values=_values(name, f"{path}.values", given.get("values", {}), errors),
        otherwise=_code(name, f"{path}.otherwise", given.get("otherwise"), errors),
        separator=_separator(f"{path}.separator", given.get("separator"), errors)
        or (";" if name == "subjects" else None),
    )


def _column(path: str, given: object, errors: dict[str, str]) -> str:
    column = _text(path, given, errors)
    if not column.strip() and path not in errors:
        errors[path] = "required"
    return column.strip()


def _values(name: str, path: str, given: object, errors: dict[str, str]) -> dict[str, str]:
    if not isinstance(given, dict):
        errors[path] = "object"
        return {}
    return {
        word.strip().casefold(): _code(name, f"{path}.{word[:50]}", code, errors) or ""
        for word, code in given.items()
    }


def _code(name: str, path: str, given: object, errors: dict[str, str]) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str) or given not in _CODES.get(name, ()):
        errors[path] = name
        return None
    return given


def _separator(path: str, given: object, errors: dict[str, str]) -> str | None:
    if given is None:
        return None
    if not isinstance(given, str) or not 1 <= len(given) <= 5:
        errors[path] = "separator"
        return None
    return given


def _format(mapping: AnyMapping[str, object], errors: dict[str, str]) -> Format | None:
    if "format" not in mapping:
        return None
    try:
        return Format(mapping["format"])
    except ValueError:
        errors["format"] = "format"
        return None


def _pointer(path: str, given: object, errors: dict[str, str]) -> tuple[str, ...] | None:
    try:
        return parse_pointer(_text(path, given, errors))
    except ValueError:
        errors[path] = "pointer"
        return None


def _text(path: str, given: object, errors: dict[str, str]) -> str:
    if not isinstance(given, str) or len(given) > _MOST_IN_A_TEXT:
        errors[path] = "text"
        return ""
    return given
