"""Which lemmas of one language stand for which of another, and how likely.

A language model that has seen little Finnish is lost on rare compounds ("vannesahaaja"), but their
parts are in every vocabulary ("saha", "saw"). So what an exact word does within a language, its
likely translations do across languages.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.lexical import BUCKETS, Weights, bucket_of
from matching.ragged import Ragged

LEAST_SHARE = 0.05
"""A translation that is less likely than this is left out."""

_ROUNDS = 6
_NOTHING = BUCKETS
"""Stands for words that translate nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Translations:
    """A sparse table of P(target lemma | source lemma), by buckets, for each pair of languages.

    Entries of all pairs stand in one row after another, ascending by pair and source; the pairs
    are those of `permutations(range(languages), 2)` in its order.
    """

    sources: NDArray[np.int32]
    targets: NDArray[np.int32]
    shares: NDArray[Any]
    ends: NDArray[np.int64]
    """Where the entries of each pair end, [pairs]"""

    @classmethod
    def none(cls, languages: int) -> "Translations":
        """Return a table that translates nothing."""
        pairs = languages * (languages - 1)
        nothing = np.zeros(0, np.int32)
        return cls(nothing, nothing, np.zeros(0, np.float32), np.zeros(pairs, np.int64))

    @classmethod
    def fit(cls, names: Sequence[Sequence[str]]) -> "Translations":
        """Learn from names of the same concepts, lemmas separated by spaces: one list a language.

        IBM Model 1 (Brown et al. 1993, Computational Linguistics 19:2), fitted by expectation and
        maximisation.
        """
        parts = [
            _fit_pair(names[one], names[other]) for one, other in permutations(range(len(names)), 2)
        ]
        sources, targets, shares = (np.concatenate(each) for each in zip(*parts, strict=True))
        ends = np.cumsum([len(part[0]) for part in parts])
        return cls(sources, targets, shares.astype(np.float16), ends)

    def translated(self, buckets: NDArray[Any], weights: Weights, pair: int) -> Weights:
        """Return for each bucket of the other language what the given ones give it, [BUCKETS]."""
        given = np.zeros(BUCKETS, np.float32)
        np.add.at(given, *self.shared_out(buckets, weights, pair))
        return given

    def shared_out(
        self, buckets: NDArray[Any], weights: Weights, pair: int
    ) -> tuple[NDArray[np.int32], Weights]:
        """Return buckets of the other language and what the given ones give each of them.

        A bucket comes once for each given one of which it is a translation.
        """
        start, end = (self.ends[pair - 1] if pair else 0), self.ends[pair]
        known = self.sources[start:end]
        first, last = (np.searchsorted(known, buckets, side) for side in ("left", "right"))
        counts = last - first
        owner = np.repeat(np.arange(len(buckets)), counts)
        place = (
            start + np.arange(len(owner)) + np.repeat(first - (np.cumsum(counts) - counts), counts)
        )
        return self.targets[place], weights[owner] * self.shares[place].astype(np.float32)


def pair_of(source: int, target: int, languages: int) -> int:
    """Return the place of a pair of languages in a table."""
    return source * (languages - 1) + target - (target > source)


def _fit_pair(
    ones: Sequence[str], others: Sequence[str]
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.float32]]:
    """Return sources, targets and shares, ascending by source."""
    first = _buckets(ones, [_NOTHING])
    second = _buckets(others, [])
    # Every lemma of a name may translate every lemma of the other name.
    source, word = _combinations(first, second)
    target = second.values[word].astype(np.int64)
    entries, entry = np.unique(source * (BUCKETS + 1) + target, return_inverse=True)
    origin = entries // (BUCKETS + 1)
    shares = np.ones(len(entries))
    for _ in range(_ROUNDS):
        likely = shares[entry]
        expected = likely / np.bincount(word, likely)[word]
        counts = np.bincount(entry, expected)
        shares = counts / np.bincount(origin, counts)[origin]
    kept = (shares >= LEAST_SHARE) & (origin != _NOTHING)
    targets = entries[kept] % (BUCKETS + 1)
    return origin[kept].astype(np.int32), targets.astype(np.int32), shares[kept].astype(np.float32)


def _buckets(names: Sequence[str], always: list[int]) -> Ragged:
    rows = [[*always, *dict.fromkeys(map(bucket_of, name.split()))] for name in names]
    flat = np.array([bucket for row in rows for bucket in row], np.int64)
    return Ragged.of_lengths(flat, np.array([len(row) for row in rows], np.int64))


def _combinations(first: Ragged, second: Ragged) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each value of a row of the first with the place of each value of the second's row."""
    width = second.lengths[first.row_of_value]
    source = np.repeat(first.values, width)
    start = np.repeat(second.offsets[first.row_of_value], width)
    word = start + np.arange(len(start)) - np.repeat(np.cumsum(width) - width, width)
    return source, word
