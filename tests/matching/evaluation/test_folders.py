"""Whole runs on folders that a test writes: what is measured, in which pools, and what leaks."""

import json
from collections import Counter

import numpy as np
import pytest

from matching import (
    EvaluationError,
    EvaluationOptions,
    MatcherRanker,
    Task,
    evaluate_folder,
)
from tests.matching.makers import representation

METHODS = ["matcher", "rapidfuzz", "tfidf", "bm25", "dense", "rrf", "gated"]
ONLY_MATCHER = EvaluationOptions(methods=["matcher"])


class WrittenRanker:
    """A ranker whose scores stand in a table, and that remembers what it was asked."""

    version = "written"

    def __init__(self, table=None):
        self.table = table or {}
        self.represented = []
        self.prepared = []

    def represent(self, documents):
        self.represented += [(each.title, each.language) for each in documents]
        return [representation(each.title, each.language) for each in documents]

    def prepare(self, index, queries):
        self.prepared.append((len(index), len(queries)))

    def scores(self, query, index, allowed):
        rows = [index.texts.text(row) for row in range(len(index))]
        return np.array([self.table.get((query.text, row), 0.0) for row in rows])

    duplicate_scores = scores

    def probability(self, text, row, index, allowed):
        assert allowed[row]
        return self.table.get((text.text, index.texts.text(row)), 0.0)


@pytest.fixture
def write(tmp_path):
    def write(name, **files):
        folder = tmp_path / name
        folder.mkdir()
        for file, lines in files.items():
            text = "".join(json.dumps(line) + "\n" for line in lines)
            (folder / f"{file}.jsonl").write_text(text, encoding="utf-8")
        return folder

    return write


def texts(*lines, prefix=""):
    return [{"id": prefix + text, "text": text, "lang": language} for text, language in lines]


def judgements(*pairs, gain=1):
    return [{"qid": query, "cid": document, "gain": gain} for query, document in pairs]


@pytest.fixture
def colours(write):
    """Four queries; what the table of a `WrittenRanker` says decides all figures."""
    names = ["one", "two", "three", "four"]
    return write(
        "colours",
        queries=texts(*((name, "en") for name in names)),
        corpus=texts(*((name.upper(), "en") for name in names)),
        qrels=judgements(*((name, name.upper()) for name in names)),
    )


def values(figures):
    return {
        name: values(each) if "value" not in each else each["value"]
        for name, each in figures.items()
    }


def test_figures_are_those_of_the_ranker(colours):
    ranker = WrittenRanker(
        {
            ("one", "ONE"): 3.0,  # first
            ("two", "TWO"): 1.0,
            ("two", "ONE"): 2.0,  # second
            ("three", "THREE"): 1.0,
            ("three", "ONE"): 1.0,  # first or second
        }  # and one of four for "four"
    )
    report = evaluate_folder(colours, Task.NEED_COMPETENCE, ranker, ONLY_MATCHER)
    pool = report["pools"]["all"]
    assert (pool["queries"], pool["documents"]) == (4, 4)
    found = values(pool["methods"]["matcher"])
    assert found["recall@1"] == pytest.approx((1 + 0 + 1 / 2 + 1 / 4) / 4, abs=1e-4)
    reciprocal = (1 + 1 / 2 + 3 / 4 + (1 + 1 / 2 + 1 / 3 + 1 / 4) / 4) / 4
    assert found["mrr@10"] == pytest.approx(reciprocal, abs=1e-4)
    assert "alarm" not in found


