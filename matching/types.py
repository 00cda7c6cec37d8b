"""The values that go in and out of matching."""

from dataclasses import dataclass
from enum import Enum

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float32]
"""One or more embeddings, float32: [dim] or [n, dim]."""

Keys = NDArray[np.int64]
"""The caller's integer keys of index rows, [n]."""


class Side(Enum):
    """Which of a text's two embeddings: as something asked, or as something that answers."""

    QUERY = "query"
    DOCUMENT = "document"


class Band(Enum):
    """How good a match is, in words; thresholds belong to the matcher version."""

    STRONG = "strong"
    GOOD = "good"
    POSSIBLE = "possible"


class DuplicateBand(Enum):
    """How likely two texts are the same idea: p >= 0.9, 0.5 to 0.9, and less."""

    SAME = "same"
    POSSIBLY = "possibly"
    RELATED = "related"


class Relation(Enum):
    """How a found text relates to the one that was asked about."""

    SAME = "same"
    MORE_SPECIFIC = "more_specific"
    """The same in more detail, or as a part of more"""
    MORE_GENERAL = "more_general"
    """The same in fewer words, or a part of it"""
    ANOTHER_YEAR = "another_year"
    """The same of another year: what the asked one continues, or what continues it"""
    VARIANT = "variant"
    """The same but for a number, a name or a word"""
    RELATED = "related"
    """No more than the subject in common, for all that can be told"""


class DifferenceKind(Enum):
    """What differs between two texts."""

    NUMBER = "number"
    YEAR = "year"
    NAME = "name"
    WORD = "word"


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A text to be matched; an empty language (ISO 639-1) means "detect"."""

    id: str
    title: str
    body: str = ""
    language: str = ""


# Arrays have no single truth value, so equality of the two classes below is identity.
@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Representation:
    """What is stored of a text so that it can be compared without being read again.

    `text` is the canonical title, a line break and the canonical body; `lemmas` are separated
    by spaces, parts of compounds included; `query` and `document` are [dim] vectors of unit
    length, or zeros for an empty text or a side that was not asked for.
    """

    language: str
    text: str
    lemmas: str
    query: Vector
    document: Vector


@dataclass(frozen=True, slots=True, eq=False)
class Row:
    """A row of an index; only public rows count in the statistics of words.

    `owner` is the key of the row of another index to which a further text belongs. `facet` is a
    number of the caller's own (0..65535) by which rows of an archive can be narrowed.
    """

    key: int
    representation: Representation
    public: bool
    owner: int | None = None
    facet: int = 0


@dataclass(frozen=True, slots=True)
class Part:
    """One reason of a score: "meaning", "words" or "terms", or a trait (`matching.traits`).

    `value` is the part's own similarity, 0..1; `contribution` is its share of the score, below 0
    for a trait that differs.
    """

    name: str
    value: float
    contribution: float


@dataclass(frozen=True, slots=True)
class Match:
    """A ranked row; `score` (0..1) is the sum of the parts' contributions, `rank` starts at 1."""

    key: int
    rank: int
    score: float
    parts: tuple[Part, ...]
    band: Band


@dataclass(frozen=True, slots=True)
class Evidence:
    """A pair of sentences that are near, and the words they share as the document writes them.

    `text` says in which of the document's texts the sentence stands: 0 is its own, then further
    ones in their order.
    """

    query_sentence: str
    document_sentence: str
    similarity: float
    shared: tuple[str, ...]
    text: int = 0


@dataclass(frozen=True, slots=True)
class Difference:
    """What two texts that are otherwise alike say differently, each as it writes it."""

    kind: DifferenceKind
    mine: tuple[str, ...]
    other: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Duplicate:
    """A row that may be the same idea, with the probability that it is."""

    key: int
    probability: float
    band: DuplicateBand
    relation: Relation
    differences: tuple[Difference, ...]
