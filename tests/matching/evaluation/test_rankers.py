import numpy as np
import pytest

from matching import Index, MatcherRanker
from tests.matching.makers import representation, rows

TEXTS = [f"Omenapuu numero {number} istutetaan puistoon" for number in range(60)]


@pytest.fixture
def ranker(matcher, detector):
    return MatcherRanker(matcher, detector)


@pytest.fixture(scope="module")
def index():
    return Index.build(rows([*TEXTS, "Kotihoidon lääkkeet jaetaan viikoksi"]))


def test_every_row_has_a_score_and_no_floor_applies(ranker, index):
    query = representation("Kotihoidon lääkkeet")
    scores = ranker.scores(query, index, np.ones(len(index), bool))
    assert scores.shape == (len(index),)
    assert int(np.argmax(scores)) == len(index) - 1


def test_candidates_have_probabilities_and_the_rest_follow_by_evidence(ranker, index):
    text, allowed = representation("Omenapuu istutetaan puistoon"), np.ones(len(index), bool)
    scores = ranker.duplicate_scores(text, index, allowed)
    rest = np.flatnonzero(scores < 0)
    assert 0 < len(rest) < len(index) - 10
    assert scores.max() <= 1
    evidence = ranker.scores(text, index, allowed)
    assert (np.argsort(-scores[rest]) == np.argsort(-evidence[rest])).all()


def test_rows_outside_the_pool_are_no_candidates(ranker, index):
    text, allowed = representation(TEXTS[0]), np.arange(len(index)) > 0
    assert ranker.duplicate_scores(text, index, ~allowed)[0] > 0.9
    assert ranker.duplicate_scores(text, index, allowed)[0] < 0


def test_a_pair_is_judged_by_its_two_texts_alone(ranker, index):
    text, allowed = representation(TEXTS[0]), np.ones(len(index), bool)
    same, other = (ranker.probability(text, row, index, allowed) for row in (0, len(index) - 1))
    assert same > 0.5 > other
    alone = np.arange(len(index)) == 0
    assert ranker.probability(text, 0, index, alone) == same


def test_a_text_without_a_word_is_no_duplicate(ranker, index):
    text, allowed = representation(""), np.ones(len(index), bool)
    assert ranker.duplicate_scores(text, index, allowed).max() < 0
    assert ranker.probability(text, 0, index, allowed) == 0.0
