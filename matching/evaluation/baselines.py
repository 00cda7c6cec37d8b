"""Simple methods to beat, fitted on the texts of one pool; they may use its statistics.

The gated recipe is the best that was found without training: meaning after each language's own
mean is taken away, and words only between texts of the same language.
"""

from collections.abc import Callable, Collection, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching.evaluation.rankers import Allowed, Scores
from matching.types import Representation, Vector

RRF_CONSTANT = 60
"""As Cormack, Clarke and Büttcher (2009) chose it."""

# Okapi BM25, with the usual constants.
K1 = 1.2
B = 0.75

GATED_MEANING = 0.6
GATED_WORDS = 0.2
GATED_WORDS_AMONG_LANGUAGES = 0.1
"""Where the pool mixes languages, words would lift one's own language above better answers."""

MEAN_FROM = 20
"""A mean of fewer vectors is too much those vectors themselves to be taken away."""


class Baselines:
    """Scores the texts of a pool for a query by each of the methods in `NAMES`."""

    NAMES = ("rapidfuzz", "tfidf", "bm25", "dense", "rrf", "gated")

    def __init__(
        self,
        documents: Sequence[Representation],
        queries: Sequence[Representation],
        *,
        symmetric: bool,
    ) -> None:
        """Take the pool and all queries; `symmetric` compares passages with passages."""
        self._documents = documents
        self._queries = queries
        self._symmetric = symmetric
        self._languages = np.array([document.language for document in documents])
        self._passages = np.stack([document.document for document in documents])

    def scores(
        self, query: Representation, allowed: Allowed, wanted: Collection[str]
    ) -> dict[str, Scores]:
        """Return [n] scores by method; those of texts not allowed are meaningless."""
        asked = _Asked(self, query, allowed)
        return {name: getattr(asked, name) for name in self.NAMES if name in wanted}

    def rapidfuzz(self, query: Representation) -> Scores:
        """Return RapidFuzz's token_set_ratio."""
        from rapidfuzz import fuzz, process, utils  # noqa: PLC0415 -- slow import

        asked = [utils.default_process(query.text)]
        ratios: Scores = process.cdist(asked, self._plain, scorer=fuzz.token_set_ratio)[0]
        return ratios

    def tfidf(self, query: Representation) -> Scores:
        """Return cosines of tf-idf weighted letter sequences."""
        return self._tfidf(query.text)

    def bm25(self, query: Representation) -> Scores:
        """Return Okapi BM25 over lemmas."""
        return self._bm25(query.lemmas)

    def dense(self, query: Representation) -> Scores:
        """Return cosines of the vectors as the encoder gives them."""
        cosines: Scores = self._passages @ (query.document if self._symmetric else query.query)
        return cosines

    def centred(self, query: Representation) -> Scores:
        """Return cosines of query and passages after their languages' means are taken away."""
        moved = _moved(query.query[None], self._query_means.get(query.language))[0]
        cosines: Scores = self._centred @ moved
        return cosines

    def standardised(self, scores: Scores, allowed: Allowed) -> Scores:
        """Return z-scores within each language of the pool."""
        result = np.zeros(len(scores))
        for language in set(self._languages[allowed].tolist()):
            rows = allowed & (self._languages == language)
            spread = float(scores[rows].std())
            result[rows] = (scores[rows] - scores[rows].mean()) / (spread or 1.0)
        return result

    def same_language(self, query: Representation) -> Allowed:
        """Return which texts are in the query's language, [n]."""
        same: Allowed = self._languages == query.language
        return same

    @cached_property
    def mixes_languages(self) -> bool:
        """Whether the pool holds more than one language."""
        return len(set(self._languages.tolist())) > 1

    @cached_property
    def _plain(self) -> list[str]:
        from rapidfuzz import utils  # noqa: PLC0415 -- slow import

        return [utils.default_process(document.text) for document in self._documents]

    @cached_property
    def _tfidf(self) -> Callable[[str], Scores]:
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415 -- slow import

        vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 5), sublinear_tf=True)
        return _compared(vectorizer, [document.text for document in self._documents])

    @cached_property
    def _bm25(self) -> Callable[[str], Scores]:
        from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415 -- slow import

        vectorizer = CountVectorizer(analyzer=str.split)
        return _compared(vectorizer, [document.lemmas for document in self._documents], _okapi)

    @cached_property
    def _centred(self) -> Vector:
        result = self._passages.copy()
        for language in set(self._languages.tolist()):
            rows = self._languages == language
            result[rows] = _moved(result[rows], _mean(result[rows]))
        return result

    @cached_property
    def _query_means(self) -> dict[str, Vector | None]:
        by_language: dict[str, list[Vector]] = {}
        for query in self._queries:
            by_language.setdefault(query.language, []).append(query.query)
        return {language: _mean(np.stack(each)) for language, each in by_language.items()}


