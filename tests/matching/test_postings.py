import numpy as np

from matching.languages import LANGUAGES
from matching.lexical import bucket_of, term_counts
from matching.postings import ALWAYS_LISTED, Postings

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


def in_finnish(rows):
    return np.full(rows, FI, np.int8)


def test_rows_with_the_weightiest_words_come_first():
    made = postings("avain ovi", "ovi", "talo", "avain ovi lukko")
    rows, weights = made.best(words(FI, avain=3, ovi=1, lukko=2), in_finnish(4), 3)
    assert rows.tolist() == [3, 0, 1]
    assert weights.tolist() == [6, 4, 1]


def test_of_equal_rows_the_first_ones_come():
    rows, _ = postings(*["avain"] * 5).best(words(FI, avain=1), in_finnish(5), 5)
    assert rows.tolist() == [0, 1, 2, 3, 4]


def test_a_word_counts_in_rows_of_its_language_only():
    languages = np.array([FI, EN], np.int8)
    rows, _ = postings("data", "data").best(words(EN, data=1), languages, 2)
    assert rows.tolist() == [1]


def test_a_row_that_is_not_allowed_takes_no_place():
    allowed = np.array([False, True, True])
    made = postings("avain ovi", "avain", "avain ovi")
    rows, _ = made.best(words(FI, avain=2, ovi=1), in_finnish(3), 2, allowed)
    assert rows.tolist() == [2, 1]


def test_a_word_that_most_rows_have_has_no_list():
    texts = ["avain ovi"] + ["ovi"] * (ALWAYS_LISTED + 1)
    rows, _ = postings(*texts).best(words(FI, avain=1, ovi=9), in_finnish(len(texts)), 10)
    assert rows.tolist() == [0]


def test_nothing_is_found_for_words_that_no_row_has():
    rows, weights = postings("avain").best(words(FI, lukko=1), in_finnish(1), 5)
    assert rows.tolist() == weights.tolist() == []
