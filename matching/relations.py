"""How two texts relate that may be the same idea, and what tells them apart.

A number, a name or a single word can be all the difference between two texts that are alike in
every other respect: "8 euros a night" and "10 euros a night", the calls of 2010 and of 2011. So it
is told in words. In texts that only share a subject everything differs, and nothing is told.
"""

import re

from matching.features import names
from matching.lemmas import Analyser
from matching.text import words
from matching.types import Difference, DifferenceKind, Relation

MORE_SPECIFIC_FROM = 1.18
"""How many times as long the more specific of two texts is.

Where a logistic regression on the length ratio reaches one half, fitted on the development half of
the Turku paraphrase corpus: paraphrases that people have marked as one more specific than the
other (227 of 380; AUC .875, and words weighed by rarity add nothing).
"""

TWINS_FROM = 80.0
"""Likeness of the sorted words (rapidfuzz, 0..100) from which what differs can be told in words."""

_MOST_WORDS = 3
_SHORTEST_WORD = 4
_ONE_WORD_FROM = 85.0
"""Likeness of letters from which two words are one, misspelled or inflected."""
_NUMBER = re.compile(
    r"(?<![\w.,])(\d{1,3}(?: \d{3})+|\d+(?:[.,]\d+)*)(?:\s?(%|‰|€|°C|[a-zåäö]{1,12})(?!\w))?", re.I
)
_YEAR = re.compile(r"(?:19|20)\d\d")


def differences(mine: str, other: str, language: str, analyser: Analyser) -> tuple[Difference, ...]:
    """Return what one text says where the other says something else, the most telling first.

    Words and names are compared only within a `language`; empty stands for texts in different
    languages.
    """
    found = [_of_numbers(mine, other)]
    if language:
        found += [_of_names(mine, other), _of_words(mine, other, language, analyser)]
    return tuple(each for each in found if each is not None)


def twins(mine: str, other: str) -> bool:
    """Return whether two texts have nearly all their words in common, numbers left out."""
    from rapidfuzz import fuzz  # noqa: PLC0415 -- slow import

    here, there = (_NUMBER.sub("", text.lower()) for text in (mine, other))
    return bool(fuzz.token_sort_ratio(here, there) >= TWINS_FROM)


def relation(
    mine: str, other: str, different: tuple[Difference, ...], *, flagged: bool, alike: bool
) -> Relation:
    """Return how the other text relates to mine.

    `flagged` says whether both are held for the same idea, `alike` whether they are twins.
    """
    if alike and different:
        years = all(each.kind is DifferenceKind.YEAR for each in different)
        return Relation.ANOTHER_YEAR if years else Relation.VARIANT
    if not flagged:
        return Relation.RELATED
    ratio = len(other) / max(len(mine), 1)
    if ratio >= MORE_SPECIFIC_FROM:
        return Relation.MORE_SPECIFIC
    return Relation.MORE_GENERAL if ratio <= 1 / MORE_SPECIFIC_FROM else Relation.SAME


def _of_numbers(mine: str, other: str) -> Difference | None:
    here, there = _numbers(mine), _numbers(other)
    # By the number alone: "8 EUR" and "8 euros" are one price.
    only_here = [text for number, text in here.items() if number not in there]
    only_there = [text for number, text in there.items() if number not in here]
    years = all(map(_YEAR.fullmatch, only_here + only_there))
    kind = DifferenceKind.YEAR if years else DifferenceKind.NUMBER
    return _difference(kind, only_here, only_there)


def _numbers(text: str) -> dict[str, str]:
    """Return the numbers of a text, as written with their units."""
    return {
        found[1].replace(",", ".").replace(" ", ""): found[1]
        if _YEAR.fullmatch(found[1])
        else found[0]
        for found in _NUMBER.finditer(text)
    }


def _of_names(mine: str, other: str) -> Difference | None:
    here, there = names(mine), names(other)
    return _difference(
        DifferenceKind.NAME,
        [name for stem, name in here.items() if stem not in there],
        [name for stem, name in there.items() if stem not in here],
    )


def _of_words(mine: str, other: str, language: str, analyser: Analyser) -> Difference | None:
    named = {name.lower() for text in (mine, other) for name in names(text).values()}
    here, there = (_by_base(text, language, analyser, named) for text in (mine, other))
    only_here = [word for base, word in here.items() if base not in there]
    only_there = [word for base, word in there.items() if base not in here]
    return _difference(
        DifferenceKind.WORD,
        [word for word in only_here if not _spelled_otherwise(word, only_there)],
        [word for word in only_there if not _spelled_otherwise(word, only_here)],
    )


def _spelled_otherwise(word: str, others: list[str]) -> bool:
    from rapidfuzz import fuzz  # noqa: PLC0415 -- slow import

    return any(fuzz.ratio(word, other) >= _ONE_WORD_FROM for other in others)


def _by_base(text: str, language: str, analyser: Analyser, named: set[str]) -> dict[str, str]:
    """Return the longer words of a text by base form; the first of each as it is written."""
    found: dict[str, str] = {}
    for word in words(text):
        if len(word) >= _SHORTEST_WORD and word.isalpha() and word not in named:
            found.setdefault(analyser.word(word, language)[0], word)
    return found


def _difference(kind: DifferenceKind, here: list[str], there: list[str]) -> Difference | None:
    """Return a difference if each side has something of its own, and neither has much."""
    if here and there and max(len(here), len(there)) <= _MOST_WORDS:
        return Difference(kind, tuple(here), tuple(there))
    return None
