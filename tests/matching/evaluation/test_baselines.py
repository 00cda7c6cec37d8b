import numpy as np
import pytest
from rapidfuzz import fuzz

from matching.evaluation.baselines import Baselines
from tests.matching.makers import representation

FINNISH = [
    "Kotihoidon asiakkaan lääkkeet jaetaan viikoksi.",
    "Kunnan puistoihin istutetaan omenapuita.",
    "Nuorten työpajalle etsitään ohjaaja.",
    "Vanhusten yksinäisyyttä lievitetään kahvihetkillä.",
]
SWEDISH = ["Hemvårdens mediciner delas ut en gång i veckan.", "Äppelträd planteras i parkerna."]
QUERY = "Kuka jakaa kotihoidon lääkkeet?"


def pool(texts=FINNISH, language="fi", *, symmetric=False):
    documents = [representation(text, language) for text in texts]
    return Baselines(documents, [], symmetric=symmetric)


def scored(baselines, query, count, *, allowed=None):
    everything = np.ones(count, bool)
    return baselines.scores(query, everything if allowed is None else allowed, Baselines.NAMES)


@pytest.mark.parametrize("name", Baselines.NAMES)
def test_each_method_finds_what_shares_words(name):
    scores = scored(pool(), representation(QUERY, "fi"), len(FINNISH))[name]
    assert scores.shape == (len(FINNISH),)
    assert int(np.argmax(scores)) == 0


def test_only_wanted_methods_are_computed():
    found = pool().scores(representation(QUERY, "fi"), np.ones(4, bool), ["bm25", "rrf"])
    assert list(found) == ["bm25", "rrf"]


def test_rapidfuzz_is_its_token_set_ratio():
    scores = scored(pool(["b a x", "c"]), representation("A, B!", "fi"), 2)["rapidfuzz"]
    assert scores.tolist() == [fuzz.token_set_ratio("a b", "b a x"), 0.0]


def test_bm25_by_hand():
    texts = ["kissa kissa koira", "koira hevonen", "lammas"]
    scores = scored(pool(texts), representation("kissa", "fi"), 3)["bm25"]
    rarity = np.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    length = 1.2 * (1 - 0.75 + 0.75 * 3 / 2)
    assert scores == pytest.approx([rarity * 2 * 2.2 / (2 + length), 0, 0])


def test_bm25_gives_each_word_its_own_rarity():
    texts = [
        "bank manager clerk driver",
        "claim manager zoo",
        "manager apple",
        "bar foo",
        "qux baz",
    ]
    baselines = pool(texts, "en")
    manager, claim = (
        scored(baselines, representation(word, "en"), 5)["bm25"] for word in ("manager", "claim")
    )
    assert (manager[:3] > 0).all()
    assert claim[1] > manager[1]


def test_dense_compares_passages_where_both_sides_are_alike():
    asymmetric, symmetric = pool(), pool(symmetric=True)
    query = representation(QUERY, "fi")
    turned = type(query)(
        language="fi", text=QUERY, lemmas="", query=query.query, document=-query.document
    )
    assert scored(asymmetric, turned, 4)["dense"].max() > 0
    assert scored(symmetric, turned, 4)["dense"].min() < 0


def test_rrf_adds_reciprocal_ranks_among_the_allowed():
    allowed = np.array([True, True, False, False])
    scores = scored(pool(), representation(QUERY, "fi"), 4, allowed=allowed)["rrf"]
    assert scores[allowed] == pytest.approx([3 / 61, 3 / 62])


def test_rrf_gives_equals_the_same():
    scores = scored(pool(["kissa", "koira", "koira"]), representation("kissa", "fi"), 3)["rrf"]
    assert scores[1] == scores[2]


def test_words_have_no_say_across_languages_in_the_gated_recipe():
    texts = [representation(text, "fi") for text in FINNISH[:2]]
    texts += [representation(text, "sv") for text in [*SWEDISH, QUERY]]
    mixed = Baselines(texts, [], symmetric=False)
    query = representation(QUERY, "fi")
    without_words = type(query)(
        language="fi", text="", lemmas="", query=query.query, document=query.document
    )
    with_words, without = (
        scored(mixed, each, len(texts))["gated"] for each in (query, without_words)
    )
    assert with_words[2:] == pytest.approx(without[2:])
    assert with_words[0] > without[0]


def test_gated_scores_are_standardised_within_each_language():
    texts = [representation(text, "fi") for text in FINNISH]
    texts += [representation(text, "sv") for text in SWEDISH]
    scores = scored(Baselines(texts, [], symmetric=False), representation(QUERY, "fi"), 6)["gated"]
    assert scores[:4].mean() == pytest.approx(0, abs=1e-6)
    assert scores[4:].mean() == pytest.approx(0, abs=1e-6)


def test_a_mean_is_taken_away_once_there_are_enough_texts():
    common = "yhteinen alku kaikille teksteille"
    texts = [f"{common} {number}{number}" for number in range(40)]
    documents = [representation(text, "fi") for text in texts]
    few, many = (
        Baselines(documents[:5], [], symmetric=False),
        Baselines(documents, documents, symmetric=False),
    )
    assert few.centred(documents[0])[:5].min() > 0.5
    assert abs(many.centred(documents[0])[1:].mean()) < 0.2


def test_texts_without_a_word_score_nothing():
    found = scored(pool(["", ""]), representation("", "fi"), 2)
    assert all(np.isfinite(scores).all() for scores in found.values())
    assert found["tfidf"].tolist() == found["bm25"].tolist() == [0.0, 0.0]
