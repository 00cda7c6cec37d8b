"""Fits the linear maps that bring together what means the same, across languages and within one.

Each map starts as the identity and is moved by gradient descent until texts that belong together
are nearer to each other than to the other texts of a batch (InfoNCE; van den Oord and
others, 2018, "Representation Learning with Contrastive Predictive Coding"), in both directions.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from matching.alignment_examples import Examples, View
from matching.types import Vector

STEPS = 3700
BATCH = 768
TEMPERATURE = 0.08
RATE = 1e-3
WARM_UP = 50
TOWARDS_IDENTITY = 1e-3
"""How strongly a map is drawn back: what the examples do not teach stays as it was."""


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
    kinds: Sequence[tuple[Examples, float]],
    views: Sequence[View],
    dim: int,
    *,
    steps: int = STEPS,
    batch: int = BATCH,
    seed: int = 0,
) -> dict[View, Vector]:
    """Return a map [dim, dim] for each view, from kinds of examples and their shares of steps.

    The vectors must be centred and of unit length. The same input and seed give the same maps.
    """
    maps = {view: _Map(np.eye(dim, dtype=np.float32)) for view in views}
    chance = np.random.default_rng(seed)
    shares = np.array([share for _, share in kinds]) / sum(share for _, share in kinds)
    for step in range(1, steps + 1):
        rate = RATE * min(1.0, step / WARM_UP) * (1 - 0.95 * step / steps)
        drawn = kinds[chance.choice(len(kinds), p=shares)][0].batch(chance, batch)
        here, there = _gradients(
            drawn.ones, maps[drawn.one].matrix, drawn.others, maps[drawn.other].matrix
        )
        if drawn.one == drawn.other:
            maps[drawn.one].move(here + there, rate)
        else:
            maps[drawn.one].move(here, rate)
            maps[drawn.other].move(there, rate)
    return {view: each.matrix for view, each in maps.items()}


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
