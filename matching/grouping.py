"""Suggests which of some short texts belong together; people decide."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matching.index import Index
from matching.matcher import Matcher
from matching.types import Document, Row, Side

TOGETHER_FROM = 0.22
"""Evidence that every two texts of a group have at least.

Chosen on ideas of four made-up workshops: of the pairs that were put together about three in four
belong together. A pair too few costs one move by hand, a pair too many costs trust.
"""

Evidence = NDArray[np.float64]


def groups_alike(matcher: Matcher, texts: Sequence[str]) -> list[tuple[int, ...]]:
    """Return the places of texts that belong together, the largest group first.

    Within a group the most typical text comes first. What is like nothing else is in no group.
    """
    if len(texts) < 2:
        return []
    evidence = _evidence(matcher, texts)
    groups = [_most_typical_first(each, evidence) for each in _joined(evidence) if len(each) > 1]
    return sorted(groups, key=lambda group: (-len(group), min(group)))


def _evidence(matcher: Matcher, texts: Sequence[str]) -> Evidence:
    """Return the evidence for each two texts, [n, n], the same from both sides."""
    represented = matcher.represent(
        [Document(id=str(place), title=text) for place, text in enumerate(texts)]
    )
    # Public rows: what all ideas of one workshop have in common tells none of them apart.
    rows = [Row(place, each, public=True) for place, each in enumerate(represented)]
    view = matcher.view(Index.build(rows))
    space = matcher.parameters.space
    one_way = np.array(
        [
            matcher.shipped.evidence(view.similarities(each, Side.QUERY, Side.DOCUMENT, space))
            for each in represented
        ],
        np.float64,
    )
    return (one_way + one_way.T) / 2


def _joined(evidence: Evidence) -> list[list[int]]:
    """Return the groups in which every two texts have evidence enough (complete linkage)."""
    from scipy.cluster.hierarchy import fcluster, linkage  # noqa: PLC0415 -- slow import
    from scipy.spatial.distance import squareform  # noqa: PLC0415 -- slow import

    highest = max(float(evidence.max()), TOGETHER_FROM)
    distances = highest - evidence
    np.fill_diagonal(distances, 0)
    tree = linkage(squareform(distances, checks=False), "complete")
    numbers = fcluster(tree, highest - TOGETHER_FROM, "distance")
    return [np.flatnonzero(numbers == number).tolist() for number in np.unique(numbers)]


def _most_typical_first(group: list[int], evidence: Evidence) -> tuple[int, ...]:
    within = evidence[np.ix_(group, group)].sum(axis=1)
    order = sorted(range(len(group)), key=lambda place: (-within[place], group[place]))
    return tuple(group[place] for place in order)
