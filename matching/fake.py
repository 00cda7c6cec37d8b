"""An encoder without a model, for tests and for trying the service out."""

import math
import zlib
from collections.abc import Sequence

import numpy as np

from matching.encoding import Space, cleaned_texts
from matching.text import words
from matching.types import Side, Vector

BEGINNING = 4


class FakeEncoder:
    """Bag of hashed words and word beginnings: texts that share words are near.

    The first four letters of a word count too, so that inflected forms meet. Both sides give the
    same vector, and nothing is loaded. Each `seed` hashes in its own way, which makes it another
    vector space of the same length.
    """

    dim = 256
    seed = 1

    def __init__(self, seed: int = seed) -> None:
        self.seed = seed

    @property
    def spec(self) -> str:
        """Return "fake" for the first seed, "fake:SEED" for the others."""
        return "fake" if self.seed == FakeEncoder.seed else f"fake:{self.seed}"

    @property
    def space(self) -> Space:
        """Return the description of the vector space."""
        return Space(
            weights=f"fake-{self.seed}",
            prompts=("", ""),
            dim=self.dim,
            pooling="sum",
            max_tokens=0,
        )

    @property
    def space_id(self) -> str:
        """Return the id of the vector space."""
        return self.space.id

    def encode(self, texts: Sequence[str], side: Side) -> Vector:
        """Return [n, dim] vectors of unit length; an empty text gets zeros."""
        rows = [self._encode_one(text) for text in cleaned_texts(texts, side)]
        return np.array(rows, np.float32).reshape(len(rows), self.dim)

    def warm(self) -> None:
        """Do nothing: there is no model."""

    def _encode_one(self, text: str) -> Vector:
        vector = np.zeros(self.dim, np.float32)
        salt = "" if self.seed == FakeEncoder.seed else f"{self.seed}:"
        for word in words(text):
            for token in (word, word[:BEGINNING] + "*"):
                digest = zlib.crc32((salt + token).encode())
                vector[digest % self.dim] += 1.0 if digest & 0x10000 else -1.0
        return vector / max(math.sqrt(float(vector @ vector)), 1e-12)
