"""What further texts of an owner add to the evidence of its own text.

A competence is more than what it says of itself: its projects, courses and publications speak for
it too. The evidence of an owner is the mean of its best three texts, where its own text stands in
for each further one that is no better. So a further text never lowers its owner, and one lucky
text among many lifts it by a third of what it has more.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.index import Index
from matching.pair_scorer import PairScorer
from matching.scoring import WEIGHTS, Scores, Similarities, View

BEST = 3
"""Texts whose mean is an owner's evidence."""

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Support:
    """The further texts that lift their owners: at most `BEST` each, the best first."""

    owners: Places
    """[m], places of the owners, ascending"""
    rows: Places
    """[m], places of the further texts"""
    excess: Scores
    """[m], what each has more than its owner's own text, above 0"""

    def lifted(self, own: Scores) -> Scores:
        """Return the evidence of owners by that of their own texts, [n]."""
        total = own.copy()
        np.add.at(total, self.owners, self.excess / np.float32(BEST))
        return total

    def of(self, owner: int) -> list[int]:
        """Return the places of the further texts that lift one owner, the best first."""
        first, last = np.searchsorted(self.owners, [owner, owner + 1])
        rows: list[int] = self.rows[first:last].tolist()
        return rows


def support(own: Scores, further: Scores, owners: Places) -> Support:
    """Choose the further texts that lift their owners.

    `own` is the evidence of owners by their own texts, [n]; `further` that of further texts, [m];
    `owners` the places of their owners, [m], below 0 for a text that counts for nobody.
    """
    rows = np.flatnonzero(owners >= 0)
    excess = further[rows] - own[owners[rows]]
    rows, excess = rows[excess > 0], excess[excess > 0]
    order = np.lexsort((-excess, owners[rows]))
    rows, excess = rows[order], excess[order]
    of = owners[rows]
    kept = np.arange(len(of)) - np.searchsorted(of, of) < BEST
    return Support(of[kept], rows[kept], excess[kept])


class FurtherTexts:
    """An index of further texts beside the index of their owners, as one matcher version sees it.

    Means and rarity are those of the owners' index: what one owner has done changes no score of
    another. A text that has been emptied, or whose owner is not there, counts for nobody.
    """

    def __init__(self, view: View, owners: Index) -> None:
        self.view = view
        keys, wanted = owners.keys, view.index.owners
        places = np.minimum(np.searchsorted(keys, wanted), max(len(keys) - 1, 0))
        found = (view.index.texts.lengths > 0) & np.isin(wanted, keys)
        self._owners: Places = np.where(found, places, -1)

    def support(self, own: Scores, further: Scores) -> Support:
        """Choose the texts that lift their owners, by the evidence of both."""
        return support(own, further, self._owners)


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """A query compared with all texts of all owners."""

    evidence: Scores
    """[n], of owners"""
    own: Similarities
    """Of their own texts"""
    further: Similarities | None = None
    support: Support | None = None

    @classmethod
    def of(
        cls, own: Similarities, further: Similarities, texts: FurtherTexts, scorer: PairScorer
    ) -> "Gathered":
        """Gather the texts of owners as a scorer weighs them."""
        evidence = scorer.evidence(own)
        lifting = texts.support(evidence, scorer.evidence(further))
        return cls(lifting.lifted(evidence), own, further, lifting)

    def likenesses(self) -> Scores:
        """Return the mean likenesses of the texts of which an owner's evidence is the mean.

        [n, likenesses], in the order of `WEIGHTS`; weighted, they add up to the evidence.
        """
        own = _columns(self.own)
        if self.further is None or self.support is None:
            return own
        gained = _columns(self.further)[self.support.rows] - own[self.support.owners]
        np.add.at(own, self.support.owners, gained / np.float32(BEST))
        return own

    def texts(self, row: int) -> list[Similarities]:
        """Return the similarities of the texts of whose evidence an owner's is the mean."""
        own = self.own.of(row)
        lifting = self.support.of(row) if self.support is not None else []
        if self.further is None or not lifting:
            return [own]
        return [self.further.of(each) for each in lifting] + [own] * (BEST - len(lifting))


def _columns(similarities: Similarities) -> Scores:
    return np.column_stack([getattr(similarities, name) for name in WEIGHTS])
