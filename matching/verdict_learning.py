"""Learns a bank's own calibration from verdicts on finds, and says whether it gains anything.

Needs are kept whole: none is both learned from and tested on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.calibration import SHIPPED, Calibration
from matching.errors import TrainingDataError
from matching.evaluation import measures
from matching.evaluation.measures import Numbers, Weights
from matching.evaluation.reports import figures as reported

FEWEST_OF_EACH = 20
"""Verdicts of "same" and of "no" under which nothing is learned."""
FEWEST_NEEDS = 15
FOLDS = 5
PULL = np.array([2.0, 0.5])
"""Penalties on the squares of the slope's distance from 1 and of the shift, in log loss of one
verdict: a prior with the standard deviations one half and 1, since banks differ more in how many
duplicates they have than in how plain these are."""
TOLD_AT = (0.1, 0.5, 0.9)
"""Shipped probabilities of which the report says what they become."""
_FLATTEST = 0.05

Report = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedFind:
    """A verdict on something found: the need's number, the shipped log odds, and how right.

    `right` is 1 for the same, 0 for another idea, and one half for partly the same.
    """

    need: int
    log_odds: float
    right: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Calibrated:
    """What verdicts teach; `calibration` is None when it gains nothing. The report has figures."""

    calibration: Calibration | None
    report: Report


def calibrate(
    judged: Sequence[JudgedFind], *, current: Calibration = SHIPPED, seed: int = 0
) -> Calibrated:
    """Fit a calibration to verdicts; keep it only if it surely gains over the one in use.

    Raises TrainingDataError, with the counts, when there are too few verdicts.
    """
    check_enough(judged)
    verdicts = _Verdicts.of(judged)
    crossed, before = _crossed(verdicts, seed), current.log_odds(verdicts.odds)
    gain = _gain(verdicts, crossed, before, seed)
    fitted = fit(verdicts.odds, verdicts.right)
    kept = gain["log_loss"]["low"] > 0 and gain["brier"]["high"] >= 0
    report = {
        **_counts(judged),
        "methods": {
            "trained": _figures(verdicts, crossed, seed),
            "current": _figures(verdicts, before, seed),
        },
        "gain": gain,
        "slope": fitted.slope,
        "shift": fitted.shift,
        "moved": [{"shipped": each, "trained": _moved(fitted, each)} for each in TOLD_AT],
        "gains": kept,
    }
    return Calibrated(calibration=fitted if kept else None, report=report)


def check_enough(judged: Sequence[JudgedFind]) -> None:
    """Raise TrainingDataError, with the counts, when there are too few verdicts."""
    counts = _counts(judged)
    same, other, needs = counts["same"], counts["other"], counts["needs"]
    if min(same, other) < FEWEST_OF_EACH or needs < FEWEST_NEEDS:
        raise TrainingDataError(
            f"Too few verdicts to learn from: {same} same and {other} other finds of {needs}"
            f" needs; it takes {FEWEST_OF_EACH} of each and {FEWEST_NEEDS} needs."
        )


def fit(odds: Numbers, right: Numbers) -> Calibration:
    """Return the calibration that makes the verdicts likeliest, drawn towards the shipped one."""
    from scipy.optimize import minimize  # noqa: PLC0415 -- slow import

    def loss(solution: Numbers) -> tuple[float, Numbers]:
        margins = solution[0] * odds + solution[1]
        away = solution - [1.0, 0.0]
        wrong = _probability(margins) - right
        value = float(_log_loss(margins, right).sum() + PULL @ away**2)
        return value, np.array([wrong @ odds, wrong.sum()]) + 2 * PULL * away

    bounds = [(_FLATTEST, None), (None, None)]  # likelier stays likelier
    found = minimize(loss, np.array([1.0, 0.0]), jac=True, method="L-BFGS-B", bounds=bounds)
    return Calibration(float(found.x[0]), float(found.x[1]))


@dataclass(frozen=True, slots=True, eq=False)
class _Verdicts:
    """Verdicts as columns, [verdicts]; needs are counted from 0."""

    odds: Numbers
    right: Numbers
    need: NDArray[np.int64]

    @classmethod
    def of(cls, judged: Sequence[JudgedFind]) -> "_Verdicts":
        ordered = sorted(judged, key=lambda each: (each.need, each.log_odds, each.right))
        _, need = np.unique([each.need for each in ordered], return_inverse=True)
        return cls(
            np.array([each.log_odds for each in ordered]),
            np.array([each.right for each in ordered]),
            need,
        )

    @property
    def needs(self) -> int:
        return int(self.need.max()) + 1


def _crossed(verdicts: _Verdicts, seed: int) -> Numbers:
    """Return the log odds that are learned from other needs' verdicts, [verdicts]."""
    fold = np.random.default_rng(seed).permutation(verdicts.needs)[verdicts.need] % FOLDS
    crossed = np.zeros(len(fold))
    for each in range(FOLDS):
        out = fold == each
        fitted = fit(verdicts.odds[~out], verdicts.right[~out])
        crossed[out] = fitted.log_odds(verdicts.odds[out])
    return crossed


def _gain(verdicts: _Verdicts, crossed: Numbers, before: Numbers, seed: int) -> Report:
    """Return by how much log loss and Brier score fall, resampled by need."""
    ours, theirs = _losses(verdicts, crossed), _losses(verdicts, before)

    def statistics(weights: Weights) -> dict[str, Numbers]:
        by_pair = weights[:, verdicts.need]
        total = by_pair.sum(axis=1)
        return {name: by_pair @ (theirs[name] - ours[name]) / total for name in ours}

    return reported(statistics, verdicts.needs, seed)


def _figures(verdicts: _Verdicts, margins: Numbers, seed: int) -> Report:
    """Return log loss, Brier score and calibration error, resampled by need."""
    loss, probability = _log_loss(margins, verdicts.right), _probability(margins)

    def statistics(weights: Weights) -> dict[str, Numbers]:
        by_pair = weights[:, verdicts.need]
        mean = by_pair @ loss / by_pair.sum(axis=1)
        return {"log_loss": mean, **measures.calibration(probability, verdicts.right, by_pair)}

    return reported(statistics, verdicts.needs, seed)


def _losses(verdicts: _Verdicts, margins: Numbers) -> dict[str, Numbers]:
    return {
        "log_loss": _log_loss(margins, verdicts.right),
        "brier": (_probability(margins) - verdicts.right) ** 2,
    }


def _counts(judged: Sequence[JudgedFind]) -> dict[str, int]:
    same, other = (sum(each.right == label for each in judged) for label in (1, 0))
    return {
        "same": same,
        "partly": len(judged) - same - other,
        "other": other,
        "needs": len({each.need for each in judged}),
    }


def _moved(calibration: Calibration, shipped: float) -> float:
    """Return what becomes of a shipped probability."""
    margins = np.log([shipped / (1 - shipped)])
    return float(_probability(calibration.log_odds(margins))[0])


def _log_loss(margins: Numbers, right: Numbers) -> Numbers:
    """Return the cross entropy of each verdict."""
    loss: Numbers = np.logaddexp(0, margins) - right * margins
    return loss


def _probability(margins: Numbers) -> Numbers:
    probability: Numbers = np.exp(-np.logaddexp(0, -margins))
    return probability
