"""The best rows of an index, and why each of them is."""

from collections.abc import Mapping

import numpy as np

from matching.index import Index
from matching.pair_scorer import PairScorer
from matching.scoring import Scores
from matching.support import Gathered
from matching.traits import Agreement
from matching.types import Keys, Match


def ranked(
    gathered: Gathered,
    index: Index,
    k: int,
    scorer: PairScorer,
    rows: Keys,
    agreement: Mapping[str, Agreement],
) -> list[Match]:
    """Return the `k` best of some rows of an index as matches whose parts add up to the score."""
    evidence = gathered.evidence - scorer.lost(agreement)
    by_text, scores = scorer.scale.scores(gathered.evidence), scorer.scale.scores(evidence)
    best = best_rows(evidence, rows, k)
    found = []
    for rank, row in enumerate(best, start=1):
        parts = scorer.parts(gathered.texts(row), float(by_text[row]))
        change = float(scores[row]) - float(by_text[row])
        parts += scorer.trait_parts(agreement, row, change)
        score = sum(part.contribution for part in parts)
        found.append(Match(int(index.keys[row]), rank, score, parts, scorer.scale.band(score)))
    return found


def best_rows(evidence: Scores, rows: Keys, k: int) -> list[int]:
    """Return `k` of the rows with most evidence, best first; equal ones in the order of keys."""
    if k < len(rows):
        threshold = np.partition(evidence[rows], len(rows) - k)[len(rows) - k]
        rows = rows[evidence[rows] >= threshold]
    order = np.argsort(-evidence[rows], kind="stable")[:k]
    best: list[int] = rows[order].tolist()
    return best
