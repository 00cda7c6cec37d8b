"""What an encoder is, and the part of encoding that all engines share."""

import hashlib
import json
import os
import threading
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Generic, Protocol, TypeVar
from weakref import WeakSet

import numpy as np

from matching.errors import EncoderUnavailable
from matching.text import CANON, canonical
from matching.types import Side, Vector

BATCH = 16
"""Larger batches are slower on a processor: more padding."""

Model = TypeVar("Model")


@dataclass(frozen=True, slots=True, kw_only=True)
class Space:
    """Everything that must be equal for two vectors to be comparable."""

    weights: str
    prompts: tuple[str, str]
    dim: int
    pooling: str
    max_tokens: int
    precision: str = "fp"
    canon: str = CANON

    @property
    def id(self) -> str:
        """Return 16 hexadecimal digits; stored beside every vector."""
        described = json.dumps(asdict(self), sort_keys=True)
        return hashlib.sha256(described.encode()).hexdigest()[:16]

    def prompt(self, side: Side) -> str:
        """Return what is written before a text of this side."""
        return self.prompts[side is Side.DOCUMENT]


class Encoder(Protocol):
    """Turns texts into vectors; texts that mean the same are near."""

    @property
    def spec(self) -> str:
        """Return the name under which `load_encoder` knows the encoder."""

    @property
    def space(self) -> Space:
        """Return the description of the vector space."""

    @property
    def space_id(self) -> str:
        """Return the id of the vector space; vectors of different ids must never be compared."""

    @property
    def dim(self) -> int:
        """Return the length of a vector."""

    def encode(self, texts: Sequence[str], side: Side) -> Vector:
        """Return [n, dim] vectors of unit length; an empty text gets zeros.

        Raises TypeError for anything but a sequence of texts and a side.
        """

    def warm(self) -> None:
        """Load now what would be loaded by the first `encode`."""


def cleaned_texts(texts: Sequence[str], side: Side) -> list[str]:
    """Return the canonical texts; raises TypeError in words for anything else."""
    if isinstance(texts, str | bytes) or not isinstance(texts, Sequence):
        raise TypeError(f"encode takes a sequence of texts, not {type(texts).__name__}")
    for place, text in enumerate(texts):
        if not isinstance(text, str):
            raise TypeError(f"text {place} is no text but {type(text).__name__}")
    if not isinstance(side, Side):
        raise TypeError(f"side is Side.QUERY or Side.DOCUMENT, not {side!r}")
    return [canonical(text) for text in texts]


class Engine(ABC, Generic[Model]):
    """Base of the real encoders: safe texts, small batches, lazy and fork-aware loading.

    One thread computes at a time, batch by batch; the rest wait.
    """

    spec: str

    def __init__(self) -> None:
        self._begin()
        _ENGINES.add(self)

    def _begin(self) -> None:
        self._computing = threading.Lock()
        self._loading = threading.Lock()
        self._loaded: Model | None = None

    @property
    @abstractmethod
    def space(self) -> Space:
        """Return the description of the vector space."""

    @abstractmethod
    def _load(self) -> Model:
        """Return the model; slow."""

    @abstractmethod
    def _encode_batch(self, model: Model, batch: list[str], side: Side) -> Vector:
        """Return [n, dim] vectors of unit length of canonical, non-empty texts."""

    @property
    def space_id(self) -> str:
        """Return the id of the vector space."""
        return self.space.id

    @property
    def dim(self) -> int:
        """Return the length of a vector."""
        return self.space.dim

    def warm(self) -> None:
        """Load the model now."""
        self._model()

    def encode(self, texts: Sequence[str], side: Side) -> Vector:
        """Return [n, dim] vectors of unit length; an empty text gets zeros."""
        cleaned = cleaned_texts(texts, side)
        # Texts of like length share a batch, so that little padding is computed.
        distinct = sorted({text for text in cleaned if text}, key=lambda text: (len(text), text))
        place = {text: row for row, text in enumerate(distinct, start=1)}
        vectors = np.zeros((len(distinct) + 1, self.dim), np.float32)
        for start in range(0, len(distinct), BATCH):
            batch = distinct[start : start + BATCH]
            with self._computing:
                vectors[start + 1 : start + 1 + len(batch)] = self._checked_batch(batch, side)
        return vectors[[place.get(text, 0) for text in cleaned]]

    def _checked_batch(self, batch: list[str], side: Side) -> Vector:
        vectors = self._encode_batch(self._model(), batch, side)
        if vectors.shape != (len(batch), self.dim) or not np.isfinite(vectors).all():
            raise EncoderUnavailable(f"{self.spec} gave broken vectors of shape {vectors.shape}.")
        return vectors

    def _model(self) -> Model:
        with self._loading:
            if self._loaded is None:
                self._loaded = self._load()
            return self._loaded


_ENGINES: WeakSet[Engine[Any]] = WeakSet()
_OF_THE_PARENT: list[Any] = []


def _begin_anew() -> None:
    """In a forked child: threads of a native engine are gone, and a lock may stay shut for ever.

    So each engine loads a model of its own. The parent's are kept unused: taking one apart would
    wait for its threads.
    """
    for engine in list(_ENGINES):
        _OF_THE_PARENT.append(engine._loaded)
        engine._begin()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_begin_anew)
