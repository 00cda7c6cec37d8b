"""What is known of a pair beside its texts: whether both are of one region, field, language.

Differing costs evidence; agreeing gives none, and what is not known costs nothing. So nothing is
brought together by a region in common: texts decide what is good enough to be shown, and traits
what comes before what.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.index import Index
from matching.types import Keys

COSTS = {"region": 0.02, "field": 0.02, "language": 0.02}
"""Evidence that a pair loses by differing: enough to decide between texts that suit alike.

Fitted on nothing. Training finds what a bank's coordinators think of each.
"""

Agreement = NDArray[np.int8]
"""1 where both are the same, -1 where they differ, 0 where that is not known, [n]."""


@dataclass(frozen=True, slots=True, eq=False)
class Traits:
    """How one text agrees with the rows of some keys."""

    keys: Keys
    """[n], each once, in any order"""
    agreement: Mapping[str, Agreement]
    """By the names of `COSTS`, [n] each; a trait that is left out is not known"""

    def placed(self, index: Index) -> dict[str, Agreement]:
        """Return the agreement with each row of an index, by trait; 0 for those not told of."""
        order = np.argsort(self.keys)
        known = np.flatnonzero(np.isin(index.keys, self.keys))
        places = order[np.searchsorted(self.keys[order], index.keys[known])]
        placed = not_known(index)
        for name, agreement in self.agreement.items():
            placed[name][known] = agreement[places]
        return placed


def not_known(index: Index) -> dict[str, Agreement]:
    """Return what is known of the rows of an index when nothing was told."""
    return {name: np.zeros(len(index), np.int8) for name in COSTS}