def test_an_alarm_is_asked_with_the_right_answers_and_without(colours):
    ranker = WrittenRanker(
        {
            ("one", "ONE"): 0.9,
            ("one", "TWO"): 0.3,
            ("two", "TWO"): 0.8,
            ("three", "ONE"): 0.85,  # a wrong text, there with and without the right one
            ("three", "THREE"): 0.6,
            ("four", "FOUR"): 0.95,
        }
    )
    report = evaluate_folder(colours, Task.NEED_NEED, ranker, ONLY_MATCHER)
    alarm = values(report["pools"]["all"]["methods"]["matcher"]["alarm"])
    # Highest with: .9, .8, .85 (wrong), .95; without: .3, 0, .85, 0.
    assert alarm["recall@1%_false"] == 0.5
    assert alarm["auc"] == pytest.approx((4 + 3 + 3.5 + 4) / 16, abs=1e-4)
    assert alarm["auc_right"] == pytest.approx((4 + 3 + 4) / 16, abs=1e-4)
    squares = [0.1**2, 0.2**2, 0.85**2, 0.05**2, 0.3**2, 0, 0.85**2, 0]
    assert alarm["brier"] == pytest.approx(sum(squares) / 8, abs=1e-4)
    assert 0 < alarm["ece"] < 1


def test_only_probabilities_are_asked_for_calibration(colours):
    report = evaluate_folder(colours, Task.NEED_NEED, WrittenRanker(), EvaluationOptions())
    methods = report["pools"]["all"]["methods"]
    assert list(methods) == METHODS
    assert [name for name in METHODS if "ece" in methods[name]["alarm"]] == ["matcher"]


def test_each_distinct_text_is_represented_once(write):
    folder = write(
        "twice",
        queries=texts(("same", "en"), ("other", "en")),
        corpus=[
            *texts(("same", "en"), ("answer", "en")),
            *texts(("same", "sv"), prefix="sv-"),
            *texts(("same", "en"), prefix="again-"),
        ],
        qrels=judgements(("other", "answer"), ("same", "answer")),
    )
    ranker = WrittenRanker()
    evaluate_folder(folder, Task.NEED_PRIOR, ranker, EvaluationOptions(by_language=True))
    assert Counter(ranker.represented) == Counter(
        [("same", "en"), ("same", "sv"), ("answer", "en"), ("other", "en")]
    )


def test_a_query_that_is_in_the_corpus_too_is_not_its_own_competitor(write):
    folder = write(
        "itself",
        queries=texts(("apple", "en")),
        corpus=[*texts(("apple", "en"), ("tree", "en")), *texts(("apple", "sv"), prefix="sv-")],
        qrels=judgements(("apple", "tree")),
    )
    ranker = WrittenRanker({("apple", "apple"): 9.0, ("apple", "tree"): 1.0})
    report = evaluate_folder(folder, Task.NEED_PRIOR, ranker, ONLY_MATCHER)
    # The Swedish homonym is another text and stays ahead of the answer.
    assert values(report["pools"]["all"]["methods"]["matcher"])["mrr@10"] == 0.5


@pytest.fixture
def languages(write):
    """The only answer to the Swedish query is in English; the Finnish one has one of each."""
    return write(
        "languages",
        queries=texts(("omena", "fi"), ("päron", "sv"), ("plum", "en")),
        corpus=texts(("puu", "fi"), ("träd", "sv"), ("tree", "en"), ("bush", "en")),
        qrels=judgements(("omena", "puu"), ("omena", "tree"), ("päron", "tree")),
    )


def test_each_pair_of_languages_has_its_own_pool(languages):
    ranker = WrittenRanker({("omena", "puu"): 1.0, ("päron", "bush"): 1.0, ("päron", "puu"): 2.0})
    options = EvaluationOptions(methods=["matcher"], by_language=True)
    pools = evaluate_folder(languages, Task.NEED_PRIOR, ranker, options)["pools"]
    assert {name: (pool["queries"], pool["documents"]) for name, pool in pools.items()} == {
        "all": (2, 4),
        "fi-all": (1, 4),
        "sv-all": (1, 4),
        "fi-en": (1, 2),
        "sv-en": (1, 2),
        "fi-fi": (1, 1),
    }
    reciprocal = {
        name: values(pool["methods"]["matcher"])["mrr@10"] for name, pool in pools.items()
    }
    assert reciprocal["sv-en"] == 0.5
    assert reciprocal["fi-fi"] == 1
    assert ranker.prepared == [(4, 2), (2, 2), (1, 2)]


