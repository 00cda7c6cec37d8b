"""Where vectors are compared: without what texts of a kind have in common, languages aligned."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.index import Index
from matching.languages import LANGUAGES
from matching.types import Side, Vector

PRIOR_ROWS = 50
"""The shipped means weigh as much as so many rows of the bank."""
CHUNK = 1024
"""Rows that are compared at a time: as many as stay in a processor's cache."""

_SIDES = tuple(Side)


@dataclass(frozen=True, slots=True, eq=False)
class Point:
    """A text in the space."""

    plain: Vector
    """[dim], centred, of unit length; zeros for an empty text"""
    aligned: Vector
    """[dim], the same turned to where texts of all languages meet, of unit length"""

    def adapted(self, adapter: Vector, side: Side) -> "Point":
        """Return the point as a map of needs has it, which are the query side.

        What a document is compared with are mapped needs; the other way round that is the same
        as mapping the document back.
        """
        if side is Side.QUERY:
            return Point(self.plain, _unit(self.aligned @ adapter))
        return Point(self.plain, adapter @ self.aligned)


@dataclass(frozen=True, slots=True, eq=False)
class Lengths:
    """Lengths of centred and of aligned rows, [n]; infinite for empty texts: cosines are 0."""

    plain: NDArray[np.float32]
    aligned: NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class VectorSums:
    """The vectors of public texts, added up.

    Stored vectors have half precision, so that sums in double precision are exact: the order in
    which rows are added changes nothing.
    """

    total: NDArray[np.float64]
    """[sides, languages, dim]; of nothing [0, 0, 0]"""
    rows: NDArray[np.int64]
    """[languages]"""

    @classmethod
    def of(cls, index: Index) -> "VectorSums":
        """Add up the public rows of an index."""
        marks = [public_texts(index, language) for language in range(len(LANGUAGES))]
        rows = np.array([len(each) for each in marks], np.int64)
        if not len(index):
            return cls(np.zeros((0, 0, 0)), rows)
        sums = [
            [index.vectors(side)[each].sum(axis=0, dtype=np.float64) for each in marks]
            for side in _SIDES
        ]
        return cls(np.array(sums), rows)

    def joined(self, other: "VectorSums") -> "VectorSums":
        """Return the sums of both."""
        both = [each.total for each in (self, other) if len(each.total)]
        total = sum(both[1:], start=both[0]) if both else self.total
        return VectorSums(total, self.rows + other.rows)


@dataclass(frozen=True, slots=True, eq=False)
class ScoreSpace:
    """Mean vectors and linear maps by side and language.

    Cosines of raw e5 vectors crowd between 0.7 and 1; after the mean of the texts' own side and
    language is taken away, unrelated texts lie around zero. The maps bring translations together
    (`matching.alignment`).
    """

    means: Vector
    """[sides, languages, dim]"""
    aligners: Vector
    """[sides, languages, dim, dim]; a centred row vector is multiplied from the left"""

    def fitted(self, index: Index) -> "ScoreSpace":
        """Return the space with the means of an index's own public rows, these as their prior.

        Of chosen rows (`Index.census`) the means are those of the collection.
        """
        sums = VectorSums.of(index) if index.census is None else index.census.sums
        means = self.means * PRIOR_ROWS
        if len(sums.total):
            means += sums.total
        weights = PRIOR_ROWS + sums.rows.astype(np.float32)
        return replace(self, means=(means / weights[:, None]).astype(np.float32))

    def centred(self, vectors: Vector, side: Side, language: int) -> Vector:
        """Return vectors ([dim] or [n, dim]) minus their mean, of unit length; zeros stay zeros."""
        moved = vectors - self.means[_SIDES.index(side), language]
        is_text = np.any(vectors, axis=-1, keepdims=True)
        return np.where(is_text, _unit(moved), np.float32(0)).astype(np.float32)

    def point(self, vector: Vector, side: Side, language: int) -> Point:
        """Return a text's place, [dim] vectors."""
        return Point(*self.places(vector, side, language))

    def places(self, vectors: Vector, side: Side, language: int) -> tuple[Vector, Vector]:
        """Return where vectors ([dim] or [n, dim]) stand, plain and aligned, of unit length."""
        plain = self.centred(vectors, side, language)
        return plain, _unit(plain @ self._aligner(side, language))

    def lengths(self, index: Index, side: Side, adapter: Vector | None = None) -> Lengths:
        """Return the lengths of an index's rows in this space; `adapter` maps the query side."""
        plain = np.full(len(index), np.inf, np.float32)
        aligned = np.full(len(index), np.inf, np.float32)
        for rows, language in _chunks(index):
            vectors = index.vectors(side)[rows]
            texts = np.any(vectors, axis=1)
            moved = vectors - self.means[_SIDES.index(side), language]
            # In double precision, because a product's last digit depends on where in memory a
            # row stands, and so on rows that a reader may know nothing of.
            turned = moved.astype(np.float64) @ self._aligner(side, language).astype(np.float64)
            if adapter is not None and side is Side.QUERY:
                turned = turned @ adapter.astype(np.float64)
            plain[rows[texts]] = _norm(moved[texts])
            aligned[rows[texts]] = _norm(turned[texts])
        return Lengths(plain, aligned)

    def cosines(
        self, text: Point, index: Index, side: Side, lengths: Lengths
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Return plain and aligned cosines of a text with all rows, [n] each.

        The dot product of each row is computed by itself, so no row changes another's score in
        the last digit.
        """
        plain = np.zeros(len(index), np.float32)
        aligned = np.zeros(len(index), np.float32)
        for rows, language in _chunks(index):
            vectors = index.vectors(side)[rows]
            mean = self.means[_SIDES.index(side), language]
            # (row - mean) A . aligned = (row - mean) . (A aligned): the rows stay as stored.
            turned = self._aligner(side, language) @ text.aligned
            plain[rows] = np.vecdot(vectors, text.plain) - np.vecdot(mean, text.plain)
            aligned[rows] = np.vecdot(vectors, turned) - np.vecdot(mean, turned)
        return plain / lengths.plain, aligned / lengths.aligned

    def _aligner(self, side: Side, language: int) -> Vector:
        aligner: Vector = self.aligners[_SIDES.index(side), language]
        return aligner


def public_texts(index: Index, language: int) -> NDArray[np.int64]:
    """Return where the public rows of a language stand that are not empty, ascending."""
    written = index.texts.lengths > 0
    return np.flatnonzero(index.public & written & (index.languages == language))


def _chunks(index: Index) -> list[tuple[NDArray[np.int64], int]]:
    """Return rows of one language at a time, and the language."""
    found = []
    for language in np.unique(index.languages).tolist():
        rows = np.flatnonzero(index.languages == language)
        found += [(rows[start : start + CHUNK], language) for start in range(0, len(rows), CHUNK)]
    return found


def _norm(vectors: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    lengths: NDArray[np.float32] = np.linalg.norm(vectors, axis=-1).astype(np.float32)
    return np.maximum(lengths, np.float32(1e-12))


def _unit(vectors: Vector) -> Vector:
    lengths = np.maximum(np.linalg.norm(vectors, axis=-1, keepdims=True), 1e-12)
    unit: Vector = (vectors / lengths).astype(np.float32)
    return unit
