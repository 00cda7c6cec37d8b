"""What verdicts teach of how probable a duplicate is, and whether it is worth having."""

import json
from dataclasses import replace

import numpy as np
import pytest

from matching import JudgedFind, TrainingDataError, calibrate
from matching.verdict_learning import FEWEST_NEEDS, FEWEST_OF_EACH, fit

LOG_ODDS = [-np.log(9), 0.0, np.log(9)]


def verdicts(count, *, slope=1.0, shift=0.0, needs=60, seed=0):
    """Verdicts of a bank where the true log odds are a line of the shipped ones."""
    chance = np.random.default_rng(seed)
    odds = chance.normal(-2, 2.5, count)
    right = chance.random(count) < 1 / (1 + np.exp(-(slope * odds + shift)))
    need = chance.integers(0, needs, count)
    return [
        JudgedFind(need=int(need), log_odds=float(odds), right=float(right))
        for need, odds, right in zip(need, odds, right, strict=True)
    ]


def test_a_bank_where_more_is_the_same_gets_higher_odds():
    found = calibrate(verdicts(400, slope=0.8, shift=2.0))
    assert found.calibration is not None
    assert found.calibration.slope == pytest.approx(0.8, abs=0.15)
    assert found.calibration.shift == pytest.approx(2.0, abs=0.4)
    assert found.report["gains"]
    assert found.report["gain"]["log_loss"]["low"] > 0


@pytest.mark.parametrize("seed", range(5))
def test_a_bank_that_is_as_the_model_thinks_keeps_the_shipped_odds(seed):
    found = calibrate(verdicts(400, seed=seed))
    assert found.calibration is None
    assert not found.report["gains"]


def test_verdicts_by_chance_say_that_finds_tell_little():
    chance = np.random.default_rng(1)
    told = [replace(each, right=float(chance.integers(2))) for each in verdicts(400)]
    found = calibrate(told)
    assert found.calibration is not None
    assert found.calibration.slope < 0.15
    assert abs(found.calibration.shift) < 0.4


def test_what_a_bank_has_learned_already_gains_nothing_more():
    told = verdicts(400, slope=0.8, shift=2.0)
    learned = calibrate(told).calibration
    assert learned is not None
    again = calibrate(told, current=learned)
    assert again.calibration is None
    assert again.report["methods"]["current"]["log_loss"]["value"] < 0.5
    assert calibrate(verdicts(400), current=learned).calibration is not None


def test_the_report_tells_what_probabilities_become():
    report = calibrate(verdicts(400, slope=0.8, shift=2.0)).report
    assert [each["shipped"] for each in report["moved"]] == [0.1, 0.5, 0.9]
    expected = [1 / (1 + np.exp(-(report["slope"] * odds + report["shift"]))) for odds in LOG_ODDS]
    assert [each["trained"] for each in report["moved"]] == pytest.approx(expected)
    trained, current = (report["methods"][name] for name in ("trained", "current"))
    assert trained["ece"]["value"] < current["ece"]["value"]
    fallen = current["log_loss"]["value"] - trained["log_loss"]["value"]
    assert report["gain"]["log_loss"]["value"] == pytest.approx(fallen, abs=1e-4)
    json.dumps(report, allow_nan=False)


def test_verdicts_are_counted_by_what_they_say():
    told = [
        replace(each, right=0.5 if each.need < 10 else each.right)
        for each in verdicts(400, shift=1.0)
    ]
    report = calibrate(told).report
    assert report["partly"] == sum(each.need < 10 for each in told)
    assert report["same"] + report["partly"] + report["other"] == 400
    assert report["needs"] == 60


def test_few_verdicts_stay_near_the_shipped_odds():
    few = [JudgedFind(need=0, log_odds=-3.0, right=1.0)]
    odds, right = np.array([few[0].log_odds]), np.array([few[0].right])
    fitted = fit(odds, right)
    assert 0 < fitted.shift < 1
    assert fitted.slope < 1


def test_partly_counts_half():
    odds, half = np.full(200, -2.0), np.full(200, 0.5)
    fitted = fit(odds, half)
    assert fitted.log_odds(odds)[0] == pytest.approx(0.0, abs=0.05)


def test_the_order_of_finds_never_turns_round():
    odds = np.linspace(-5, 5, 100)
    contrary = (odds < 0).astype(float)
    moved = fit(odds, contrary).log_odds(odds)
    assert np.all(np.diff(moved) > 0)


def test_too_few_verdicts_are_refused_with_their_counts():
    same = [JudgedFind(need=n, log_odds=0.0, right=1.0) for n in range(FEWEST_OF_EACH)]
    with pytest.raises(TrainingDataError, match="20 same and 0 other finds of 20 needs"):
        calibrate(same)


def test_the_verdicts_of_few_needs_are_too_few():
    told = [each for each in verdicts(800) if each.need < FEWEST_NEEDS]
    assert len(calibrate(told).report["methods"]) == 2
    with pytest.raises(TrainingDataError, match=f"of {FEWEST_NEEDS - 1} needs"):
        calibrate([each for each in told if each.need > 0])


def test_the_same_verdicts_teach_the_same_in_any_order():
    told = verdicts(200, shift=1.5)
    assert calibrate(told) == calibrate(told[::-1])
