"""A bank's own weights are learned from decisions, and offered only if they gain."""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace

import numpy as np
import pytest

from matching import FakeEncoder, JudgedPair, Matcher, MatcherFileError, TrainingDataError, learn
from matching.index import Index
from matching.pair_scorer import PairScorer
from matching.scoring import WEIGHTS
from matching.types import Row
from tests.matching.makers import representation

WORDS = [f"{first}{second}" for first in "bdfgklmnprst" for second in ("anilo", "eruta", "osime")]


def texts(count, chance):
    """Return made-up texts that share words at random."""
    return [" ".join(chance.choice(WORDS, 12)) for _ in range(count)]


@pytest.fixture(scope="module")
def bank():
    """Needs by number, and the indexes of competences and of needs."""
    chance = np.random.default_rng(7)
    needs = [representation(each, "fi") for each in texts(60, chance)]
    offered = [representation(each, "fi") for each in texts(50, chance)]
    offered += [representation(each, "en") for each in texts(50, chance)]
    competences = Index.build([Row(key, each, True) for key, each in enumerate(offered)])
    asked = Index.build([Row(key, each, True) for key, each in enumerate(needs)])
    return dict(enumerate(needs)), competences, asked


def decided(matcher, bank, taste, *, each=10, seed=3):
    """Decide on pairs of every need as a coordinator would whose taste weighs the features."""
    queries, competences, asked = bank
    chance = np.random.default_rng(seed)
    pairs = []
    for need, query in queries.items():
        similarities = matcher.similarities(query, competences, among=asked)
        keys = chance.permutation(len(competences))[:each]
        wished = similarities.weighted(taste)[keys]
        right = wished + chance.normal(0, 0.02, each) > np.median(wished)
        pairs += [
            JudgedPair(need=need, key=int(key), right=bool(label), at=float(need))
            for key, label in zip(keys, right, strict=True)
        ]
    return pairs


def teach(matcher, bank, pairs):
    queries, competences, asked = bank
    return learn(matcher, queries, competences, asked, pairs)


# A coordinator to whom the letters say more than all else.
LETTERS = {"plain": 0.2, "aligned": 0.2, "words": 1.0}


@pytest.fixture(scope="module")
def lesson(matcher, bank):
    """What that coordinator's decisions teach."""
    return teach(matcher, bank, decided(matcher, bank, LETTERS))


def test_a_hidden_taste_is_learned_and_gains(lesson):
    assert lesson.scorer is not None
    assert lesson.report["gain"]["auc"]["low"] > 0
    methods = lesson.report["methods"]
    assert methods["trained"]["auc"]["value"] > methods["current"]["auc"]["value"]
    assert methods["trained"]["ece"]["value"] < methods["current"]["ece"]["value"]
    weights = lesson.scorer.weights
    assert weights["words"] * WEIGHTS["plain"] > 2 * WEIGHTS["words"] * weights["plain"]


@pytest.mark.parametrize("seed", range(4))
def test_decisions_by_chance_gain_nothing(matcher, bank, seed):
    chance = np.random.default_rng(seed)
    pairs = [
        replace(each, right=bool(chance.integers(2))) for each in decided(matcher, bank, LETTERS)
    ]
    assert teach(matcher, bank, pairs).scorer is None


def test_the_shipped_taste_gains_nothing(matcher, bank):
    assert teach(matcher, bank, decided(matcher, bank, WEIGHTS)).scorer is None


@pytest.mark.parametrize(("needs", "each"), [(19, 10), (60, 1)])
def test_few_decisions_are_said_to_be_few(matcher, bank, needs, each):
    pairs = [p for p in decided(matcher, bank, LETTERS, each=each) if p.need < needs]
    with pytest.raises(TrainingDataError, match="Too few decisions"):
        teach(matcher, bank, pairs)


def test_needs_of_one_label_alone_are_too_few_to_test_on(matcher, bank):
    pairs = [p for p in decided(matcher, bank, LETTERS) if p.need < 42 or p.right]
    with pytest.raises(TrainingDataError, match="later needs"):
        teach(matcher, bank, pairs)


def test_the_later_needs_are_the_test(matcher, bank, lesson):
    pairs, report = decided(matcher, bank, LETTERS), lesson.report
    assert (report["needs"], report["tested_needs"], report["tested_pairs"]) == (60, 18, 180)
    late = [p if p.need < 42 else replace(p, right=not p.right) for p in pairs]
    upset = teach(matcher, bank, late)
    assert upset.report["gain"] == report["gain"]
    assert upset.scorer is None


