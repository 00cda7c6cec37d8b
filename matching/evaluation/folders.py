"""Measures a ranker and the simple methods on a folder of judged texts.

Nothing but the folder is read. Its judgements reach no method, and neither do the names of the
folder and of its texts.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from functools import partial
from pathlib import Path
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from matching.errors import EvaluationError
from matching.evaluation import reports, trials
from matching.evaluation.judged import (
    JudgedPair,
    JudgedTexts,
    holds_pairs,
    read_pairs,
    read_texts,
)
from matching.evaluation.rankers import Ranker
from matching.evaluation.reports import Report
from matching.evaluation.resampling import RESAMPLES
from matching.evaluation.trials import MATCHER, METHODS, Pool, Query
from matching.types import Document, Representation

CHUNK = 64
"""Texts that are represented between two steps of a progress bar."""

ALL = "all"
"""The name of the pool of every language."""

Watch = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, and of how much."""

Case = TypeVar("Case")
Found = TypeVar("Found")


class Task(Enum):
    """What is looked for: the same need again, or something that answers a need."""

    NEED_NEED = "need-need"
    NEED_COMPETENCE = "need-competence"
    NEED_PRIOR = "need-prior"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationOptions:
    """What is measured; no methods means all.

    `limit` draws so many queries or pairs by `seed`; a corpus stays whole.
    """

    methods: Sequence[str] = ()
    by_language: bool = False
    limit: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        """Raise EvaluationError for a method that nobody knows."""
        for name in self.methods:
            if name not in METHODS:
                raise EvaluationError(f"No method is called {name!r}: use {', '.join(METHODS)}.")


def evaluate_folder(
    folder: Path,
    task: Task,
    ranker: Ranker,
    options: EvaluationOptions,
    watch: Watch = lambda _what, _done, _of: None,
) -> Report:
    """Return the figures of all methods, ready to be written as JSON.

    Need and need are compared by the duplicate detector, the rest by topic over all rows of the
    pool. Raises EvaluationError when the folder is malformed.
    """
    run = _Run(task is Task.NEED_NEED, ranker, options, watch)
    figures = (
        run.pairs(read_pairs(folder)) if holds_pairs(folder) else run.texts(read_texts(folder))
    )
    return {
        "folder": folder.resolve().name,
        "task": task.value,
        "version": ranker.version,
        "seed": options.seed,
        "resamples": RESAMPLES,
        **figures,
    }


