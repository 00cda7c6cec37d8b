"""Figures of a run, with their intervals, in the form in which they are written as JSON."""

import math
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.evaluation import measures
from matching.evaluation.measures import Numbers, Weights
from matching.evaluation.resampling import Statistics, estimates
from matching.evaluation.trials import Answers

DIGITS = 4

Report = dict[str, Any]


def of_answers(answers: Answers, *, seed: int, probable: bool) -> Report:
    """Report how queries were answered; `probable` scores are probabilities of being right."""
    report = figures(partial(measures.mean_ranking, answers.ranking), len(answers.ranking), seed)
    if answers.alarm is not None:
        present, right, absent = answers.alarm.T

        def alarm(weights: Weights) -> dict[str, Numbers]:
            found = measures.alarm(present, right, absent, weights)
            if not probable:
                return found
            promised = np.clip(np.concatenate([present, absent]), 0, 1)
            outcomes = np.concatenate([right, np.zeros(len(absent))])
            twice = np.hstack([weights, weights])
            return found | measures.calibration(promised, outcomes, twice)

        report["alarm"] = figures(alarm, len(answers.alarm), seed)
    return report


def of_pairs(same: NDArray[np.bool_], scores: Numbers, *, seed: int, probable: bool) -> Report:
    """Report how pairs were told apart; `probable` scores are probabilities."""

    def statistics(weights: Weights) -> dict[str, Numbers]:
        found = measures.classification(scores, same, weights)
        if not probable:
            return found
        return (
            found
            | measures.f1_at_half(scores, same, weights)
            | measures.calibration(scores, same.astype(float), weights)
        )

    return figures(statistics, len(scores), seed)


def figures(statistics: Statistics, cases: int, seed: int) -> Report:
    """Return each statistic with its interval over resampled cases."""
    found = estimates(statistics, cases, seed=seed)
    return {
        name: {
            "value": _rounded(each.value),
            "low": _rounded(each.low),
            "high": _rounded(each.high),
        }
        for name, each in found.items()
    }


def _rounded(number: float) -> float | None:
    """Return a number as JSON can hold it; an undefined one is null."""
    return round(number, DIGITS) if math.isfinite(number) else None