class _Asked:
    """One query to the pool; what several methods share is computed once."""

    def __init__(self, pool: Baselines, query: Representation, allowed: Allowed) -> None:
        self._pool = pool
        self._query = query
        self._allowed = allowed

    @cached_property
    def rapidfuzz(self) -> Scores:
        return self._pool.rapidfuzz(self._query)

    @cached_property
    def tfidf(self) -> Scores:
        return self._pool.tfidf(self._query)

    @cached_property
    def bm25(self) -> Scores:
        return self._pool.bm25(self._query)

    @cached_property
    def dense(self) -> Scores:
        return self._pool.dense(self._query)

    @property
    def rrf(self) -> Scores:
        """Reciprocal rank fusion of letters, lemmas and vectors."""
        from scipy.stats import rankdata  # noqa: PLC0415 -- slow import

        fused = np.zeros(len(self._allowed))
        for scores in (self.tfidf, self.bm25, self.dense):
            fused[self._allowed] += 1 / (RRF_CONSTANT + rankdata(-scores[self._allowed]))
        return fused

    @property
    def gated(self) -> Scores:
        """Weighted sum of z-scores."""
        pool, allowed = self._pool, self._allowed
        weight = GATED_WORDS_AMONG_LANGUAGES if pool.mixes_languages else GATED_WORDS
        words = pool.standardised(self.tfidf, allowed) + pool.standardised(self.bm25, allowed)
        gated = weight * words * pool.same_language(self._query)
        meaning = pool.standardised(pool.centred(self._query), allowed)
        weighted: Scores = GATED_MEANING * meaning + gated
        return weighted


def _mean(vectors: Vector) -> Vector | None:
    return vectors.mean(axis=0) if len(vectors) >= MEAN_FROM else None


def _moved(vectors: Vector, mean: Vector | None) -> Vector:
    """Return vectors [n, dim] without the mean, of unit length."""
    if mean is None:
        return vectors
    moved = vectors - mean
    unit: Vector = moved / np.maximum(np.linalg.norm(moved, axis=1, keepdims=True), 1e-12)
    return unit


def _compared(
    vectorizer: Any, texts: Sequence[str], weigh: Callable[[Any], Any] = lambda counts: counts
) -> Callable[[str], Scores]:
    """Return a function that gives a text's products with the weighted rows of texts, [n]."""
    try:
        matrix = weigh(vectorizer.fit_transform(texts))
    except ValueError:
        # scikit-learn refuses texts of which none has a word.
        return lambda text: np.zeros(len(texts))
    return lambda text: matrix @ vectorizer.transform([text]).toarray()[0]


def _okapi(counts: Any) -> Any:
    """Return the BM25 weight of each word in each text, sparse [n, words]."""
    weights = counts.astype(float)
    # Not in every copy of a sparse matrix are the words of a row in the same order.
    weights.sort_indices()
    texts, words = weights.shape
    count, word = weights.data, weights.indices
    frequency = np.bincount(word, minlength=words)
    rarity = np.log1p((texts - frequency + 0.5) / (frequency + 0.5))
    lengths: NDArray[Any] = np.asarray(weights.sum(axis=1)).ravel()
    relative = 1 - B + B * lengths / max(float(lengths.mean()), 1.0)
    row = np.repeat(np.arange(texts), np.diff(weights.indptr))
    weights.data = rarity[word] * count * (K1 + 1) / (count + K1 * relative[row])
    return weights
