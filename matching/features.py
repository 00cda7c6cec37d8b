"""What two texts have in common and what tells them apart, as named numbers.

These are the inputs of the duplicate model. Numbers and negations that differ matter: "8 euros a
night" and "10 euros a night" are near by every other measure. Edit distances and the length of
the texts were tried and left out: fitted on short texts, they misled on longer ones.
"""

import re

from matching.index import language_place
from matching.lexical import bucket_of
from matching.scoring import View
from matching.types import Representation

Features = dict[str, float]

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NEGATIONS = {
    "fi": {"ei", "en", "et", "emme", "ette", "eivät", "eikä", "älä", "ilman"},
    "sv": {"inte", "ej", "aldrig", "ingen", "inget", "inga", "utan", "icke"},
    "en": {"not", "no", "never", "none", "without", "cannot", "nor"},
}


class PairFeatures:
    """Compares one text with rows of an index."""

    def __init__(self, text: Representation, view: View) -> None:
        self._text = text
        self._index = view.index
        self._language = language_place(text.language)
        self._lemmas = set(text.lemmas.split())
        self._rarity = view.lexicon.rarity_of_terms(self._language)
        self.similarities = view.either_way(text)

    def of(self, row: int) -> Features:
        """Return the features of the text and a row; words count in one language only.

        "across" lets the meaning alone suffice where there are no words to compare.
        """
        mine, other = self._text.text, self._index.texts.text(row)
        shorter, longer = sorted((len(mine), len(other)))
        features = {
            "meaning": float(self.similarities.meaning[row]),
            "words": float(self.similarities.words[row]),
            "length_ratio": shorter / max(longer, 1),
            "number_clash": float(_numbers_clash(mine, other)),
            "shared_lemmas": 0.0,
            "negation_clash": 0.0,
            "across": 1.0,
        }
        if self._index.languages[row] == self._language:
            features["across"] = 0.0
            lemmas = set(self._index.lemmas.text(row).split())
            negations = _NEGATIONS.get(self._text.language, set())
            clash = bool(negations & self._lemmas) != bool(negations & lemmas)
            features["shared_lemmas"] = self._shared(lemmas)
            features["negation_clash"] = float(clash)
        return features

    def _shared(self, lemmas: set[str]) -> float:
        """Return the share of all lemmas, by rarity, that both texts have, 0..1."""
        both = self._mass(self._lemmas & lemmas)
        return both / max(both + self._mass(self._lemmas ^ lemmas), 1e-9)

    def _mass(self, lemmas: set[str]) -> float:
        # Sorted, because the order of a set differs from run to run and so would the last digit.
        return sum(float(self._rarity[bucket_of(lemma)]) for lemma in sorted(lemmas))


def _numbers_clash(mine: str, other: str) -> bool:
    """Return whether each text has a number that the other has not."""
    here, there = set(_NUMBER.findall(mine)), set(_NUMBER.findall(other))
    return bool(here - there) and bool(there - here)