@dataclass(frozen=True, slots=True)
class _Run:
    """What all steps of one evaluation need."""

    symmetric: bool
    ranker: Ranker
    options: EvaluationOptions
    watch: Watch

    def texts(self, judged: JudgedTexts) -> Report:
        """Measure each pool, and in it each group of queries."""
        queries = self._drawn([each for each in judged.queries if each.id in judged.gains])
        known = self._represented([*queries, *judged.corpus])
        report: Report = {}
        for name, corpus in self._pools(judged.corpus):
            gains = _by_row(judged, queries, corpus)
            put = [each for each in queries if gains[each.id]]
            if not put:
                continue
            answers = trials.ask(
                self._pool(known.of(corpus), known.of(queries)),
                [Query(known.one(each), gains[each.id]) for each in put],
                partial(self._step, f"Asking ({name})", len(put)),
                alarm=self.symmetric,
            )
            for group, rows in self._groups(name, put, corpus):
                part = {method: each.of(rows) for method, each in answers.items()}
                report[group] = {"queries": len(rows), "documents": len(corpus)}
                report[group]["methods"] = self._reported(part, reports.of_answers)
        return {"pools": report}

    def pairs(self, judged: list[JudgedPair]) -> Report:
        """Measure pairs; their distinct texts are the pool in which each pair is judged.

        The duplicate model looks at what else is near, so a pair without a pool would be another
        question than the one that a bank asks.
        """
        pairs = self._drawn(judged)
        known = self._represented([text for pair in pairs for text in (pair.first, pair.second)])
        pool = self._pool(known.representations, known.representations)
        rows = [(known.place(pair.first), known.place(pair.second)) for pair in pairs]
        step = partial(self._step, "Judging", len(rows))
        scores = trials.judge_pairs(pool, rows, step)
        same = np.array([pair.same for pair in pairs])
        return {
            "pairs": len(pairs),
            "same": int(same.sum()),
            "documents": len(known.representations),
            "methods": self._reported(scores, partial(reports.of_pairs, same)),
        }

    def _pool(self, documents: Sequence[Representation], queries: Sequence[Representation]) -> Pool:
        methods = self.options.methods or METHODS
        return Pool(documents, queries, self.ranker, methods, symmetric=self.symmetric)

    def _reported(self, found: dict[str, Found], report: Callable[..., Report]) -> Report:
        """Report each method; only the duplicate model's scores are probabilities."""
        return {
            method: report(
                each, seed=self.options.seed, probable=self.symmetric and method == MATCHER
            )
            for method, each in found.items()
        }

    def _pools(self, corpus: list[Document]) -> Iterator[tuple[str, list[Document]]]:
        """Give the whole corpus and, where asked for, each of its languages."""
        yield ALL, corpus
        languages = sorted({each.language for each in corpus})
        # With one language only the whole corpus is that pool already.
        if self.options.by_language and len(languages) > 1:
            for language in languages:
                yield language, [each for each in corpus if each.language == language]

    def _groups(
        self, pool: str, queries: list[Document], corpus: list[Document]
    ) -> Iterator[tuple[str, NDArray[np.intp]]]:
        """Give names of groups of queries and their rows: all, then by the queries' language."""
        asked = np.array([each.language for each in queries])
        if pool == ALL:
            yield ALL, np.arange(len(asked))
        if self.options.by_language:
            answering = {each.language for each in corpus}
            name = answering.pop() if len(answering) == 1 else ALL
            for language in sorted(set(asked.tolist())):
                yield f"{language}-{name}", np.flatnonzero(asked == language)

    def _drawn(self, cases: list[Case]) -> list[Case]:
        limit = self.options.limit
        if limit is None or limit >= len(cases):
            return cases
        chance = np.random.default_rng(self.options.seed)
        return [cases[place] for place in sorted(chance.permutation(len(cases))[:limit])]

    def _represented(self, documents: Sequence[Document]) -> "_Known":
        """Represent each distinct text once; those of like length together, which is faster."""
        languages: dict[str, set[str]] = {}
        for each in documents:
            languages.setdefault(each.title, set()).add(each.language)
        texts = sorted(languages, key=lambda text: (len(text), text))
        keys: list[tuple[str, str]] = []
        found: list[Representation] = []
        for start in range(0, len(texts), CHUNK):
            chunk = texts[start : start + CHUNK]
            added = [(text, language) for text in chunk for language in sorted(languages[text])]
            found += self.ranker.represent(
                [Document(id="", title=text, language=language) for text, language in added]
            )
            keys += added
            self.watch("Reading", start + len(chunk), len(texts))
        return _Known({key: place for place, key in enumerate(keys)}, found)

    def _step(self, what: str, of: int, done: int) -> None:
        self.watch(what, done, of)


@dataclass(frozen=True, slots=True)
class _Known:
    """Representations of distinct texts."""

    places: dict[tuple[str, str], int]
    """By text and language as given."""
    representations: list[Representation]

    def place(self, document: Document) -> int:
        return self.places[document.title, document.language]

    def one(self, document: Document) -> Representation:
        return self.representations[self.place(document)]

    def of(self, documents: Sequence[Document]) -> list[Representation]:
        return [self.one(each) for each in documents]


def _by_row(
    judged: JudgedTexts, queries: Sequence[Document], corpus: Sequence[Document]
) -> dict[str, dict[int, float]]:
    """Return the gains of each query's right answers in a pool, by row of the pool."""
    row = {document.id: place for place, document in enumerate(corpus)}
    return {
        query.id: {row[name]: gain for name, gain in judged.gains[query.id].items() if name in row}
        for query in queries
    }
