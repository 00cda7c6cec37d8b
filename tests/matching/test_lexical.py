import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.lexical import (
    BUCKETS,
    bucket_of,
    character_counts,
    inverse_document_frequency,
    term_counts,
)

TEXTS = ["kotihoidon avaimet", "avain katosi kotona", "vattenrening vid sjön", ""]


def test_letter_sequences_are_those_of_char_wb():
    vectorizer_module = pytest.importorskip("sklearn.feature_extraction.text")
    vectorizer = vectorizer_module.CountVectorizer(analyzer="char_wb", ngram_range=(3, 5))
    theirs = vectorizer.fit_transform(TEXTS[:3])
    ours = character_counts(TEXTS[:3])
    assert ours.buckets.lengths.tolist() == np.diff(theirs.indptr).tolist()
    assert np.exp(ours.weights.values - 1).sum() == pytest.approx(theirs.sum())


@given(st.lists(st.text(max_size=30), min_size=1, max_size=5), st.integers(0, 4))
def test_a_row_is_counted_the_same_alone_and_among_others(texts, place):
    place %= len(texts)
    alone, among = character_counts([texts[place]]), character_counts(texts)
    taken = among.take(np.array([place]))
    assert taken.buckets.values.tolist() == alone.buckets.values.tolist()
    assert taken.weights.values.tolist() == alone.weights.values.tolist()


def test_dot_adds_up_the_weights_of_a_rows_buckets():
    counts = term_counts(["koti hoito", "hoito hoito", ""])
    weights = np.zeros(BUCKETS, np.float32)
    weights[bucket_of("hoito")] = 1
    once, twice, never = counts.dot(weights).tolist()
    assert twice > once > never == 0


def test_document_frequency_counts_marked_rows_only():
    counts = term_counts(["koti hoito", "hoito hoito", "hoito"])
    frequency = counts.document_frequency(np.array([True, True, False]))
    assert frequency[bucket_of("hoito")] == 2
    assert frequency[bucket_of("koti")] == 1


def test_rare_is_worth_more():
    common, rare = inverse_document_frequency(np.array([900, 1]), 1000)
    assert rare > common >= 1
