"""Intervals from resampled cases (bootstrap; Efron 1979)."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from matching.evaluation.measures import Numbers, Weights

RESAMPLES = 1_000
COVERAGE = 0.95

_CELLS = 1_000_000
"""Of the weights that are in memory at once."""

Statistics = Callable[[Weights], dict[str, Numbers]]
"""Figures by name, [resamples] each, from how often each case counts."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and the bounds between which 95 % of its resamples lie; NaN where undefined."""

    value: float
    low: float
    high: float


def estimates(statistics: Statistics, cases: int, *, seed: int) -> dict[str, Estimate]:
    """Return each statistic of all cases with its percentile interval over resampled cases.

    The same seed and number of cases give the same resamples, whatever the statistics.
    """
    observed = statistics(np.ones((1, cases)))
    parts = [statistics(weights) for weights in _resamples(cases, seed)]
    return {
        name: _estimate(float(value[0]), np.concatenate([part[name] for part in parts]))
        for name, value in observed.items()
    }


def _estimate(value: float, resampled: Numbers) -> Estimate:
    # A resample may lack a kind of case, and then has no value.
    defined = resampled[np.isfinite(resampled)]
    if not len(defined):
        return Estimate(value, np.nan, np.nan)
    low, high = np.quantile(defined, [(1 - COVERAGE) / 2, (1 + COVERAGE) / 2])
    return Estimate(value, float(low), float(high))


def _resamples(cases: int, seed: int) -> Iterator[Weights]:
    """Give how often each case is drawn, [some resamples, cases], until there are RESAMPLES."""
    chance = np.random.default_rng(seed)
    shares = np.full(cases, 1 / cases)
    step = max(1, _CELLS // cases)
    for start in range(0, RESAMPLES, step):
        count = min(step, RESAMPLES - start)
        yield chance.multinomial(cases, shares, size=count).astype(float)
