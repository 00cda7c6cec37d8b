"""Probe sentences, which tell whether an encoder still gives the vectors that a set was made of.

A new library, processor or model file may change vectors without changing the name of their
space. Vectors of both kinds in one set would be compared although they should not be.
"""

import numpy as np

from matching import Encoder, Side, Vector
from needsbank.domain.errors import Conflict

PROBES = (
    "Kotihoidon sijaiset eivät löydä asiakkaiden avaimia.",
    "Skolköket vill kasta mindre mat.",
    "A phone reminds patients of the medicine they take at noon.",
)
LEAST_COSINE = 0.999
"""Engines and processors differ by less than this, models by more."""


class Drifted(Conflict):
    """The encoder gives other vectors than those that the set holds."""


def probe_vectors(encoder: Encoder) -> Vector:
    """Return both sides of the probe sentences, float32 [2 x probes, dim]."""
    return np.concatenate([encoder.encode(PROBES, side) for side in Side])


def to_bytes(probes: Vector) -> bytes:
    """Return probe vectors as stored: little-endian float32."""
    return probes.astype("<f4").tobytes()


def least_cosine(stored: bytes, fresh: Vector) -> float:
    """Return the cosine of the probe that has moved most; 0 if the shapes differ."""
    if len(stored) != fresh.size * 4:
        return 0.0
    before = np.frombuffer(stored, "<f4").reshape(fresh.shape)
    return float(np.vecdot(before, fresh).min())


def check(set_id: int, spec: str | None, stored: bytes, fresh: Vector) -> float:
    """Return the least cosine; raise `Drifted` with what to do if vectors are other ones now."""
    cosine = least_cosine(stored, fresh)
    if not cosine >= LEAST_COSINE:  # so is one that is no number
        raise Drifted(
            f"the encoder {spec} no longer gives the vectors of set {set_id}: cosine {cosine:.4f}"
            f" with its probe sentences, at least {LEAST_COSINE} expected. A library, a model file"
            " or the processor has changed: put the former one back, or read every text anew with"
            f" `needsbank encoder build {spec} --anew`"
        )
    return cosine
