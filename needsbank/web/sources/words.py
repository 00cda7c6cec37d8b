"""What harvests, mappings and files have to say, in the reader's language."""

from collections.abc import Mapping as AnyMapping
from datetime import datetime

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from needsbank.db.models import Harvest, Source
from needsbank.domain.sources import HarvestState
from needsbank.sources.unreadable import UnreadableFile
from needsbank.web.languages import number

PROBLEMS: dict[str, LazyString] = {
    "not_reachable": _l("the address does not answer"),
    "blocked": _l("the bank may not reach this address"),
    "too_slow": _l("the answer took too long"),
    "too_large": _l("the answer is larger than a catalogue can be"),
    "bad_encoding": _l("the answer is packed in an unknown way"),
    "status": _l("the server refused"),
    "not_oai": _l("the answer is not what OAI-PMH says"),
    "refused": _l("the repository refused what was asked for"),
    "bad_token": _l("the repository no longer knew where it was"),
    "repeated_token": _l("the repository went round in a circle"),
    "incomplete_list": _l("the list ended before its end"),
    "repeated_ids": _l("some records came more than once, so others may be missing"),
    "nothing_there": _l("no record came that could be taken"),
    "source_changed": _l("the source was changed meanwhile"),
    "paused": _l("the source was paused meanwhile"),
    "mapping": _l("the mapping is not right"),
    "not_utf_8": _l("the file is not UTF-8 text"),
    "no_column": _l("a column that the mapping names is missing"),
    "two_columns": _l("a column that the mapping names is there twice"),
    "line": _l("a line of the file is broken"),
    "no_list": _l("there is no list of records where the mapping says"),
    "cut_off": _l("the file is cut off"),
    "not_workbook": _l("the file is not an Excel workbook"),
    "no_sheet": _l("the workbook has no sheet of that name"),
}
MAPPING_ERRORS: dict[str, LazyString] = {
    "json": _l("this is not JSON"),
    "object": _l("braces with names and values are needed here"),
    "too_long": _l("it is too long"),
    "text": _l("a text is needed here"),
    "twice": _l("the name stands here twice"),
    "required": _l("this is missing"),
    "unknown_field": _l("the bank knows no such name here"),
    "one_place": _l("give exactly one of column, pointer and constant"),
    "pointer": _l("a JSON Pointer begins with / or is empty"),
    "separator": _l("give one to five characters"),
    "format": _l("use csv, xlsx, json or jsonl"),
    "kind": _l("the bank knows no such kind of work"),
    "language": _l("use fi, sv, en or und"),
    "licence": _l("the bank knows no such licence"),
}
UNREADABLE: dict[str, LazyString] = {
    "not_utf_8": _l("The file is not UTF-8 text. Save it again as UTF-8."),
    "no_column": _l("The file has no column “%(what)s”."),
    "two_columns": _l("The file has two columns called “%(what)s”."),
    "line": _l("Line %(what)s is broken: look at its quotation marks."),
    "no_list": _l("The JSON has no list of records at “%(what)s”."),
    "cut_off": _l("The JSON is not whole; the file may be cut off."),
    "not_workbook": _l("This is not an Excel workbook (.xlsx)."),
    "no_sheet": _l("The workbook has no sheet called “%(what)s”."),
    "too_large": _l("The file is larger inside than a catalogue can be."),
}
ROW_ERRORS: dict[str, LazyString] = {
    "required": _l("is missing"),
    "text": _l("is not text"),
    "too_long": _l("is too long"),
    "unknown": _l("is not a kind that the bank knows"),
    "year": _l("is not a year"),
    "url": _l("is not a web address"),
    "list": _l("is not a list of texts"),
    "unreadable": _l("is broken"),
}
_SO_FAR_OF = _l("%(read)s of %(expected)s records read.")
_SO_FAR = _l("Records read: %(read)s.")
_COUNTS = _l("New %(added)s, changed %(changed)s, removed %(removed)s, not taken %(rejected)s.")
_ENDED: dict[HarvestState, LazyString | str] = {
    HarvestState.COMPLETE: "",
    HarvestState.PARTIAL: _l(
        "It broke off: %(problem)s. What had come is kept, and nothing was removed."
    ),
    HarvestState.FAILED: _l("Nothing could be read: %(problem)s. The bank is as it was."),
    HarvestState.CANCELLED: _l("Somebody stopped it. What had come is kept."),
}
FIELDS: dict[str, LazyString] = {
    "title": _l("Title"),
    "abstract": _l("Abstract"),
    "kind": _l("Kind"),
    "year": _l("Year"),
    "language": _l("Language"),
    "url": _l("Address"),
    "subjects": _l("Subjects"),
    "licence": _l("Licence"),
    "id": _l("Key"),
    "row": _l("The row"),
}


def line_of(harvest: Harvest) -> str:
    """Return in a line how a harvest went, or how far it is."""
    known = {
        "problem": PROBLEMS.get(harvest.problem or "", _l("the answer could not be understood")),
        "read": number(harvest.position),
        "expected": number(harvest.expected or 0),
        "added": number(harvest.added),
        "changed": number(harvest.changed),
        "removed": number(harvest.removed),
        "rejected": number(harvest.rejected),
    }
    if harvest.state is HarvestState.RUNNING:
        return str(_SO_FAR_OF if harvest.expected else _SO_FAR) % known
    lines = [_ENDED[harvest.state], "" if harvest.state is HarvestState.FAILED else _COUNTS]
    return " ".join(str(line) for line in lines if line) % known


def next_run(source: Source, latest: Harvest | None) -> datetime | None:
    """Return when a source is fetched next by itself; None when only people fetch it."""
    period = source.schedule.period
    if not source.active or period is None:
        return None
    return latest.started + period if latest else source.created


def about_mapping(errors: AnyMapping[str, str]) -> str:
    """Return what is wrong with a mapping, place by place."""
    told = [
        f"{place}: {MAPPING_ERRORS.get(code, MAPPING_ERRORS['text'])}"
        for place, code in list(errors.items())[:5]
    ]
    return "; ".join(told)


def about_file(error: UnreadableFile) -> str:
    """Return why a file cannot be read."""
    said = UNREADABLE.get(error.code, _l("The file cannot be read; it may be damaged."))
    return str(said) % {"what": error.what[:200]}


def about_row(errors: AnyMapping[str, str]) -> str:
    """Return what is wrong with a row."""
    return "; ".join(
        f"{FIELDS.get(name, name)} {ROW_ERRORS.get(code, code)}" for name, code in errors.items()
    )
