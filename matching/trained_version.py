"""What a bank has learned on top of a shipped matcher version, as a folder of its own."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching import persistence
from matching.calibration import Calibration
from matching.errors import MatcherFileError
from matching.new_directory import new_directory
from matching.pair_scorer import FEATURES, PairScorer

FORMAT = "pair-scorer-2"
"""A folder without a calibration is what it was when pair weights alone were learned."""

_PAIRS, _CALIBRATION = "weights", "calibration"
"""The arrays that tell which parts a folder has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TrainedVersion:
    """Pair weights, a calibration of finds, or both; what is None is as shipped."""

    pairs: PairScorer | None = None
    calibration: Calibration | None = None

    def save(self, folder: Path, base: str) -> str:
        """Write this as a folder of its own inside `folder`; return its name.

        `base` is the shipped version on top of which it was learned. The folder appears whole or
        not at all, and is named by its content.
        """
        arrays: dict[str, NDArray[Any]] = {}
        header: dict[str, object] = {"format": FORMAT, "base": base}
        if self.pairs is not None:
            arrays |= self.pairs.arrays()
            header |= self.pairs.header()
        if self.calibration is not None:
            arrays[_CALIBRATION] = np.array([self.calibration.slope, self.calibration.shift])
        name = f"{base}-t1-{_digest(arrays, header)}"
        if not (folder / name).exists():
            with new_directory(folder / name) as made:
                persistence.save(made, arrays, header)
        return name

    @classmethod
    def load(cls, folder: Path, base: str) -> "TrainedVersion":
        """Read what was learned on top of the shipped version `base`.

        Raises MatcherFileError when it is missing, damaged, or belongs to another version.
        """
        arrays, header = persistence.load(folder)
        known = _PAIRS not in arrays or header.get("features") == FEATURES
        if header.get("format") != FORMAT or not known:
            raise MatcherFileError(f"{folder} is not of format {FORMAT}: train it again.")
        if header["base"] != base:
            raise MatcherFileError(
                f"{folder} was trained for version {header['base']}, not {base}: train it again."
            )
        return cls(
            pairs=PairScorer.of(arrays, header) if _PAIRS in arrays else None,
            calibration=(
                Calibration(*arrays[_CALIBRATION].tolist()) if _CALIBRATION in arrays else None
            ),
        )


def _digest(arrays: Mapping[str, NDArray[Any]], header: Mapping[str, object]) -> str:
    content = hashlib.sha256(json.dumps(header, sort_keys=True).encode())
    for name, array in sorted(arrays.items()):
        content.update(name.encode() + array.tobytes())
    return content.hexdigest()[:8]
