"""A map of needs towards what is accepted for them: fitted, kept if it gains, used to match."""

from dataclasses import replace

import numpy as np
import pytest

from matching import Bank, FakeEncoder, Index, JudgedPair, Matcher, Row, learn
from matching.adapter import STRENGTH, fit_adapter
from matching.decided_pairs import Table
from matching.pair_scorer import PairScorer
from matching.scoring import WEIGHTS
from matching.trained_version import TrainedVersion
from tests.matching.makers import representation

STEMS = ("banilo", "demuta", "fosime", "gelaro", "hiruka", "jatepo", "kolumi", "lesavo")
"""What is asked for; who asks for one wants what the next one offers."""
LANGUAGES = ("fi", "sv")
FILLER = [f"{first}{last}" for first in "mnprstv" for last in ("ekari", "oluna", "ipeta")]


def told(subject, chance):
    return " ".join([subject, subject, *chance.choice(FILLER, 6)])


@pytest.fixture(scope="module")
def bank():
    """Eighty needs, ten of each subject, and as many competences in two languages."""
    chance = np.random.default_rng(5)
    needs = [representation(told(STEMS[n % 8], chance), "fi") for n in range(80)]
    offered = [
        representation(told(STEMS[n % 8], chance), "sv" if n > 60 else "fi") for n in range(80)
    ]
    return Bank(
        queries=dict(enumerate(needs)),
        competences=Index.build([Row(key, each, True) for key, each in enumerate(offered)]),
        needs=Index.build([Row(key, each, True) for key, each in enumerate(needs)]),
    )


def decided(right, seed=3):
    """Decide on twelve competences for each need, four of which are of the next subject."""
    chance = np.random.default_rng(seed)
    pairs = []
    for need in range(80):
        of_next = np.flatnonzero(np.arange(80) % 8 == (need + 1) % 8)
        others = np.flatnonzero(np.arange(80) % 8 != (need + 1) % 8)
        for key in [
            *chance.choice(of_next, 4, replace=False),
            *chance.choice(others, 8, replace=False),
        ]:
            label = right(need, int(key), chance)
            pairs.append(JudgedPair(need=need, key=int(key), right=label, at=float(need)))
    return pairs


def the_next_subject(need, key, chance):
    return key % 8 == (need + 1) % 8


@pytest.fixture(scope="module")
def lesson(matcher, bank):
    return learn(matcher, bank, decided(the_next_subject))


@pytest.fixture
def taught(matcher_folder, lesson, matcher, tmp_path):
    name = TrainedVersion(pairs=lesson.scorer).save(tmp_path, matcher.version)
    return Matcher.load(matcher_folder, FakeEncoder(), tmp_path / name)


def test_without_pairs_the_map_is_the_identity():
    nothing = np.zeros((0, 5), np.float32)
    assert np.allclose(fit_adapter(nothing, nothing), np.eye(5))


def test_many_pairs_find_the_map_and_what_none_speaks_of_stays():
    chance = np.random.default_rng(1)
    wanted = np.eye(6, dtype=np.float32)[[1, 2, 0, 3, 4, 5]]
    asked = np.zeros((4000, 6), np.float32)
    asked[:, :3] = chance.normal(size=(4000, 3))
    found = fit_adapter(asked, asked @ wanted)
    assert np.allclose(found, wanted, atol=STRENGTH / 1000)
    assert np.array_equal(found[3:], np.eye(6, dtype=np.float32)[3:])


def test_a_map_that_gains_is_kept(lesson):
    adapter = lesson.report["adapter"]
    assert adapter["kept"]
    assert adapter["gain"]["auc"]["low"] > 0
    assert adapter["tested"]["with"]["value"] > adapter["tested"]["without"]["value"]
    assert lesson.scorer.adapter is not None
    trained = lesson.report["methods"]["trained"]
    assert trained["auc"]["value"] == pytest.approx(adapter["tested"]["with"]["value"])


def test_a_kept_map_brings_up_what_was_accepted(matcher, bank, taught):
    def right_first(with_matcher):
        found = 0
        for need, query in bank.queries.items():
            rows = with_matcher.match(query, bank.competences, k=5, among=bank.needs)
            found += sum(match.key % 8 == (need + 1) % 8 for match in rows)
        return found

    assert right_first(taught) > 2 * right_first(matcher)


