"""How likenesses and traits of a need and a competence become a score, and its parts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.parameters import Scale
from matching.scoring import WEIGHTS, Scores, Similarities
from matching.traits import COSTS, Agreement
from matching.types import Part, Vector

FEATURES = [*WEIGHTS, *COSTS]

_SHOWN_AS = {
    "plain": "meaning",
    "aligned": "meaning",
    "in_other_words": "meaning",
    "words": "words",
    "terms": "terms",
    "translated": "terms",
}
_VALUES = {"meaning": ("meaning",), "words": ("words",), "terms": ("terms", "translated")}
"""What is shown as how alike two texts are in each respect: the sum, of which one is 0."""


@dataclass(frozen=True, slots=True)
class PairScorer:
    """Weights by likeness, none below 0, and the scale on which their sum becomes a score.

    `costs` are what the sum loses where a trait differs, none below 0 either. `adapter` is a map
    of needs, see `matching.adapter`; a scorer is the same as another if all but that is.
    """

    weights: Mapping[str, float]
    scale: Scale
    costs: Mapping[str, float] = field(default_factory=lambda: COSTS)
    adapter: Vector | None = field(default=None, compare=False)

    def evidence(self, similarities: Similarities) -> Scores:
        """Return the weighted sum, [n]."""
        return similarities.weighted(self.weights)

    def lost(self, agreement: Mapping[str, Agreement]) -> Scores:
        """Return what traits that differ cost of the evidence, [n]."""
        lost: Scores = np.zeros(1, np.float32)
        for name, each in agreement.items():
            lost = lost + np.float32(self.costs[name]) * (each < 0).astype(np.float32)
        return lost

    def parts(self, texts: Sequence[Similarities], score: float) -> tuple[Part, ...]:
        """Share a score out to meaning, words and terms by what each adds to the sum.

        `texts` are the similarities of the texts, one row each, of whose evidence the score is
        the mean.
        """
        shares = dict.fromkeys(_SHOWN_AS.values(), 0.0)
        for name, weight in self.weights.items():
            shares[_SHOWN_AS[name]] += weight * _mean(texts, name)
        whole = sum(shares.values())
        if not whole:
            shares, whole = dict.fromkeys(shares, 1.0), float(len(shares))
        values = {
            shown: sum(_mean(texts, name) for name in names) for shown, names in _VALUES.items()
        }
        return tuple(
            Part(name, min(values[name], 1.0), score * share / whole)
            for name, share in shares.items()
        )

    def trait_parts(
        self, agreement: Mapping[str, Agreement], row: int, change: float
    ) -> tuple[Part, ...]:
        """Share the change of a score by traits out to those that differ, by their costs.

        Those that are known to agree change nothing, and are told of.
        """
        known = {name: int(each[row]) for name, each in agreement.items() if each[row]}
        costs = {name: self.costs[name] for name, agrees in known.items() if agrees < 0}
        whole = sum(costs.values())
        return tuple(
            Part(
                name,
                float(agrees > 0),
                change * costs[name] / whole if costs.get(name) else 0.0,
            )
            for name, agrees in known.items()
        )

    def arrays(self) -> dict[str, NDArray[Any]]:
        """Return the numbers as they are saved."""
        arrays: dict[str, NDArray[Any]] = {
            "weights": np.array([self.weights[each] for each in WEIGHTS]),
            "costs": np.array([self.costs[each] for each in COSTS]),
        }
        if self.adapter is not None:
            arrays["adapter"] = self.adapter
        return arrays

    def header(self) -> dict[str, object]:
        """Return what is saved beside the numbers: their names, and the scale."""
        return {"features": FEATURES, "scale": asdict(self.scale)}

    @classmethod
    def of(cls, arrays: Mapping[str, NDArray[Any]], header: Mapping[str, Any]) -> "PairScorer":
        """Return the scorer of which these are the numbers, and what is saved beside them."""
        return cls(
            weights=_named(WEIGHTS, arrays["weights"]),
            scale=Scale(**header["scale"]),
            costs=_named(COSTS, arrays["costs"]),
            adapter=np.array(arrays["adapter"]) if "adapter" in arrays else None,
        )


def _named(names: Iterable[str], values: NDArray[np.float64]) -> dict[str, float]:
    return dict(zip(names, values.tolist(), strict=True))


def _mean(texts: Sequence[Similarities], name: str) -> float:
    """Return the mean of a likeness over one-row similarities; what is below 0 adds nothing."""
    return sum(max(float(getattr(each, name)[0]), 0.0) for each in texts) / len(texts)
