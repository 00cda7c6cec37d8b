"""Finds rows that may be the same idea as a text, in the same or in another language."""

import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from matching.calibration import SHIPPED, Calibration
from matching.features import Features, PairFeatures, across_too
from matching.index import Index, language_place
from matching.lemmas import default_analyser
from matching.matcher import Matcher
from matching.parameters import Parameters
from matching.ranking import best_rows
from matching.relations import differences, relation, twins
from matching.scoring import Sought
from matching.types import Difference, Duplicate, DuplicateBand, Keys, Representation

CANDIDATES = 20
"""Rows that are compared closely; the rest are too far away to be the same."""

SURFACE_FROM = 0.93
"""Likeness of letters from which two texts are one text written twice."""

Weights = dict[str, float]

INTERCEPT = "intercept"
JUDGED = "judged"
LEAD = "lead"
_SAME_FROM = 0.9
_POSSIBLY_FROM = 0.5
RELATED_FROM = 0.17
"""Meaning from which a row is worth showing as related.

Low on purpose: a list beside the form that holds a weak third row costs a glance, one that misses
the idea costs doing it again.
"""


@dataclass(frozen=True, slots=True)
class DuplicateModel:
    """Two logistic regressions, one upon the other.

    The first judges a pair of texts by itself; it is fitted on pairs that people have labelled,
    chosen to look alike. The second says how likely it is that a row *found by a search* is the
    same idea: it knows the first one's judgement and by how much the row leads the others, and is
    fitted on what our own search finds. Ready-made pairs alone mislead it, because they are not
    what a search brings up.
    """

    pair: Weights
    found: Weights

    def judged(self, features: Features) -> float:
        """Return the log odds that two texts say the same, by themselves."""
        return _weighted(self.pair, features)

    def log_odds(self, features: Features) -> float:
        """Return the log odds that a found row says the same; `features` hold its lead."""
        return _weighted(self.found, features | {JUDGED: self.judged(features)})


class DuplicateDetector:
    """Finds candidates by the matcher's own search and asks the model about each.

    `calibration` moves the odds of what is found, and leaves what the model holds likelier the
    likelier. Two texts by themselves, and texts that letters tell to be one, are judged as shipped.
    """

    def __init__(
        self, matcher: Matcher, model: DuplicateModel, calibration: Calibration = SHIPPED
    ) -> None:
        self._matcher = matcher
        self._model = model
        self._calibration = calibration

    @classmethod
    def load(cls, folder: Path, matcher: Matcher) -> "DuplicateDetector":
        """Read the weights for the matcher's vector space; the calibration is its version's.

        Raises MatcherFileError when there are none for it, or when they are damaged.
        """
        model = DuplicateModel(**Parameters.load(folder, matcher.space_id).duplicates)
        return cls(matcher, model, matcher.calibration)

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
        pairs, near = self._near(text, index, allowed)
        meaning = pairs.similarities.meaning
        found = []
        for row, features in near:
            likely = max(
                logistic(self._calibration.log_odds(self._model.log_odds(features))),
                surface_likeness(text.text, index.texts.text(row), features),
            )
            flagged = likely >= _POSSIBLY_FROM
            if flagged or meaning[row] >= floor:
                order = (flagged, likely if flagged else float(meaning[row]))
                found.append((order, row, likely))
        found.sort(key=lambda each: each[0], reverse=True)
        return [self._described(text, index, row, likely) for _, row, likely in found[:k]]

    def shipped_log_odds(
        self, text: Representation, index: Index, *, allowed: Keys | None = None
    ) -> dict[int, float]:
        """Return the log odds of each row that `find` compares closely, by key.

        They are the shipped model's, whatever the calibration: verdicts are held against them.
        """
        if not len(index) or not text.text:
            return {}
        _, near = self._near(text, index, allowed)
        return {int(index.keys[row]): self._model.log_odds(features) for row, features in near}

    def _near(
        self, text: Representation, index: Index, allowed: Keys | None
    ) -> tuple[PairFeatures, list[tuple[int, Features]]]:
        """Return the pairs of a text and all rows, and the rows that might be the same."""
        rows = index.positions(allowed)
        pairs = PairFeatures(text, self._matcher.view(index), Sought(rows, CANDIDATES))
        return pairs, candidates(pairs, rows)

    def _described(self, text: Representation, index: Index, row: int, likely: float) -> Duplicate:
        mine, other = text.text, index.texts.text(row)
        alike = twins(mine, other)
        flagged = likely >= _POSSIBLY_FROM
        language = text.language if index.languages[row] == language_place(text.language) else ""
        different: tuple[Difference, ...] = ()
        if alike or flagged:
            different = differences(mine, other, language, default_analyser())
        return Duplicate(
            key=int(index.keys[row]),
            probability=likely,
            band=band(likely),
            relation=relation(mine, other, different, flagged=flagged, alike=alike),
            differences=different,
        )

    def judge(self, text: Representation, index: Index, row: int) -> float:
        """Return the probability that a row says the same, by the two texts alone."""
        if not text.text or not index.texts.text(row):
            return 0.0
        alone = Sought(np.array([row], np.int64), 1)
        features = PairFeatures(text, self._matcher.view(index), alone).of(row)
        return logistic(self._model.judged(features))


def candidates(pairs: PairFeatures, rows: NDArray[np.int64]) -> list[tuple[int, Features]]:
    """Return the rows that might be the same, of those given, with all features of each."""
    evidence, meaning = pairs.similarities.evidence, pairs.similarities.meaning
    near = sorted({*best_rows(evidence, rows, CANDIDATES), *best_rows(meaning, rows, CANDIDATES)})
    ordered = sorted((float(evidence[row]) for row in near), reverse=True)
    first, second = [*ordered, 0.0, 0.0][:2]
    found = []
    for row in near:
        mine = float(evidence[row])
        features = pairs.of(row) | {LEAD: mine - (second if mine == first else first)}
        found.append((row, features | across_too(features, [LEAD])))
    return found


def logistic(log_odds: float) -> float:
    """Return the probability of log odds."""
    return 1 / (1 + math.exp(-log_odds)) if log_odds > -700 else 0.0


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


def _weighted(weights: Weights, features: Features) -> float:
    return weights[INTERCEPT] + sum(
        weight * features[name] for name, weight in weights.items() if name != INTERCEPT
    )
