"""Floors for the shipped parameters on real data: what a change must not lose."""

import numpy as np
import pytest

from matching import DuplicateDetector, Index, Row
from matching.training_sets import read_set

QUERIES = 100


@pytest.fixture(scope="module")
def paraphrases(shared_folder, real_matcher):
    """Some Finnish texts, an index of their paraphrases and others, and the right keys."""
    source = read_set(shared_folder, "turku_retrieval_fi")
    queries = source.queries[:QUERIES]
    right = {answer for query in queries for answer in source.relevant[query.id]}
    others = [document for document in source.corpus if document.id not in right]
    corpus = [document for document in source.corpus if document.id in right] + others[:300]
    index = Index.build(
        [Row(key, row, True) for key, row in enumerate(real_matcher.represent(corpus))]
    )
    keys = {document.id: key for key, document in enumerate(corpus)}
    answers = [{keys[answer] for answer in source.relevant[query.id]} for query in queries]
    return real_matcher.represent(queries), index, answers


@pytest.mark.slow
def test_paraphrases_are_found_first(real_matcher, paraphrases):
    queries, index, answers = paraphrases
    first = [real_matcher.search(query, index, k=1) for query in queries]
    hits = [
        bool({m.key for m in found} & right) for found, right in zip(first, answers, strict=True)
    ]
    assert np.mean(hits) >= 0.92


@pytest.mark.slow
def test_paraphrases_are_flagged_and_others_are_not(matcher_folder, real_matcher, paraphrases):
    queries, index, answers = paraphrases
    detector = DuplicateDetector.load(matcher_folder, real_matcher)
    found, false = [], []
    for query, right in zip(queries, answers, strict=True):
        wrong = np.array([key for key in index.keys.tolist() if key not in right])
        found.append(bool(_flagged(detector.find(query, index, k=1)) & right))
        false.append(bool(_flagged(detector.find(query, index, k=1, allowed=wrong))))
    assert np.mean(found) >= 0.7
    assert np.mean(false) <= 0.07


def _flagged(found):
    return {each.key for each in found if each.probability >= 0.5}


@pytest.mark.slow
def test_skills_are_found_in_another_language(shared_folder, real_matcher):
    source = read_set(shared_folder, "esco_skills_xling")
    queries = [query for query in source.queries if query.language == "fi"][:QUERIES]
    corpus = [document for document in source.corpus if document.language == "en"]
    index = Index.build(
        [Row(key, row, True) for key, row in enumerate(real_matcher.represent(corpus))]
    )
    hits = []
    for query, text in zip(queries, real_matcher.represent(queries), strict=True):
        first = real_matcher.search(text, index, k=10)
        hits.append(any(corpus[each.key].id in source.relevant[query.id] for each in first))
    assert np.mean(hits) >= 0.88
