"""Building an archive, a little at a time, from rows that are read once."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np

from matching import archive
from matching.census import Census
from matching.index import Index
from matching.postings import Postings
from matching.projection import Projection
from matching.ragged import Ragged
from matching.space import ScoreSpace
from matching.types import Row, Vector
from matching.vector_stores import PROBES, ExactStore, GraphStore

EXACT_UP_TO = 1_000_000
"""Rows that are compared one by one, in 21 ms of CPU time. Of half a million such short vectors a
graph finds 0.98 of the 20 nearest in 6 ms where all are compared in 11 ms, and takes 200 s to build
and a quarter more memory."""
SAMPLE = 20_000
"""Rows from which the directions to keep are found."""
_AT_ONCE = 2000
_RAW = "vectors.raw"


class ArchiveBuilder:
    """Collects rows, with what is large on disk, and writes an archive of them.

    `folder` is made for the archive and must not be used before it is finished. Of rows with the
    same key the last one counts.
    """

    def __init__(self, folder: Path, space: ScoreSpace, *, exact_up_to: int = EXACT_UP_TO) -> None:
        self._folder = folder
        self._space = space
        self._exact_up_to = exact_up_to
        self._census = Census.of(Index.build([]))
        self._keys: list[int] = []
        self._languages: list[np.ndarray] = []
        self._facets: list[int] = []
        self._terms: list[Ragged] = []
        folder.mkdir(parents=True)

    def __len__(self) -> int:
        """Return the number of rows collected."""
        return len(self._keys)

    def add(self, rows: Sequence[Row]) -> None:
        """Take in some rows, ascending by key within themselves."""
        index = Index.build(rows)
        facets = {row.key: row.facet for row in rows}
        self._census = self._census.joined(Census.of(index))
        self._keys += index.keys.tolist()
        self._facets += [facets[key] for key in index.keys.tolist()]
        self._languages.append(index.languages)
        self._terms.append(index.terms.buckets)
        with (self._folder / _RAW).open("ab") as file:
            file.write(index.vectors(archive.SIDE).astype("<f2").tobytes())

    def finish(self) -> Iterator[None]:
        """Write the archive into the folder, pausing after each second or so of work."""
        order = self._order()
        languages = np.concatenate(self._languages)[order]

        def vectors(places: slice) -> Vector:
            # Mapped anew each time: pages that have been read are let go.
            raw = np.memmap(self._folder / _RAW, "<f2", "r").reshape(len(self._keys), -1)
            return np.asarray(raw[order[places]], np.float32)

        space = self._space.fitted(Index.build([], self._census))
        sample = slice(None, None, max(len(order) // SAMPLE, 1))
        projection = Projection.fit(space, vectors(sample), archive.SIDE, languages[sample])
        yield

        def stored(places: slice) -> Vector:
            return projection.rows(vectors(places), archive.SIDE, languages[places])

        chunks = (slice(at, at + _AT_ONCE) for at in range(0, len(order), _AT_ONCE))
        store: ExactStore | GraphStore
        if len(order) <= self._exact_up_to:
            store, share = ExactStore.of(map(stored, chunks), projection.dim), 1.0
        else:
            store = GraphStore.empty(projection.dim)
            for chunk in chunks:
                store.add(stored(chunk))
                yield
            share = store.tune(stored(slice(None, None, max(len(order) // PROBES, 1))))
        yield
        postings = Postings.of(_joined(self._terms).take(order))
        arrays = {
            "keys": np.array(self._keys, np.int64)[order],
            "languages": languages,
            "facets": np.array(self._facets, np.uint16)[order],
            "postings": postings.rows,
            "offsets": postings.offsets,
            **projection.arrays(),
            **self._census.arrays(),
        }
        archive.save(self._folder, arrays, store, share)
        (self._folder / _RAW).unlink()

    def _order(self) -> np.ndarray:
        """Return the places of rows in ascending order of keys, the last one of each."""
        keys = np.array(self._keys, np.int64)[::-1]
        _, first = np.unique(keys, return_index=True)
        return len(keys) - 1 - first


def _joined(parts: Sequence[Ragged]) -> Ragged:
    values = np.concatenate([part.values for part in parts])
    return Ragged.of_lengths(values, np.concatenate([part.lengths for part in parts]))
