"""How often letter sequences and lemmas occur in general, and in the public rows of an index."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching import persistence
from matching.index import Index
from matching.languages import LANGUAGES
from matching.lexical import (
    BUCKETS,
    Counts,
    Weights,
    character_counts,
    inverse_document_frequency,
    term_counts,
)
from matching.types import Representation

UNDETERMINED_PLACE = len(LANGUAGES) - 1


@dataclass(frozen=True, slots=True, eq=False)
class Background:
    """Shipped document frequencies by language, so that rarity is known from the first row on."""

    characters: NDArray[Any]
    """[languages, BUCKETS]"""
    terms: NDArray[Any]
    """[languages, BUCKETS]"""
    documents: NDArray[np.int64]
    """[languages]"""

    @classmethod
    def of(cls, index: Index) -> "Background":
        """Count the public rows of an index."""
        counted = index.public & (index.texts.lengths > 0)
        marks = [counted & (index.languages == place) for place in range(len(LANGUAGES))]
        return cls(
            characters=np.stack([index.characters.document_frequency(mark) for mark in marks]),
            terms=np.stack([index.terms.document_frequency(mark) for mark in marks]),
            documents=np.array([mark.sum() for mark in marks], np.int64),
        )

    @classmethod
    def load(cls, folder: Path) -> "Background":
        """Read frequencies; raises MatcherFileError when they are missing or damaged."""
        arrays, _ = persistence.load(folder)
        return cls(arrays["characters"], arrays["terms"], arrays["documents"])

    def save(self, folder: Path) -> None:
        """Write frequencies, cut at 65,535 to halve the files."""
        highest = np.iinfo(np.uint16).max
        persistence.save(
            folder,
            {
                "characters": np.minimum(self.characters, highest).astype(np.uint16),
                "terms": np.minimum(self.terms, highest).astype(np.uint16),
                "documents": self.documents,
            },
            {},
        )

    def joined(self, other: "Background") -> "Background":
        """Return the sums of both."""
        return Background(
            self.characters + other.characters,
            self.terms + other.terms,
            self.documents + other.documents,
        )


class Lexicon:
    """Compares texts by letter sequences and lemmas, weighted by how rare they are.

    Rarity counts the shipped background and the public rows of one index: what a hidden row
    says changes no score. A text of undetermined language is compared with rows of every
    language, other texts with rows of their own. `like` is another lexicon whose rarity holds
    here too.
    """

    def __init__(self, index: Index, background: Background, like: "Lexicon | None" = None) -> None:
        self._index = index
        if like is None:
            both = background.joined(Background.of(index))
            self._characters = _rarity(both.characters, both.documents)
            self._terms = _rarity(both.terms, both.documents)
        else:
            self._characters, self._terms = like._characters, like._terms
        self._norms = self._row_norms()

    def compare(self, query: Representation, language: int) -> tuple[Weights, Weights]:
        """Return letter and lemma similarities with all rows, 0..1 each, [n].

        The first is a cosine of tf-idf weights, the second the share of the query's lemmas, by
        rarity, that a row has (BM25 over its greatest value).
        """
        same = self.comparable(language)
        letters = self._letters(character_counts([query.text]), language)
        lemmas = self._lemmas(term_counts([query.lemmas]), language)
        return np.where(same, letters, np.float32(0)), np.where(same, lemmas, np.float32(0))

    def comparable(self, language: int) -> NDArray[np.bool_]:
        """Return which rows are in a language in which words can be compared, [n]."""
        if language == UNDETERMINED_PLACE:
            return np.ones(len(self._index), bool)
        same: NDArray[np.bool_] = self._index.languages == language
        return same

    def rarity_of_terms(self, language: int) -> Weights:
        """Return the inverse document frequency of each lemma bucket, [BUCKETS]."""
        return self._terms[language]

    def _letters(self, counts: Counts, language: int) -> Weights:
        buckets, values = counts.buckets.values, counts.weights.values
        rarity = self._characters[language][buckets]
        norm = float(np.linalg.norm(values * rarity))
        by_bucket = np.zeros(BUCKETS, np.float32)
        by_bucket[buckets] = values * rarity**2 / (norm or 1.0)
        cosines: Weights = self._index.characters.dot(by_bucket) / self._norms
        return cosines

    def _lemmas(self, counts: Counts, language: int) -> Weights:
        buckets = counts.buckets.values
        by_bucket = np.zeros(BUCKETS, np.float32)
        by_bucket[buckets] = self._terms[language][buckets]
        whole = float(by_bucket[buckets].sum())
        shares: Weights = self._index.terms.dot(by_bucket) / np.float32(whole or 1.0)
        return np.minimum(shares, np.float32(1))

    def _row_norms(self) -> Weights:
        counts = self._index.characters
        owner = counts.buckets.row_of_value
        language = self._index.languages[owner]
        rarity = np.stack(self._characters)[language, counts.buckets.values]
        weights = np.asarray(counts.weights.values) * rarity
        squares = np.bincount(owner, weights**2, minlength=len(self._index))
        return np.maximum(np.sqrt(squares), 1e-12).astype(np.float32)


def _rarity(frequency: NDArray[Any], documents: NDArray[np.int64]) -> list[Weights]:
    """Return rarities by language; the row of "undetermined" counts all languages together."""
    frequency, documents = frequency.astype(np.int64), documents.copy()
    frequency[UNDETERMINED_PLACE] = frequency.sum(axis=0)
    documents[UNDETERMINED_PLACE] = documents.sum()
    pairs = zip(frequency, documents.tolist(), strict=True)
    return [inverse_document_frequency(row, count) for row, count in pairs]
