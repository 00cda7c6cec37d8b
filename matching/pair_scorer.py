"""A bank's own weights for the likenesses of a need and a competence, learned from decisions."""

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matching import persistence
from matching.errors import MatcherFileError
from matching.new_directory import new_directory
from matching.parameters import Scale
from matching.scoring import IN_OTHER_WORDS, IN_OTHER_WORDS_FROM, WEIGHTS, Scores, Similarities
from matching.types import Part

FORMAT = "pair-scorer-1"

SHIPPED = {
    "plain": WEIGHTS["meaning"] / 2,
    "aligned": WEIGHTS["meaning"] / 2,
    "words": WEIGHTS["words"],
    "terms": WEIGHTS["terms"],
    "in_other_words": IN_OTHER_WORDS,
}
"""What `Similarities.evidence` adds up, by feature."""

_SHOWN_AS = {
    "plain": "meaning",
    "aligned": "meaning",
    "in_other_words": "meaning",
    "words": "words",
    "terms": "terms",
}


def features(similarities: Similarities) -> dict[str, Scores]:
    """Return the numbers of which evidence is a weighted sum, [n] each."""
    unsaid = np.maximum(similarities.meaning - np.float32(IN_OTHER_WORDS_FROM), 0)
    return {
        "plain": similarities.plain,
        "aligned": similarities.aligned,
        "words": similarities.words,
        "terms": similarities.terms,
        "in_other_words": np.where(similarities.comparable, np.float32(0), unsaid),
    }


class Scorer(Protocol):
    """How likenesses become a score."""

    @property
    def scale(self) -> Scale:
        """Return the scale on which evidence becomes a score."""

    def evidence(self, similarities: Similarities) -> Scores:
        """Return what is put on the scale, [n]."""

    def parts(self, similarities: Similarities, row: int, score: float) -> tuple[Part, ...]:
        """Share a row's score out to meaning, words and terms."""


@dataclass(frozen=True, slots=True)
class ShippedScorer:
    """The weights that are the same for every bank and every kind of search."""

    scale: Scale

    def evidence(self, similarities: Similarities) -> Scores:
        """Return the shipped weighted sum, [n]."""
        return similarities.evidence

    def parts(self, similarities: Similarities, row: int, score: float) -> tuple[Part, ...]:
        """Share a row's score out to meaning, words and terms."""
        return similarities.parts(row, score)


@dataclass(frozen=True, slots=True)
class PairScorer:
    """Weights by feature, none below 0, and the scale on which their sum becomes a score."""

    weights: dict[str, float]
    scale: Scale

    def evidence(self, similarities: Similarities) -> Scores:
        """Return the weighted sum, [n]; each row's by itself, to the last digit."""
        total = np.zeros(len(similarities.plain), np.float32)
        for name, values in features(similarities).items():
            total += np.float32(self.weights[name]) * values
        return total

    def parts(self, similarities: Similarities, row: int, score: float) -> tuple[Part, ...]:
        """Share a score out to meaning, words and terms by what each adds to the sum."""
        columns = {
            f.name: getattr(similarities, f.name)[row : row + 1] for f in fields(Similarities)
        }
        one = Similarities(**columns)
        shares = dict.fromkeys(WEIGHTS, 0.0)
        for name, values in features(one).items():
            shares[_SHOWN_AS[name]] += self.weights[name] * max(float(values[0]), 0.0)
        whole = sum(shares.values())
        if not whole:
            shares, whole = dict.fromkeys(WEIGHTS, 1.0), float(len(WEIGHTS))
        return tuple(
            Part(name, min(max(float(getattr(one, name)[0]), 0.0), 1.0), score * share / whole)
            for name, share in shares.items()
        )

    def save(self, folder: Path, base: str) -> str:
        """Write this as a folder of its own inside `folder`; return its name.

        `base` is the matcher version to which the weights belong. The folder appears whole or not
        at all, and is named by its content.
        """
        name = self._name(base)
        if not (folder / name).exists():
            with new_directory(folder / name) as made:
                values = np.array([self.weights[each] for each in SHIPPED])
                persistence.save(made, {"weights": values}, self._header(base))
        return name

    @classmethod
    def load(cls, folder: Path, base: str) -> "PairScorer":
        """Read a saved scorer that was learned on top of the matcher version `base`.

        Raises MatcherFileError when it is missing, damaged, or belongs to another version.
        """
        arrays, header = persistence.load(folder)
        if header.get("format") != FORMAT or header.get("features") != list(SHIPPED):
            raise MatcherFileError(f"{folder} is not of format {FORMAT}: train it again.")
        if header["base"] != base:
            raise MatcherFileError(
                f"{folder} was trained for version {header['base']}, not {base}: train it again."
            )
        values: NDArray[np.float64] = arrays["weights"]
        return cls(dict(zip(SHIPPED, values.tolist(), strict=True)), Scale(**header["scale"]))

    def _header(self, base: str) -> dict[str, object]:
        return {
            "format": FORMAT,
            "base": base,
            "features": list(SHIPPED),
            "scale": asdict(self.scale),
        }

    def _name(self, base: str) -> str:
        content = json.dumps([self._header(base), self.weights], sort_keys=True)
        return f"{base}-p1-{hashlib.sha256(content.encode()).hexdigest()[:8]}"
