"""Fits means, the alignment of languages, the scale and the duplicate model."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from matching.alignment import fit_aligners
from matching.alignment_examples import Examples, SameConcept, SameTopic, WorkAndTopic, Works
from matching.background import Background
from matching.duplicates import JUDGED, LEAD, DuplicateModel, Weights, candidates
from matching.features import PairFeatures
from matching.index import Index, language_place
from matching.languages import LANGUAGES
from matching.logistic import Sample, fit_logistic
from matching.parameters import Parameters, Scale
from matching.scoring import View
from matching.training_sets import RetrievalSet
from matching.types import Representation, Row, Side

FALSE_ALARMS = {"strong": 0.005, "good": 0.03, "possible": 0.08, "search": 0.2}
"""The shares of unrelated pairs whose score reaches each threshold."""

NEW_TO_KNOWN = 4.0
"""The duplicate model is fitted as though of five texts one were in the bank already."""


@dataclass(frozen=True, slots=True, eq=False)
class Represented:
    """A retrieval set whose texts have been encoded."""

    queries: list[Representation]
    documents: list[Representation]
    asked: Index
    """The queries; the keys are their places."""
    corpus: Index
    """The documents; the keys are their places."""
    related: NDArray[np.bool_]
    """[queries, documents]"""
    across: bool
    """Whether only texts in another language are judged"""
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
        asked = [Row(key, query, True) for key, query in enumerate(queries)]
        return cls(
            queries=queries,
            documents=documents,
            asked=Index.build(asked),
            corpus=Index.build(rows),
            related=related,
            across=source.across,
            unrelated=unrelated,
        )


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


def fit_alignment(
    means: NDArray[np.float32],
    names: dict[str, list[Representation]],
    works: Sequence[Representation],
    concepts: Sequence[Sequence[int]],
) -> NDArray[np.float32]:
    """Return maps [sides, languages, dim, dim] from names of concepts and works indexed by them.

    `names` has the same concepts in the same order in each language; `concepts` are the places
    of each work's in that order. A text of undetermined language gets the mean of the maps.
    """
    views = {
        (side, language): _centred(np.stack([_vector(each, side) for each in names[language]]))
        for side in Side
        for language in names
    }
    indexed = Works(
        vectors={side: _centred_by_language(works, side) for side in Side},
        languages=[work.language for work in works],
        concepts=concepts,
    )
    kinds: list[tuple[Examples, float]] = [
        (SameConcept(views), 0.4),
        (SameTopic(indexed), 0.3),
        (WorkAndTopic(indexed, views), 0.3),
    ]
    maps = fit_aligners([each for each in kinds if each[0]], list(views), means.shape[2])
    aligners = np.zeros((*means.shape, means.shape[2]), np.float32)
    for side_place, side in enumerate(Side):
        for language in names:
            aligners[side_place, language_place(language)] = maps[side, language]
        aligners[side_place, -1] = aligners[side_place, : len(names)].mean(axis=0)
    return aligners


def _centred_by_language(texts: Sequence[Representation], side: Side) -> NDArray[np.float32]:
    vectors = np.stack([_vector(text, side) for text in texts])
    languages = np.array([text.language for text in texts])
    for language in set(languages.tolist()):
        vectors[languages == language] = _centred(vectors[languages == language])
    return vectors


def _vector(text: Representation, side: Side) -> NDArray[np.float32]:
    return text.query if side is Side.QUERY else text.document


def _centred(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    moved = vectors - vectors.mean(axis=0)
    lengths = np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-12)
    centred: NDArray[np.float32] = moved / lengths
    return centred


def fit_scale(sets: Sequence[Represented], parameters: Parameters, background: Background) -> Scale:
    """Fit the logistic function that tells related from unrelated pairs, as many of each."""
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 -- slow import

    related, unrelated = [], []
    for each in sets:
        view = View(each.corpus, parameters, background)
        space = View(each.asked, parameters, background).space
        evidence = np.stack(
            [view.similarities(q, Side.QUERY, Side.DOCUMENT, space).evidence for q in each.queries]
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
    sets: Sequence[Represented],
    pairs: Sequence[tuple[Representation, Representation, bool]],
    parameters: Parameters,
    background: Background,
) -> dict[str, Weights]:
    """Fit the model's two parts: on labelled pairs, and on what our own search finds.

    The first also learns from the sets across languages, of which there are no labelled pairs.
    """
    mined = [_mined(each, parameters, background) for each in sets]
    labelled = _labelled(pairs, parameters, background)
    across = [
        sample
        for each, samples in zip(sets, mined, strict=True)
        if each.across
        for sample in samples
        if sample.right_in_bank
    ]
    weight = len(labelled) / max(len(across), 1) / 2
    first = fit_logistic(
        [*labelled, *(replace(sample, weight=weight) for sample in across)], without={LEAD}
    )
    model = DuplicateModel(pair=first, found={})
    found = [
        replace(sample, features=sample.features | {JUDGED: model.judged(sample.features)})
        for samples in mined
        for sample in samples
    ]
    return {"pair": first, "found": fit_logistic(found, without=set())}


def _labelled(
    pairs: Sequence[tuple[Representation, Representation, bool]],
    parameters: Parameters,
    background: Background,
) -> list[Sample]:
    """Return pairs as samples; the texts of all of them are the bank."""
    texts = {text.text: text for one, other, _ in pairs for text in (one, other)}
    place = {text: key for key, text in enumerate(texts)}
    rows = [Row(key, text, True) for key, text in enumerate(texts.values())]
    view = View(Index.build(rows), parameters, background)
    return [
        Sample(PairFeatures(one, view).of(place[other.text]), label) for one, other, label in pairs
    ]


def _mined(each: Represented, parameters: Parameters, background: Background) -> list[Sample]:
    """Return what a search finds, with the right texts in the bank and without."""
    view = View(each.corpus, parameters, background)
    samples = []
    for query, related, unrelated in zip(each.queries, each.related, each.unrelated, strict=True):
        compared = PairFeatures(query, view)
        with_right = candidates(compared, np.flatnonzero(unrelated | related))
        without = candidates(compared, np.flatnonzero(unrelated))
        samples += [Sample(features, bool(related[row])) for row, features in with_right]
        samples += [
            Sample(features, False, NEW_TO_KNOWN, right_in_bank=False) for _, features in without
        ]
    return samples
