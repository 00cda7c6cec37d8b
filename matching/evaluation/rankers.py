"""What is measured: the port through which an evaluation sees a matcher, and our matcher behind it.

Rows of an index are its texts in order; `allowed` [n] marks those that are in the pool.
"""

from collections.abc import Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.duplicates import DuplicateDetector
from matching.index import Index
from matching.matcher import Matcher
from matching.types import Document, Representation, Row

Scores = NDArray[np.floating[Any]]
Allowed = NDArray[np.bool_]


class Ranker(Protocol):
    """Scores the rows of an index for a text; what it says of rows not allowed is not read."""

    @property
    def version(self) -> str:
        """Return the name of what is measured."""

    def represent(self, documents: Sequence[Document]) -> list[Representation]:
        """Return the form in which texts are compared; slow."""

    def prepare(self, index: Index, queries: Sequence[Representation]) -> None:
        """Fit what a bank fits on its own texts without labels; called once for each pool."""

    def scores(self, query: Representation, index: Index, allowed: Allowed) -> Scores:
        """Return how well each row answers the query, [n]."""

    def duplicate_scores(self, text: Representation, index: Index, allowed: Allowed) -> Scores:
        """Return the probability of each row to be the same idea, [n].

        Rows that are no candidates get scores below 0, in the order of `scores`.
        """

    def probability(self, text: Representation, row: int, index: Index, allowed: Allowed) -> float:
        """Return the probability of one row to be the same idea, whether a candidate or not."""


class MatcherRanker:
    """A matcher and its duplicate detector."""

    def __init__(self, matcher: Matcher, detector: DuplicateDetector) -> None:
        self._matcher = matcher
        self._detector = detector
        self._among: Index | None = None

    @property
    def version(self) -> str:
        """Return the matcher's version."""
        return self._matcher.version

    def represent(self, documents: Sequence[Document]) -> list[Representation]:
        """Return what a bank stores of texts."""
        return self._matcher.represent(documents)

    def prepare(self, index: Index, queries: Sequence[Representation]) -> None:
        """Take the queries for the bank's own needs, whose mean is known to it."""
        self._among = Index.build([Row(key, query, True) for key, query in enumerate(queries)])

    def scores(self, query: Representation, index: Index, allowed: Allowed) -> Scores:
        """Return the evidence for each row, without a floor."""
        return self._matcher.similarities(query, index, among=self._among).evidence

    def duplicate_scores(self, text: Representation, index: Index, allowed: Allowed) -> Scores:
        """Return probabilities of candidates; the rest follow in the order of evidence."""
        evidence = self.scores(text, index, allowed).astype(np.float64)
        found: Scores = evidence - evidence.max(initial=0.0) - 1.0
        candidates = self._detector.find(
            text, index, k=len(index), allowed=index.keys[allowed], floor=-np.inf
        )
        rows = np.searchsorted(index.keys, [each.key for each in candidates])
        found[rows] = [each.probability for each in candidates]
        return found

    def probability(self, text: Representation, row: int, index: Index, allowed: Allowed) -> float:
        """Return what the detector says of the two texts by themselves."""
        return self._detector.judge(text, index, row)
