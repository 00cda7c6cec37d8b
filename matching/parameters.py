"""The fitted numbers of a matcher version, as they lie in a folder."""

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching import persistence
from matching.errors import MatcherFileError
from matching.space import ScoreSpace
from matching.types import Band

FORMAT = "matcher-2"
WORDS_FOLDER = "words"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scale:
    """How the evidence for a pair becomes a score of 0..1, and where the bands begin.

    The score is the logistic function of `slope * (evidence - middle)`; the thresholds are
    scores. `search` is the lowest score that a free text search returns.
    """

    slope: float
    middle: float
    strong: float
    good: float
    possible: float
    search: float

    def scores(self, evidence: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return scores of 0..1, [n]."""
        exponent = np.float32(-self.slope) * (evidence - np.float32(self.middle))
        scores: NDArray[np.float32] = np.float32(1) / (np.float32(1) + np.exp(exponent))
        return scores

    def band(self, score: float) -> Band:
        """Return the band of a score; scores under all thresholds are "possible" too."""
        if score >= self.strong:
            return Band.STRONG
        return Band.GOOD if score >= self.good else Band.POSSIBLE


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Parameters:
    """Everything fitted that belongs to one vector space."""

    means: NDArray[np.float32]
    """[sides, languages, dim], see ScoreSpace"""
    aligners: NDArray[np.float32]
    """[sides, languages, dim, dim], see ScoreSpace; half as exact on disk"""
    scale: Scale
    duplicates: dict[str, dict[str, float]]
    """Weights of the duplicate model's two parts by feature, and their intercepts"""

    @property
    def space(self) -> ScoreSpace:
        """Return the space in which vectors are compared."""
        return ScoreSpace(self.means, self.aligners)

    @classmethod
    def load(cls, folder: Path, space_id: str) -> "Parameters":
        """Read the parameters of a vector space from its folder inside `folder`.

        Raises MatcherFileError when there are none, or when they are damaged.
        """
        if not (folder / space_id).is_dir():
            raise MatcherFileError(
                f"{folder} has no parameters for the vector space {space_id}: fit them with "
                "python -m matching.training."
            )
        arrays, header = persistence.load(folder / space_id)
        if header.get("format") != FORMAT:
            raise MatcherFileError(f"{folder / space_id} is not of format {FORMAT}: fit it again.")
        return cls(
            means=np.array(arrays["means"]),
            aligners=arrays["aligners"].astype(np.float32),
            scale=Scale(**header["scale"]),
            duplicates=header["duplicates"],
        )

    def save(self, folder: Path, space_id: str) -> None:
        """Write the parameters of a vector space into its folder inside `folder`."""
        header = {
            "format": FORMAT,
            "scale": asdict(self.scale),
            "duplicates": self.duplicates,
        }
        arrays: dict[str, NDArray[Any]] = {
            "means": self.means,
            "aligners": self.aligners.astype(np.float16),
        }
        persistence.save(folder / space_id, arrays, header)
