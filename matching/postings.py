"""Which rows have a word: lists by hashed lemma, for words that few rows have."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.background import Words
from matching.lexical import BUCKETS, Weights
from matching.ragged import Ragged
from matching.vector_stores import Marks, Rows

MOST_ROWS = 0.01
"""Share of the rows that may have a word with a list: one that more have tells little of any."""
ALWAYS_LISTED = 500
"""Rows that may have a word with a list however few there are in all."""
MOST_WORDS = 64
"""Of each language, the weightiest first: translations are many and mostly unlikely."""


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """Bucket b is a word of the rows `rows[offsets[b]:offsets[b + 1]]`, ascending."""

    rows: NDArray[Any]
    offsets: NDArray[np.int64]
    """[BUCKETS + 1]"""
    size: int
    """Rows in all"""

    @classmethod
    def of(cls, terms: Ragged) -> "Postings":
        """List the rows of words, from the buckets of each row."""
        size = len(terms.offsets) - 1
        frequency = np.bincount(terms.values, minlength=BUCKETS)
        listed = frequency <= max(ALWAYS_LISTED, MOST_ROWS * size)
        kept = listed[terms.values]
        buckets = terms.values[kept]
        rows = terms.row_of_value[kept].astype(np.uint32)
        ordered = rows[np.argsort(buckets, kind="stable")]
        lengths = np.where(listed, frequency, 0)
        return cls(ordered, Ragged.of_lengths(ordered, lengths).offsets, size)

    def weights(self, words: Words, languages: NDArray[np.int8]) -> Weights:
        """Return how much of what is sought each row has, [n].

        `words` are those sought in rows of each language; what a row has twice counts once.
        """
        weights = np.zeros(self.size, np.float32)
        for language, (buckets, adds) in enumerate(words):
            for bucket, add in self._listed(buckets, adds):
                rows = self.rows[self.offsets[bucket] : self.offsets[bucket + 1]]
                weights[rows[languages[rows] == language]] += add
        return weights

    def _listed(self, buckets: NDArray[Any], adds: Weights) -> Iterator[tuple[int, np.float32]]:
        """Give the weightiest words that have a list, each once."""
        unique, places = np.unique(buckets, return_inverse=True)
        weights = np.bincount(places, adds, len(unique)).astype(np.float32)
        listed = self.offsets[unique + 1] > self.offsets[unique]
        unique, weights = unique[listed], weights[listed]
        order = np.lexsort((unique, -weights))[:MOST_WORDS]
        yield from zip(unique[order].tolist(), weights[order], strict=True)


def best(weights: Weights, k: int, allowed: Marks | None = None) -> Rows:
    """Return the `k` rows, of those allowed, that have most; none that has nothing."""
    found = np.flatnonzero(weights if allowed is None else weights * allowed)
    if len(found) > k:
        found = found[np.argpartition(-weights[found], k)[:k]]
    ordered: Rows = found[np.lexsort((found, -weights[found]))]
    return ordered