def test_the_same_decisions_teach_the_same_in_any_order(matcher, bank, lesson):
    assert teach(matcher, bank, decided(matcher, bank, LETTERS)[::-1]) == lesson


def test_the_report_is_figures_and_fits_into_json(lesson):
    said = json.dumps(lesson.report, allow_nan=False)
    assert not any(word in said for word in WORDS)


@pytest.fixture
def learned(lesson):
    return lesson.scorer


@pytest.fixture
def taught(matcher, matcher_folder, learned, tmp_path):
    """A matcher that was opened with what was learned."""
    name = learned.save(tmp_path, matcher.version)
    return Matcher.load(matcher_folder, FakeEncoder(), tmp_path / name)


def test_a_saved_scorer_matches_as_it_was_learned(matcher, bank, learned, taught):
    queries, competences, asked = bank
    similarities = taught.similarities(queries[0], competences, among=asked)
    expected = learned.scale.scores(learned.evidence(similarities))
    assert np.array_equal(taught.pair_scores(similarities), expected)
    assert taught.version != matcher.version == taught.base_version


def test_contributions_still_add_up_to_the_score(bank, learned, taught):
    queries, competences, asked = bank
    matches = [m for q in queries.values() for m in taught.match(q, competences, k=5, among=asked)]
    assert len({len(match.parts) for match in matches}) == 1
    for match in matches:
        assert sum(part.contribution for part in match.parts) == match.score
        assert all(part.contribution >= 0 for part in match.parts)
        assert match.score >= learned.scale.possible - 1e-6


def test_searches_stay_as_they_were(matcher, bank, taught):
    queries, competences, _ = bank
    found = taught.search(queries[0], competences, k=5)
    assert found == matcher.search(queries[0], competences, k=5)


def test_about_as_many_pairs_reach_the_bands_as_before(matcher, bank, taught):
    queries, competences, asked = bank

    def reached(with_matcher):
        scores = [
            with_matcher.pair_scores(with_matcher.similarities(q, competences, among=asked))
            for q in queries.values()
        ]
        return np.mean(np.stack(scores) >= with_matcher._pairs.scale.possible)

    assert reached(taught) == pytest.approx(reached(matcher), abs=0.01)


def test_a_scorer_of_another_base_version_is_refused(learned, tmp_path):
    name = learned.save(tmp_path, "m1-of-before")
    with pytest.raises(MatcherFileError, match="trained for version m1-of-before"):
        PairScorer.load(tmp_path / name, "m1-of-now")


def test_a_damaged_scorer_is_refused(learned, tmp_path):
    folder = tmp_path / learned.save(tmp_path, "m1")
    (array,) = folder.glob("*.npy")
    array.write_bytes(array.read_bytes()[:-1])
    with pytest.raises(MatcherFileError):
        PairScorer.load(folder, "m1")


def test_saving_the_same_twice_gives_one_folder(learned, tmp_path):
    assert learned.save(tmp_path, "m1") == learned.save(tmp_path, "m1")
    assert len(list(tmp_path.iterdir())) == 1


SAVE_FOR_EVER = """
import sys
from dataclasses import replace
from itertools import count
from pathlib import Path
from matching.pair_scorer import PairScorer
from matching.scoring import WEIGHTS
from matching.parameters import Scale

for number in count():
    scale = Scale(slope=1, middle=number, strong=.9, good=.5, possible=.1, search=.1)
    PairScorer(dict(WEIGHTS), scale).save(Path(sys.argv[1]), "m1")
"""


@pytest.mark.parametrize("grace", [0.0, 0.01, 0.05])
def test_a_killed_process_leaves_no_half_version(tmp_path, grace):
    saving = subprocess.Popen([sys.executable, "-c", SAVE_FOR_EVER, str(tmp_path)])
    try:
        deadline = time.monotonic() + 60
        while not list(tmp_path.glob("m1-*")) and time.monotonic() < deadline:
            time.sleep(0.001)
        time.sleep(grace)
    finally:
        os.kill(saving.pid, signal.SIGKILL)
        saving.wait()
    saved = list(tmp_path.glob("m1-*"))
    assert saved
    for folder in saved:
        PairScorer.load(folder, "m1")
