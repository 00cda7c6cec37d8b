"""Evidence that two texts belong together, from their meaning, their words and their terms."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.background import Background, Lexicon
from matching.index import Index, language_place
from matching.parameters import Parameters
from matching.space import Lengths, ScoreSpace
from matching.types import Representation, Side

Scores = NDArray[np.float32]

WEIGHTS = {
    "plain": 0.5,
    "aligned": 0.5,
    "words": 0.3,
    "terms": 0.3,
    "translated": 0.6,
    "in_other_words": 0.4,
}
"""What each likeness adds to the evidence; chosen on six sets with relevance judgements."""

IN_OTHER_WORDS_FROM = 0.1
"""Meaning up to which a row in another language is taken to share no words with the text."""


@dataclass(frozen=True, slots=True, eq=False)
class Similarities:
    """How similar one text is to all rows, [n] each."""

    plain: Scores
    """Cosine of centred vectors"""
    aligned: Scores
    """Cosine where languages are aligned"""
    words: Scores
    """Cosine of tf-idf weighted letter sequences, 0..1; 0 across languages"""
    terms: Scores
    """Share of the text's lemmas, by rarity, that the row has, 0..1; 0 across languages"""
    translated: Scores
    """Share that the row is likely to have in its own language, 0..1; 0 within a language"""
    comparable: NDArray[np.bool_]
    """Whether letters can be compared"""

    @property
    def meaning(self) -> Scores:
        """Return the mean of both cosines, around 0 for unrelated texts."""
        return (self.plain + self.aligned) / np.float32(2)

    @property
    def in_other_words(self) -> Scores:
        """Return what stands in for words across languages, by meaning; 0 within a language.

        In a list of several languages, rows that cannot share a word would otherwise stand last.
        """
        unsaid = np.maximum(self.meaning - np.float32(IN_OTHER_WORDS_FROM), 0)
        return np.where(self.comparable, np.float32(0), unsaid)

    @property
    def evidence(self) -> Scores:
        """Return the sum by the shipped weights; around 0 for unrelated texts."""
        return self.weighted(WEIGHTS)

    def weighted(self, weights: Mapping[str, float]) -> Scores:
        """Return a weighted sum of named likenesses; each row's by itself, to the last digit."""
        total = np.zeros(len(self.plain), np.float32)
        for name, weight in weights.items():
            total += np.float32(weight) * getattr(self, name)
        return total

    def of(self, row: int) -> "Similarities":
        """Return those of one row."""
        columns = (getattr(self, field.name)[row : row + 1] for field in fields(self))
        return Similarities(*columns)


class View:
    """An index as one matcher version sees it; what is computed once for all queries.

    Means and rarity are those of the index's own public rows, or of another view's (`like`).
    """

    def __init__(
        self,
        index: Index,
        parameters: Parameters,
        background: Background,
        like: "View | None" = None,
    ) -> None:
        self.index = index
        self.space: ScoreSpace = parameters.space.fitted(index) if like is None else like.space
        self._background = background
        self._like = like
        self._lengths: dict[Side, Lengths] = {}

    @cached_property
    def lexicon(self) -> Lexicon:
        """Return the comparison of words."""
        like = None if self._like is None else self._like.lexicon
        return Lexicon(self.index, self._background, like)

    def similarities(
        self, text: Representation, side: Side, row_side: Side, space: ScoreSpace | None = None
    ) -> Similarities:
        """Compare one side of a text with one side of all rows.

        `space` holds the means of texts of the same kind as this one; without it, the means of
        the index are taken.
        """
        language = language_place(text.language)
        words, lemmas = self.lexicon.compare(text, language)
        comparable = self.lexicon.comparable(language)
        nothing = np.float32(0)
        vector = text.query if side is Side.QUERY else text.document
        point = (space or self.space).point(vector, side, language)
        if row_side not in self._lengths:
            self._lengths[row_side] = self.space.lengths(self.index, row_side)
        lengths = self._lengths[row_side]
        plain, aligned = self.space.cosines(point, self.index, row_side, lengths)
        return Similarities(
            plain=plain,
            aligned=aligned,
            words=words,
            terms=np.where(comparable, lemmas, nothing),
            translated=np.where(comparable, nothing, lemmas),
            comparable=comparable,
        )
