"""Whether an encoder still gives the vectors that it gave when the stored ones were made.

A new library, number format or processor may change vectors without changing the space's id.
Three sentences, encoded once and stored beside the vectors, are encoded again and compared.
"""

import numpy as np

from matching.encoding import Encoder
from matching.errors import EncoderDrift
from matching.types import Side, Vector

PROBES = (
    "Kotihoidon työntekijät tarvitsevat yhteisen tavan kirjata asiakkaan voinnin muutokset.",
    "Kommunen söker ett sätt att mäta hur ungdomar trivs på sina sommarjobb.",
    "A small bakery wants to know which of its 14 products cost more energy than they earn.",
)
"""Their order and letters are part of what is stored: change them and every set must be rebuilt."""

LEAST = 0.999
"""The two built-in engines agree to .9999; an 8-bit run of the same weights falls to .995."""


def probe_vectors(encoder: Encoder) -> Vector:
    """Return the probes' vectors as [6, dim]: each as something asked, then as answers."""
    return np.concatenate([encoder.encode(PROBES, side) for side in Side])


def check_drift(encoder: Encoder, stored: Vector) -> None:
    """Raise EncoderDrift unless the encoder gives the stored probe vectors, [6, dim]."""
    fresh = probe_vectors(encoder)
    if stored.shape != fresh.shape:
        raise EncoderDrift(
            f"{encoder.spec} gives probe vectors of shape {fresh.shape} and "
            f"{stored.shape} are stored: rebuild the vectors."
        )
    lowest = float(np.vecdot(stored, fresh).min())
    if not lowest >= LEAST:  # a stored "not a number" is refused too
        raise EncoderDrift(
            f"{encoder.spec} no longer gives the vectors that are stored (cosine {lowest:.4f}, "
            f"at least {LEAST} expected): rebuild the vectors, or go back to the library "
            "versions that made them."
        )
