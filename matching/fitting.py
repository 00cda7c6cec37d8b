"""Fits means, the evidence of unrelated pairs, the scale and the duplicate model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.background import Background
from matching.duplicates import INTERCEPT
from matching.features import Features, PairFeatures
from matching.index import Index, language_place
from matching.languages import LANGUAGES
from matching.matcher import best_rows
from matching.parameters import Parameters, Scale
from matching.scoring import View
from matching.training_sets import RetrievalSet
from matching.types import Representation, Row, Side

FALSE_ALARMS = {"strong": 0.005, "good": 0.03, "possible": 0.08, "search": 0.2}
"""The shares of unrelated pairs whose score reaches each threshold."""

RIDGE = 1e-5
"""Weight of the squares of the duplicate model's weights in what is minimised."""

LURES = 10
"""Wrong candidates for each text on which the duplicate model is fitted."""


@dataclass(frozen=True, slots=True, eq=False)
class Represented:
    """A retrieval set whose texts have been encoded."""

    queries: list[Representation]
    documents: list[Representation]
    corpus: Index
    """The documents; the keys are their places."""
    related: NDArray[np.bool_]
    """[queries, documents]"""
    unrelated: NDArray[np.bool_]
    """[queries, documents]; in a set across languages not all others"""

    @classmethod
    def of(
        cls, source: RetrievalSet, queries: list[Representation], documents: list[Representation]
    ) -> "Represented":
        """Combine a set with the representations of its texts."""
        marks = [
            [document.id in source.relevant.get(query.id, ()) for document in source.corpus]
            for query in source.queries
        ]
        related = np.array(marks, bool)
        languages = np.array([document.language for document in documents])
        other = np.array([languages != query.language for query in queries])
        rows = [Row(key, document, True) for key, document in enumerate(documents)]
        # Some queries are in the corpus too; a text is not unrelated to itself.
        itself = np.array([[a.text == b.text for b in documents] for a in queries])
        unrelated = ~related & ~itself & (other if source.across else True)
        return cls(queries, documents, Index.build(rows), related, unrelated)


def fit_means(groups: Sequence[Sequence[Representation]]) -> NDArray[np.float32]:
    """Return mean vectors [sides, languages, dim]; each group of texts weighs the same."""
    means = np.zeros((len(Side), len(LANGUAGES), groups[0][0].query.shape[0]), np.float32)
    for place, language in enumerate(LANGUAGES[:-1]):
        texts = [[text for text in group if text.language == language] for group in groups]
        present = [group for group in texts if group]
        means[0, place] = np.mean([np.mean([t.query for t in g], axis=0) for g in present], axis=0)
        means[1, place] = np.mean(
            [np.mean([t.document for t in g], axis=0) for g in present], axis=0
        )
    means[:, -1] = means[:, :-1].mean(axis=1)
    return means


def fit_expected(
    sets: Sequence[Represented], parameters: Parameters, background: Background
) -> NDArray[np.float32]:
    """Return the mean cosines of unrelated pairs by language; each set weighs the same."""
    cells: dict[tuple[int, int], list[float]] = {}
    for each in sets:
        view = View(each.corpus, parameters, background)
        cosines = np.stack([view.meaning(q, Side.QUERY, Side.DOCUMENT) for q in each.queries])
        for cell, mean in _means_by_language(each, cosines).items():
            cells.setdefault(cell, []).append(mean)
    expected = np.full((len(LANGUAGES), len(LANGUAGES)), np.nan)
    for cell, means in cells.items():
        expected[cell] = np.mean(means)
    # Language pairs that no set has, and undetermined texts: the mean of the others.
    return np.where(np.isnan(expected), np.nanmean(expected), expected).astype(np.float32)


def _means_by_language(
    each: Represented, cosines: NDArray[np.float32]
) -> dict[tuple[int, int], float]:
    asked = np.array([language_place(query.language) for query in each.queries])
    means = {}
    for place in set(asked.tolist()):
        for other in set(each.corpus.languages.tolist()):
            cell = np.outer(asked == place, each.corpus.languages == other) & each.unrelated
            if cell.any():
                means[place, other] = float(cosines[cell].mean())
    return means


