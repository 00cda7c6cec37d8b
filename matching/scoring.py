"""Evidence that two texts belong together, from their meaning, their words and their terms."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.background import Background, Lexicon
from matching.index import Index, language_place
from matching.parameters import Parameters
from matching.space import Lengths, ScoreSpace
from matching.types import Part, Representation, Side

Scores = NDArray[np.float32]

# Measured on six sets with relevance judgements: standardised scores do best with weights near
# .6, .2 and .2; these are the same for scores as they are.
WEIGHTS = {"meaning": 1.0, "words": 0.3, "terms": 0.3}
IN_OTHER_WORDS = 0.4
"""What words would typically have added to a pair of texts in different languages, by meaning."""
IN_OTHER_WORDS_FROM = 0.1


@dataclass(frozen=True, slots=True)
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
    comparable: NDArray[np.bool_]
    """Whether words can be compared"""

    @property
    def meaning(self) -> Scores:
        """Return the mean of both cosines, around 0 for unrelated texts."""
        return (self.plain + self.aligned) / np.float32(2)

    @property
    def evidence(self) -> Scores:
        """Return the weighted sum; around 0 for unrelated texts.

        Rows in another language get for their meaning what their words cannot give: in a list of
        several languages they would otherwise always stand last.
        """
        meaning = self.meaning
        words = np.float32(WEIGHTS["words"]) * self.words + WEIGHTS["terms"] * self.terms
        unsaid = IN_OTHER_WORDS * np.maximum(meaning - np.float32(IN_OTHER_WORDS_FROM), 0)
        weighted: Scores = np.float32(WEIGHTS["meaning"]) * meaning
        return (weighted + np.where(self.comparable, words, unsaid)).astype(np.float32)

    def parts(self, row: int, score: float) -> tuple[Part, ...]:
        """Share a score out to the three by what each adds to the sum."""
        values = {name: float(max(getattr(self, name)[row], 0.0)) for name in WEIGHTS}
        shares = {name: WEIGHTS[name] * value for name, value in values.items()}
        whole = sum(shares.values()) or 1.0
        return tuple(
            Part(name, min(value, 1.0), score * shares[name] / whole)
            for name, value in values.items()
        )


class View:
    """An index as one matcher version sees it; what is computed once for all queries."""

    def __init__(self, index: Index, parameters: Parameters, background: Background) -> None:
        self.index = index
        self.space: ScoreSpace = parameters.space.fitted(index)
        self._background = background
        self._lengths: dict[Side, Lengths] = {}

    @cached_property
    def lexicon(self) -> Lexicon:
        """Return the comparison of words."""
        return Lexicon(self.index, self._background)

    def similarities(
        self, text: Representation, side: Side, row_side: Side, space: ScoreSpace | None = None
    ) -> Similarities:
        """Compare one side of a text with one side of all rows.

        `space` holds the means of texts of the same kind as this one; without it, the means of
        the index are taken.
        """
        language = language_place(text.language)
        words, terms = self.lexicon.compare(text, language)
        vector = text.query if side is Side.QUERY else text.document
        point = (space or self.space).point(vector, side, language)
        if row_side not in self._lengths:
            self._lengths[row_side] = self.space.lengths(self.index, row_side)
        lengths = self._lengths[row_side]
        plain, aligned = self.space.cosines(point, self.index, row_side, lengths)
        return Similarities(plain, aligned, words, terms, self.lexicon.comparable(language))