def test_without_by_language_there_is_the_mixed_pool_only(languages):
    report = evaluate_folder(languages, Task.NEED_PRIOR, WrittenRanker(), ONLY_MATCHER)
    assert list(report["pools"]) == ["all"]


def test_a_corpus_in_one_language_is_not_asked_twice(write):
    folder = write(
        "single",
        queries=texts(("omena", "fi"), ("päron", "sv")),
        corpus=texts(("tree", "en"), ("bush", "en")),
        qrels=judgements(("omena", "tree"), ("päron", "bush")),
    )
    ranker = WrittenRanker()
    options = EvaluationOptions(methods=["matcher"], by_language=True)
    pools = evaluate_folder(folder, Task.NEED_PRIOR, ranker, options)["pools"]
    assert list(pools) == ["all", "fi-en", "sv-en"]
    assert len(ranker.prepared) == 1


PAIRS = [
    {"id": 1, "text1": "a", "text2": "A", "label": "4"},
    {"id": 2, "text1": "b", "text2": "B", "label": "3"},
    {"id": 3, "text1": "c", "text2": "C", "label": "2i"},
    {"id": 4, "text1": "d", "text2": "a", "label": "1"},
]


def test_pairs_are_judged_by_the_probability_of_their_second_text(write):
    folder = write("pairs", pairs=PAIRS)
    ranker = WrittenRanker({("a", "A"): 0.9, ("b", "B"): 0.4, ("c", "C"): 0.6})
    report = evaluate_folder(folder, Task.NEED_NEED, ranker, ONLY_MATCHER)
    assert (report["pairs"], report["same"], report["documents"]) == (4, 2, 7)
    found = values(report["methods"]["matcher"])
    assert found["auc"] == 0.75
    assert found["f1_at_half"] == 0.5
    assert found["f1_best"] == 0.8
    assert found["brier"] == pytest.approx((0.01 + 0.36 + 0.36) / 4, abs=1e-4)
    assert ranker.prepared == [(7, 7)]


def test_pairs_of_another_task_are_judged_by_topic_without_probabilities(write):
    report = evaluate_folder(
        write("pairs", pairs=PAIRS), Task.NEED_COMPETENCE, WrittenRanker(), EvaluationOptions()
    )
    assert set(report["methods"]["matcher"]) == {"auc", "ap", "f1_best"}
    assert list(report["methods"]) == METHODS


def test_a_limit_draws_queries_by_the_seed_and_leaves_the_corpus(colours):
    def measured(seed):
        ranker = WrittenRanker()
        options = EvaluationOptions(methods=["matcher"], limit=2, seed=seed)
        report = evaluate_folder(colours, Task.NEED_PRIOR, ranker, options)
        assert report["pools"]["all"]["queries"] == 2
        assert report["pools"]["all"]["documents"] == 4
        return {text for text, _ in ranker.represented if text.islower()}

    assert measured(0) == measured(0)
    assert len({frozenset(measured(seed)) for seed in range(8)}) > 1


def test_an_unknown_method_is_told():
    with pytest.raises(EvaluationError, match="No method is called 'magic': use matcher, rapid"):
        EvaluationOptions(methods=["matcher", "magic"])


def test_progress_ends_with_everything_done(colours):
    seen = []
    evaluate_folder(
        colours, Task.NEED_NEED, WrittenRanker(), ONLY_MATCHER, lambda *step: seen.append(step)
    )
    assert ("Reading", 8, 8) in seen
    assert seen[-1] == ("Asking (all)", 4, 4)


