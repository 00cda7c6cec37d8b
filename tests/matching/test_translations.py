"""Lemmas are translated by what the names of concepts have in common."""

import numpy as np
import pytest

from matching.background import Background
from matching.index import Index
from matching.lexical import bucket_of
from matching.translations import LEAST_SHARE, Translations, pair_of
from matching.types import Row
from tests.matching.makers import representation, rows

NAMES = {
    "fi": ["vannesaha vanne saha", "käsisaha käsi saha", "käsi", "vanne", "koira", "kissa"],
    "sv": ["bandsåg band såg", "handsåg hand såg", "hand", "band", "hund", "katt"],
    "en": ["band saw", "hand saw", "hand", "band", "dog", "cat"],
}
FI, SV, EN = range(3)


@pytest.fixture(scope="module")
def table():
    return Translations.fit(list(NAMES.values()))


def share(table, source, target, pair):
    one, other = pair
    buckets = np.array([bucket_of(source)])
    given = table.translated(buckets, np.ones(1, np.float32), pair_of(one, other, 3))
    return float(given[bucket_of(target)])


def test_pairs_of_languages_have_places_of_their_own():
    places = [pair_of(a, b, 3) for a in range(3) for b in range(3) if a != b]
    assert places == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize(
    ("source", "right", "wrong", "pair"),
    [
        ("saha", "saw", "hand", (FI, EN)),
        ("käsi", "hand", "saw", (FI, EN)),
        ("saw", "saha", "käsi", (EN, FI)),
        ("såg", "saha", "vanne", (SV, FI)),
        ("koira", "hund", "katt", (FI, SV)),
    ],
)
def test_a_word_is_known_by_the_names_it_stands_in(table, source, right, wrong, pair):
    assert share(table, source, right, pair) > 0.5 > share(table, source, wrong, pair)


def test_shares_of_a_word_are_probabilities_and_the_least_are_left_out(table):
    buckets = np.array([bucket_of("saha")])
    given = table.translated(buckets, np.ones(1, np.float32), pair_of(FI, EN, 3))
    assert 0.5 < given.sum() <= 1.001
    assert given[given > 0].min() >= LEAST_SHARE


def test_what_is_not_known_is_translated_by_nothing(table):
    assert share(table, "tuuletin", "fan", (FI, EN)) == 0
    assert share(Translations.none(3), "saha", "saw", (FI, EN)) == 0


def test_many_words_add_up_by_their_weights(table):
    words = np.array(sorted(map(bucket_of, ("koira", "kissa", "tuntematon"))))
    weights = np.where(words == bucket_of("koira"), 2, 1).astype(np.float32)
    given = table.translated(words, weights, pair_of(FI, EN, 3))
    assert given[bucket_of("dog")] == pytest.approx(2, abs=0.01)
    assert given[bucket_of("cat")] == pytest.approx(1, abs=0.01)


def test_a_table_comes_back_from_disk_as_it_was(table, tmp_path):
    background = Background.of(Index.build(rows(["koira"])))
    kept = Background(background.characters, background.terms, background.documents, table)
    kept.save(tmp_path)
    read = Background.load(tmp_path).translations
    assert share(read, "saha", "saw", (FI, EN)) == share(table, "saha", "saw", (FI, EN))


def test_a_row_in_another_language_is_found_by_what_its_words_mean(matcher):
    """The shipped table; the fake encoder knows nothing of meaning across languages."""
    bank = [("Saw mill and timber", "en"), ("Keeping dogs in the city", "en"), ("Sahan melu", "fi")]
    texts = [representation(text, language) for text, language in bank]
    index = Index.build([Row(key, text, public=True) for key, text in enumerate(texts)])
    found = matcher.similarities(representation("Saha", "fi"), index)
    assert found.translated[0] > 0.2 > found.translated[1]
    assert found.translated[2] == found.terms[0] == found.words[0] == 0
    assert found.terms[2] > 0.5
