"""How texts relate, and what is said to tell them apart."""

import pytest

from matching import Difference, DifferenceKind, Index, Relation
from matching.lemmas import default_analyser
from matching.relations import differences, relation, twins
from tests.matching.makers import representation, rows

NUMBER, YEAR = DifferenceKind.NUMBER, DifferenceKind.YEAR
NAME, WORD = DifferenceKind.NAME, DifferenceKind.WORD


def told(mine, other, language="fi"):
    return differences(mine, other, language, default_analyser())


def related(mine, other, *, flagged=True):
    return relation(mine, other, told(mine, other), flagged=flagged, alike=twins(mine, other))


@pytest.mark.parametrize(
    ("mine", "other", "expected"),
    [
        (
            "Yöpyminen maksaa 8 EUR henkilöltä",
            "Yöpyminen maksaa 10 EUR henkilöltä",
            Difference(NUMBER, ("8 EUR",), ("10 EUR",)),
        ),
        (
            "Tutkimuksessa oli 1 363 potilasta",
            "Tutkimuksessa oli 293 potilasta",
            Difference(NUMBER, ("1 363 potilasta",), ("293 potilasta",)),
        ),
        (
            "Valtakunnallinen kysely 2010 omaishoitajille",
            "Valtakunnallinen kysely 2011 omaishoitajille",
            Difference(YEAR, ("2010",), ("2011",)),
        ),
        (
            "Sijaisten perehdytys kotihoidossa Turussa",
            "Sijaisten perehdytys kotihoidossa Oulussa",
            Difference(NAME, ("Turussa",), ("Oulussa",)),
        ),
        (
            "Siirrettävä nostolaite raskaille potilaille osastolla",
            "Siirrettävä nostolaite keveille potilaille osastolla",
            Difference(WORD, ("raskaille",), ("keveille",)),
        ),
    ],
)
def test_what_differs_is_told_in_words(mine, other, expected):
    assert told(mine, other) == (expected,)
    assert twins(mine, other)


@pytest.mark.parametrize(
    ("mine", "other"),
    [
        ("Palvelu maksaa 3,5 % ostoksesta", "Palvelu maksaa 3.5 prosenttia ostoksesta"),
        ("Mukana oli 1 363 potilasta", "Mukana oli 1363 potilasta"),
        ("Sijaisen avaimet katoavat", "Sijaisten avaimet ovat kadonneet"),
        ("Sijaisen avaimet katoavat", "Sijaisen avaimt katoavat"),
    ],
)
def test_another_spelling_or_inflection_is_no_difference(mine, other):
    assert not [each for each in told(mine, other) if each.kind is not WORD]
    assert "avaimt" not in str(told(mine, other))


def test_words_and_names_are_not_compared_across_languages():
    mine, other = "Kysely maksoi 8 euroa Turussa", "The survey cost 10 euros in Vaasa"
    assert [each.kind for each in told(mine, other, language="")] == [NUMBER]


def test_nothing_is_told_of_texts_in_which_nearly_all_differs():
    assert told("Avaimet katoavat kotihoidossa öisin", "Robotti siivoaa sairaalan käytävät") == ()


@pytest.mark.parametrize(
    ("mine", "other", "expected"),
    [
        ("Avaimet katoavat", "Avaimet katoavat", Relation.SAME),
        ("Avaimet katoavat", "Avaimet katoavat, ja sijainen odottaa", Relation.MORE_SPECIFIC),
        ("Avaimet katoavat, ja sijainen odottaa", "Avaimet katoavat", Relation.MORE_GENERAL),
        ("Kysely omaisille 2010", "Kysely omaisille 2011", Relation.ANOTHER_YEAR),
        ("Yö maksaa 8 euroa", "Yö maksaa 10 euroa", Relation.VARIANT),
    ],
)
def test_relations_of_one_idea(mine, other, expected):
    assert related(mine, other) is expected


def test_texts_that_are_not_held_for_one_idea_are_only_related():
    mine, other = "Avaimet katoavat", "Avaimet katoavat, ja sijainen odottaa oven takana"
    assert related(mine, other, flagged=False) is Relation.RELATED


def test_a_pair_that_differs_in_a_number_is_named_although_it_is_not_flagged():
    assert related("Yö maksaa 8 euroa", "Yö maksaa 10 euroa", flagged=False) is Relation.VARIANT


def test_what_is_found_says_how_it_relates(detector):
    bank = ["Yöpyminen maksaa 8 euroa henkilöltä", "Robotti lajittelee jätteitä"]
    index = Index.build(rows(bank))
    (same, *_) = detector.find(representation(bank[0]), index)
    assert (same.relation, same.differences) == (Relation.SAME, ())
    (variant, *_) = detector.find(representation(bank[0].replace("8", "10")), index)
    assert variant.relation is Relation.VARIANT
    assert variant.differences == (Difference(NUMBER, ("10 euroa",), ("8 euroa",)),)
