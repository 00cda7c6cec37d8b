import pytest

from matching.lemmas import SimplemmaAnalyser, VoikkoAnalyser, lemmas

ANALYSER = SimplemmaAnalyser()


@pytest.mark.parametrize(
    ("word", "language", "forms"),
    [
        ("muistisairaiden", "fi", ("muistisairas", "muisti", "sairas")),
        ("kotihoidossa", "fi", ("kotihoito", "koti", "hoito")),
        ("työhyvinvointi", "fi", ("työhyvinvointi", "työ", "hyvinvointi")),
        ("tiimityössä", "fi", ("tiimityö", "tiimi", "työ")),
        ("johtamistyö", "fi", ("johtamistyö", "johtaminen", "työ")),
        ("osallisuus", "fi", ("osallisuus",)),
        ("työ", "fi", ("työ",)),
        ("arbetsplatsen", "sv", ("arbetsplats", "arbete", "plats")),
        ("schedules", "en", ("schedule",)),
        ("kotihoidossa", "und", ("kotihoidossa",)),
        ("2026", "fi", ("2026",)),
    ],
)
def test_base_forms_and_parts_of_compounds(word, language, forms):
    assert ANALYSER.word(word, language) == forms


def test_lemmas_of_a_text_come_in_order():
    assert lemmas("Nurses’ schedules!", "en", ANALYSER).split()[-1] == "schedule"


def test_voikko_has_the_same_interface():
    pytest.importorskip("libvoikko")
    analyser = VoikkoAnalyser()
    assert analyser.id != ANALYSER.id
    assert analyser.word("kotihoidossa", "fi") == ("kotihoito", "koti", "hoito")
    assert analyser.word("hyvinvointialueen", "fi") == ("hyvinvointialue", "hyvinvointi", "alue")
    assert analyser.word("schedules", "en") == ("schedule",)
