"""What is known of words: how often they occur, in general and in an index, and translations."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching import persistence
from matching.index import Index
from matching.languages import LANGUAGES
from matching.lexical import (
    BUCKETS,
    Places,
    Weights,
    character_counts,
    inverse_document_frequency,
    term_counts,
)
from matching.translations import Translations, pair_of
from matching.types import Representation

UNDETERMINED_PLACE = len(LANGUAGES) - 1
Words = list[tuple[NDArray[Any], Weights]]
"""By language, buckets and what each of them adds; one that comes twice adds twice."""
TRANSLATIONS = ("sources", "targets", "shares", "ends")


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """What is shipped: frequencies, so that rarity is known from the first row on, translations."""

    characters: NDArray[Any]
    """[languages, BUCKETS]"""
    terms: NDArray[Any]
    """[languages, BUCKETS]"""
    documents: NDArray[np.int64]
    """[languages]"""
    translations: Translations
    """Of lemmas, between the languages that are determined"""

    @classmethod
    def of(cls, index: Index) -> "Background":
        """Count the public rows of an index."""
        counted = index.public & (index.texts.lengths > 0)
        marks = [counted & (index.languages == place) for place in range(len(LANGUAGES))]
        return cls(
            characters=np.stack([index.characters.document_frequency(mark) for mark in marks]),
            terms=np.stack([index.terms.document_frequency(mark) for mark in marks]),
            documents=np.array([mark.sum() for mark in marks], np.int64),
            translations=Translations.none(UNDETERMINED_PLACE),
        )

    @classmethod
    def load(cls, folder: Path) -> "Background":
        """Read frequencies; raises MatcherFileError when they are missing or damaged."""
        arrays, _ = persistence.load(folder)
        translations = Translations(**{name: arrays[name] for name in TRANSLATIONS})
        return cls(arrays["characters"], arrays["terms"], arrays["documents"], translations)

    def save(self, folder: Path) -> None:
        """Write frequencies, cut at 65,535 to halve the files."""
        highest = np.iinfo(np.uint16).max
        persistence.save(
            folder,
            {
                "characters": np.minimum(self.characters, highest).astype(np.uint16),
                "terms": np.minimum(self.terms, highest).astype(np.uint16),
                "documents": self.documents,
                **{name: getattr(self.translations, name) for name in TRANSLATIONS},
            },
            {},
        )

    def joined(self, other: "Background") -> "Background":
        """Return the sums of both, with these translations."""
        return replace(
            self,
            characters=self.characters + other.characters,
            terms=self.terms + other.terms,
            documents=self.documents + other.documents,
        )


class Lexicon:
    """Compares texts by letter sequences and lemmas, weighted by how rare they are.

    Rarity counts the shipped background and the public rows of one index: what a hidden row
    says changes no score. A text of undetermined language is compared with rows of every
    language as it stands; other texts so with rows of their own, by translation with the others.
    `like` is another lexicon whose rarity holds here too.
    """

    def __init__(self, index: Index, background: Background, like: "Lexicon | None" = None) -> None:
        self._index = index
        if like is None:
            counted = Background.of(index) if index.census is None else index.census.words
            both = background.joined(counted)
            self._characters = _rarity(both.characters, both.documents)
            self._terms = _rarity(both.terms, both.documents)
        else:
            self._characters, self._terms = like._characters, like._terms
        self._norms = self._row_norms()
        self._translations = background.translations

    def letters(self, query: Representation, language: int, rows: Places | None = None) -> Weights:
        """Return cosines of tf-idf weighted letter sequences, 0 across languages.

        With all rows, [n], or with some, [rows]; a row's is the same to the last digit.
        """
        counts = character_counts([query.text])
        buckets, values = counts.buckets.values, counts.weights.values
        rarity = self._characters[language][buckets]
        norm = float(np.linalg.norm(values * rarity))
        by_bucket = np.zeros(BUCKETS, np.float32)
        by_bucket[buckets] = values * rarity**2 / (norm or 1.0)
        chosen = slice(None) if rows is None else rows
        characters = self._index.characters if rows is None else self._index.characters.take(rows)
        cosines = characters.dot(by_bucket) / self._norms[chosen]
        return np.where(self.comparable(language)[chosen], cosines, np.float32(0))

    def lemmas(self, query: Representation, language: int) -> Weights:
        """Return how many of the query's lemmas each row has or may have translated, 0..1, [n].

        The share by rarity: BM25 over its greatest value.
        """
        counts = term_counts([query.lemmas])
        buckets = counts.buckets.values
        weights = self._terms[language][buckets]
        every = self._index.terms.dot(self._sought(buckets, weights, language))
        found = every[np.arange(len(every)), self._index.languages]
        shares: Weights = found / np.float32(float(weights.sum()) or 1.0)
        return np.minimum(shares, np.float32(1))

    def comparable(self, language: int) -> NDArray[np.bool_]:
        """Return which rows are in a language in which words can be compared, [n]."""
        if language == UNDETERMINED_PLACE:
            return np.ones(len(self._index), bool)
        same: NDArray[np.bool_] = self._index.languages == language
        return same

    def rarity_of_terms(self, language: int) -> Weights:
        """Return the inverse document frequency of each lemma bucket, [BUCKETS]."""
        rarity: Weights = self._terms[language]
        return rarity

    def sought(self, query: Representation, language: int) -> Words:
        """Return what each lemma of a text, or its translation, adds in a row of each language.

        That is before counts and lengths of rows weigh in.
        """
        buckets = term_counts([query.lemmas]).buckets.values
        return self._words(buckets, self._terms[language][buckets], language)

    def _words(self, buckets: Places, weights: Weights, language: int) -> Words:
        if language == UNDETERMINED_PLACE:
            return [(buckets, weights)] * len(LANGUAGES)
        nothing = np.zeros(0, np.int32), np.zeros(0, np.float32)
        words: Words = [nothing] * len(LANGUAGES)
        words[language] = buckets, weights
        for other in set(range(UNDETERMINED_PLACE)) - {language}:
            pair = pair_of(language, other, UNDETERMINED_PLACE)
            words[other] = self._translations.shared_out(buckets, weights, pair)
        return words

    def _sought(self, buckets: Places, weights: Weights, language: int) -> Weights:
        """Return what a lemma adds in a row of each language, [BUCKETS, languages]."""
        sought = np.zeros((BUCKETS, len(LANGUAGES)), np.float32)
        for place, (some, add) in enumerate(self._words(buckets, weights, language)):
            np.add.at(sought[:, place], some, add)
        return sought

    def _row_norms(self) -> Weights:
        counts = self._index.characters
        owner = counts.buckets.row_of_value
        language = self._index.languages[owner]
        rarity = self._characters[language, counts.buckets.values]
        weights = np.asarray(counts.weights.values) * rarity
        squares = np.bincount(owner, weights**2, minlength=len(self._index))
        return np.maximum(np.sqrt(squares), 1e-12).astype(np.float32)


def _rarity(frequency: NDArray[Any], documents: NDArray[np.int64]) -> Weights:
    """Return rarities, [languages, BUCKETS]; "undetermined" counts all languages together."""
    frequency, documents = frequency.astype(np.int64), documents.copy()
    frequency[UNDETERMINED_PLACE] = frequency.sum(axis=0)
    documents[UNDETERMINED_PLACE] = documents.sum()
    pairs = zip(frequency, documents.tolist(), strict=True)
    return np.stack([inverse_document_frequency(row, count) for row, count in pairs])
