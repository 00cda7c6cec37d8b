"""What decisions teach an encoder, and whether it then tells right pairs from wrong ones better.

Split as in `matching.learning`: needs are kept whole, the earlier ones teach, the later ones test.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.decided_pairs import JudgedPair, by_need, check_enough, check_split
from matching.encoding import Encoder
from matching.errors import TrainingDataError
from matching.evaluation import judged_pairs
from matching.evaluation.judged_pairs import Judgements
from matching.learning import EARLIER
from matching.triplets import Triplet, triplets_of
from matching.types import Side

Numbers = NDArray[np.float64]
Report = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class EncoderLessons:
    """Triplets of the earlier needs, and the judged pairs of the later ones."""

    triplets: Sequence[Triplet]
    counts: Mapping[str, int]
    """Of the pairs and needs that were judged and of those that test, by name"""
    needs: Sequence[str]
    """Texts, [pairs]"""
    competences: Sequence[str]
    """Texts, [pairs]"""
    judgements: Judgements
    """Of the same pairs"""

    def cosines(self, encoder: Encoder) -> Numbers:
        """Return how near an encoder holds need and competence of each later pair, [pairs]."""
        asked = _vectors(encoder, self.needs, Side.QUERY)
        offered = _vectors(encoder, self.competences, Side.DOCUMENT)
        cosines: Numbers = np.vecdot(asked, offered)
        return cosines

    def report(self, before: Numbers, after: Numbers, *, seed: int = 0) -> Report:
        """Compare two encoders' cosines: AUC, nDCG@5 and the gain, with intervals over needs."""
        figures = {
            name: judged_pairs.figures(self.judgements, cosines, seed=seed, probable=False)
            for name, cosines in {"after": after, "before": before}.items()
        }
        gain = judged_pairs.gain(self.judgements, after, before, seed=seed)
        return {**self.counts, "methods": figures, "gain": gain}


def encoder_lessons(
    needs: Mapping[int, str], competences: Mapping[int, str], pairs: Sequence[JudgedPair]
) -> EncoderLessons:
    """Make lessons of decided pairs and the canonical texts of both sides by number and key.

    Pairs of which a text is unknown or empty teach nothing. Raises TrainingDataError, with the
    counts, when there are too few decisions.
    """
    pairs = [each for each in pairs if needs.get(each.need) and competences.get(each.key)]
    check_enough(pairs)
    decided = list(by_need(pairs).values())
    split = round(EARLIER * len(decided))
    places = np.repeat(np.arange(len(decided)), [len(its) for its in decided])
    ordered = [pair for its in decided for pair in its]
    right = np.array([pair.right for pair in ordered])
    check_split(right, places < split)
    tested = [pair for its in decided[split:] for pair in its]
    return EncoderLessons(
        triplets=_triplets(needs, competences, decided[:split]),
        counts={
            "right": int(right.sum()),
            "wrong": int((~right).sum()),
            "needs": len(decided),
            "tested_needs": len(decided) - split,
            "tested_pairs": len(tested),
        },
        needs=[needs[pair.need] for pair in tested],
        competences=[competences[pair.key] for pair in tested],
        judgements=Judgements(right[places >= split], places[places >= split] - split),
    )


def _triplets(
    needs: Mapping[int, str],
    competences: Mapping[int, str],
    decided: Sequence[Sequence[JudgedPair]],
) -> list[Triplet]:
    found = []
    for its in decided:
        texts = {
            label: [competences[pair.key] for pair in its if pair.right is label]
            for label in (True, False)
        }
        found += triplets_of(needs[its[0].need], texts[True], texts[False])
    if len(found) < 2:
        raise TrainingDataError(
            "Too few decisions to learn from: of the earlier needs, fewer than two have both a"
            " right and a wrong pair."
        )
    return found


def _vectors(encoder: Encoder, texts: Sequence[str], side: Side) -> Numbers:
    """Return vectors, [texts, dim]; a text that comes several times is read once."""
    distinct = list(dict.fromkeys(texts))
    places = {text: place for place, text in enumerate(distinct)}
    vectors = encoder.encode(distinct, side).astype(np.float64)
    return vectors[[places[text] for text in texts]]
