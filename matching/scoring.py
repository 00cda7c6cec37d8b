"""Evidence that two texts belong together, from their meaning, their words and their terms."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.background import Background, Lexicon
from matching.index import Index, language_place
from matching.parameters import Parameters
from matching.space import Lengths, ScoreSpace
from matching.types import Representation, Side, Vector

Scores = NDArray[np.float32]
Places = NDArray[np.int64]

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


_MORE = 4
_MOST_APART = 0.15
"""Share of the rows up to which it is quicker to compare these by themselves than all at once."""
_ROUNDING = np.float32(1e-5)
"""Sums of the same numbers in another order differ by less."""


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


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """What a caller looks for: the `k` best of some rows, by evidence and by meaning."""

    rows: Places
    k: int

    def likely(self, wordless: Similarities) -> Places:
        """Return rows that stand high without words, some more than are sought."""
        return _highest(wordless.evidence, self.rows, _MORE * self.k)

    def within_reach(self, wordless: Similarities, certain: Scores) -> Places:
        """Return the rows that words might bring among the best, and the best by meaning.

        `certain` is the evidence of some of the rows, words included: what falls short of the
        `k`th of these even if it shared all words is none of the best.
        """
        if len(certain) < self.k:
            return self.rows
        threshold = np.partition(certain, len(certain) - self.k)[len(certain) - self.k]
        most = wordless.evidence + WEIGHTS["words"] * wordless.comparable + _ROUNDING
        reaching = self.rows[most[self.rows] >= threshold]
        near = _highest(wordless.meaning, self.rows, self.k)
        found: Places = np.union1d(reaching, near)
        return found


def _highest(values: Scores, rows: Places, count: int) -> Places:
    """Return at least `count` rows, those with the highest values, equal ones all of them."""
    if len(rows) <= count:
        return rows
    threshold = np.partition(values[rows], len(rows) - count)[len(rows) - count]
    highest: Places = rows[values[rows] >= threshold]
    return highest


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
        self._adapted: tuple[Vector, Lengths] | None = None

    @cached_property
    def lexicon(self) -> Lexicon:
        """Return the comparison of words."""
        like = None if self._like is None else self._like.lexicon
        return Lexicon(self.index, self._background, like)

    def similarities(
        self,
        text: Representation,
        side: Side,
        row_side: Side,
        space: ScoreSpace | None = None,
        *,
        sought: Sought | None = None,
        adapter: Vector | None = None,
    ) -> Similarities:
        """Compare one side of a text with one side of all rows.

        `space` holds the means of texts of the same kind as this one; without it, the means of
        the index are taken. Letters are the slow part: where few rows are `sought`, they are
        compared only with those that they can bring among these, and are 0 for the rest.
        `adapter` maps the query sides (`matching.adapter`).
        """
        language = language_place(text.language)
        lemmas = self.lexicon.lemmas(text, language)
        comparable = self.lexicon.comparable(language)
        nothing = np.float32(0)
        vector = text.query if side is Side.QUERY else text.document
        point = (space or self.space).point(vector, side, language)
        if adapter is not None:
            point = point.adapted(adapter, side)
        lengths = self._lengths_of(row_side, adapter)
        plain, aligned = self.space.cosines(point, self.index, row_side, lengths)
        wordless = Similarities(
            plain=plain,
            aligned=aligned,
            words=np.zeros(len(plain), np.float32),
            terms=np.where(comparable, lemmas, nothing),
            translated=np.where(comparable, nothing, lemmas),
            comparable=comparable,
        )
        return replace(wordless, words=self._words(text, wordless, sought))

    def _lengths_of(self, side: Side, adapter: Vector | None) -> Lengths:
        if adapter is None or side is Side.DOCUMENT:
            if side not in self._lengths:
                self._lengths[side] = self.space.lengths(self.index, side)
            return self._lengths[side]
        if self._adapted is None or self._adapted[0] is not adapter:
            self._adapted = adapter, self.space.lengths(self.index, side, adapter)
        return self._adapted[1]

    def _words(self, text: Representation, wordless: Similarities, sought: Sought | None) -> Scores:
        language = language_place(text.language)
        if sought is None:
            return self.lexicon.letters(text, language)
        likely = sought.likely(wordless)
        with_words = WEIGHTS["words"] * self.lexicon.letters(text, language, likely)
        rows = sought.within_reach(wordless, wordless.evidence[likely] + with_words)
        if len(rows) > _MOST_APART * len(self.index):
            return self.lexicon.letters(text, language)
        words = np.zeros(len(self.index), np.float32)
        words[rows] = self.lexicon.letters(text, language, rows)
        return words
