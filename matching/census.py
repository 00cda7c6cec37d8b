"""What was counted in a collection, by which rows chosen from it are compared."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.background import Background
from matching.index import Index
from matching.languages import LANGUAGES
from matching.space import VectorSums
from matching.translations import Translations

_ARRAYS = ("total", "rows", "characters", "terms", "documents")


# Equality is identity: a matcher keeps what it computed of a census as long as that is used.
@dataclass(frozen=True, eq=False)
class Census:
    """Sums of vectors and frequencies of words in the public rows of a collection."""

    sums: VectorSums
    words: Background

    @classmethod
    def of(cls, index: Index) -> "Census":
        """Count the rows of an index."""
        return cls(VectorSums.of(index), Background.of(index))

    @classmethod
    def from_arrays(cls, arrays: dict[str, NDArray[Any]]) -> "Census":
        """Return what `arrays` had given."""
        total, rows, characters, terms, documents = (arrays[name] for name in _ARRAYS)
        nothing = Translations.none(len(LANGUAGES) - 1)
        return cls(VectorSums(total, rows), Background(characters, terms, documents, nothing))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return what is stored; frequencies in half of the memory."""
        return {
            "total": self.sums.total,
            "rows": self.sums.rows,
            "characters": self.words.characters.astype(np.uint32),
            "terms": self.words.terms.astype(np.uint32),
            "documents": self.words.documents,
        }

    def joined(self, other: "Census") -> "Census":
        """Return the counts of both."""
        return Census(self.sums.joined(other.sums), self.words.joined(other.words))
