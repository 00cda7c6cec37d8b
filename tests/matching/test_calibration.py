"""A calibration moves what the detector says of its finds, and nothing else."""

import numpy as np
import pytest

from matching import DuplicateBand, DuplicateDetector, Index
from matching.calibration import SHIPPED, Calibration
from matching.duplicates import DuplicateModel, logistic
from matching.parameters import Parameters
from tests.matching.makers import representation, rows

BANK = [
    "Kotihoidon avaimet katoavat ja sijainen odottaa oven takana",
    "Kotihoidon sijainen ei löydä asiakkaan avaimia",
    "Avaimet hukkuvat koululla ja opettaja odottaa ovella",
    "Yöpyminen maksaa 8 euroa henkilöltä",
    "Vattenrening i små hushåll vid sjön",
]
ASKED = representation("Sijainen odottaa asiakkaan ovella eikä löydä kotihoidon avaimia")


@pytest.fixture(scope="module")
def index() -> Index:
    return Index.build(rows(BANK))


@pytest.fixture
def calibrated(matcher, matcher_folder):
    """Return a detector of a bank where odds are others."""
    model = DuplicateModel(**Parameters.load(matcher_folder, matcher.space_id).duplicates)
    return lambda calibration: DuplicateDetector(matcher, model, calibration)


def found(detector, index, text=ASKED):
    return {each.key: each for each in detector.find(text, index, k=9, floor=-1)}


def test_the_shipped_one_changes_nothing(detector, calibrated, index):
    odds = np.linspace(-5, 5, 11)
    assert np.array_equal(SHIPPED.log_odds(odds), odds)
    assert found(calibrated(SHIPPED), index) == found(detector, index)


def test_odds_move_and_their_order_stays(detector, calibrated, index):
    before = found(detector, index)
    after = found(calibrated(Calibration(0.7, 3.0)), index)
    assert before.keys() == after.keys() == set(range(len(BANK)))
    order = sorted(before, key=lambda key: before[key].probability)
    assert sorted(after, key=lambda key: after[key].probability) == order
    assert all(after[key].probability > before[key].probability for key in order)
    flagged = [
        sum(each.band is not DuplicateBand.RELATED for each in those.values())
        for those in (before, after)
    ]
    assert flagged[0] < flagged[1]


def test_what_it_moves_are_the_shipped_odds(detector, calibrated, index):
    moving = calibrated(Calibration(0.5, 1.0))
    odds = moving.shipped_log_odds(ASKED, index)
    assert odds == detector.shipped_log_odds(ASKED, index)
    shipped = {key: logistic(each) for key, each in odds.items()}
    assert {k: d.probability for k, d in found(detector, index).items()} == shipped
    moved = {key: logistic(0.5 * each + 1.0) for key, each in odds.items()}
    assert {k: d.probability for k, d in found(moving, index).items()} == moved


def test_the_odds_of_what_may_not_be_found_are_not_told(detector, index):
    allowed = np.array([1, 3])
    assert detector.shipped_log_odds(ASKED, index, allowed=allowed).keys() == {1, 3}


def test_nothing_has_odds_of_nothing(detector, index):
    assert detector.shipped_log_odds(representation(""), index) == {}
    assert detector.shipped_log_odds(ASKED, Index.build([])) == {}


def test_a_text_written_twice_is_the_same_in_every_bank(calibrated, index):
    doubting = calibrated(Calibration(0.05, -5.0))
    assert found(doubting, index, representation(BANK[0]))[0].band is DuplicateBand.SAME
    assert found(doubting, index)[1].probability < 0.1


def test_two_texts_by_themselves_are_judged_as_shipped(detector, calibrated, index):
    moved = calibrated(Calibration(0.5, 3.0))
    assert moved.judge(ASKED, index, 1) == detector.judge(ASKED, index, 1)
