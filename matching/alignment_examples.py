"""Pairs of texts that ought to meet in one space: the examples from which languages are aligned.

Names of one concept teach what words mean, works on one topic what belongs together without
sharing a word, a work beside the name of its topic both.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Protocol

import numpy as np

from matching.types import Side, Vector

MOST_WORKS = 30
"""Two concepts that more works have in common make too wide a topic."""
MOST_NAMED = 300
"""A concept of more works names none of them well."""

View = tuple[Side, str]
"""A side and a language."""


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Row i of `ones` belongs with row i of `others`, [n, dim] each, and with no other row."""

    one: View
    ones: Vector
    other: View
    others: Vector


class Examples(Protocol):
    """A kind of examples."""

    def __bool__(self) -> bool:
        """Return whether there are any."""

    def batch(self, chance: np.random.Generator, size: int) -> Batch:
        """Return up to `size` examples in two views."""


class SameConcept:
    """Names of one concept in two languages; row i of each view's vectors is concept i."""

    def __init__(self, names: Mapping[View, Vector]) -> None:
        self._names = names
        self._pairs = [pair for pair in _view_pairs(names) if pair[0][1] != pair[1][1]]
        self._count = len(next(iter(names.values())))

    def __bool__(self) -> bool:
        return self._count > 0

    def batch(self, chance: np.random.Generator, size: int) -> Batch:
        """Return names of the same concepts."""
        one, other = self._pairs[chance.integers(len(self._pairs))]
        rows = chance.choice(self._count, min(size, self._count), replace=False)
        return Batch(one, self._names[one][rows], other, self._names[other][rows])


@dataclass(frozen=True, slots=True, eq=False)
class Works:
    """Works that somebody has indexed by concepts."""

    vectors: Mapping[Side, Vector]
    """[works, dim] of each side"""
    languages: Sequence[str]
    concepts: Sequence[Sequence[int]]
    """The places of each work's concepts"""


class SameTopic:
    """Two works, in one language or two, that have two concepts in common."""

    def __init__(self, works: Works) -> None:
        self._works = works
        self._groups = _by_languages(works)
        self._pairs = [
            pair
            for pair in _view_pairs(product(Side, sorted(set(works.languages))))
            if self._groups[pair[0][1], pair[1][1]]
        ]

    def __bool__(self) -> bool:
        return bool(self._pairs)

    def batch(self, chance: np.random.Generator, size: int) -> Batch:
        """Return works of as many topics."""
        one, other = self._pairs[chance.integers(len(self._pairs))]
        groups = self._groups[one[1], other[1]]
        chosen = chance.choice(len(groups), min(size, len(groups)), replace=False)
        drawn = [_two(chance, *groups[place]) for place in chosen.tolist()]
        ones, others = ([pair[side] for pair in drawn] for side in (0, 1))
        vectors = self._works.vectors
        return Batch(one, vectors[one[0]][ones], other, vectors[other[0]][others])


class WorkAndTopic:
    """A work and the name of one of its concepts, in one language or two."""

    def __init__(self, works: Works, names: Mapping[View, Vector]) -> None:
        self._works, self._names = works, names
        often = np.bincount([place for each in works.concepts for place in each])
        self._indexed: dict[str, list[tuple[int, list[int]]]] = defaultdict(list)
        for work, concepts in enumerate(works.concepts):
            naming = [place for place in concepts if often[place] <= MOST_NAMED]
            if naming:
                self._indexed[works.languages[work]].append((work, naming))
        self._pairs = [pair for pair in product(names, repeat=2) if self._indexed[pair[0][1]]]

    def __bool__(self) -> bool:
        return bool(self._pairs)

    def batch(self, chance: np.random.Generator, size: int) -> Batch:
        """Return works of different concepts."""
        one, other = self._pairs[chance.integers(len(self._pairs))]
        indexed = self._indexed[one[1]]
        works: dict[int, int] = {}
        for place in chance.choice(len(indexed), min(size, len(indexed)), replace=False).tolist():
            work, concepts = indexed[place]
            works.setdefault(concepts[chance.integers(len(concepts))], work)
        ones = self._works.vectors[one[0]][list(works.values())]
        return Batch(one, ones, other, self._names[other][list(works)])


def _view_pairs(views: Iterable[View]) -> list[tuple[View, View]]:
    """Return all pairs but document with query: those are query with document turned about."""
    return [
        (one, other)
        for one, other in product(list(views), repeat=2)
        if one[0] is Side.QUERY or other[0] is Side.DOCUMENT
    ]


def _by_languages(works: Works) -> dict[tuple[str, str], list[tuple[list[int], list[int]]]]:
    """Return for each pair of languages the works of each topic in the one and in the other."""
    topics: dict[tuple[int, int], list[int]] = defaultdict(list)
    for work, concepts in enumerate(works.concepts):
        for pair in combinations(sorted(set(concepts)), 2):
            topics[pair].append(work)
    found: dict[tuple[str, str], list[tuple[list[int], list[int]]]] = defaultdict(list)
    for members in topics.values():
        if 2 <= len(members) <= MOST_WORKS:
            by_language: dict[str, list[int]] = defaultdict(list)
            for work in members:
                by_language[works.languages[work]].append(work)
            for one, other in product(by_language, repeat=2):
                if one != other or len(by_language[one]) > 1:
                    found[one, other].append((by_language[one], by_language[other]))
    return found


def _two(chance: np.random.Generator, ones: list[int], others: list[int]) -> tuple[int, int]:
    """Draw a work of each list; two different ones of a list that stands twice."""
    if ones is others:
        first, second = chance.choice(ones, 2, replace=False).tolist()
        return first, second
    return ones[chance.integers(len(ones))], others[chance.integers(len(others))]
