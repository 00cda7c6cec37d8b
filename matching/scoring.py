"""Evidence that two texts belong together, from their meaning, their words and their terms."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matching.background import Background, Lexicon
from matching.index import Index, language_place
from matching.parameters import Parameters
from matching.types import Part, Representation, Side

Scores = NDArray[np.float32]

# Measured on six sets with relevance judgements: standardised scores do best with weights near
# .6, .2 and .2; these are the same for scores as they are.
WEIGHTS = {"meaning": 1.0, "words": 0.5, "terms": 0.4}


@dataclass(frozen=True, slots=True, eq=False)
class Similarities:
    """How similar one text is to all rows, [n] each."""

    meaning: Scores
    """Cosine of centred vectors above that of unrelated texts of the same two languages."""
    words: Scores
    """Cosine of tf-idf weighted letter sequences, 0..1; 0 across languages."""
    terms: Scores
    """Share of the text's lemmas, by rarity, that the row has, 0..1; 0 across languages."""

    @property
    def evidence(self) -> Scores:
        """Return the weighted sum; around 0 for unrelated texts."""
        weights = {name: np.float32(weight) for name, weight in WEIGHTS.items()}
        words = weights["words"] * self.words + weights["terms"] * self.terms
        return weights["meaning"] * self.meaning + words

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
        self._expected = parameters.expected
        self._space = parameters.space
        self._background = background

    @cached_property
    def lexicon(self) -> Lexicon:
        """Return the comparison of words."""
        return Lexicon(self.index, self._background)

    @cached_property
    def _lengths(self) -> dict[Side, Scores]:
        return {side: self._space.row_lengths(self.index, side) for side in Side}

    def similarities(self, text: Representation, side: Side, row_side: Side) -> Similarities:
        """Compare one side of a text with one side of all rows."""
        words, terms = self.lexicon.compare(text, language_place(text.language))
        return Similarities(self.meaning(text, side, row_side), words, terms)

    def either_way(self, text: Representation) -> Similarities:
        """Compare a text with all rows as equals: each is taken as asking for the other."""
        asking = self.similarities(text, Side.QUERY, Side.DOCUMENT)
        asked = self.meaning(text, Side.DOCUMENT, Side.QUERY)
        return replace(asking, meaning=(asking.meaning + asked) / np.float32(2))

    def meaning(self, text: Representation, side: Side, row_side: Side) -> Scores:
        """Return cosines of centred vectors, less those of unrelated texts, [n]."""
        language = language_place(text.language)
        vector = text.query if side is Side.QUERY else text.document
        centred = self._space.centred(vector, side, language)
        cosines = self._space.cosines(centred, self.index, row_side, self._lengths[row_side])
        # The table is by the languages of the query and of the document.
        expected = self._expected if side is Side.QUERY else self._expected.T
        above: Scores = cosines - expected[language][self.index.languages]
        return above
