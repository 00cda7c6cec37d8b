"""Nearest vectors: one interface, an exact file, and a graph for collections too large for it.

Both are files of faiss that are mapped into memory, so that processes share their pages. Vectors
are stored in half precision and compared by their inner product.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from matching.types import Vector

Marks = NDArray[np.bool_]
Rows = NDArray[np.int64]

NOTHING = -1
"""Stands for a row where fewer were found than were asked for."""

FEW = 0.1
"""Share of the rows up to which those that are allowed are compared one by one, whatever the store:
a graph leads nowhere where hardly any of its nodes may be visited."""
MOST = 0.9
"""Share of the rows from which a graph is searched as if all were allowed."""
DEEPER = 4
"""How many times as deep a graph is searched where it may show only a part of its rows."""

SPARE = 500
"""Rows that are not allowed, up to which so many more are sought and these left out: looking each
row up takes longer than comparing it."""

LINKS = 16
BUILDING_DEPTH = 100
DEPTHS = (128, 256, 512, 1024, 2048)
"""Depths of search that are tried, the least deep one first."""
GOOD_RECALL = 0.99
PROBES = 100
PROBED = 20


class Nearest(NamedTuple):
    """Found rows, the nearest first, and their inner products; both [queries, k]."""

    rows: Rows
    scores: Vector


class VectorStore(Protocol):
    """Vectors in rows that are numbered from 0; what it returns is never a row that is not allowed.

    Rows that are allowed are chosen before the nearest are, never after.
    """

    def __len__(self) -> int:
        """Return the number of rows."""

    def search(
        self, queries: Vector, k: int, *, allowed: Marks | None = None, exact: bool = False
    ) -> Nearest:
        """Return the `k` nearest of the rows marked as allowed [n], for queries [m, dim].

        Without marks all rows are allowed. `NOTHING` fills up where there are fewer.
        """

    def scores(self, query: Vector, rows: Rows) -> Vector:
        """Return the inner products of some rows with a query [dim], [rows]."""


class ExactStore:
    """Compares with every row that is allowed: right up to the rounding of half precision."""

    def __init__(self, index: Any) -> None:
        self._index = index

    @classmethod
    def of(cls, parts: Iterable[NDArray[Any]], dim: int) -> "ExactStore":
        """Store vectors that come in parts, [some, dim] each."""
        import faiss  # noqa: PLC0415 -- slow import

        one_thread()
        index = faiss.IndexScalarQuantizer(
            dim, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        for part in parts:
            index.add(np.ascontiguousarray(part, np.float32))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> "ExactStore":
        """Return what was saved, mapped; raises OSError or RuntimeError when it is damaged."""
        return cls(_mapped(path))

    def save(self, path: Path) -> None:
        """Write a file."""
        import faiss  # noqa: PLC0415 -- slow import

        faiss.write_index(self._index, str(path))

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self._index.ntotal)

    def search(
        self, queries: Vector, k: int, *, allowed: Marks | None = None, exact: bool = True
    ) -> Nearest:
        """Return the nearest rows; it is exact whatever is asked."""
        import faiss  # noqa: PLC0415 -- slow import

        if allowed is None:
            return _found(self._index, queries, k, faiss.SearchParameters())
        hidden = len(allowed) - int(np.count_nonzero(allowed))
        if hidden <= SPARE:
            more = _found(self._index, queries, k + hidden, faiss.SearchParameters())
            return _only(allowed, more, k)
        return _found(self._index, queries, k, faiss.SearchParameters(sel=_selector(allowed)))

    def scores(self, query: Vector, rows: Rows) -> Vector:
        """Return the inner products of some rows with a query."""
        return _scores(self._index, query, rows)


class GraphStore:
    """HNSW: a graph of near rows, in which a search goes from neighbour to neighbour.

    (Malkov and Yashunin 2018, "Efficient and robust approximate nearest neighbor search using
    Hierarchical Navigable Small World graphs".) The deeper a search, the more of the nearest it
    finds: how deep is enough depends on the rows, and is tried out on them (`tune`).
    """

    def __init__(self, index: Any, depth: int) -> None:
        self._index = index
        self.depth = depth

    @classmethod
    def empty(cls, dim: int) -> "GraphStore":
        """Return a store to which rows can be added."""
        import faiss  # noqa: PLC0415 -- slow import

        index = faiss.IndexHNSWSQ(
            dim, faiss.ScalarQuantizer.QT_fp16, LINKS, faiss.METRIC_INNER_PRODUCT
        )
        index.hnsw.efConstruction = BUILDING_DEPTH
        index.is_trained = True
        index.storage.is_trained = True  # half precision needs no training
        return cls(index, DEPTHS[-1])

    @classmethod
    def load(cls, path: Path, depth: int) -> "GraphStore":
        """Return what was saved, mapped; raises OSError or RuntimeError when it is damaged."""
        return cls(_mapped(path), depth)

    def save(self, path: Path) -> None:
        """Write a file."""
        import faiss  # noqa: PLC0415 -- slow import

        faiss.write_index(self._index, str(path))

    def add(self, vectors: Vector) -> None:
        """Add rows, [some, dim], after those that are there."""
        one_thread()
        self._index.add(np.ascontiguousarray(vectors, np.float32))

    def tune(self, queries: Vector) -> float:
        """Choose the least depth that finds enough of the nearest; return the share that it finds.

        `queries` [m, dim] are such as will be asked.
        """
        share = 0.0
        for depth in DEPTHS:
            self.depth = depth
            share = recall(self, queries)
            if share >= GOOD_RECALL:
                break
        return share

    def __len__(self) -> int:
        """Return the number of rows."""
        return int(self._index.ntotal)

    def search(
        self, queries: Vector, k: int, *, allowed: Marks | None = None, exact: bool = False
    ) -> Nearest:
        """Return the nearest rows; most of them, unless few are allowed or `exact` is asked for."""
        import faiss  # noqa: PLC0415 -- slow import

        share = 1.0 if allowed is None else float(allowed.mean()) if len(allowed) else 0.0
        chosen = None if allowed is None else _selector(allowed)
        if exact or share <= FEW:
            stored = faiss.downcast_index(self._index.storage)
            return _found(stored, queries, k, faiss.SearchParameters(sel=chosen))
        depth = max(k, self.depth * (1 if share >= MOST else DEEPER))
        return _found(
            self._index, queries, k, faiss.SearchParametersHNSW(efSearch=depth, sel=chosen)
        )

    def scores(self, query: Vector, rows: Rows) -> Vector:
        """Return the inner products of some rows with a query."""
        return _scores(self._index, query, rows)


def recall(store: VectorStore, queries: Vector, k: int = PROBED) -> float:
    """Return the share of the `k` nearest rows that a store finds, against an exact search."""
    found, right = store.search(queries, k).rows, store.search(queries, k, exact=True).rows
    pairs = zip(found.tolist(), right.tolist(), strict=True)
    hits = [len({*ours} & {*theirs} - {NOTHING}) for ours, theirs in pairs]
    return sum(hits) / max(int((right != NOTHING).sum()), 1)


def one_thread() -> None:
    """Keep faiss from starting threads in the calling one.

    A query is too little to share out; and a process that is forked after threads of OpenMP were
    started hangs at its next search. OpenMP keeps the number for each thread, so each call sets it.
    """
    import faiss  # noqa: PLC0415 -- slow import

    faiss.omp_set_num_threads(1)


def _found(index: Any, queries: Vector, k: int, parameters: Any) -> Nearest:
    one_thread()
    if not index.ntotal or not k:
        nothing = np.full((len(queries), k), NOTHING, np.int64)
        return Nearest(nothing, np.zeros(nothing.shape, np.float32))
    asked = np.ascontiguousarray(queries, np.float32)
    scores, rows = index.search(asked, k, params=parameters)
    return Nearest(rows, scores)


def _scores(index: Any, query: Vector, rows: Rows) -> Vector:
    stored = index.reconstruct_batch(np.ascontiguousarray(rows, np.int64))
    scores: Vector = stored @ query
    return scores


def _only(allowed: Marks, found: Nearest, k: int) -> Nearest:
    """Return the `k` nearest of those that are allowed, of more than as many as are not."""
    kept = (found.rows == NOTHING) | allowed[found.rows]
    first = np.argsort(~kept, axis=1, kind="stable")[:, :k]
    return Nearest(
        np.take_along_axis(found.rows, first, axis=1),
        np.take_along_axis(found.scores, first, axis=1),
    )


def _selector(allowed: Marks) -> Any:
    import faiss  # noqa: PLC0415 -- slow import

    return faiss.IDSelectorBitmap(np.packbits(allowed, bitorder="little"))


def _mapped(path: Path) -> Any:
    import faiss  # noqa: PLC0415 -- slow import

    return faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC)
