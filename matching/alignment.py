"""Fits the linear maps that bring translations together, from names of concepts in each language.

Each map starts as the identity and is moved by gradient descent until a concept's names are
nearer to each other than to the names of the other concepts of a batch (InfoNCE; van den Oord and
others, 2018, "Representation Learning with Contrastive Predictive Coding"), in both directions.
"""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product

import numpy as np
from numpy.typing import NDArray

from matching.types import Side, Vector

PASSES = 40
"""How often each concept is looked at."""
BATCH = 768
TEMPERATURE = 0.08
RATE = 1e-3
WARM_UP = 50
TOWARDS_IDENTITY = 1e-3
"""How strongly a map is drawn back: what the names do not teach stays as it was."""

View = tuple[Side, str]
"""A side and a language."""


@dataclass(slots=True)
class _Map:
    """A matrix and what Adam remembers of its gradients (Kingma and Ba, 2015)."""

    matrix: Vector
    mean: Vector = field(init=False)
    square: Vector = field(init=False)
    steps: int = 0

    def __post_init__(self) -> None:
        self.mean = np.zeros_like(self.matrix)
        self.square = np.zeros_like(self.matrix)

    def move(self, gradient: Vector, rate: float) -> None:
        self.steps += 1
        identity = np.eye(len(gradient), dtype=np.float32)
        drawn = gradient + np.float32(TOWARDS_IDENTITY) * (self.matrix - identity)
        self.mean = (0.9 * self.mean + 0.1 * drawn).astype(np.float32)
        self.square = (0.999 * self.square + 0.001 * drawn**2).astype(np.float32)
        mean = self.mean / (1 - 0.9**self.steps)
        square = self.square / (1 - 0.999**self.steps)
        self.matrix = (self.matrix - rate * mean / (np.sqrt(square) + 1e-8)).astype(np.float32)


def fit_aligners(
    names: Mapping[View, Vector], *, passes: int = PASSES, batch: int = BATCH, seed: int = 0
) -> dict[View, Vector]:
    """Return a map [dim, dim] for each view; row i of each of `names` [n, dim] is concept i.

    The vectors must be centred and of unit length. The same input and seed give the same maps.
    """
    count, dim = next(iter(names.values())).shape
    steps = passes * math.ceil(count / batch)
    maps = {view: _Map(np.eye(dim, dtype=np.float32)) for view in names}
    chance = np.random.default_rng(seed)
    for step, (one, other, rows) in enumerate(_batches(names, chance, steps, batch), start=1):
        rate = RATE * min(1.0, step / WARM_UP) * (1 - 0.95 * step / steps)
        gradients = _gradients(
            names[one][rows], maps[one].matrix, names[other][rows], maps[other].matrix
        )
        for view, gradient in zip((one, other), gradients, strict=True):
            maps[view].move(gradient, rate)
    return {view: each.matrix for view, each in maps.items()}


def _batches(
    names: Mapping[View, Vector], chance: np.random.Generator, steps: int, batch: int
) -> Iterator[tuple[View, View, NDArray[np.int64]]]:
    """Yield two views in different languages, and the concepts to be compared."""
    pairs = [
        (one, other)
        for one, other in product(names, repeat=2)
        if one[1] != other[1] and (one[0] is Side.QUERY or other[0] is Side.DOCUMENT)
    ]
    count = len(next(iter(names.values())))
    for _ in range(steps):
        one, other = pairs[chance.integers(len(pairs))]
        yield one, other, chance.choice(count, min(batch, count), replace=False)


def _gradients(
    texts: Vector, matrix: Vector, others: Vector, other_matrix: Vector
) -> tuple[Vector, Vector]:
    """Return the gradients of the loss of a batch by the two maps."""
    here, here_length = _placed(texts, matrix)
    there, there_length = _placed(others, other_matrix)
    logits: Vector = here @ there.T / np.float32(TEMPERATURE)
    right = np.eye(len(texts), dtype=np.float32)
    scale = np.float32(2 * len(texts) * TEMPERATURE)
    wrongness: Vector = (_softmax(logits, 1) + _softmax(logits, 0) - 2 * right) / scale
    return (
        texts.T @ _before_scaling(wrongness @ there, here, here_length),
        others.T @ _before_scaling(wrongness.T @ here, there, there_length),
    )


def _placed(texts: Vector, matrix: Vector) -> tuple[Vector, Vector]:
    turned = texts @ matrix
    lengths = np.maximum(np.linalg.norm(turned, axis=1, keepdims=True), 1e-12)
    return turned / lengths, lengths


def _before_scaling(gradient: Vector, unit: Vector, length: Vector) -> Vector:
    """Carry a gradient back through the scaling to unit length."""
    along = np.sum(gradient * unit, axis=1, keepdims=True)
    moved: Vector = (gradient - unit * along) / length
    return moved


def _softmax(logits: Vector, axis: int) -> Vector:
    raised = np.exp(logits - logits.max(axis=axis, keepdims=True))
    shares: Vector = raised / raised.sum(axis=axis, keepdims=True)
    return shares
