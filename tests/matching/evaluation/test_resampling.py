import numpy as np
import pytest

from matching.evaluation import resampling
from matching.evaluation.resampling import estimates


def mean_of(values):
    return lambda weights: {"mean": weights @ values / weights.sum(axis=1)}


def test_the_interval_is_that_of_the_mean():
    values = np.random.default_rng(1).normal(size=400)
    found = estimates(mean_of(values), 400, seed=0)["mean"]
    error = values.std() / 20
    assert found.value == pytest.approx(values.mean())
    assert found.low == pytest.approx(values.mean() - 1.96 * error, abs=0.2 * error)
    assert found.high == pytest.approx(values.mean() + 1.96 * error, abs=0.2 * error)


def test_the_same_seed_gives_the_same_interval():
    values = np.arange(50.0)
    first, second = (estimates(mean_of(values), 50, seed=7) for _ in range(2))
    assert first == second
    assert estimates(mean_of(values), 50, seed=8) != first


def test_two_statistics_are_resampled_alike():
    values = np.arange(50.0)
    low = estimates(mean_of(values), 50, seed=0)["mean"].low
    assert estimates(mean_of(-values), 50, seed=0)["mean"].high == pytest.approx(-low)


def test_each_resample_draws_as_many_as_there_are():
    drawn = []

    def record(weights):
        drawn.extend(weights.sum(axis=1).tolist())
        return {}

    estimates(record, 30, seed=0)
    assert drawn == [30.0] * (resampling.RESAMPLES + 1)


def test_memory_is_bounded_by_drawing_in_parts():
    sizes = []

    def record(weights):
        sizes.append(weights.size)
        return {}

    estimates(record, 3_000, seed=0)
    assert max(sizes) <= 1_000_000


def test_resamples_without_a_value_are_left_out():
    def first_only(weights):
        with np.errstate(invalid="ignore"):
            return {"share": weights[:, 0] / weights[:, 0]}

    found = estimates(first_only, 3, seed=0)["share"]
    assert (found.value, found.low, found.high) == (1.0, 1.0, 1.0)


def test_what_is_never_defined_has_no_interval():
    found = estimates(lambda weights: {"no": np.full(len(weights), np.nan)}, 3, seed=0)["no"]
    assert np.isnan([found.value, found.low, found.high]).all()
