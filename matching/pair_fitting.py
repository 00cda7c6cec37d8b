"""Fits the weights of a pair scorer to decisions, drawn towards the shipped ones."""

import numpy as np
from numpy.typing import NDArray

from matching.scoring import WEIGHTS
from matching.traits import COSTS

PULL = 2.0
"""Penalty on the part of the standardised weights that points elsewhere than the shipped ones.

In units of one decision's log loss: a prior whose standard deviation is a half.
"""
RIDGE = 0.01
"""Penalty on the length, which keeps it finite where the decisions can be told apart wholly."""

Numbers = NDArray[np.float64]


def fit(features: Numbers, right: NDArray[np.bool_]) -> tuple[Numbers, float]:
    """Return weights [features], none below 0, and the intercept of the log-odds of being right.

    The direction of the shipped weights is free of the pull, so that few decisions re-fit the
    scale alone; a feature that is the same in all pairs keeps its share in it. `features` is
    [pairs, features], in the order of `WEIGHTS` and `COSTS`.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 -- slow import

    spread = features.std(axis=0) + 1e-9
    middle = features.mean(axis=0)
    design = np.column_stack([(features - middle) / spread, np.ones(len(features))])
    signs = np.where(right, 1.0, -1.0)
    prior = np.array([*WEIGHTS.values(), *COSTS.values()])
    shipped = prior * spread
    direction = shipped / np.linalg.norm(shipped)
    penalty = PULL * (np.eye(len(shipped)) - np.outer(direction, direction))
    penalty += RIDGE * np.eye(len(shipped))

    def loss(solution: Numbers) -> tuple[float, Numbers]:
        margins = signs * (design @ solution)
        wrong = signs * np.exp(-np.logaddexp(0, margins))
        pulled = penalty @ solution[:-1]
        value = float(np.logaddexp(0, -margins).sum() + solution[:-1] @ pulled)
        slope = -design.T @ wrong
        slope[:-1] += 2 * pulled
        return value, slope

    bounds = [(0.0, None)] * len(shipped) + [(None, None)]
    start = np.append(direction, 0.0)
    found = minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds)
    weights: Numbers = found.x[:-1] / spread
    untold = features.std(axis=0) == 0
    weights[untold] = prior[untold] * (found.x[:-1] @ direction) / np.linalg.norm(shipped)
    return weights, float(found.x[-1] - weights @ middle)
