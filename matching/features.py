"""What two texts have in common and what tells them apart, as named numbers.

These are the inputs of the duplicate model. Numbers, negations and names that differ matter: "8
euros a night" and "10 euros a night" are near by every other measure.
"""

import math
import re
from collections.abc import Sequence, Set

from matching.index import language_place
from matching.lexical import bucket_of
from matching.scoring import Sought, View
from matching.types import Representation, Side

Features = dict[str, float]

ACROSS = "across"
"""1 for texts in different languages: then other features have another weight."""

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_NAME = re.compile(r"(?<=[a-zåäö,] )[A-ZÅÄÖ]\w{2,}")
_STEM = 4
"""Letters by which an inflected name is known again."""
_NEGATIONS = {
    "fi": {"ei", "en", "et", "emme", "ette", "eivät", "eikä", "älä", "ilman"},
    "sv": {"inte", "ej", "aldrig", "ingen", "inget", "inga", "utan", "icke"},
    "en": {"not", "no", "never", "none", "without", "cannot", "nor"},
}


class PairFeatures:
    """Compares one text with rows of an index, as equals: both as something asked.

    Where only the best of some rows are `sought`, only their features are right.
    """

    def __init__(self, text: Representation, view: View, sought: Sought | None = None) -> None:
        self._text = text
        self._index = view.index
        self._language = language_place(text.language)
        self._lemmas = set(text.lemmas.split())
        self._rarity = view.lexicon.rarity_of_terms(self._language)
        self._known: dict[str, float] = {}
        self.similarities = view.similarities(text, Side.QUERY, Side.QUERY, sought=sought)

    def of(self, row: int) -> Features:
        """Return the features of the text and a row; words count in one language only."""
        mine, other = self._text.text, self._index.texts.text(row)
        similar = self.similarities
        across = not similar.comparable[row]
        shorter, longer = sorted((len(mine), len(other)))
        features = {
            "plain": float(similar.plain[row]),
            "aligned": float(similar.aligned[row]),
            "words": float(similar.words[row]),
            "terms": float(similar.terms[row]),
            "length_ratio": shorter / max(longer, 1),
            "length": math.log1p(shorter),
            "number_clash": float(clash(numbers(mine), numbers(other))),
            ACROSS: float(across),
        }
        features |= across_too(features, ("plain", "aligned", "length_ratio"))
        features[f"{ACROSS}_translated"] = float(similar.translated[row])
        return features | (_NO_WORDS if across else self._of_words(mine, other, row))

    def _of_words(self, mine: str, other: str, row: int) -> Features:
        from rapidfuzz import fuzz  # noqa: PLC0415 -- slow import

        lemmas = set(self._index.lemmas.text(row).split())
        both, either = self._mass(self._lemmas & lemmas), self._mass(self._lemmas | lemmas)
        least = min(self._mass(self._lemmas), self._mass(lemmas))
        negations = _NEGATIONS.get(self._text.language, set())
        here, there = mine.lower(), other.lower()
        return {
            "shared_lemmas": both / max(either, 1e-9),
            "contained_lemmas": both / max(least, 1e-9),
            "rarest_difference": max(map(self._weight, self._lemmas ^ lemmas), default=0.0),
            "letters": fuzz.ratio(here, there) / 100,
            "tokens": fuzz.token_set_ratio(here, there) / 100,
            "sorted_tokens": fuzz.token_sort_ratio(here, there) / 100,
            "negation_clash": float(bool(negations & self._lemmas) != bool(negations & lemmas)),
            "name_clash": float(clash(names(mine).keys(), names(other).keys())),
            "question_clash": float(("?" in mine) != ("?" in other)),
        }

    def _mass(self, lemmas: set[str]) -> float:
        # Sorted, because the order of a set differs from run to run and so would the last digit.
        return sum(self._weight(lemma) for lemma in sorted(lemmas))

    def _weight(self, lemma: str) -> float:
        weight = self._known.get(lemma)
        if weight is None:
            weight = self._known[lemma] = float(self._rarity[bucket_of(lemma)])
        return weight


def across_too(features: Features, names: Sequence[str]) -> Features:
    """Return features once more under names of their own, 0 within a language."""
    return {f"{ACROSS}_{name}": features[name] * features[ACROSS] for name in names}


def numbers(text: str) -> set[str]:
    """Return the numbers of a text, as written."""
    return set(_NUMBER.findall(text))


def names(text: str) -> dict[str, str]:
    """Return what look like names, capitals inside a sentence, by their beginnings."""
    return {name[:_STEM].lower(): name for name in reversed(_NAME.findall(text))}


def clash(here: Set[str], there: Set[str]) -> bool:
    """Return whether each side has something that the other lacks."""
    return bool(here - there) and bool(there - here)


_NO_WORDS = dict.fromkeys(
    (
        "shared_lemmas",
        "contained_lemmas",
        "rarest_difference",
        "letters",
        "tokens",
        "sorted_tokens",
        "negation_clash",
        "name_clash",
        "question_clash",
    ),
    0.0,
)