def fit_scale(sets: Sequence[Represented], parameters: Parameters, background: Background) -> Scale:
    """Fit the logistic function that tells related from unrelated pairs, as many of each."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 -- slow import

    related, unrelated = [], []
    for each in sets:
        view = View(each.corpus, parameters, background)
        evidence = np.stack(
            [view.similarities(q, Side.QUERY, Side.DOCUMENT).evidence for q in each.queries]
        )
        related.append(evidence[each.related])
        unrelated.append(evidence[each.unrelated])
    points = np.concatenate(related + unrelated)[:, None]
    weights = np.concatenate([np.full(len(e), 1 / len(e)) for e in related + unrelated])
    labels = np.repeat([True, False], [sum(map(len, related)), sum(map(len, unrelated))])
    model = LogisticRegression(C=1e3).fit(points, labels, sample_weight=weights * 1e4)
    slope, middle = float(model.coef_[0, 0]), -float(model.intercept_[0] / model.coef_[0, 0])
    blank = Scale(slope=slope, middle=middle, strong=0, good=0, possible=0, search=0)
    thresholds = {
        name: float(blank.scores(_median_quantile(unrelated, 1 - share)))
        for name, share in FALSE_ALARMS.items()
    }
    return Scale(slope=slope, middle=middle, **thresholds)


def _median_quantile(samples: Sequence[NDArray[np.float32]], share: float) -> NDArray[np.float32]:
    return np.array(np.median([np.quantile(sample, share) for sample in samples]), np.float32)


def fit_duplicates(
    sets: Sequence[Represented], parameters: Parameters, background: Background
) -> dict[str, float]:
    """Fit a logistic regression on candidates found by our own retriever, as they come in use."""
    pairs = [pair for each in sets for pair in _mined(each, parameters, background)]
    names = sorted(pairs[0][0])
    points = np.array([[features[name] for name in names] for features, _ in pairs])
    labels = np.array([label for _, label in pairs])
    *weights, intercept = _logistic(points, labels, _bounds(names)).tolist()
    return {INTERCEPT: intercept} | dict(zip(names, weights, strict=True))


def _bounds(names: Sequence[str]) -> list[tuple[float | None, float | None]]:
    """Return the signs that weights may have: likeness never speaks against, a clash never for."""
    return [(None, 0.0) if name.endswith("_clash") else (0.0, None) for name in names]


def _logistic(
    points: NDArray[np.float64],
    labels: NDArray[np.bool_],
    bounds: Sequence[tuple[float | None, float | None]],
) -> NDArray[np.float64]:
    """Return the weights and the intercept that make the labels likeliest within bounds."""
    from scipy.optimize import minimize  # noqa: PLC0415 -- slow import

    design = np.column_stack([points, np.ones(len(points))])
    signs = np.where(labels, 1.0, -1.0)

    def loss(weights: NDArray[np.float64]) -> float:
        penalty = RIDGE * float(weights[:-1] @ weights[:-1])
        return float(np.logaddexp(0, -signs * (design @ weights)).mean()) + penalty

    start = np.zeros(design.shape[1])
    fitted = minimize(loss, start, method="L-BFGS-B", bounds=[*bounds, (None, None)])
    weights: NDArray[np.float64] = fitted.x
    return weights


def _mined(
    each: Represented, parameters: Parameters, background: Background
) -> list[tuple[Features, bool]]:
    """Return the features of right pairs and of the nearest wrong ones."""
    view = View(each.corpus, parameters, background)
    pairs = []
    for query, related, unrelated in zip(each.queries, each.related, each.unrelated, strict=True):
        compared = PairFeatures(query, view)
        evidence = compared.similarities.evidence
        lures = best_rows(evidence, np.flatnonzero(unrelated), LURES)
        pairs += [(compared.of(row), True) for row in np.flatnonzero(related).tolist()]
        pairs += [(compared.of(row), False) for row in lures]
    return pairs
