"""Figures on pairs that people have judged, resampled by need.

Only judged pairs are ranked: what nobody was shown is not wrong.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.evaluation import measures
from matching.evaluation.measures import Numbers, Weights
from matching.evaluation.reports import figures as reported

DEPTH = 5
"""As many as a need is suggested of one kind."""

_DISCOUNTS = 1 / np.log2(np.arange(2, DEPTH + 2))

Report = dict[str, Any]


@dataclass(frozen=True, slots=True, eq=False)
class Judgements:
    """Labels of pairs, [pairs], and the place of each pair's need, 0 and up."""

    right: NDArray[np.bool_]
    need: NDArray[np.int64]

    @property
    def needs(self) -> int:
        """Return how many needs there are."""
        return int(self.need.max()) + 1


def figures(judgements: Judgements, scores: Numbers, *, seed: int, probable: bool) -> Report:
    """Return AUC and nDCG@5 with intervals; for probabilities the calibration error too."""
    ranked = _ranking(judgements, scores)

    def statistics(weights: Weights) -> dict[str, Numbers]:
        found = ranked(weights)
        if probable:
            by_pair, outcomes = weights[:, judgements.need], judgements.right.astype(float)
            found["ece"] = measures.calibration(scores, outcomes, by_pair)["ece"]
        return found

    return reported(statistics, judgements.needs, seed)


def gain(judgements: Judgements, scores: Numbers, others: Numbers, *, seed: int) -> Report:
    """Return by how much scores beat others, resampled together."""
    ours, theirs = _ranking(judgements, scores), _ranking(judgements, others)

    def statistics(weights: Weights) -> dict[str, Numbers]:
        before = theirs(weights)
        return {name: value - before[name] for name, value in ours(weights).items()}

    return reported(statistics, judgements.needs, seed)


def _ranking(judgements: Judgements, scores: Numbers) -> Callable[[Weights], dict[str, Numbers]]:
    order = [np.flatnonzero(judgements.need == need) for need in range(judgements.needs)]
    gained = np.array([_ndcg(scores[rows], judgements.right[rows]) for rows in order])
    mixed = np.isfinite(gained)

    def statistics(weights: Weights) -> dict[str, Numbers]:
        by_pair = weights[:, judgements.need]
        told = measures.classification(scores, judgements.right, by_pair)
        with np.errstate(invalid="ignore", divide="ignore"):
            mean = weights[:, mixed] @ gained[mixed] / weights[:, mixed].sum(axis=1)
        return {"auc": told["auc"], "ndcg@5": mean}

    return statistics


def _ndcg(scores: Numbers, right: NDArray[np.bool_]) -> float:
    """Return nDCG@5 of a need's pairs, equal scores in every order; NaN if all are of a kind."""
    if right.all() or not right.any():
        return float("nan")
    _, tie, size = np.unique(-scores, return_inverse=True, return_counts=True)
    expected = (np.bincount(tie, right) / size)[np.sort(tie)][:DEPTH]
    ideal = _DISCOUNTS[: min(int(right.sum()), DEPTH)].sum()
    return float(expected @ _DISCOUNTS[: len(expected)] / ideal)
