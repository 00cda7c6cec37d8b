import numpy as np

from matching.languages import LANGUAGES
from matching.lexical import bucket_of, term_counts
from matching.postings import ALWAYS_LISTED, Postings, best

FI, EN = LANGUAGES.index("fi"), LANGUAGES.index("en")


def postings(*texts):
    return Postings.of(term_counts(texts).buckets)


def words(language, **weights):
    """Return what is sought in one language."""
    nothing = np.zeros(0, np.int32), np.zeros(0, np.float32)
    sought = [nothing] * len(LANGUAGES)
    buckets = np.array([bucket_of(word) for word in weights], np.int32)
    sought[language] = buckets, np.array([*weights.values()], np.float32)
    return sought


def found(made, sought, languages, k, allowed=None):
    """Return the best rows and how much of what is sought they have."""
    weights = made.weights(sought, languages)
    rows = best(weights, k, allowed)
    return rows.tolist(), weights[rows].tolist()


def in_finnish(rows):
    return np.full(rows, FI, np.int8)


def test_rows_with_the_weightiest_words_come_first():
    made = postings("avain ovi", "ovi", "talo", "avain ovi lukko")
    sought = words(FI, avain=3, ovi=1, lukko=2)
    assert found(made, sought, in_finnish(4), 3) == ([3, 0, 1], [6, 4, 1])


def test_of_equal_rows_the_first_ones_come():
    rows, _ = found(postings(*["avain"] * 5), words(FI, avain=1), in_finnish(5), 4)
    assert rows == [0, 1, 2, 3]


def test_a_word_counts_in_rows_of_its_language_only():
    languages = np.array([FI, EN], np.int8)
    rows, _ = found(postings("data", "data"), words(EN, data=1), languages, 2)
    assert rows == [1]


def test_a_row_that_is_not_allowed_takes_no_place():
    allowed = np.array([False, True, True])
    made = postings("avain ovi", "avain", "avain ovi")
    rows, _ = found(made, words(FI, avain=2, ovi=1), in_finnish(3), 2, allowed)
    assert rows == [2, 1]


def test_a_word_that_most_rows_have_has_no_list():
    texts = ["avain ovi"] + ["ovi"] * (ALWAYS_LISTED + 1)
    sought = words(FI, avain=1, ovi=9)
    rows, _ = found(postings(*texts), sought, in_finnish(len(texts)), 10)
    assert rows == [0]


def test_nothing_is_found_for_words_that_no_row_has():
    assert found(postings("avain"), words(FI, lukko=1), in_finnish(1), 5) == ([], [])
