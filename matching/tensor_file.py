"""Writes tensors in the safetensors format, a piece at a time.

The format: the length of a JSON header (8 bytes, little-endian), the header with the type, shape
and place of each tensor, and the numbers.
"""

import json
import math
import struct
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

TYPES = {"fp32": "F32", "fp16": "F16"}
_NUMPY: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2")}
_ALIGNED = 8


@dataclass(frozen=True, slots=True, eq=False)
class Tensor:
    """A named array; `pieces` gives its numbers in order, however they are cut."""

    name: str
    shape: tuple[int, ...]
    pieces: Callable[[], Iterable[NDArray[np.float32]]]


def write(path: Path, tensors: Sequence[Tensor], kind: str) -> Iterator[int]:
    """Write tensors as `kind` ("fp32" or "fp16"); yield the bytes of each piece once written."""
    dtype = _NUMPY[TYPES[kind]]
    header = _header(tensors, TYPES[kind])
    with path.open("wb") as file:
        file.write(struct.pack("<Q", len(header)) + header)
        for tensor in tensors:
            for piece in tensor.pieces():
                yield file.write(piece.astype(dtype).tobytes())


def size(tensors: Sequence[Tensor], kind: str) -> int:
    """Return how many bytes the numbers take."""
    return sum(math.prod(tensor.shape) for tensor in tensors) * _NUMPY[TYPES[kind]].itemsize


def _header(tensors: Sequence[Tensor], name: str) -> bytes:
    # Some readers take files of this origin only.
    described: dict[str, object] = {"__metadata__": {"format": "pt"}}
    start = 0
    for tensor in tensors:
        end = start + math.prod(tensor.shape) * _NUMPY[name].itemsize
        described[tensor.name] = {
            "dtype": name,
            "shape": list(tensor.shape),
            "data_offsets": [start, end],
        }
        start = end
    text = json.dumps(described, separators=(",", ":")).encode()
    return text + b" " * (-len(text) % _ALIGNED)
