"""Prior work (aiempi kehitystyö): what has already been developed somewhere."""

import hashlib
from dataclasses import dataclass
from enum import Enum
from typing import Any

from needsbank.domain.addresses import is_web_address
from needsbank.domain.errors import Invalid
from needsbank.domain.languages import Language, content_language
from needsbank.domain.licences import Licence

TITLE_MAX = 500
ABSTRACT_MAX = 20_000
URL_MAX = 1000
SUBJECTS_MAX = 50
SUBJECT_MAX = 200
KEY_MAX = 200


class PriorWorkKind(Enum):
    """What sort of work it is."""

    THESIS = "thesis"
    PROJECT = "project"
    REPORT = "report"
    ARTICLE = "article"
    SERVICE_MODEL = "service_model"
    PRODUCT = "product"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPriorWork:
    """Record a work from a source; `source` and `source_key` say whether it is known already.

    `licence` is None where nobody said it, as in a file that the bank's keepers brought themselves.
    """

    source: str
    source_key: str
    title: str
    abstract: str = ""
    kind: PriorWorkKind = PriorWorkKind.OTHER
    year: int | None = None
    language: Language = Language.OTHER
    url: str = ""
    subjects: tuple[str, ...] = ()
    licence: Licence | None = None


def parse_prior_work(row: dict[str, Any], *, source: str, latest_year: int) -> RecordPriorWork:
    """Read one record of a catalogue; raise `Invalid` with a code for each bad field.

    `source` is used where the record names none. Unknown keys are ignored: catalogues have many.
    """
    errors: dict[str, str] = {}
    title = _text(row, "title", errors, TITLE_MAX)
    if not title and "title" not in errors:
        errors["title"] = "required"
    command = RecordPriorWork(
        source=_text(row, "source", errors, 200) or source,
        source_key=_text(row, "id", errors, KEY_MAX) or _key_of(title),
        title=title,
        abstract=_text(row, "abstract", errors, ABSTRACT_MAX),
        kind=_kind(row, errors),
        year=_year(row, errors, latest_year),
        language=content_language(_text(row, "language", errors) or _text(row, "lang", errors)),
        url=_url(row, errors),
        subjects=_subjects(row, errors),
    )
    if errors:
        raise Invalid(errors)
    return command


def _key_of(title: str) -> str:
    # A catalogue without ids knows its works by their titles, which may be long.
    return hashlib.sha256(title.encode()).hexdigest()[:32]


def _text(row: dict[str, Any], key: str, errors: dict[str, str], most: int = 100) -> str:
    value = row.get(key)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        errors[key] = "text"
        return ""
    try:
        return _clean(str(value), most)
    except Invalid as error:
        errors[key] = error.errors["text"]
        return ""


def _clean(text: str, most: int) -> str:
    """Return a text on one line; raise `Invalid` when it is too long or no database can hold it."""
    cleaned = " ".join(text.replace("\0", " ").split())
    if len(cleaned) > most:
        raise Invalid({"text": "too_long"})
    try:
        cleaned.encode()
    except UnicodeEncodeError as error:  # half of a surrogate pair
        raise Invalid({"text": "text"}) from error
    return cleaned


def _kind(row: dict[str, Any], errors: dict[str, str]) -> PriorWorkKind:
    code = _text(row, "kind", errors) or "other"
    try:
        return PriorWorkKind(code)
    except ValueError:
        errors["kind"] = "unknown"
        return PriorWorkKind.OTHER


def _year(row: dict[str, Any], errors: dict[str, str], latest: int) -> int | None:
    text = _text(row, "year", errors)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and 1800 <= int(text) <= latest):
        errors["year"] = "year"
        return None
    return int(text)


def _url(row: dict[str, Any], errors: dict[str, str]) -> str:
    url = _text(row, "url", errors, URL_MAX)
    if url and "url" not in errors and not is_web_address(url):
        errors["url"] = "url"
    return url


def _subjects(row: dict[str, Any], errors: dict[str, str]) -> tuple[str, ...]:
    value = row.get("subjects") or []
    subjects = value.split(";") if isinstance(value, str) else value
    if not isinstance(subjects, list) or not all(isinstance(each, str) for each in subjects):
        errors["subjects"] = "list"
        return ()
    if len(subjects) > SUBJECTS_MAX:
        errors["subjects"] = "too_long"
        return ()
    try:
        return tuple(filter(None, (_clean(each, SUBJECT_MAX) for each in subjects)))
    except Invalid as error:
        errors["subjects"] = error.errors["text"]
        return ()
