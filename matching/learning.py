"""Learns a bank's own pair scorer from decisions, and says whether it gains anything.

Needs are kept whole: none is both learned from and tested on. Which weights are kept is decided
by cross-validation over the earlier needs; the later ones only test. A map of needs is tried in
the same way (`matching.adapter`).
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.decided_pairs import Bank, JudgedPair, Numbers, Table, check_enough, check_split
from matching.evaluation import judged_pairs
from matching.matcher import Matcher
from matching.pair_fitting import fit
from matching.pair_scorer import PairScorer
from matching.scoring import WEIGHTS
from matching.traits import COSTS
from matching.types import Vector

EARLIER = 0.7
"""The share of needs, by their first decision, that are learned from before the test."""
FOLDS = 5
CHANCE = 0.5
"""The AUC of tossing a coin: where the version in use is unlucky, even that would gain."""

Report = dict[str, Any]
Rows = NDArray[np.bool_]
"""Which of the pairs, [pairs]."""


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
    judgements = table.judgements(earlier)
    trial, adapter_report = _better_trial(table, earlier, seed)
    gain = judged_pairs.gain(judgements, trial.crossed, table.current[earlier], seed=seed)
    unseen = judged_pairs.figures(judgements, trial.crossed, seed=seed, probable=True)
    tested = _tested(table, ~earlier, trial.later, seed)
    everything = np.ones(len(table.right), bool)
    fitted = _fitted(table, everything, seed, adapting=adapter_report["kept"])
    scorer = _scorer(matcher, bank, table, fitted)
    kept = unseen["auc"]["low"] > CHANCE and _is_better(
        gain, tested["trained"]["auc"], tested["current"]["auc"]
    )
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
        "adapter": adapter_report,
        "gains": kept,
    }
    return Learned(scorer=scorer if kept else None, report=report)


@dataclass(frozen=True, slots=True, eq=False)
class _Fitted:
    """Weights of features, the intercept of the log-odds, and the map of needs, if there is one."""

    weights: Numbers
    intercept: float
    adapter: Vector | None

    def scores(self, table: Table) -> Numbers:
        """Return the probabilities of all pairs."""
        points = table.features
        if self.adapter is not None:
            points = table.vectors.adapted(points, self.adapter)
        return self.probability(points)

    def probability(self, points: Numbers) -> Numbers:
        """Return the probabilities of rows of features, or of the likenesses that lead them."""
        weights = self.weights[: points.shape[1]]
        scores: Numbers = 1 / (1 + np.exp(-(points @ weights + self.intercept)))
        return scores


@dataclass(frozen=True, slots=True, eq=False)
class _Trial:
    """How one way to learn does on needs that it has not seen."""

    crossed: Numbers
    """[earlier pairs], by cross-validation"""
    later: Numbers
    """[later pairs], learned from all earlier ones"""

    @classmethod
    def of(cls, table: Table, earlier: Rows, seed: int, *, adapting: bool) -> "_Trial":
        """Learn from some of the earlier pairs at a time, then from all of them."""
        fold, crossed = _folds(table, earlier, seed), np.zeros(len(earlier))
        for each in range(FOLDS):
            out = earlier & (fold == each)
            fitted = _fitted(table, earlier & (fold != each), seed, adapting=adapting)
            crossed[out] = fitted.scores(table)[out]
        fitted = _fitted(table, earlier, seed, adapting=adapting)
        return cls(crossed[earlier], fitted.scores(table)[~earlier])


def _better_trial(table: Table, earlier: Rows, seed: int) -> tuple[_Trial, Report]:
    """Try a map of needs; return the trial with it if it gains, else without, and what it gained.

    The map is held to the same rule as the weights, and compared with these alone.
    """
    plain = _Trial.of(table, earlier, seed, adapting=False)
    mapped = _Trial.of(table, earlier, seed, adapting=True)
    gain = judged_pairs.gain(table.judgements(earlier), mapped.crossed, plain.crossed, seed=seed)
    judgements = table.judgements(~earlier)
    after, before = (
        judged_pairs.figures(judgements, each.later, seed=seed, probable=False)["auc"]
        for each in (mapped, plain)
    )
    kept = _is_better(gain, after, before)
    report = {"kept": kept, "gain": gain, "tested": {"with": after, "without": before}}
    return mapped if kept else plain, report


def _fitted(table: Table, of: Rows, seed: int, *, adapting: bool) -> _Fitted:
    """Fit to some pairs.

    Weights are fitted to what maps make of needs that these have not seen: to those it was
    fitted to, a map is better than it is.
    """
    if not adapting:
        return _Fitted(*fit(table.features[of], table.right[of]), None)
    fold, points = _folds(table, of, seed), table.features.copy()
    for each in range(FOLDS):
        adapter = table.vectors.fitted(of & table.right & (fold != each))
        out = of & (fold == each)
        points[out] = table.vectors.adapted(table.features, adapter)[out]
    adapter = table.vectors.fitted(of & table.right)
    return _Fitted(*fit(points[of], table.right[of]), adapter)


def _folds(table: Table, of: Rows, seed: int) -> NDArray[np.int64]:
    """Return the fold of each pair, [pairs]; all pairs of a need are in one."""
    needs, place = np.unique(table.need[of], return_inverse=True)
    fold = np.full(len(of), -1)
    fold[of] = np.random.default_rng(seed).permutation(len(needs))[place] % FOLDS
    return fold


def _tested(table: Table, of: Rows, trained: Numbers, seed: int) -> Report:
    judgements = table.judgements(of)
    return {
        "trained": judged_pairs.figures(judgements, trained, seed=seed, probable=True),
        "current": judged_pairs.figures(judgements, table.current[of], seed=seed, probable=True),
        "lexical": judged_pairs.figures(judgements, table.lexical[of], seed=seed, probable=False),
    }


def _is_better(gain: Report, after: Report, before: Report) -> bool:
    """Whether cross-validation surely gains, loses surely nowhere, and the test's AUC agrees."""
    bounds = [each for each in gain.values() if each["low"] is not None]
    return bool(
        any(each["low"] > 0 for each in bounds)
        and all(each["high"] >= 0 for each in bounds)
        and after["value"] >= before["value"]
    )


def _scorer(matcher: Matcher, bank: Bank, table: Table, fitted: _Fitted) -> PairScorer:
    """Make a scorer; as many texts reach each band as in the shipped version."""
    shipped = matcher.parameters.scale
    weights = _named(WEIGHTS, fitted.weights[: len(WEIGHTS)])
    costs = _named(COSTS, fitted.weights[len(WEIGHTS) :])
    scale = replace(shipped, slope=1.0, middle=-fitted.intercept)
    scorer = PairScorer(weights, scale, costs, fitted.adapter)
    scores = fitted.probability(table.drawn.likenesses(matcher, bank, scorer))
    thresholds = {
        name: float(np.quantile(scores, 1 - np.mean(table.shipped >= getattr(shipped, name))))
        for name in ("strong", "good", "possible")
    }
    return replace(scorer, scale=replace(scale, **thresholds))


def _named(names: Iterable[str], values: Numbers) -> dict[str, float]:
    return dict(zip(names, values.tolist(), strict=True))
