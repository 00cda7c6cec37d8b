"""Texts that only point elsewhere, or only ask, are told from those that name something."""

import json

import pytest

from matching import Document, says_enough
from matching.substance import content_words
from tests.conftest import ROOT


def document(title, body="", language=""):
    return Document(id="", title=title, body=body, language=language)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Oheinen kirja",
        "Tarvitsen apua tähän",
        "Katso oheinen liite, siinä kerrotaan tarkemmin",
        "Jotain pitäisi tehdä tälle asialle. Voisiko joku auttaa?",
        "Se bifogad fil för mer information",
        "See the attached file for details",
        "testi testi testi",
        "avain avain avaimet AVAIN",
        "1 2 3 4 5 6",
        "!!! ??? …",
    ],
)
def test_a_text_that_names_nothing_says_too_little(text):
    assert not says_enough(document(text))


@pytest.mark.parametrize(
    "text",
    [
        "Sijaiset eivät löydä asiakkaan avaimia",
        "Potilassiirrot rasittavat selkää",
        "Vikarierna hittar inte kundens nycklar",
        "Substitutes cannot find the keys of a customer",
    ],
)
def test_one_sentence_that_names_the_matter_is_enough(text):
    assert says_enough(document(text))


def test_a_title_and_a_body_count_together():
    assert not says_enough(document("Avaimet", "Ne katoavat.", "fi"))
    assert says_enough(document("Avaimet", "Ne katoavat sijaisilta.", "fi"))


def test_inflected_words_are_one_word():
    assert content_words(document("Avain, avaimen, avaimet", language="fi")) == {"avain"}


def test_every_need_of_the_demo_bank_says_enough():
    lines = (ROOT / "data" / "demo" / "needs.jsonl").read_text("utf-8").splitlines()
    needs = [json.loads(line) for line in lines]
    assert all(says_enough(document(n["title"], n["problem"], n["language"])) for n in needs)
