"""Learns a bank's own pair scorer from decisions, and says whether it gains anything.

Needs are kept whole: none is both learned from and tested on. Which weights are kept is decided
by cross-validation over the earlier needs; the later ones only test.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.errors import TrainingDataError
from matching.evaluation import judged_pairs
from matching.evaluation.judged_pairs import Judgements
from matching.index import Index
from matching.matcher import Matcher
from matching.pair_fitting import fit
from matching.pair_scorer import PairScorer
from matching.parameters import Scale
from matching.scoring import WEIGHTS
from matching.types import Representation

FEWEST_OF_EACH = 50
"""Right and wrong pairs under which nothing is learned."""
FEWEST_NEEDS = 20
EARLIER = 0.7
"""The share of needs, by their first decision, that are learned from before the test."""
FOLDS = 5
CHANCE = 0.5
"""The AUC of tossing a coin: where the version in use is unlucky, even that would gain."""
_DRAWN_PER_NEED = 200
"""Pairs that nobody judged, drawn to carry the bands' thresholds over."""

Numbers = NDArray[np.float64]
Report = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPair:
    """A decision: the need's number, the competence's key, whether right, when in seconds."""

    need: int
    key: int
    right: bool
    at: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """What training found; `scorer` is None when it gains nothing. The report has figures only."""

    scorer: PairScorer | None
    report: Report


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Table:
    """Judged pairs, ordered by their needs; needs are ordered by their first decision."""

    features: Numbers
    """[pairs, features]"""
    right: NDArray[np.bool_]
    need: NDArray[np.int64]
    """[pairs], the place of the need"""
    current: Numbers
    """[pairs], scores of the version in use"""
    drawn: Numbers
    """[drawn, features] of pairs that nobody judged"""
    shipped: Numbers
    """[drawn], their scores in the shipped version"""

    @property
    def lexical(self) -> Numbers:
        """Return the mean of words and terms, [pairs]."""
        names = list(WEIGHTS)
        columns = [names.index("words"), names.index("terms")]
        mean: Numbers = self.features[:, columns].mean(axis=1)
        return mean

    def judgements(self, of: NDArray[np.bool_]) -> Judgements:
        """Return the labels of some pairs."""
        _, need = np.unique(self.need[of], return_inverse=True)
        return Judgements(self.right[of], need)


def learn(
    matcher: Matcher,
    queries: Mapping[int, Representation],
    competences: Index,
    needs: Index,
    pairs: Sequence[JudgedPair],
    *,
    seed: int = 0,
) -> Learned:
    """Fit weights to decisions on top of a matcher; keep them only if they gain.

    `queries` are the needs by number, `needs` is the index among which they are matched. Raises
    TrainingDataError, with the counts, when there are too few decisions.
    """
    known = set(competences.keys.tolist())
    pairs = [each for each in pairs if each.need in queries and each.key in known]
    check_enough(pairs)
    table = _table(matcher, queries, competences, needs, pairs, seed)
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
        "gains": kept,
    }
    return Learned(scorer=scorer if kept else None, report=report)


def check_enough(pairs: Sequence[JudgedPair]) -> None:
    """Raise TrainingDataError, with the counts, when there are too few decisions."""
    right = sum(each.right for each in pairs)
    needs = len({each.need for each in pairs})
    if min(right, len(pairs) - right) < FEWEST_OF_EACH or needs < FEWEST_NEEDS:
        raise TrainingDataError(
            f"Too few decisions to learn from: {right} right and {len(pairs) - right} wrong"
            f" pairs of {needs} needs; it takes {FEWEST_OF_EACH} of each and {FEWEST_NEEDS} needs."
        )


def check_split(right: NDArray[np.bool_], earlier: NDArray[np.bool_]) -> None:
    """Raise TrainingDataError unless both parts of the pairs have right and wrong ones."""
    for part, name in ((right[earlier], "earlier"), (right[~earlier], "later")):
        if part.all() or not part.any():
            raise TrainingDataError(
                f"Too few decisions to learn from: the {name} needs have right pairs only, or"
                " wrong ones only."
            )


def by_need(pairs: Sequence[JudgedPair]) -> dict[int, list[JudgedPair]]:
    """Return each need's pairs; needs and pairs in the order of their (first) decision."""
    found: dict[int, list[JudgedPair]] = {}
    for pair in sorted(pairs, key=lambda each: (each.at, each.need, each.key)):
        found.setdefault(pair.need, []).append(pair)
    return found


def _table(
    matcher: Matcher,
    queries: Mapping[int, Representation],
    competences: Index,
    needs: Index,
    pairs: Sequence[JudgedPair],
    seed: int,
) -> _Table:
    chance = np.random.default_rng(seed)
    decided = by_need(pairs)
    judged, current, drawn, shipped = [], [], [], []
    for need, its in decided.items():
        similarities = matcher.similarities(queries[need], competences, among=needs)
        likenesses = [getattr(similarities, name) for name in WEIGHTS]
        columns = np.column_stack(likenesses).astype(np.float64)
        rows = np.searchsorted(competences.keys, [each.key for each in its])
        some = chance.permutation(len(competences))[:_DRAWN_PER_NEED]
        judged.append(columns[rows])
        current.append(matcher.pair_scores(similarities)[rows])
        drawn.append(columns[some])
        shipped.append(matcher.parameters.scale.scores(similarities.evidence)[some])
    ordered = [pair for its in decided.values() for pair in its]
    return _Table(
        features=np.concatenate(judged),
        right=np.array([pair.right for pair in ordered]),
        need=np.repeat(np.arange(len(decided)), [len(its) for its in decided.values()]),
        current=np.concatenate(current).astype(np.float64),
        drawn=np.concatenate(drawn),
        shipped=np.concatenate(shipped).astype(np.float64),
    )


def _cross_validated(table: _Table, of: NDArray[np.bool_], seed: int) -> Numbers:
    """Return scores of some pairs by weights that have not seen their needs."""
    points, right, need = table.features[of], table.right[of], table.need[of]
    fold = np.random.default_rng(seed).permutation(need.max() + 1)[need] % FOLDS
    scores = np.zeros(len(points))
    for each in range(FOLDS):
        weights, intercept = fit(points[fold != each], right[fold != each])
        scores[fold == each] = _probability(points[fold == each], weights, intercept)
    return scores


def _tested(
    table: _Table, of: NDArray[np.bool_], fitted: tuple[Numbers, float], seed: int
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


def _scorer(table: _Table, shipped: Scale) -> PairScorer:
    """Fit to all decisions; as many pairs of the bank reach each band as in the shipped version."""
    weights, intercept = fit(table.features, table.right)
    scores = _probability(table.drawn, weights, intercept)
    thresholds = {
        name: float(np.quantile(scores, 1 - np.mean(table.shipped >= getattr(shipped, name))))
        for name in ("strong", "good", "possible")
    }
    scale = Scale(slope=1.0, middle=-intercept, search=shipped.search, **thresholds)
    return PairScorer(dict(zip(WEIGHTS, weights.tolist(), strict=True)), scale)


def _probability(points: Numbers, weights: Numbers, intercept: float) -> Numbers:
    scores: Numbers = 1 / (1 + np.exp(-(points @ weights + intercept)))
    return scores
