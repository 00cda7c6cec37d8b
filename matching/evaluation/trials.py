"""Puts every query or pair to every method, one at a time, and keeps the figures only."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.evaluation.baselines import Baselines
from matching.evaluation.measures import Numbers, ranking
from matching.evaluation.rankers import Allowed, Ranker, Scores
from matching.index import Index
from matching.types import Representation, Row

MATCHER = "matcher"
METHODS = (MATCHER, *Baselines.NAMES)

Progress = Callable[[int], None]
"""Called with how many queries or pairs are done."""


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """A query to a pool, with the gains of its right answers by row."""

    text: Representation
    right: dict[int, float]

    def gains(self, rows: int) -> Numbers:
        """Return the gains of all rows of the pool."""
        gains = np.zeros(rows)
        gains[list(self.right)] = list(self.right.values())
        return gains


@dataclass(frozen=True, slots=True, eq=False)
class Answers:
    """How one method did, query by query."""

    ranking: Numbers
    """[queries, measures], see `measures.ranking`"""
    alarm: Numbers | None
    """[queries, 3]: the highest score with the right answers in the pool, whether the text with
    that score is one of them (0..1), and the highest score without them; None if not asked"""

    def of(self, rows: NDArray[np.intp]) -> "Answers":
        """Return the answers to some of the queries."""
        return Answers(self.ranking[rows], None if self.alarm is None else self.alarm[rows])


class Pool:
    """The texts among which answers are looked for, and all methods ready to look.

    With `symmetric` the matcher ranks by its duplicate detector, otherwise by topic.
    """

    def __init__(
        self,
        documents: Sequence[Representation],
        queries: Sequence[Representation],
        ranker: Ranker,
        methods: Collection[str],
        *,
        symmetric: bool,
    ) -> None:
        self.documents = documents
        self.methods = [name for name in METHODS if name in methods]
        self._symmetric = symmetric
        self._ranker = ranker
        self._index = Index.build([Row(key, each, True) for key, each in enumerate(documents)])
        self._baselines = Baselines(documents, queries, symmetric=symmetric)
        self._rows: dict[tuple[str, str], list[int]] = {}
        for row, each in enumerate(documents):
            self._rows.setdefault((each.text, each.language), []).append(row)
        ranker.prepare(self._index, queries)

    def without_itself(self, query: Query) -> Allowed:
        """Return the pool without the query's own text, unless that was judged to be an answer.

        A bank never suggests a text to itself; in some sets the queries are part of the corpus.
        """
        allowed = np.ones(len(self.documents), bool)
        allowed[self._rows.get((query.text.text, query.text.language), [])] = False
        allowed[list(query.right)] = True
        return allowed

    def scores(self, query: Representation, allowed: Allowed) -> dict[str, Scores]:
        """Return the scores of the allowed rows, in order, by method."""
        found = self._baselines.scores(query, allowed, self.methods)
        if MATCHER in self.methods:
            ranked = self._ranker.duplicate_scores if self._symmetric else self._ranker.scores
            found[MATCHER] = ranked(query, self._index, allowed)
        return {name: found[name][allowed] for name in self.methods}

    def pair_scores(self, text: Representation, row: int, allowed: Allowed) -> dict[str, float]:
        """Return the score of one row by method, as the method gives it among the allowed rows."""
        found = self._baselines.scores(text, allowed, self.methods)
        values = {name: float(scores[row]) for name, scores in found.items()}
        if MATCHER in self.methods:
            values[MATCHER] = (
                self._ranker.probability(text, row, self._index, allowed)
                if self._symmetric
                else float(self._ranker.scores(text, self._index, allowed)[row])
            )
        return values


def ask(
    pool: Pool, queries: Sequence[Query], progress: Progress, *, alarm: bool
) -> dict[str, Answers]:
    """Put each query to a pool; with `alarm` once more without its right answers. By method."""
    rows: dict[str, list[Numbers]] = {name: [] for name in pool.methods}
    highest: dict[str, list[tuple[float, float, float]]] = {name: [] for name in pool.methods}
    for done, query in enumerate(queries, start=1):
        allowed = pool.without_itself(query)
        gains = query.gains(len(allowed))
        present = pool.scores(query.text, allowed)
        absent = pool.scores(query.text, allowed & (gains == 0)) if alarm else {}
        for name, scores in present.items():
            rows[name].append(ranking(scores, gains[allowed]))
        for name, without in absent.items():
            highest[name].append(_highest(present[name], gains[allowed], without))
        progress(done)
    return {
        name: Answers(np.stack(rows[name]), np.array(highest[name]) if alarm else None)
        for name in pool.methods
    }


def _highest(scores: Scores, gains: Numbers, without: Scores) -> tuple[float, float, float]:
    top = scores.max()
    at_right = float((gains[scores == top] > 0).mean())
    return float(top), at_right, float(without.max(initial=-np.inf))


def judge_pairs(
    pool: Pool,
    pairs: Sequence[tuple[int, int]],
    progress: Progress,
) -> dict[str, Numbers]:
    """Return the scores of pairs, given as two rows of the pool, by method.

    The first text of a pair asks, as a new text would; all others are in the pool.
    """
    tables: dict[str, list[float]] = {name: [] for name in pool.methods}
    for done, (first, second) in enumerate(pairs, start=1):
        allowed = np.arange(len(pool.documents)) != first
        allowed[second] = True
        for name, score in pool.pair_scores(pool.documents[first], second, allowed).items():
            tables[name].append(score)
        progress(done)
    return {name: np.array(scores) for name, scores in tables.items()}
