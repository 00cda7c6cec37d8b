"""Reads folders of judged texts: queries with their right answers, or pairs with labels."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matching.errors import EvaluationError
from matching.types import Document

QUERIES, CORPUS, JUDGEMENTS, PAIRS = "queries.jsonl", "corpus.jsonl", "qrels.jsonl", "pairs.jsonl"

MOST_BYTES = 1 << 25
"""Of a file. With the bound on lines it keeps the memory of a whole run under some 3 GB."""
MOST_LINES = 100_000
HIGHEST_GAIN = 1_000_000

# How much the two texts mean the same; the marks after the digit say in which way they differ.
_LABEL = re.compile(r"([1-4])[<>is]*")
_SAME_FROM = 3


@dataclass(frozen=True, slots=True)
class JudgedTexts:
    """Queries and a corpus in which each has right answers."""

    queries: list[Document]
    corpus: list[Document]
    gains: dict[str, dict[str, float]]
    """How relevant texts of the corpus are to a query, by both ids; all above 0"""


@dataclass(frozen=True, slots=True)
class JudgedPair:
    """Two texts, and whether they mean the same; a language may be empty."""

    first: Document
    second: Document
    same: bool


def holds_pairs(folder: Path) -> bool:
    """Return whether a folder holds pairs; otherwise it holds queries and a corpus.

    Raises EvaluationError when it holds neither.
    """
    if not folder.is_dir():
        raise EvaluationError(f"{folder} is not a folder.")
    if (folder / PAIRS).exists():
        return True
    if (folder / QUERIES).exists():
        return False
    raise EvaluationError(f"{folder} has neither {QUERIES} nor {PAIRS}.")


def read_texts(folder: Path) -> JudgedTexts:
    """Read `queries.jsonl`, `corpus.jsonl` and `qrels.jsonl`.

    Raises EvaluationError, which names the file and the line, when something is missing or wrong.
    """
    queries, corpus = _documents(folder / QUERIES), _documents(folder / CORPUS)
    gains: dict[str, dict[str, float]] = {}
    for line in _lines(folder / JUDGEMENTS):
        query, document = line.name("qid"), line.name("cid")
        if query not in queries:
            raise line.error(f"{QUERIES} has no id {query!r}")
        if document not in corpus:
            raise line.error(f"{CORPUS} has no id {document!r}")
        if (gain := line.gain()) > 0:
            gains.setdefault(query, {})[document] = gain
    if not gains:
        raise EvaluationError(f"{folder / JUDGEMENTS}: no text has a gain above 0.")
    return JudgedTexts(list(queries.values()), list(corpus.values()), gains)


def _documents(path: Path) -> dict[str, Document]:
    documents: dict[str, Document] = {}
    for line in _lines(path):
        name = line.name("id")
        if name in documents:
            raise line.error(f"the id {name!r} has been used before")
        language = line.text("lang")
        if not language:
            raise line.error('"lang" is empty')
        documents[name] = Document(id=name, title=line.text("text"), language=language)
    return documents


def read_pairs(folder: Path) -> list[JudgedPair]:
    """Read `pairs.jsonl`.

    Raises EvaluationError, which names the file and the line, when something is missing or wrong.
    """
    path = folder / PAIRS
    pairs = [
        JudgedPair(line.side(1), line.side(2), line.label() >= _SAME_FROM) for line in _lines(path)
    ]
    if len({pair.same for pair in pairs}) < 2:
        raise EvaluationError(f"{path}: the labels must be both below {_SAME_FROM} and from it on.")
    return pairs


@dataclass(frozen=True, slots=True)
class _Line:
    path: Path
    number: int
    """From 1."""
    fields: dict[str, Any]

    def error(self, what: str) -> EvaluationError:
        return _error(self.path, self.number, what)

    def text(self, field: str) -> str:
        if field not in self.fields:
            raise self.error(f'"{field}" is missing')
        value = self.fields[field]
        if not isinstance(value, str):
            raise self.error(f'"{field}" is no text')
        return value

    def name(self, field: str) -> str:
        value = self.fields.get(field)
        return str(value) if type(value) is int else self.text(field)

    def side(self, place: int) -> Document:
        """Return a text of a pair; an absent language means "detect"."""
        named = next((each for each in (f"lang{place}", "lang") if each in self.fields), None)
        return Document(
            id=f"{self.number}-{place}",
            title=self.text(f"text{place}"),
            language=self.text(named) if named else "",
        )

    def gain(self) -> float:
        value: Any = self.fields.get("gain")
        # True is an int to Python; NaN fails the comparison.
        number = isinstance(value, int | float) and not isinstance(value, bool)
        if not number or not 0 <= value <= HIGHEST_GAIN:
            raise self.error(f'"gain" is no number from 0 to {HIGHEST_GAIN}')
        return float(value)

    def label(self) -> int:
        found = _LABEL.fullmatch(str(self.fields.get("label")))
        if not found:
            raise self.error('"label" is not 1, 2, 3 or 4, with or without marks (<, >, i, s)')
        return int(found[1])


def _lines(path: Path) -> Iterator[_Line]:
    """Give the lines that are not blank; at least one."""
    count = 0
    for number, line in enumerate(_content(path).split(b"\n"), start=1):
        if line.strip():
            count += 1
            if count > MOST_LINES:
                raise _error(path, number, f"more than {MOST_LINES} lines")
            yield _Line(path, number, _fields(path, number, line))
    if not count:
        raise EvaluationError(f"{path} is empty.")


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            content = file.read(MOST_BYTES + 1)
    except OSError as missing:
        raise EvaluationError(f"{path}: {missing.strerror}.") from missing
    if len(content) > MOST_BYTES:
        raise EvaluationError(f"{path} is larger than {MOST_BYTES >> 20} MiB.")
    return content


def _fields(path: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        fields = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as wrong:
        raise _error(path, number, "not a line of JSON in UTF-8") from wrong
    if not isinstance(fields, dict):
        raise _error(path, number, "not an object")
    return fields


def _error(path: Path, number: int, what: str) -> EvaluationError:
    return EvaluationError(f"{path}, line {number}: {what}.")
