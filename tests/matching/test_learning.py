"""A bank's own weights are learned from decisions, and offered only if they gain."""

import json
from dataclasses import replace

import numpy as np
import pytest

from matching import (
    Bank,
    FakeEncoder,
    JudgedPair,
    Matcher,
    TrainingDataError,
    Traits,
    learn,
)
from matching.decided_pairs import Table
from matching.index import Index
from matching.scoring import WEIGHTS
from matching.trained_version import TrainedVersion
from matching.traits import COSTS
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


def decided(matcher, bank, taste, *, each=10, seed=3, lost=lambda need: 0.0):
    """Decide on pairs of every need as a coordinator would whose taste weighs the features.

    `lost` tells what each competence loses in the coordinator's eyes, whatever its text.
    """
    queries, competences, asked = bank
    chance = np.random.default_rng(seed)
    pairs = []
    for need, query in queries.items():
        similarities = matcher.similarities(query, competences, among=asked)
        keys = chance.permutation(len(competences))[:each]
        wished = (similarities.weighted(taste) - lost(need))[keys]
        right = wished + chance.normal(0, 0.02, each) > np.median(wished)
        pairs += [
            JudgedPair(need=need, key=int(key), right=bool(label), at=float(need))
            for key, label in zip(keys, right, strict=True)
        ]
    return pairs


def teach(matcher, bank, pairs, **beside):
    queries, competences, asked = bank
    told = Bank(queries=queries, competences=competences, needs=asked, **beside)
    return learn(matcher, told, pairs)


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


def near_and_far(bank):
    """Return what tells of each need which competences are of its region: every third one."""
    keys = bank[1].keys
    regions = {need: np.where((keys + need) % 3, -1, 1).astype(np.int8) for need in bank[0]}
    return lambda need: Traits(keys, {"region": regions[need]})


def test_what_coordinators_think_of_other_regions_is_learned(matcher, bank, tmp_path):
    traits = near_and_far(bank)
    pairs = decided(
        matcher, bank, WEIGHTS, lost=lambda need: 0.3 * (traits(need).agreement["region"] < 0)
    )
    lesson = teach(matcher, bank, pairs, traits=traits)
    assert lesson.scorer is not None
    assert lesson.report["gain"]["auc"]["low"] > 0.02
    costs, weights = lesson.scorer.costs, lesson.scorer.weights
    assert costs["region"] / weights["plain"] > 5 * COSTS["region"] / WEIGHTS["plain"]
    version = TrainedVersion(pairs=lesson.scorer)
    assert TrainedVersion.load(tmp_path / version.save(tmp_path, "m1"), "m1") == version
    assert teach(matcher, bank, pairs).scorer is None  # nobody could tell it by the texts


def test_what_differs_by_chance_teaches_nothing(matcher, bank):
    pairs = decided(matcher, bank, WEIGHTS)
    assert teach(matcher, bank, pairs, traits=near_and_far(bank)).scorer is None


@pytest.fixture(scope="module")
def done(bank):
    """Further texts of every other competence."""
    chance = np.random.default_rng(11)
    rows = [
        Row(1000 + number, representation(each, "fi"), False, 2 * (number % 50))
        for number, each in enumerate(texts(150, chance))
    ]
    return Index.build(rows)


def test_what_is_learned_from_are_the_scores_of_suggestions(matcher, bank, done):
    queries, competences, asked = bank
    traits = near_and_far(bank)
    pairs = sorted(decided(matcher, bank, WEIGHTS), key=lambda pair: (pair.at, pair.key))
    told = Bank(queries=queries, competences=competences, needs=asked, further=done, traits=traits)
    table = Table.of(matcher, told, pairs, seed=0)
    beside = {"among": asked, "further": done}
    scores = [
        {m.key: m.score for m in matcher.match(q, competences, k=100, traits=traits(n), **beside)}
        for n, q in queries.items()
    ]
    shown = [(row, p) for row, p in enumerate(pairs) if p.key in scores[p.need]]
    assert len(shown) > 50
    expected = [scores[pair.need][pair.key] for _, pair in shown]
    rows = [row for row, _ in shown]
    assert table.current[rows] == pytest.approx(expected)
    evidence = table.features @ [*WEIGHTS.values(), *COSTS.values()]
    assert matcher.parameters.scale.scores(evidence)[rows] == pytest.approx(expected, rel=1e-4)


def test_what_competences_have_done_is_learned_from(matcher, bank, done):
    queries, competences, asked = bank
    bare = decided(matcher, bank, {})

    def wished(pair):
        found = matcher.gathered(queries[pair.need], competences, among=asked, further=done)
        return float((found.likenesses() @ [LETTERS.get(name, 0.0) for name in WEIGHTS])[pair.key])

    wishes = np.array([wished(pair) for pair in bare]).reshape(len(queries), -1)
    right = (wishes > np.median(wishes, axis=1, keepdims=True)).ravel()
    pairs = [replace(pair, right=bool(label)) for pair, label in zip(bare, right, strict=True)]
    with_them = teach(matcher, bank, pairs, further=done).report
    without = teach(matcher, bank, pairs).report
    for method in ("trained", "current"):
        auc = [report["methods"][method]["auc"]["value"] for report in (with_them, without)]
        assert auc[0] > auc[1] + 0.01


@pytest.fixture
def learned(lesson):
    return lesson.scorer


@pytest.fixture
def taught(matcher, matcher_folder, learned, tmp_path):
    """A matcher that was opened with what was learned."""
    name = TrainedVersion(pairs=learned).save(tmp_path, matcher.version)
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
        return np.mean(np.stack(scores) >= with_matcher.pairs.scale.possible)

    assert reached(taught) == pytest.approx(reached(matcher), abs=0.01)
