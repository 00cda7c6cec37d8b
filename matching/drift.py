"""Whether an encoder still gives the vectors that it gave when the stored ones were made.

A new library, number format or processor may change vectors without changing the space's id.
Three sentences, encoded once and stored beside the vectors, are encoded again and compared.
"""

import numpy as np

from matching.encoding import Encoder
from matching.types import Side, Vector

PROBES = (
    "Kotihoidon työntekijät tarvitsevat yhteisen tavan kirjata asiakkaan voinnin muutokset.",
    "Kommunen söker ett sätt att mäta hur ungdomar trivs på sina sommarjobb.",
    "A small bakery wants to know which of its 14 products cost more energy than they earn.",
)
"""Their order and letters are part of what is stored: change them and every set must be rebuilt."""


def probe_vectors(encoder: Encoder) -> Vector:
    """Return the probes' vectors as [6, dim]: each as something asked, then as answers."""
    return np.concatenate([encoder.encode(PROBES, side) for side in Side])


def probe_cosine(stored: Vector, fresh: Vector) -> float:
    """Return the cosine of the probe that has moved most; 0 for other shapes or broken numbers.

    The two built-in engines agree to .9999; an 8-bit run of the same weights falls to .995.
    """
    if stored.shape != fresh.shape:
        return 0.0
    lowest = float(np.vecdot(stored, fresh).min())
    return lowest if np.isfinite(lowest) else 0.0
