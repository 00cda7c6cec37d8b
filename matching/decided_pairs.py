"""Pairs that coordinators have decided on, as the numbers that are learned from."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.adapter import AlignedPairs, aligned_need, texts_of
from matching.errors import TrainingDataError
from matching.evaluation.judged_pairs import Judgements
from matching.index import Index
from matching.matcher import Matcher
from matching.pair_scorer import PairScorer
from matching.scoring import WEIGHTS
from matching.support import Gathered
from matching.traits import Agreement, Traits, not_known
from matching.types import Representation

FEWEST_OF_EACH = 50
"""Right and wrong pairs under which nothing is learned."""
FEWEST_NEEDS = 20
_DRAWN_PER_NEED = 200
"""Pairs that nobody judged, drawn to carry the bands' thresholds over."""

Numbers = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class JudgedPair:
    """A decision: the need's number, the competence's key, whether right, when in seconds."""

    need: int
    key: int
    right: bool
    at: float


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Bank:
    """What the decided pairs are of.

    `queries` are the needs by number, `needs` is the index among which they are matched.
    `further` has further texts of the competences, and `traits` tells how a need agrees with
    them; without these, none are known.
    """

    queries: Mapping[int, Representation]
    competences: Index
    needs: Index
    further: Index | None = None
    traits: Callable[[int], Traits] | None = None

    def agreement(self, need: int) -> dict[str, Agreement]:
        """Return how a need agrees with every competence, by trait."""
        if self.traits is None:
            return not_known(self.competences)
        return self.traits(need).placed(self.competences)

    def gathered(self, matcher: Matcher, need: int, scorer: PairScorer) -> Gathered:
        """Return a need compared with every competence, as a scorer weighs them."""
        return matcher.gathered(
            self.queries[need],
            self.competences,
            among=self.needs,
            further=self.further,
            scorer=scorer,
        )


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """Some competences for each need, whoever judged them, to carry thresholds over by."""

    needs: Sequence[int]
    rows: Sequence[NDArray[np.int64]]

    @classmethod
    def of(cls, needs: Iterable[int], competences: int, seed: int) -> "Drawn":
        """Draw by chance."""
        needs, chance = list(needs), np.random.default_rng(seed)
        return cls(needs, [chance.permutation(competences)[:_DRAWN_PER_NEED] for _ in needs])

    def likenesses(self, matcher: Matcher, bank: Bank, scorer: PairScorer) -> Numbers:
        """Return the likenesses of the drawn pairs as a scorer takes them, [drawn, likenesses]."""
        drawn = [
            bank.gathered(matcher, need, scorer).likenesses()[rows]
            for need, rows in zip(self.needs, self.rows, strict=True)
        ]
        return np.concatenate(drawn).astype(np.float64)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Table:
    """Judged pairs, ordered by their needs; needs are ordered by their first decision.

    Features are the likenesses, in the order of `WEIGHTS`, and for each trait -1 where it differs,
    in the order of `COSTS`.
    """

    features: Numbers
    """[pairs, features]"""
    right: NDArray[np.bool_]
    need: NDArray[np.int64]
    """[pairs], the place of the need"""
    current: Numbers
    """[pairs], scores of the version in use"""
    vectors: AlignedPairs
    drawn: Drawn
    shipped: Numbers
    """[drawn], scores of these in the shipped version, but for traits"""

    @classmethod
    def of(cls, matcher: Matcher, bank: Bank, pairs: Sequence[JudgedPair], seed: int) -> "Table":
        """Compare the texts of judged pairs, and of some others, as suggestions compare them."""
        decided = by_need(pairs)
        compared = [_compared(matcher, bank, need, its) for need, its in decided.items()]
        drawn = Drawn.of(decided, len(bank.competences), seed)
        weights, scale = list(WEIGHTS.values()), matcher.shipped.scale
        evidence = drawn.likenesses(matcher, bank, matcher.shipped) @ weights
        ordered = [pair for its in decided.values() for pair in its]
        sizes = [len(its) for its in decided.values()]
        return cls(
            features=np.concatenate([each.features for each in compared]),
            right=np.array([pair.right for pair in ordered]),
            need=np.repeat(np.arange(len(decided)), sizes),
            current=np.concatenate([each.current for each in compared]),
            vectors=AlignedPairs.joined([each.vectors for each in compared]),
            drawn=drawn,
            shipped=scale.scores(evidence.astype(np.float32)).astype(np.float64),
        )

    @property
    def lexical(self) -> Numbers:
        """Return the mean of words and terms, [pairs]."""
        names = list(WEIGHTS)
        columns = [names.index("words"), names.index("terms")]
        mean: Numbers = self.features[:, columns].mean(axis=1)
        return mean

    def judgements(self, of: NDArray[np.bool_]) -> Judgements:
        """Return the labels of some pairs."""
        _, need = np.unique(self.need[of], return_inverse=True)
        return Judgements(self.right[of], need)


def check_enough(pairs: Sequence[JudgedPair]) -> None:
    """Raise TrainingDataError, with the counts, when there are too few decisions."""
    right = sum(each.right for each in pairs)
    needs = len({each.need for each in pairs})
    if min(right, len(pairs) - right) < FEWEST_OF_EACH or needs < FEWEST_NEEDS:
        raise TrainingDataError(
            f"Too few decisions to learn from: {right} right and {len(pairs) - right} wrong"
            f" pairs of {needs} needs; it takes {FEWEST_OF_EACH} of each and {FEWEST_NEEDS} needs."
        )


def check_split(right: NDArray[np.bool_], earlier: NDArray[np.bool_]) -> None:
    """Raise TrainingDataError unless both parts of the pairs have right and wrong ones."""
    for part, name in ((right[earlier], "earlier"), (right[~earlier], "later")):
        if part.all() or not part.any():
            raise TrainingDataError(
                f"Too few decisions to learn from: the {name} needs have right pairs only, or"
                " wrong ones only."
            )


def by_need(pairs: Sequence[JudgedPair]) -> dict[int, list[JudgedPair]]:
    """Return each need's pairs; needs and pairs in the order of their (first) decision."""
    found: dict[int, list[JudgedPair]] = {}
    for pair in sorted(pairs, key=lambda each: (each.at, each.need, each.key)):
        found.setdefault(pair.need, []).append(pair)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class _Compared:
    """The judged pairs of one need, as the columns of a table have them."""

    features: Numbers
    current: Numbers
    vectors: AlignedPairs


def _compared(matcher: Matcher, bank: Bank, need: int, pairs: Sequence[JudgedPair]) -> _Compared:
    rows = np.searchsorted(bank.competences.keys, [each.key for each in pairs])
    scorer, agreement = matcher.pairs, bank.agreement(need)
    gathered = plain = bank.gathered(matcher, need, scorer)
    if scorer.adapter is not None:
        # Another map is fitted to what no map has changed.
        plain = bank.gathered(matcher, need, replace(scorer, adapter=None))
    differing = [-1.0 * (each < 0) for each in agreement.values()]
    features = np.column_stack([plain.likenesses(), *differing]).astype(np.float64)
    scores = scorer.scale.scores(gathered.evidence - scorer.lost(agreement))
    asked = aligned_need(bank.queries[need], matcher.view(bank.needs).space)
    space = matcher.view(bank.competences).space
    texts = [texts_of(plain, row, space, bank.competences, bank.further) for row in rows.tolist()]
    return _Compared(features[rows], scores[rows].astype(np.float64), AlignedPairs.of(asked, texts))
