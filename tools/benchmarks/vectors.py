"""The ten nearest of many vectors: numpy beside faiss, all rows and 1 % of them."""

import os
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching import Vector
from tools.benchmarks.measuring import cpu_ms
from tools.benchmarks.tables import Table, number
from tools.benchmarks.texts import DIM, random_vectors

NEAREST = 10
QUERIES = 16
PASSING = 0.01
CHUNK = 1024
"""Rows that numpy compares at a time: as many as stay in a processor's cache."""
LINKS, BUILDING_DEPTH, SEARCH_DEPTH = 16, 64, 256

Rows = NDArray[np.int64]
Search = Callable[[Vector], Rows]
"""Gives the rows of the ten nearest vectors, the nearest first."""


def measure(rows: int) -> list[Table]:
    """Measure every engine at one size."""
    vectors, queries = random_vectors(rows), random_vectors(QUERIES, seed=3)
    passing = np.sort(np.random.default_rng(4).choice(rows, int(rows * PASSING), replace=False))
    exact = _numpy(vectors, None)
    right = [set(exact(query).tolist()) for query in queries]
    found = []
    for name, size, make in _engines(vectors):
        search, filtered = make(None), make(passing)
        recall = np.mean([len(right[n] & set(search(queries[n]).tolist())) for n in range(QUERIES)])
        times = [_cpu_ms(run, queries) for run in (search, filtered)]
        cells = [number(times[0]), number(times[1]), f"{recall / NEAREST:.2f}", f"{size}"]
        found.append([f"{rows:,}", name, *cells])
    return [_table(found)]


def _cpu_ms(search: Search, queries: Vector) -> float:
    return cpu_ms(lambda place: search(queries[place]))


def _table(rows: list[list[str]]) -> Table:
    columns = (
        "rows",
        "engine",
        "all rows, CPU ms",
        "1 % of them, CPU ms",
        "recall@10",
        "bytes/row",
    )
    note = (
        "The ten nearest of random unit vectors, 384 numbers each, one query and one thread at a "
        "time. Random vectors have no neighbourhoods, so HNSW finds fewer of the nearest here than "
        f"among texts (M = {LINKS}, ef = {SEARCH_DEPTH}); its time is what counts."
    )
    return Table("Nearest vectors", columns, rows, note)


Maker = Callable[[Rows | None], Search]


def _engines(vectors: Vector) -> list[tuple[str, str, Maker]]:
    """Return name, bytes for a row, and what makes a search of all rows or of some."""
    halves = vectors.astype(np.float16)
    engines: list[tuple[str, str, Maker]] = [
        ("numpy, exact, f32", str(4 * DIM), lambda some: _numpy(vectors, some)),
        ("numpy, exact, stored as f16", str(2 * DIM), lambda some: _numpy(halves, some)),
    ]
    import faiss  # noqa: PLC0415 -- slow import

    kinds = (("flat", "Flat", 4), ("SQfp16", "SQfp16", 2), ("HNSW", f"HNSW{LINKS},SQfp16", 2))
    for name, factory, width in kinds:
        size = str(width * DIM + (8 * LINKS if name == "HNSW" else 0))
        engines.append((f"faiss {name}", size, _faiss(faiss, factory, vectors)))
    return engines


def _numpy(stored: NDArray[Any], some: Rows | None) -> Search:
    def search(query: Vector) -> Rows:
        held = stored if some is None else stored[some]
        scores = np.empty(len(held), np.float32)
        for start in range(0, len(held), CHUNK):
            part = held[start : start + CHUNK].astype(np.float32, copy=False)
            np.vecdot(part, query, out=scores[start : start + CHUNK])
        count = min(NEAREST, len(scores))
        best = np.argpartition(scores, -count)[-count:]
        best = best[np.argsort(-scores[best])]
        return best if some is None else some[best]

    return search


def _faiss(faiss: Any, factory: str, vectors: Vector) -> Maker:
    built = faiss.index_factory(DIM, factory, faiss.METRIC_INNER_PRODUCT)
    hierarchical = factory.startswith("HNSW")
    if hierarchical:
        built.hnsw.efConstruction = BUILDING_DEPTH
    faiss.omp_set_num_threads(os.cpu_count() or 1)
    built.train(vectors[:10_000])
    built.add(vectors)
    faiss.omp_set_num_threads(1)

    def make(some: Rows | None) -> Search:
        chosen = None if some is None else _selector(faiss, some, len(vectors))
        settings = (
            faiss.SearchParametersHNSW(efSearch=SEARCH_DEPTH, sel=chosen)
            if hierarchical
            else faiss.SearchParameters(sel=chosen)
        )

        def search(query: Vector) -> Rows:
            rows: Rows = built.search(query[None], NEAREST, params=settings)[1][0]
            return rows

        return search

    return make


def _selector(faiss: Any, some: Rows, rows: int) -> Any:
    marks = np.zeros(rows, bool)
    marks[some] = True
    return faiss.IDSelectorBitmap(np.packbits(marks, bitorder="little"))
