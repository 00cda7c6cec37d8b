"""Finds rows that may be the same idea as a text, in the same or in another language."""

import math
from pathlib import Path

from matching.features import Features, PairFeatures
from matching.index import Index
from matching.matcher import Matcher, best_rows
from matching.parameters import Parameters
from matching.types import Duplicate, DuplicateBand, Keys, Representation

CANDIDATES = 20
"""Rows that are compared closely; the rest are too far away to be the same."""

INTERCEPT = "intercept"
_SAME_FROM = 0.9
_POSSIBLY_FROM = 0.5
RELATED_FROM = 0.03
"""Rows under it are not worth showing. Low, because the probability is of being *the same*: with
texts of several sentences two people's words for one idea often reach no more than a tenth."""


class DuplicateDetector:
    """A logistic regression over the features of a pair."""

    def __init__(self, matcher: Matcher, weights: dict[str, float]) -> None:
        self._matcher = matcher
        self._weights = weights

    @classmethod
    def load(cls, folder: Path, matcher: Matcher) -> "DuplicateDetector":
        """Read the weights for the matcher's vector space.

        Raises MatcherFileError when there are none for it, or when they are damaged.
        """
        return cls(matcher, Parameters.load(folder, matcher.space_id).duplicates)

    def find(
        self,
        text: Representation,
        index: Index,
        *,
        k: int = 3,
        allowed: Keys | None = None,
        floor: float = RELATED_FROM,
    ) -> list[Duplicate]:
        """Return the `k` likeliest duplicates among allowed rows, at least as likely as `floor`.

        The text itself, if it is in the index, must be left out by `allowed`.
        """
        if not len(index) or not text.text:
            return []
        pairs = PairFeatures(text, self._matcher.view(index))
        rows = best_rows(pairs.similarities.evidence, index.positions(allowed), CANDIDATES)
        likely = [(probability(self._weights, pairs.of(row)), int(index.keys[row])) for row in rows]
        kept = sorted((-p, key) for p, key in likely if p >= floor)[:k]
        return [Duplicate(key, -negative, band(-negative)) for negative, key in kept]


def probability(weights: dict[str, float], features: Features) -> float:
    """Return the logistic function of the weighted sum of features."""
    total = weights[INTERCEPT] + sum(weights[name] * value for name, value in features.items())
    return 1 / (1 + math.exp(-total))


def band(probability: float) -> DuplicateBand:
    """Return the words for a probability."""
    if probability >= _SAME_FROM:
        return DuplicateBand.SAME
    return DuplicateBand.POSSIBLY if probability >= _POSSIBLY_FROM else DuplicateBand.RELATED
