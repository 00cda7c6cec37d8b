import numpy as np
import pytest

from matching import DuplicateBand, Index
from matching.duplicates import CANDIDATES, LEAD, band, candidates, surface_likeness
from matching.features import PairFeatures
from matching.scoring import Sought
from tests.matching.makers import representation, rows

BANK = [
    "Kotihoidon avaimet katoavat ja sijainen odottaa oven takana",
    "Yöpyminen maksaa 8 euroa henkilöltä",
    "Vattenrening i små hushåll vid sjön",
]


@pytest.fixture(scope="module")
def index():
    return Index.build(rows(BANK))


def test_the_same_text_is_the_same(detector, index):
    (first, *_) = detector.find(representation(BANK[0]), index)
    assert (first.key, first.band) == (0, DuplicateBand.SAME)
    assert first.probability > 0.9


def test_another_text_is_not(detector, index):
    found = detector.find(representation("Robotti lajittelee jätteitä tehtaalla"), index)
    assert {each.band for each in found} <= {DuplicateBand.RELATED}


def test_only_allowed_rows_are_compared(detector, index):
    allowed = np.array([1, 2])
    found = detector.find(representation(BANK[0]), index, allowed=allowed, floor=-1)
    assert {each.key for each in found} == {1, 2}


def test_the_likeliest_come_first_and_no_more_than_asked(detector, index):
    found = detector.find(representation(BANK[1]), index, k=2, floor=-1)
    assert len(found) == 2
    assert found[0].probability >= found[1].probability


def test_nothing_is_like_nothing(detector, index):
    assert detector.find(representation(""), index, floor=-1) == []
    assert detector.find(representation(BANK[0]), Index.build([]), floor=-1) == []


def test_another_number_makes_a_pair_less_likely(detector, index):
    same = detector.find(representation(BANK[1]), index, k=1)[0].probability
    other = detector.find(representation(BANK[1].replace("8", "10")), index, k=1, floor=-1)[0]
    assert other.probability < same


def test_a_pair_is_judged_by_itself(detector, index):
    same = detector.judge(representation(BANK[1]), index, 1)
    other = detector.judge(representation(BANK[1].replace("8", "10")), index, 1)
    assert 0 <= detector.judge(representation(BANK[1]), index, 2) < other < same <= 1


def test_a_row_leads_by_what_the_next_one_lacks(matcher, index):
    pairs = PairFeatures(representation(BANK[0]), matcher.view(index))
    leads = {row: features[LEAD] for row, features in candidates(pairs, np.arange(3))}
    assert leads[0] > 0
    assert max(leads[1], leads[2]) == pytest.approx(-leads[0])
    (alone,) = candidates(pairs, np.array([0]))
    assert alone[1][LEAD] > leads[0]


def test_features_tell_clashes(matcher, index):
    text = representation("Yöpyminen ei maksa 10 euroa henkilöltä", "fi")
    features = PairFeatures(text, matcher.view(index)).of(1)
    assert features["number_clash"] == 1
    assert features["negation_clash"] == 1
    assert 0 < features["shared_lemmas"] < 1


def test_words_do_not_count_across_languages(matcher, index):
    features = PairFeatures(representation(BANK[2], "fi"), matcher.view(index)).of(2)
    assert features["words"] == features["shared_lemmas"] == features["negation_clash"] == 0


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (0.9, DuplicateBand.SAME),
        (0.89, DuplicateBand.POSSIBLY),
        (0.5, DuplicateBand.POSSIBLY),
        (0.49, DuplicateBand.RELATED),
    ],
)
def test_bands(probability, expected):
    assert band(probability) is expected


ONCE = "Kotihoidon avaimet katoavat ja sijainen odottaa oven takana"


@pytest.mark.parametrize(
    ("other", "same"),
    [
        (ONCE.replace("avaimet", "avaimt"), True),
        ("Sijainen odottaa oven takana ja kotihoidon avaimet katoavat", True),
        ("Avaimet katoavat koulussa ja opettaja odottaa pihalla", False),
    ],
)
def test_a_text_written_twice_is_known_by_its_letters(other, same):
    features = {"number_clash": 0.0, "negation_clash": 0.0}
    assert (surface_likeness(ONCE.lower(), other.lower(), features) > 0) is same


@pytest.mark.parametrize("clash", ["number_clash", "negation_clash"])
def test_letters_say_nothing_where_a_number_or_a_negation_differs(clash):
    features = {"number_clash": 0.0, "negation_clash": 0.0} | {clash: 1.0}
    assert surface_likeness(ONCE, ONCE, features) == 0


def _many(count):
    """Texts that share words and letters in all degrees."""
    chance = np.random.default_rng(5)
    words = [
        "avain",
        "hoito",
        "kotihoito",
        "sijainen",
        "ovi",
        "yö",
        "vuoro",
        "lukko",
        "reitti",
        "potilas",
        "kassi",
        "auto",
    ]
    return [
        " ".join(chance.choice(words, chance.integers(2, 9))) + f" {n % 7}" for n in range(count)
    ]


@pytest.mark.parametrize("seed", range(5))
def test_leaving_letters_out_where_they_cannot_matter_changes_nothing(matcher, seed):
    bank = _many(400)
    view = matcher.view(Index.build(rows(bank)))
    chance = np.random.default_rng(seed)
    allowed = np.sort(chance.choice(len(bank), 250, replace=False))
    text = representation(bank[int(chance.integers(len(bank)))] + " aina")
    fewer = PairFeatures(text, view, Sought(allowed, CANDIDATES))
    assert candidates(fewer, allowed) == candidates(PairFeatures(text, view), allowed)
    assert np.count_nonzero(fewer.similarities.words) < 200
