"""Figures of merit, for many weightings of the cases at once so that they can be resampled.

Where scores are equal, the value expected over every order of the equal ones is given: which
comes first in a file helps no method.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Weights = NDArray[np.float64]
"""How often each case counts, [resamples, cases]."""

RANKING = ("ndcg@10", "recall@1", "recall@5", "recall@10", "mrr@10")
DEPTH = 10
FALSE_ALARMS = (0.01, 0.05, 0.10)
BINS = 10
"""Of equal width, for the calibration error."""

_RECALL_AT = np.array([1, 5, 10])
_DISCOUNTS = np.concatenate([[0.0], np.cumsum(1 / np.log2(np.arange(2, DEPTH + 2)))])


def ranking(scores: NDArray[np.floating], gains: Numbers) -> Numbers:
    """Return the measures named in RANKING of one query, from scores and gains by document.

    nDCG takes gains as they are and discounts by log2 of rank + 1; for the rest a document is
    right if its gain is above 0, and at least one must be. Recall is a share of all right ones.
    """
    kept = np.arange(len(scores))
    if len(scores) > DEPTH:
        kept = np.flatnonzero(scores >= np.partition(scores, -DEPTH)[-DEPTH])
    _, tie, size = np.unique(-scores[kept], return_inverse=True, return_counts=True)
    start = np.cumsum(size) - size
    right = np.bincount(tie, gains[kept] > 0)
    gained = np.bincount(tie, gains[kept]) / size
    first, end = np.minimum(start, DEPTH), np.minimum(start + size, DEPTH)
    discounted = float(gained @ (_DISCOUNTS[end] - _DISCOUNTS[first]))
    best = np.sort(gains)[::-1][:DEPTH]
    ideal = float(best @ np.diff(_DISCOUNTS)[: len(best)])
    seen = np.clip(np.minimum.outer(_RECALL_AT, end) - start, 0, None)
    recall = seen @ (right / size) / np.count_nonzero(gains > 0)
    hit = int(np.argmax(right > 0))
    return np.array([discounted / ideal, *recall, _reciprocal(start[hit], size[hit], right[hit])])


def _reciprocal(start: int, size: int, right: float) -> float:
    """Return the expected 1 / rank of the first of `right` among `size` ties after `start`."""
    expected, none_before = 0.0, 1.0
    for place in range(min(int(size), DEPTH - int(start))):
        here = min(right / (size - place), 1.0)
        expected += none_before * here / (start + place + 1)
        none_before *= 1 - here
    return float(expected)


def mean_ranking(table: Numbers, weights: Weights) -> dict[str, Numbers]:
    """Return the means of rows of `ranking`, [queries, measures], by name; [resamples] each."""
    means = weights @ table / weights.sum(axis=1, keepdims=True)
    return dict(zip(RANKING, means.T, strict=True))


def classification(
    scores: Numbers, same: NDArray[np.bool_], weights: Weights
) -> dict[str, Numbers]:
    """Return how well scores tell pairs that are the same from others.

    AUC, average precision (as scikit-learn defines it) and the highest F1 of any threshold.
    """
    hits, misses = _at_or_above(scores, [same, ~same], weights)
    positives = hits[:, -1:]
    steps = np.diff(hits, axis=1, prepend=0.0)
    with np.errstate(invalid="ignore", divide="ignore"):
        precision = np.where(hits > 0, hits / (hits + misses), 0.0)
        average = (steps * precision).sum(axis=1) / positives[:, 0]
        f1 = (2 * hits / (hits + misses + positives)).max(axis=1)
    return {"auc": _area(hits, misses), "ap": average, "f1_best": f1}


def f1_at_half(
    probabilities: Numbers, same: NDArray[np.bool_], weights: Weights
) -> dict[str, Numbers]:
    """Return the F1 of calling pairs with a probability of at least a half the same."""
    called = probabilities >= 0.5
    both = weights @ (called & same).astype(float)
    with np.errstate(invalid="ignore"):
        return {"f1_at_half": 2 * both / (weights @ called + weights @ same)}


def calibration(probabilities: Numbers, outcomes: Numbers, weights: Weights) -> dict[str, Numbers]:
    """Return the Brier score and the expected calibration error.

    The error is the mean distance, over bins of equal width, between what was promised and what
    came true (0..1), weighted by how many fell into a bin.
    """
    wrong = probabilities - outcomes
    place = np.minimum((probabilities * BINS).astype(int), BINS - 1)
    by_bin = wrong[:, None] * (place[:, None] == np.arange(BINS))
    total = weights.sum(axis=1)
    return {
        "brier": weights @ wrong**2 / total,
        "ece": np.abs(weights @ by_bin).sum(axis=1) / total,
    }


def alarm(
    present: Numbers, right: Numbers, absent: Numbers, weights: Weights
) -> dict[str, Numbers]:
    """Return how well the highest score of a query warns that a right answer is in the pool.

    `present` are the highest scores with the right answers in the pool, `right` whether the text
    with that score is one of them, 0..1, and `absent` the highest scores without them; [queries]
    each. `auc` asks only whether the alarm tells the two pools apart. For `auc_right` and the
    recalls an alarm at a wrong text does not count as a hit.
    """
    scores = np.concatenate([present, absent])
    nothing = np.zeros(len(present))
    marks = [np.r_[nothing + 1, nothing], np.r_[right, nothing], np.r_[nothing, nothing + 1]]
    fired, found, false = _at_or_above(scores, marks, np.hstack([weights, weights]))
    queries = weights.sum(axis=1, keepdims=True)
    measures = {"auc": _area(fired, false), "auc_right": _area(found, false, queries[:, 0])}
    for share in FALSE_ALARMS:
        # Counts are whole numbers; the small term keeps 0.05 * 700 from being 34.99….
        allowed = false <= share * queries + 1e-9
        recall = np.where(allowed, found, 0.0).max(axis=1) / queries[:, 0]
        measures[f"recall@{share:.0%}_false"] = recall
    return measures


def _at_or_above(scores: Numbers, marks: Sequence[NDArray[Any]], weights: Weights) -> list[Numbers]:
    """Return the weight of each kind of marked case at or above each distinct score.

    [resamples, distinct scores], from the highest score on.
    """
    order = np.argsort(-scores, kind="stable")
    ends = np.flatnonzero(np.append(np.diff(scores[order]) != 0, True))
    return [np.cumsum(weights[:, order] * mark[order], axis=1)[:, ends] for mark in marks]


def _area(hits: Numbers, misses: Numbers, positives: Numbers | None = None) -> Numbers:
    """Return the area under the curve of hits over misses; equal scores count half."""
    width = np.diff(misses, axis=1, prepend=0.0)
    before = np.pad(hits, ((0, 0), (1, 0)))[:, :-1]
    area = (width * (hits + before) / 2).sum(axis=1)
    with np.errstate(invalid="ignore", divide="ignore"):
        whole: Numbers = area / ((hits[:, -1] if positives is None else positives) * misses[:, -1])
    return whole