NEEDS = [
    ("Kotihoidon lääkkeet jaetaan viikoksi", "fi"),
    ("Puistoon istutetaan omenapuita", "fi"),
    ("Nuorten työpaja etsii ohjaajaa", "fi"),
    ("Young people look for a workshop leader", "en"),
]
WORKS = [
    ("Lääkkeiden jako kotihoidossa", "fi"),
    ("Omenapuiden istutus puistoihin", "fi"),
    ("A workshop and its leader", "en"),
    ("Planting of apple trees", "en"),
]


@pytest.fixture
def ranker(matcher, detector):
    return MatcherRanker(matcher, detector)


@pytest.mark.parametrize("task", list(Task))
def test_the_matcher_and_all_methods_are_measured(write, ranker, task):
    folder = write(
        "works",
        queries=texts(*NEEDS),
        corpus=texts(*WORKS),
        qrels=judgements(*((NEEDS[row][0], WORKS[row][0]) for row in (0, 1)), gain=2),
    )
    report = evaluate_folder(folder, task, ranker, EvaluationOptions(by_language=True))
    assert report["version"] == ranker.version
    assert set(report["pools"]) == {"all", "fi-all", "fi-fi"}
    for pool in report["pools"].values():
        assert list(pool["methods"]) == METHODS
        for figures in pool["methods"].values():
            assert figures["recall@1"] == {"value": 1.0, "low": 1.0, "high": 1.0}
            assert ("alarm" in figures) == (task is Task.NEED_NEED)
    json.dumps(report, allow_nan=False)


def test_names_of_folder_texts_and_their_order_change_no_figure(write, ranker):
    asked, corpus = texts(*NEEDS), texts(*WORKS)
    right = judgements(*zip([each[0] for each in NEEDS], [each[0] for each in WORKS], strict=True))
    named = write("turku_retrieval_fi", queries=asked, corpus=corpus, qrels=right)
    renamed = write(
        "x",
        queries=[each | {"id": f"q{row}"} for row, each in enumerate(asked)],
        corpus=[each | {"id": f"c{row}"} for row, each in enumerate(corpus)][::-1],
        qrels=[{"qid": f"q{row}", "cid": f"c{row}", "gain": 1} for row in range(4)],
    )
    options = EvaluationOptions(by_language=True)
    first, second = (
        evaluate_folder(folder, Task.NEED_NEED, ranker, options) for folder in (named, renamed)
    )
    assert first.pop("folder") == "turku_retrieval_fi"
    assert second.pop("folder") == "x"
    assert first == second


def test_judgements_reach_no_method(write, ranker):
    """What is right decides a figure, but no score: each answer turned wrong mirrors the AUC."""
    pairs = [
        {"id": row, "text1": need, "text2": work, "lang": "fi", "label": str(1 + 3 * (row % 2))}
        for row, ((need, _), (work, _)) in enumerate(zip(NEEDS, WORKS, strict=True))
    ]
    turned = [pair | {"label": "1" if pair["label"] == "4" else "4"} for pair in pairs]
    first, second = (
        values(evaluate_folder(folder, Task.NEED_NEED, ranker, EvaluationOptions())["methods"])
        for folder in (write("pairs", pairs=pairs), write("turned", pairs=turned))
    )
    for method in METHODS:
        assert first[method]["auc"] == pytest.approx(1 - second[method]["auc"])


@pytest.mark.parametrize(
    ("name", "task"),
    [
        ("turku_retrieval_sv", Task.NEED_NEED),
        ("turku_pairs_fi", Task.NEED_NEED),
        ("esco_occ_desc", Task.NEED_COMPETENCE),
    ],
)
def test_a_real_folder_is_measured(shared_folder, ranker, name, task):
    folder = shared_folder / "eval" / name
    options = EvaluationOptions(limit=20)
    report = evaluate_folder(folder, task, ranker, options)
    measured = report if "pairs" in report else report["pools"]["all"]
    assert 20 in (measured.get("pairs"), measured.get("queries"))
    assert list(measured["methods"]) == METHODS
    json.dumps(report, allow_nan=False)
