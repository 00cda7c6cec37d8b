"""What decisions teach an encoder: which triplets, and which needs are kept apart to test on."""

import json

import numpy as np
import pytest

from matching import FakeEncoder, JudgedPair, TrainingDataError, Triplet, encoder_lessons
from matching.triplets import triplets_of

NEEDS = {number: f"tarve {number}" for number in range(40)}
COMPETENCES = {key: f"osaaminen {key}" for key in range(100, 110)}
EARLIER = 28
"""Of forty needs"""


def decided(needs=range(40), each=4, right=lambda pair: pair % 2 == 0):
    """Return pairs of each need, of which every other one is right."""
    return [
        JudgedPair(need=need, key=100 + (need + place) % 10, right=right(place), at=float(need))
        for need in needs
        for place in range(each)
    ]


def lessons(pairs, needs=NEEDS, competences=COMPETENCES):
    return encoder_lessons(needs, competences, pairs)


def needs_of(triplets):
    return {triplet.need for triplet in triplets}


def test_each_text_is_used_once_where_both_sides_are_many():
    made = triplets_of("n", ["a", "b"], ["x", "y"])
    assert made == [Triplet("n", "a", "x"), Triplet("n", "b", "y")]


def test_the_fewer_texts_are_repeated_for_the_many():
    made = triplets_of("n", ["a"], ["x", "y", "z"])
    assert made == [Triplet("n", "a", "x"), Triplet("n", "a", "y"), Triplet("n", "a", "z")]


@pytest.mark.parametrize(("accepted", "rejected"), [([], ["x"]), (["a"], []), (["a"], ["a"])])
def test_what_cannot_be_told_apart_makes_no_triplet(accepted, rejected):
    assert triplets_of("n", accepted, rejected) == []


def test_the_earlier_needs_teach_and_the_later_ones_test():
    found = lessons(decided())
    assert needs_of(found.triplets) == {NEEDS[number] for number in range(EARLIER)}
    assert set(found.needs) == {NEEDS[number] for number in range(EARLIER, 40)}
    assert found.counts == {
        "right": 80,
        "wrong": 80,
        "needs": 40,
        "tested_needs": 12,
        "tested_pairs": 48,
    }


def test_time_says_which_needs_are_later_whatever_their_numbers():
    pairs = [
        JudgedPair(need=each.need, key=each.key, right=each.right, at=-each.at)
        for each in decided()
    ]
    assert set(lessons(pairs).needs) == {NEEDS[number] for number in range(12)}


def test_a_triplet_holds_what_was_approved_and_rejected_for_that_need():
    pairs = decided()
    right = {(NEEDS[p.need], COMPETENCES[p.key]) for p in pairs if p.right}
    wrong = {(NEEDS[p.need], COMPETENCES[p.key]) for p in pairs if not p.right}
    for triplet in lessons(pairs).triplets:
        assert (triplet.need, triplet.accepted) in right
        assert (triplet.need, triplet.rejected) in wrong


def test_what_was_never_judged_is_in_no_triplet():
    shown = {key: text for key, text in COMPETENCES.items() if key < 105}
    pairs = [pair for pair in decided(each=10) if pair.key in shown]
    texts = {t for each in lessons(pairs).triplets for t in (each.accepted, each.rejected)}
    assert texts <= set(shown.values())


def test_the_order_of_decisions_is_no_matter():
    pairs = decided()
    one, other = lessons(pairs), lessons(pairs[::-1])
    assert one.triplets == other.triplets
    assert (one.needs, one.competences) == (other.needs, other.competences)
    assert np.array_equal(one.judgements.right, other.judgements.right)


def test_texts_that_are_gone_teach_nothing():
    without = {**COMPETENCES, 100: ""}
    del without[101]
    found = lessons(decided(each=8), competences=without)
    assert {t.accepted for t in found.triplets} <= set(without.values()) - {""}
    assert set(found.competences) <= set(without.values()) - {""}


@pytest.mark.parametrize("pairs", [[], decided(needs=range(19), each=8), decided(each=2)])
def test_few_decisions_are_said_to_be_few(pairs):
    with pytest.raises(TrainingDataError, match=r"Too few decisions .* it takes 50 of each"):
        lessons(pairs)


def test_later_needs_of_one_label_alone_are_too_few_to_test_on():
    pairs = [pair for pair in decided() if pair.need < EARLIER or pair.right]
    with pytest.raises(TrainingDataError, match="later needs"):
        lessons(pairs)


def test_needs_with_one_label_each_make_no_triplets():
    pairs = decided(right=lambda place: place % 2 == 0)
    one_sided = [p for p in pairs if p.need >= EARLIER or p.right == (p.need % 2 == 0)]
    with pytest.raises(TrainingDataError, match="fewer than two have both"):
        lessons(one_sided)


class Knowing:
    """An encoder to which each need stands beside what is right for it."""

    def __init__(self, pairs):
        self._right = {
            number: {COMPETENCES[p.key] for p in pairs if p.need == number and p.right}
            for number in NEEDS
        }

    def encode(self, texts, _side):
        vectors = np.zeros((len(texts), len(NEEDS)), np.float32)
        for row, text in enumerate(texts):
            for number, need in NEEDS.items():
                vectors[row, number] = text == need or text in self._right[number]
        return vectors


def test_the_report_tells_a_knowing_encoder_from_one_that_reads_letters():
    pairs = decided()
    found = lessons(pairs)
    letters, knowing = found.cosines(FakeEncoder()), found.cosines(Knowing(pairs))
    report = found.report(letters, knowing)
    assert report["methods"]["after"]["auc"]["value"] == 1
    assert report["methods"]["before"]["auc"]["value"] < 0.9
    assert report["gain"]["auc"]["low"] > 0
    assert found.report(knowing, letters)["gain"]["auc"]["high"] < 0
    assert "tarve" not in json.dumps(report, allow_nan=False)
