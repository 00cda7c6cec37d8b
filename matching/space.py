"""Vectors as they are compared: without what all texts of a language and side have in common."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.index import Index
from matching.types import Side, Vector

_SIDES = tuple(Side)


@dataclass(frozen=True, slots=True, eq=False)
class ScoreSpace:
    """Mean vectors by side and language.

    Cosines of raw e5 vectors crowd between 0.7 and 1; after the mean of the texts' own side and
    language is taken away, unrelated texts lie around zero.
    """

    means: Vector
    """[sides, languages, dim]"""

    def centred(self, vectors: Vector, side: Side, language: int) -> Vector:
        """Return vectors ([dim] or [n, dim]) minus their mean, of unit length; zeros stay zeros."""
        moved = vectors - self.means[_SIDES.index(side), language]
        lengths = np.maximum(np.linalg.norm(moved, axis=-1, keepdims=True), 1e-12)
        is_text = np.any(vectors, axis=-1, keepdims=True)
        return np.where(is_text, moved / lengths, np.float32(0)).astype(np.float32)

    def row_lengths(self, index: Index, side: Side) -> NDArray[np.float32]:
        """Return the lengths of centred rows, [n]; infinite for zeros, so that cosines are 0."""
        vectors = index.vectors(side)
        lengths = np.full(len(index), np.inf, np.float32)
        for place, mean in enumerate(self.means[_SIDES.index(side)]):
            rows = np.flatnonzero((index.languages == place) & np.any(vectors, axis=1))
            lengths[rows] = np.maximum(np.linalg.norm(vectors[rows] - mean, axis=1), 1e-12)
        return lengths

    def cosines(
        self, centred: Vector, index: Index, side: Side, lengths: NDArray[np.float32]
    ) -> NDArray[np.float32]:
        """Return cosines of one centred vector with all rows, centred in turn, [n].

        The dot product of each row is computed by itself, so no row changes another's score in
        the last digit.
        """
        offsets = np.vecdot(self.means[_SIDES.index(side)], centred)
        products: Vector = np.vecdot(index.vectors(side), centred)
        cosines: Vector = (products - offsets[index.languages]) / lengths
        return cosines
