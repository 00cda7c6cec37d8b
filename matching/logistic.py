"""Fits the logistic regressions of the duplicate model, whose weights keep their sign."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.duplicates import INTERCEPT, LEAD, Weights
from matching.features import ACROSS, Features

RIDGE = 1e-5
"""Weight of the squares of the weights, of standardised features, in what is minimised."""

EITHER_WAY = {ACROSS, "length", LEAD, f"{ACROSS}_{LEAD}"}
"""Features that may speak for or against."""

Bounds = list[tuple[float | None, float | None]]


@dataclass(frozen=True, slots=True)
class Sample:
    """A pair of texts, and whether they are the same idea."""

    features: Features
    same: bool
    weight: float = 1.0
    right_in_bank: bool = True
    """Whether the search that found it could have found a right text"""


def fit_logistic(samples: Sequence[Sample], without: set[str]) -> Weights:
    """Return the weights and the intercept that make the labels likeliest, by feature.

    Likeness never speaks against and a clash never for: what would contradict that on a set is
    chance or a quirk of the set. Features named `without`, or made of them, are left out.
    """
    left_out = without | {f"{ACROSS}_{name}" for name in without}
    names = sorted(set(samples[0].features) - left_out)
    points = np.array([[sample.features[name] for name in names] for sample in samples])
    labels = np.array([sample.same for sample in samples])
    weights = np.array([sample.weight for sample in samples])
    middle, spread = points.mean(axis=0), points.std(axis=0) + 1e-9
    fitted = _minimised((points - middle) / spread, labels, weights / weights.sum(), _bounds(names))
    slopes = fitted[:-1] / spread
    intercept = float(fitted[-1] - slopes @ middle)
    return {INTERCEPT: intercept} | dict(zip(names, slopes.tolist(), strict=True))


def _bounds(names: Sequence[str]) -> Bounds:
    return [
        (None, None)
        if name in EITHER_WAY
        else (None, 0.0)
        if name.endswith(("_clash", "_difference"))
        else (0.0, None)
        for name in names
    ]


def _minimised(
    points: NDArray[np.float64],
    labels: NDArray[np.bool_],
    weights: NDArray[np.float64],
    bounds: Bounds,
) -> NDArray[np.float64]:
    from scipy.optimize import minimize  # noqa: PLC0415 -- slow import

    design = np.column_stack([points, np.ones(len(points))])
    signs = np.where(labels, 1.0, -1.0)
    penalised = np.append(np.ones(points.shape[1]), 0.0)

    def loss(solution: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = signs * (design @ solution)
        wrong = weights * signs * np.exp(-np.logaddexp(0, margins))
        penalty = RIDGE * float(penalised @ solution**2)
        value = float(weights @ np.logaddexp(0, -margins)) + penalty
        return value, 2 * RIDGE * penalised * solution - design.T @ wrong

    start = np.zeros(design.shape[1])
    fitted = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=[*bounds, (None, None)])
    solution: NDArray[np.float64] = fitted.x
    return solution
