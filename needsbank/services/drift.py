"""Stored probe vectors (`matching.drift`), which tell an encoder that has drifted.

A new library, processor or model file may change vectors without changing the name of their
space. Vectors of both kinds in one set would be compared although they should not be.
"""

import numpy as np

from matching import Vector, probe_cosine
from needsbank.domain.errors import Conflict

LEAST_COSINE = 0.999
"""Engines and processors differ by less than this, models by more."""


class Drifted(Conflict):
    """The encoder gives other vectors than those that the set holds."""


def to_bytes(probes: Vector) -> bytes:
    """Return probe vectors as stored: little-endian float32."""
    return probes.astype("<f4").tobytes()


def check(set_id: int, spec: str | None, stored: bytes, fresh: Vector) -> float:
    """Return the least cosine; raise `Drifted` with what to do if vectors are other ones now."""
    known = np.frombuffer(stored, "<f4")
    same_size = known.size == fresh.size
    cosine = probe_cosine(known.reshape(fresh.shape), fresh) if same_size else 0.0
    if cosine < LEAST_COSINE:
        raise Drifted(
            f"the encoder {spec} no longer gives the vectors of set {set_id}: cosine {cosine:.4f}"
            f" with its probe sentences, at least {LEAST_COSINE} expected. A library, a model file"
            " or the processor has changed: put the former one back, or read every text anew with"
            f" `needsbank encoder build {spec} --anew`"
        )
    return cosine
