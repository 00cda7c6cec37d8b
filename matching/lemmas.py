"""Base forms of words, and the parts of compounds, so that inflected forms meet."""

from collections.abc import Callable
from functools import lru_cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Protocol

from matching.text import words

COMPOUNDING = frozenset({"fi", "sv"})
LEMMATISED = frozenset({"fi", "sv", "en"})
SHORTEST_PART = 4
CACHED_WORDS = 200_000

SHORT_PARTS = {"fi": frozenset({"ala", "ikä", "osa", "maa", "pää", "tie", "työ", "yli", "ylä"})}
"""Short words that are part of many compounds; other short parts are mostly chance."""

CORRECTED = {"fi": {"työ": "työ", "yhdessä": "yhdessä"}, "sv": {"it": "it"}}
"""Base forms of frequent words that the dictionaries take for another word."""


class Analyser(Protocol):
    """Gives base forms; two analysers of different ids must not be mixed in an index."""

    id: str

    def word(self, word: str, language: str) -> tuple[str, ...]:
        """Return the base form of a word in lower case, then the parts of a compound."""


def lemmas(text: str, language: str, analyser: Analyser) -> str:
    """Return the base forms of a text in order, separated by spaces."""
    return " ".join(form for word in words(text) for form in analyser.word(word, language))


@lru_cache(maxsize=1)
def default_analyser() -> Analyser:
    """Return Voikko for Finnish where it is installed, otherwise simplemma for everything."""
    if find_spec("libvoikko"):
        return VoikkoAnalyser()
    return SimplemmaAnalyser()


def analyser_id() -> str:
    """Return the id of the analyser in use, which changes whenever its lemmas may."""
    return default_analyser().id


def lemmas_of(text: str, language: str) -> str:
    """Return the lemmas of a represented text, as `represent` would give them now."""
    return lemmas(text, language, default_analyser())


class SimplemmaAnalyser:
    """Dictionary lookups by simplemma; its dictionaries are loaded by the first word."""

    id = "simplemma2-2"

    def __init__(self) -> None:
        self._cached = lru_cache(maxsize=CACHED_WORDS)(_simplemma_forms)

    def word(self, word: str, language: str) -> tuple[str, ...]:
        """Return the base form and the parts of a compound; the word itself if undetermined."""
        if language not in LEMMATISED or not word.isalpha():
            return (word,)
        return self._cached(word, language)


def _simplemma_forms(word: str, language: str) -> tuple[str, ...]:
    from simplemma import is_known, lemmatize  # noqa: PLC0415 -- optional package

    # Dictionaries as sorted bytes: 70 MB instead of 540 MB in each process, and the cache makes
    # up for the slower look-up.
    corrected = CORRECTED.get(language, {})

    def base_of(form: str) -> str:
        known = corrected.get(form.lower())
        return known or lemmatize(form, lang=language, low_memory=True).lower()

    base = base_of(word)
    if language not in COMPOUNDING:
        return (base,)
    parts = _compound_parts(
        base,
        lambda part: is_known(part, lang=language, low_memory=True),
        SHORT_PARTS.get(language, frozenset()),
    )
    # A first part may be inflected ("sairaanhoitaja"), so each part has its own base form.
    return (base, *map(base_of, parts))


def _compound_parts(
    word: str, known: Callable[[str], bool], short_parts: frozenset[str]
) -> tuple[str, ...]:
    """Return the two known words that a word is made of, the last as long as possible."""
    for cut in range(SHORTEST_PART - 1, len(word) - SHORTEST_PART + 2):
        head, tail = word[:cut], word[cut:]
        if any(len(part) < SHORTEST_PART and part not in short_parts for part in (head, tail)):
            continue
        if known(tail):
            # Swedish may join with an s: "arbetsplats"; Finnish does so to a verb's noun:
            # "johtamistyö" begins with "johtaminen".
            heads = (head, head.removesuffix("s"), head.removesuffix("s") + "nen")
            found = next((each for each in heads if len(each) >= 3 and known(each)), None)
            if found:
                return (found, tail)
    return ()


class VoikkoAnalyser:
    """Voikko's morphology for Finnish, which knows compounds; simplemma for the rest."""

    id = "voikko-1+simplemma2-2"

    def __init__(self) -> None:
        self._voikko = import_module("libvoikko").Voikko("fi")
        self._others = SimplemmaAnalyser()
        self._cached = lru_cache(maxsize=CACHED_WORDS)(self._finnish)

    def word(self, word: str, language: str) -> tuple[str, ...]:
        """Return the base form and the parts of a compound."""
        if language != "fi" or not word.isalpha():
            return self._others.word(word, language)
        return self._cached(word)

    def _finnish(self, word: str) -> tuple[str, ...]:
        analyses: list[dict[str, Any]] = self._voikko.analyze(word)
        if not analyses:
            return (word,)
        base = str(analyses[0]["BASEFORM"]).lower()
        # WORDBASES reads "+hyvinvointi(hyvin=vointi)+alue(alue)": as written, then its base.
        pieces = str(analyses[0].get("WORDBASES", "")).replace("=", "").split("+")
        parts = [part.partition("(")[2].rstrip(")").lower() for part in pieces if "(" in part]
        return (base, *(part for part in parts if part and part != base))
