import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matching.text import MAX_CHARACTERS, canonical, sentences, words


@pytest.mark.parametrize(
    ("given_text", "expected"),
    [
        ("  two\n\tlines  ", "two lines"),
        (unicodedata.normalize("NFD", "Äiti söi"), "Äiti söi"),
        ("\ufdfa" * 20, unicodedata.normalize("NFKC", "\ufdfa" * 20)),
        ("koti\u00adhoito \u200bja\ufeff", "kotihoito ja"),
        ("a\0b", "a b"),
        ("a\ud800b", "a?b"),
        ("<s> </s> <pad> <unk> <mask>", "s /s pad unk mask"),
        ("<<pad>>", "pad"),
        ("<\u200bs>", "s"),
        ("a\u200b\u0308", "ä"),
        ("", ""),
        (" \u200b ", ""),
    ],
)
def test_canonical(given_text, expected):
    assert canonical(given_text) == expected


@given(st.text(st.characters(exclude_categories=[]), max_size=60))
def test_canonical_is_stable_and_can_be_encoded(text):
    once = canonical(text)
    assert canonical(once) == once
    assert once.encode() is not None
    assert unicodedata.is_normalized("NFKC", once)


def test_canonical_caps_the_length():
    assert len(canonical("sana " * 10_000)) <= MAX_CHARACTERS


def test_the_overflowing_ligature_never_reaches_an_engine():
    assert "\ufdfa" not in canonical("tervehdys \ufdfa")


def test_sentences_end_at_stops_and_line_breaks():
    text = "Otsikko ilman pistettä\nKlo 7.30 alkaa. Entä sitten? Maksaa 5 e."
    assert sentences(text) == [
        "Otsikko ilman pistettä",
        "Klo 7.30 alkaa.",
        "Entä sitten?",
        "Maksaa 5 e.",
    ]


def test_words_are_lower_case_and_keep_numbers_whole():
    assert words("Hoito-ohjeet, 7,5 mg EU:n!") == ["hoito-ohjeet", "7,5", "mg", "eu:n"]
