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

SURFACE_FROM = 0.93
"""Likeness of letters from which two texts are one text written twice."""

INTERCEPT = "intercept"
_SAME_FROM = 0.9
_POSSIBLY_FROM = 0.5
RELATED_FROM = 0.17
"""Centred cosine from which a row is worth showing as related.

Low on purpose: a list beside the form that holds a weak third row costs a glance, one that misses
the idea costs doing it again.
"""


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
        """Return at most `k` allowed rows: likely duplicates first, then the related by meaning.

        Related rows are in the order of meaning alone, since words count only within a language
        and would favour it. The text itself, if it is in the index, must be left out by `allowed`.
        """
        if not len(index) or not text.text:
            return []
        pairs = PairFeatures(text, self._matcher.view(index))
        meaning, evidence = pairs.similarities.meaning, pairs.similarities.evidence
        places = index.positions(allowed)
        rows = {*best_rows(evidence, places, CANDIDATES), *best_rows(meaning, places, CANDIDATES)}
        found = []
        for row in sorted(rows):
            features = pairs.of(row)
            likely = max(
                probability(self._weights, features),
                surface_likeness(text.text, index.texts.text(row), features),
            )
            flagged = likely >= _POSSIBLY_FROM
            if flagged or meaning[row] >= floor:
                order = (flagged, likely if flagged else float(meaning[row]))
                found.append((order, Duplicate(int(index.keys[row]), likely, band(likely))))
        found.sort(key=lambda each: each[0], reverse=True)
        return [duplicate for _, duplicate in found[:k]]


def probability(weights: dict[str, float], features: Features) -> float:
    """Return the logistic function of the weighted sum of features."""
    total = weights[INTERCEPT] + sum(weights[name] * value for name, value in features.items())
    return 1 / (1 + math.exp(-total))


def surface_likeness(mine: str, other: str, features: Features) -> float:
    """Return how alike two texts are letter by letter if that is telling, else 0.

    The same text with a typo or another word order is the same idea, whatever a model thinks;
    texts that differ in a number or a negation are not, however alike (rapidfuzz's ratios).
    """
    from rapidfuzz import fuzz  # noqa: PLC0415 -- slow import

    if features["number_clash"] or features["negation_clash"]:
        return 0.0
    likeness = max(fuzz.ratio(mine, other), fuzz.token_sort_ratio(mine, other)) / 100
    return float(likeness) if likeness >= SURFACE_FROM else 0.0


def band(probability: float) -> DuplicateBand:
    """Return the words for a probability."""
    if probability >= _SAME_FROM:
        return DuplicateBand.SAME
    return DuplicateBand.POSSIBLY if probability >= _POSSIBLY_FROM else DuplicateBand.RELATED
