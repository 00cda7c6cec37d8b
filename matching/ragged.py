"""Rows of unequal length in two arrays, so that they can be mapped from files."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, eq=False)
class Ragged:
    """Row i is `values[offsets[i]:offsets[i + 1]]`."""

    values: NDArray[Any]
    offsets: NDArray[np.int64]
    """[rows + 1]"""

    @classmethod
    def of_lengths(cls, values: NDArray[Any], lengths: NDArray[np.int64]) -> "Ragged":
        """Cut values into rows of the given lengths."""
        return cls(values, np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64))

    @classmethod
    def of_texts(cls, texts: Sequence[str]) -> "Ragged":
        """Store texts as UTF-8."""
        encoded = [text.encode("utf-8", "replace") for text in texts]
        lengths = np.array([len(text) for text in encoded], np.int64)
        return cls.of_lengths(np.frombuffer(b"".join(encoded), np.uint8), lengths)

    @property
    def lengths(self) -> NDArray[np.int64]:
        """Return the number of values in each row."""
        return np.diff(self.offsets)

    @property
    def row_of_value(self) -> NDArray[np.int64]:
        """Return the row to which each value belongs."""
        return np.repeat(np.arange(len(self.offsets) - 1), self.lengths)

    def text(self, row: int) -> str:
        """Return a row that was stored by `of_texts`."""
        return bytes(self.values[self.offsets[row] : self.offsets[row + 1]]).decode("utf-8")

    def take(self, rows: NDArray[np.int64]) -> "Ragged":
        """Return some rows, in the given order."""
        lengths = self.lengths[rows]
        starts = np.repeat(self.offsets[rows] - (np.cumsum(lengths) - lengths), lengths)
        places = starts + np.arange(len(starts))
        return Ragged.of_lengths(self.values[places], lengths)

    def joined(self, other: "Ragged") -> "Ragged":
        """Return these rows and then the other's."""
        values = np.concatenate([self.values, other.values])
        return Ragged.of_lengths(values, np.concatenate([self.lengths, other.lengths]))
