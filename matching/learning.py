"""Learns a bank's own pair scorer from decisions, and says whether it gains anything.

Needs are kept whole: none is both learned from and tested on. Which weights are kept is decided
by cross-validation over the earlier needs; the later ones only test.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.decided_pairs import Bank, JudgedPair, Numbers, Table, check_enough, check_split
from matching.evaluation import judged_pairs
from matching.matcher import Matcher
from matching.pair_fitting import fit
from matching.pair_scorer import PairScorer
from matching.parameters import Scale
from matching.scoring import WEIGHTS
from matching.traits import COSTS

EARLIER = 0.7
"""The share of needs, by their first decision, that are learned from before the test."""
FOLDS = 5
CHANCE = 0.5
"""The AUC of tossing a coin: where the version in use is unlucky, even that would gain."""

Report = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What training found; `scorer` is None when it gains nothing. The report has figures only."""

    scorer: PairScorer | None
    report: Report


def learn(matcher: Matcher, bank: Bank, pairs: Sequence[JudgedPair], *, seed: int = 0) -> Learned:
    """Fit weights to decisions on top of a matcher; keep them only if they gain.

    Raises TrainingDataError, with the counts, when there are too few decisions.
    """
    known = set(bank.competences.keys.tolist())
    pairs = [each for each in pairs if each.need in bank.queries and each.key in known]
    check_enough(pairs)
    table = Table.of(matcher, bank, pairs, seed)
    earlier = table.need < round(EARLIER * (table.need.max() + 1))
    check_split(table.right, earlier)
    judgements, crossed = table.judgements(earlier), _cross_validated(table, earlier, seed)
    gain = judged_pairs.gain(judgements, crossed, table.current[earlier], seed=seed)
    unseen = judged_pairs.figures(judgements, crossed, seed=seed, probable=True)
    fitted = fit(table.features[earlier], table.right[earlier])
    tested = _tested(table, ~earlier, fitted, seed)
    scorer = _scorer(table, matcher.parameters.scale)
    kept = unseen["auc"]["low"] > CHANCE and _is_better(gain, tested)
    report = {
        "base": matcher.base_version,
        "current": matcher.version,
        "right": int(table.right.sum()),
        "wrong": int((~table.right).sum()),
        "needs": int(table.need.max() + 1),
        "tested_needs": len(np.unique(table.need[~earlier])),
        "tested_pairs": int((~earlier).sum()),
        "gain": gain,
        "cross_validated": unseen,
        "methods": tested,
        "weights": scorer.weights,
        "costs": scorer.costs,
        "gains": kept,
    }
    return Learned(scorer=scorer if kept else None, report=report)


def _cross_validated(table: Table, of: NDArray[np.bool_], seed: int) -> Numbers:
    """Return scores of some pairs by weights that have not seen their needs."""
    points, right, need = table.features[of], table.right[of], table.need[of]
    fold = np.random.default_rng(seed).permutation(need.max() + 1)[need] % FOLDS
    scores = np.zeros(len(points))
    for each in range(FOLDS):
        weights, intercept = fit(points[fold != each], right[fold != each])
        scores[fold == each] = _probability(points[fold == each], weights, intercept)
    return scores


def _tested(
    table: Table, of: NDArray[np.bool_], fitted: tuple[Numbers, float], seed: int
) -> Report:
    judgements = table.judgements(of)
    trained = _probability(table.features[of], *fitted)
    return {
        "trained": judged_pairs.figures(judgements, trained, seed=seed, probable=True),
        "current": judged_pairs.figures(judgements, table.current[of], seed=seed, probable=True),
        "lexical": judged_pairs.figures(judgements, table.lexical[of], seed=seed, probable=False),
    }


def _is_better(gain: Report, tested: Report) -> bool:
    """Whether cross-validation surely gains, loses surely nowhere, and the test agrees."""
    bounds = [each for each in gain.values() if each["low"] is not None]
    test = tested["trained"]["auc"]["value"] - tested["current"]["auc"]["value"]
    return (
        any(each["low"] > 0 for each in bounds)
        and all(each["high"] >= 0 for each in bounds)
        and test >= 0
    )


def _scorer(table: Table, shipped: Scale) -> PairScorer:
    """Fit to all decisions; as many texts reach each band as in the shipped version."""
    solution, intercept = fit(table.features, table.right)
    weights, costs = solution[: len(WEIGHTS)], solution[len(WEIGHTS) :]
    scores = _probability(table.drawn, weights, intercept)
    thresholds = {
        name: float(np.quantile(scores, 1 - np.mean(table.shipped >= getattr(shipped, name))))
        for name in ("strong", "good", "possible")
    }
    scale = Scale(slope=1.0, middle=-intercept, search=shipped.search, **thresholds)
    return PairScorer(_named(WEIGHTS, weights), scale, _named(COSTS, costs))


def _named(names: Iterable[str], values: Numbers) -> dict[str, float]:
    return dict(zip(names, values.tolist(), strict=True))


def _probability(points: Numbers, weights: Numbers, intercept: float) -> Numbers:
    scores: Numbers = 1 / (1 + np.exp(-(points @ weights + intercept)))
    return scores
