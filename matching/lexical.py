"""Counts of hashed letter sequences and lemmas, and how rare each of them is.

Letter sequences are those of scikit-learn's "char_wb" with 3 to 5 letters: inside a word, the
spaces around it included. Buckets are found by arithmetic on code points or by CRC-32, so that an
index can be read by another process and machine.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from matching.ragged import Ragged

BUCKETS = 1 << 18
SEQUENCE_LENGTHS = (3, 4, 5)
COMPARED_CHARACTERS = 1000
"""Letter sequences are read from the beginning of a text: names and topics stand there."""

# Okapi BM25. The mean length is a constant: one of the corpus would tell of hidden rows.
K1 = 1.2
B = 0.4
MEAN_LEMMAS = 20.0

Weights = NDArray[np.float32]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """A sparse matrix [rows, BUCKETS]: the buckets of each row and the weight of each."""

    buckets: Ragged
    weights: Ragged

    def take(self, rows: Places) -> "Counts":
        """Return some rows, in the given order."""
        return Counts(self.buckets.take(rows), self.weights.take(rows))

    def joined(self, other: "Counts") -> "Counts":
        """Return these rows and then the other's."""
        return Counts(self.buckets.joined(other.buckets), self.weights.joined(other.weights))

    def dot(self, by_bucket: Weights) -> Weights:
        """Return the product with weights by bucket, [rows] or [rows, n] for [BUCKETS, n].

        Rows do not affect one another.
        """
        from scipy.sparse import csr_array  # noqa: PLC0415 -- slow import

        shape = (len(self.buckets.offsets) - 1, BUCKETS)
        # Offsets of the buckets' own type: with another, all buckets would be copied each time.
        fits = len(self.buckets.values) <= np.iinfo(self.buckets.values.dtype).max
        offsets = self.buckets.offsets.astype(self.buckets.values.dtype if fits else np.int64)
        matrix = csr_array((self.weights.values, self.buckets.values, offsets), shape)
        product: Weights = matrix @ by_bucket
        return product

    def document_frequency(self, rows: NDArray[np.bool_]) -> NDArray[np.int64]:
        """Return in how many of the marked rows each bucket occurs, [BUCKETS]."""
        marked = np.repeat(rows, self.buckets.lengths)
        return np.bincount(self.buckets.values[marked], minlength=BUCKETS)


def character_counts(texts: Sequence[str]) -> Counts:
    """Count letter sequences; a weight is 1 + log(count)."""
    padded = [" " + " ".join(_beginning(text).split()) + " " for text in texts]
    letters = np.frombuffer("".join(padded).encode("utf-32-le"), "<u4").astype(np.uint64)
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in padded])
    rows, buckets = [], []
    for length in SEQUENCE_LENGTHS:
        starts = _starts_inside_words(letters == ord(" "), length)
        rows.append(owner[starts])
        buckets.append(_hashes(letters, starts, length))
    counts = _counted(np.concatenate(rows), np.concatenate(buckets), len(texts))
    sublinear = Ragged(1 + np.log(counts.weights.values), counts.weights.offsets)
    return Counts(counts.buckets, sublinear)


def term_counts(lemmas: Sequence[str]) -> Counts:
    """Count lemmas; a weight is BM25's saturated count, between 0 and K1 + 1."""
    split = [line.split() for line in lemmas]
    lengths = np.array([len(line) for line in split], np.int64)
    buckets = np.array([bucket_of(lemma) for line in split for lemma in line], np.int64)
    counts = _counted(np.repeat(np.arange(len(split)), lengths), buckets, len(split))
    count = counts.weights.values
    length = np.repeat(lengths, counts.weights.lengths)
    saturated = count * (K1 + 1) / (count + K1 * (1 - B + B * length / MEAN_LEMMAS))
    return Counts(counts.buckets, Ragged(saturated.astype(np.float32), counts.weights.offsets))


@lru_cache(maxsize=1 << 16)
def bucket_of(lemma: str) -> int:
    """Return the bucket of a lemma."""
    return zlib.crc32(lemma.encode("utf-8", "replace")) % BUCKETS


def inverse_document_frequency(frequency: NDArray[np.int64], documents: int) -> Weights:
    """Return how rare each bucket is: log((1 + documents) / (1 + frequency)) + 1."""
    return (np.log((1 + documents) / (1 + np.minimum(frequency, documents))) + 1).astype(np.float32)


def _beginning(text: str) -> str:
    return text[:COMPARED_CHARACTERS].lower()


def _starts_inside_words(space: NDArray[np.bool_], length: int) -> Places:
    """Return where a sequence may start: only its first and last letter may be a space."""
    last = len(space) - length + 1
    if last <= 0:
        return np.zeros(0, np.int64)
    crossing = np.zeros(last, bool)
    for place in range(1, length - 1):
        crossing |= space[place : place + last]
    return np.flatnonzero(~crossing)


def _hashes(letters: NDArray[np.uint64], starts: Places, length: int) -> Places:
    """Return the buckets of sequences: a polynomial in the code points, then mixed (mod 2^64)."""
    value = np.full(len(starts), length, np.uint64)
    for place in range(length):
        value = value * np.uint64(0x100000001B3) + letters[starts + place]
    value ^= value >> np.uint64(29)
    value *= np.uint64(0xBF58476D1CE4E5B9)
    return (value >> np.uint64(40)).astype(np.int64) % BUCKETS


def _counted(rows: Places, buckets: Places, row_count: int) -> Counts:
    """Count equal (row, bucket) pairs; buckets of a row are in ascending order."""
    cells, counts = np.unique(rows * BUCKETS + buckets, return_counts=True)
    lengths = np.bincount(cells // BUCKETS, minlength=row_count)
    found = Ragged.of_lengths((cells % BUCKETS).astype(np.int32), lengths)
    return Counts(found, Ragged(counts.astype(np.float32), found.offsets))