def by_the_same_words(matcher, bank):
    """Return labels by what the shipped version makes of the texts."""
    scores = [
        matcher.pair_scores(matcher.similarities(query, bank.competences, among=bank.needs))
        for query in bank.queries.values()
    ]
    middle = np.median(np.stack(scores))
    return lambda need, key, chance: bool(scores[need][key] + chance.normal(0, 0.1) > middle)


@pytest.mark.parametrize("seed", range(3))
def test_a_map_that_gains_nothing_is_tried_and_not_kept(matcher, bank, seed):
    lesson = learn(matcher, bank, decided(by_the_same_words(matcher, bank), seed))
    adapter = lesson.report["adapter"]
    assert not adapter["kept"]
    assert set(adapter["gain"]) == {"auc", "ndcg@5"}
    assert lesson.scorer is None or lesson.scorer.adapter is None


@pytest.mark.parametrize("seed", range(3))
def test_decisions_by_chance_keep_no_map(matcher, bank, seed):
    lesson = learn(matcher, bank, decided(lambda n, k, chance: bool(chance.integers(2)), seed))
    assert (lesson.report["adapter"]["kept"], lesson.scorer) == (False, None)


def test_what_is_learned_from_is_what_a_map_makes_of_a_match(matcher, bank, lesson):
    chance = np.random.default_rng(9)
    further = Index.build(
        [
            Row(
                1000 + key,
                representation(told(STEMS[key % 8], chance), "fi"),
                False,
                key,
            )
            for key in range(0, 80, 3)
        ]
    )
    with_done = replace(bank, further=further)
    pairs = sorted(decided(the_next_subject), key=lambda pair: (pair.at, pair.key))
    table = Table.of(matcher, with_done, pairs, seed=0)
    adapter = lesson.scorer.adapter
    same = table.vectors.adapted(table.features, np.eye(len(adapter), dtype=np.float32))
    assert np.allclose(same, table.features, atol=1e-5)
    # By their own texts, since what lifts a competence may be another text after the map.
    alone = Table.of(matcher, bank, pairs, seed=0)
    adapted = alone.vectors.adapted(alone.features, adapter)
    scorer = PairScorer(WEIGHTS, matcher.parameters.scale, adapter=adapter)
    expected = np.stack([bank.gathered(matcher, p.need, scorer).likenesses()[p.key] for p in pairs])
    assert np.allclose(adapted[:, : len(WEIGHTS)], expected, atol=1e-5)
    assert not np.allclose(adapted, alone.features, atol=1e-2)


def test_both_directions_see_the_same_likeness(bank, taught):
    there = taught.similarities(bank.queries[7], bank.competences, among=bank.needs)
    for key in (0, 33, 79):
        offered = representation_of(bank, key)
        back = taught.similarities(offered, bank.needs, reverse=True, among=bank.competences)
        assert back.aligned[7] == pytest.approx(there.aligned[key], abs=1e-5)


def representation_of(bank, key):
    """Return a competence as it was indexed."""
    index = bank.competences
    chance = np.random.default_rng(5)
    texts = [told(STEMS[n % 8], chance) for n in range(160)][80:]
    found = representation(texts[key], LANGUAGES[key > 60])
    assert np.array_equal(found.document, index.document[key])
    return found


def test_searches_know_no_map(matcher, bank, taught):
    query = bank.queries[3]
    assert taught.search(query, bank.competences, k=5) == matcher.search(
        query, bank.competences, k=5
    )


def test_versions_that_differ_in_the_map_alone_have_two_names(lesson, tmp_path):
    other = replace(lesson.scorer, adapter=lesson.scorer.adapter + np.float32(0.01))
    name, another = (
        TrainedVersion(pairs=each).save(tmp_path, "m1") for each in (lesson.scorer, other)
    )
    assert name != another
    saved = TrainedVersion.load(tmp_path / name, "m1").pairs
    assert saved is not None
    assert saved.adapter is not None
    assert np.array_equal(saved.adapter, lesson.scorer.adapter)


def test_what_is_learned_on_top_of_a_map_starts_without_it(matcher, bank, taught):
    pairs = decided(the_next_subject)
    again, before = Table.of(taught, bank, pairs, seed=0), Table.of(matcher, bank, pairs, seed=0)
    assert np.array_equal(again.features, before.features)
    assert not np.allclose(again.current, before.current)
