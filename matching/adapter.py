"""A linear map of needs towards the competences that were accepted for them.

It acts where languages meet, on needs alone, and is drawn towards the identity: what few decisions
say nothing of stays as it is.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.index import Index, language_place
from matching.scoring import IN_OTHER_WORDS_FROM, WEIGHTS
from matching.space import ScoreSpace
from matching.support import BEST, Gathered
from matching.types import Representation, Side, Vector

STRENGTH = 10.0
"""Penalty on the squares of what the map differs from the identity, in accepted pairs."""

Numbers = NDArray[np.float64]
Rows = NDArray[np.bool_]


def fit_adapter(asked: Vector, answers: Vector) -> Vector:
    """Return the map [dim, dim] that brings texts ([n, dim], from the left) to their answers.

    Ridge regression to the identity: minimises |asked A - answers|² + STRENGTH |A - I|².
    """
    asked, answers = asked.astype(np.float64), answers.astype(np.float64)
    pull = STRENGTH * np.eye(asked.shape[1])
    solved = np.linalg.solve(asked.T @ asked + pull, asked.T @ answers + pull)
    adapter: Vector = solved.astype(np.float32)
    return adapter


@dataclass(frozen=True, slots=True)
class Text:
    """One of the texts on which a pair rests: a competence's own, or a further one."""

    share: float
    """Of the pair's evidence"""
    aligned: Vector
    """[dim], of unit length"""
    plain: float
    comparable: bool


@dataclass(frozen=True, slots=True, eq=False)
class AlignedPairs:
    """The vectors of judged pairs, from which their likenesses under any map follow."""

    asked: Vector
    """[pairs, dim], of the needs"""
    pair: NDArray[np.int64]
    """[texts], places of the pairs whose competences they belong to, ascending"""
    share: Numbers
    aligned: Vector
    """[texts, dim]"""
    plain: Numbers
    comparable: Rows

    @classmethod
    def of(cls, asked: Vector, pairs: Sequence[Sequence[Text]]) -> "AlignedPairs":
        """Gather the texts of one need's pairs."""
        texts = [text for its in pairs for text in its]
        return cls(
            asked=np.repeat(asked[None], len(pairs), axis=0),
            pair=np.repeat(np.arange(len(pairs)), [len(its) for its in pairs]),
            share=np.array([each.share for each in texts]),
            aligned=np.stack([each.aligned for each in texts]),
            plain=np.array([each.plain for each in texts]),
            comparable=np.array([each.comparable for each in texts]),
        )

    @classmethod
    def joined(cls, needs: Sequence["AlignedPairs"]) -> "AlignedPairs":
        """Return the pairs of several needs, in their order."""
        before = np.cumsum([0, *(len(each.asked) for each in needs)])
        return cls(
            asked=np.concatenate([each.asked for each in needs]),
            pair=np.concatenate([each.pair + n for each, n in zip(needs, before, strict=False)]),
            share=np.concatenate([each.share for each in needs]),
            aligned=np.concatenate([each.aligned for each in needs]),
            plain=np.concatenate([each.plain for each in needs]),
            comparable=np.concatenate([each.comparable for each in needs]),
        )

    def fitted(self, right: Rows) -> Vector:
        """Fit a map to the pairs that are right, [pairs]."""
        answers = np.zeros_like(self.asked)
        np.add.at(answers, self.pair, self.aligned * self.share[:, None].astype(np.float32))
        return fit_adapter(self.asked[right], answers[right])

    def adapted(self, features: Numbers, adapter: Vector) -> Numbers:
        """Return the features of all pairs with what a map changes of them."""
        asked = self.asked @ adapter
        asked /= np.maximum(np.linalg.norm(asked, axis=1, keepdims=True), 1e-12)
        aligned = np.vecdot(asked[self.pair], self.aligned).astype(np.float64)
        unsaid = np.maximum((self.plain + aligned) / 2 - IN_OTHER_WORDS_FROM, 0)
        changed = features.copy()
        names = list(WEIGHTS)
        for name, values in {
            "aligned": aligned,
            "in_other_words": np.where(self.comparable, 0.0, unsaid),
        }.items():
            changed[:, names.index(name)] = np.bincount(self.pair, self.share * values)
        return changed


def aligned_need(need: Representation, space: ScoreSpace) -> Vector:
    """Return where a need stands where languages meet, [dim]."""
    return space.point(need.query, Side.QUERY, language_place(need.language)).aligned


def texts_of(
    gathered: Gathered, row: int, space: ScoreSpace, own: Index, further: Index | None
) -> list[Text]:
    """Return the texts of which the evidence of an owner's row is the mean, with their vectors."""
    lifting = gathered.support.of(row) if gathered.support is not None else []
    rows = [(own, gathered.own, row, 1 - len(lifting) / BEST)]
    if further is not None and gathered.further is not None:
        rows += [(further, gathered.further, each, 1 / BEST) for each in lifting]
    return [
        Text(
            share=share,
            aligned=space.point(
                index.document[place], Side.DOCUMENT, int(index.languages[place])
            ).aligned,
            plain=float(similarities.plain[place]),
            comparable=bool(similarities.comparable[place]),
        )
        for index, similarities, place, share in rows
    ]
