"""A collection too large to be searched row by row: it finds the few rows worth comparing.

What it holds of a row is its vector, shortened, and its rarer words. It tells the keys of the rows
that are near or share such words; how well these match is for the usual comparison to say, of an
index of them alone with the census of all (`Index.census`).
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matching import persistence
from matching.background import UNDETERMINED_PLACE, Words
from matching.census import Census
from matching.errors import MatcherFileError
from matching.index import language_place
from matching.lexical import term_counts
from matching.postings import Postings, best
from matching.projection import Projection
from matching.ragged import Ragged
from matching.scoring import IN_OTHER_WORDS_FROM, WEIGHTS
from matching.space import ScoreSpace
from matching.types import Keys, Row, Side, Vector
from matching.vector_stores import NOTHING, ExactStore, GraphStore, Marks, VectorStore

FORMAT = "archive-1"
VECTORS = "vectors.faiss"
SIDE = Side.QUERY
"""Of the two vectors of a row the one that is stored. A search asks for answers and so compares
with the other one, but what is near by one is near by the other: among 400 rows near by this one
are the three best answers always, the 20 best 0.98 of the time, on 45,000 real titles."""

_WORDS_WITHIN = WEIGHTS["terms"] + WEIGHTS["words"] / 2
"""What all of a text's words add to the evidence: who shares them shares letters too."""
_WORDS_ACROSS = WEIGHTS["translated"]
_BY_MEANING = 4
_AT_ONCE = 2000


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Chosen:
    """Which rows may be found; None leaves none out."""

    allowed: Keys | None = None
    excluded: Keys | None = None
    facets: Collection[int] | None = None


EVERYTHING = Chosen()


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """A text as an archive seeks it."""

    vector: Vector
    """[kept]"""
    words: Words
    """What each word adds in a row of each language"""
    language: int
    """Its place in LANGUAGES"""


@dataclass(frozen=True, slots=True)
class Breadth:
    """How many rows are worth comparing.

    Looked at are those nearest by meaning (`near`) and those that share the rarest words
    (`worded`); of these come the `likely` by both together and the quarter as many by meaning.
    """

    near: int
    worded: int
    likely: int


@dataclass(frozen=True, slots=True, eq=False)
class Guessed:
    """Rows with what an archive can tell of how well they match."""

    keys: Keys
    meaning: Vector
    evidence: Vector

    def joined(self, other: "Guessed") -> "Guessed":
        """Return these rows and the other ones."""
        return Guessed(
            np.concatenate([self.keys, other.keys]),
            np.concatenate([self.meaning, other.meaning]),
            np.concatenate([self.evidence, other.evidence]),
        )

    def best(self, count: int) -> Keys:
        """Return the keys with most evidence, and a quarter as many by meaning, ascending."""
        by_evidence = np.argsort(-self.evidence, kind="stable")[:count]
        by_meaning = np.argsort(-self.meaning, kind="stable")[: count // _BY_MEANING]
        best: Keys = self.keys[np.union1d(by_evidence, by_meaning)]
        return np.sort(best)


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """What is held of rows, in ascending order of keys."""

    keys: Keys
    languages: NDArray[np.int8]
    facets: NDArray[np.uint16]
    vectors: NDArray[np.float16]
    """[n, kept]"""
    terms: Ragged
    """Buckets of the lemmas of each row"""

    @classmethod
    def of(cls, rows: Sequence[Row], projection: Projection) -> "Entries":
        """Return what is held of rows; of those with the same key the last one counts."""
        by_key = {row.key: row for row in rows}
        ordered = [by_key[key] for key in sorted(by_key)]
        stored = [row.representation for row in ordered]
        languages = np.array([language_place(each.language) for each in stored], np.int8)
        dim = projection.directions.shape[0] // 2
        vectors = np.array([each.query for each in stored], np.float32).reshape(-1, dim)
        return cls(
            keys=np.array([row.key for row in ordered], np.int64),
            languages=languages,
            facets=np.array([row.facet for row in ordered], np.uint16),
            vectors=projection.rows(vectors, SIDE, languages).astype(np.float16),
            terms=term_counts([each.lemmas for each in stored]).buckets,
        )

    def updated(self, later: "Entries") -> "Entries":
        """Return these and the later ones, which take the place of those with the same key."""
        kept = np.flatnonzero(~np.isin(self.keys, later.keys))
        keys = np.concatenate([self.keys[kept], later.keys])
        order = np.argsort(keys)
        return Entries(
            keys=keys[order],
            languages=np.concatenate([self.languages[kept], later.languages])[order],
            facets=np.concatenate([self.facets[kept], later.facets])[order],
            vectors=np.concatenate([self.vectors[kept], later.vectors])[order],
            terms=self.terms.take(kept).joined(later.terms).take(order),
        )


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Rows that are searched together; row i of the store and of the postings has key i."""

    keys: Keys
    languages: NDArray[np.int8]
    facets: NDArray[np.uint16]
    store: VectorStore
    postings: Postings

    @classmethod
    def of(cls, entries: Entries) -> "Part":
        """Hold some rows in memory."""
        starts = range(0, len(entries.vectors), _AT_ONCE)
        parts = (entries.vectors[start : start + _AT_ONCE] for start in starts)
        store = ExactStore.of(parts, entries.vectors.shape[1])
        postings = Postings.of(entries.terms)
        return cls(entries.keys, entries.languages, entries.facets, store, postings)

    def marks(self, chosen: Chosen, gone: Keys | None) -> Marks | None:
        """Return which rows may be found, [n], or None for all; `gone` are keys of other parts."""
        parts = []
        if chosen.facets is not None:
            wanted = np.zeros(np.iinfo(np.uint16).max + 1, bool)
            wanted[list(chosen.facets)] = True
            parts.append(wanted[self.facets])
        if chosen.allowed is not None:
            parts.append(self._having(chosen.allowed))
        parts += [~self._having(keys) for keys in (chosen.excluded, gone) if keys is not None]
        return np.logical_and.reduce(parts) if any(not part.all() for part in parts) else None

    def guessed(self, asked: Asked, breadth: Breadth, allowed: Marks | None) -> Guessed:
        """Return the rows that are near or share rare words, of those allowed."""
        found = self.store.search(asked.vector[None], breadth.near, allowed=allowed)
        shared = self.postings.weights(asked.words, self.languages)
        near = found.rows[0][found.rows[0] != NOTHING]
        worded = np.setdiff1d(best(shared, breadth.worded, allowed), near)
        scores = [found.scores[0][: len(near)], self.store.scores(asked.vector, worded)]
        rows = np.concatenate([near, worded])
        meaning: Vector = (np.concatenate(scores) / 2).astype(np.float32)
        all_words = asked.words[asked.language][1].sum() or np.float32(1)
        within = (self.languages[rows] == asked.language) | (asked.language == UNDETERMINED_PLACE)
        told = np.where(within, _WORDS_WITHIN, _WORDS_ACROSS) * shared[rows] / all_words
        across = WEIGHTS["in_other_words"] * np.maximum(meaning - IN_OTHER_WORDS_FROM, 0)
        evidence: Vector = (meaning + told + np.where(within, 0, across)).astype(np.float32)
        return Guessed(self.keys[rows], meaning, evidence)

    def _having(self, keys: Keys) -> Marks:
        """Return which rows have one of some keys."""
        having = np.zeros(len(self.keys), bool)
        if len(keys) and len(self.keys):
            places = np.minimum(np.searchsorted(self.keys, keys), len(self.keys) - 1)
            having[places[self.keys[places] == keys]] = True
        return having


@dataclass(frozen=True, slots=True, eq=False)
class Archive:
    """A saved part, whose census and projection hold for all rows, and the rows that came later.

    Later rows are compared one by one with a text, and are not counted until the next archive is
    built: every process that has read the same archive gives the same scores.
    """

    part: Part
    projection: Projection
    census: Census
    later: Entries
    _later_part: Part = field(init=False)

    def __post_init__(self) -> None:
        """Make the later rows searchable."""
        object.__setattr__(self, "_later_part", Part.of(self.later))

    @classmethod
    def empty(cls, space: ScoreSpace, census: Census) -> "Archive":
        """Return an archive of nothing, to which rows can be added."""
        nothing = Entries.of([], projection := Projection.whole(space, space.means.shape[2]))
        return cls(Part.of(nothing), projection, census, nothing)

    @classmethod
    def load(cls, folder: Path, space: ScoreSpace) -> "Archive":
        """Return a saved archive; what is large is mapped, so that processes share the memory.

        `space` has the maps between languages with which it was built. Raises MatcherFileError
        when it is missing, damaged or of another format.
        """
        arrays, header = persistence.load(folder)
        projection = Projection.from_arrays(arrays, space)
        part = Part(
            keys=arrays["keys"],
            languages=np.array(arrays["languages"]),
            facets=np.array(arrays["facets"]),
            store=_opened(folder / VECTORS, header),
            postings=Postings(arrays["postings"], arrays["offsets"], len(arrays["keys"])),
        )
        return cls(part, projection, Census.from_arrays(arrays), Entries.of([], projection))

    def __len__(self) -> int:
        """Return the number of rows, those that were superseded counted twice."""
        return len(self.part.keys) + len(self.later.keys)

    def updated(self, rows: Sequence[Row]) -> "Archive":
        """Return an archive with more rows; a row takes the place of one with the same key."""
        later = self.later.updated(Entries.of(rows, self.projection))
        return Archive(self.part, self.projection, self.census, later)

    def shortlist(self, asked: Asked, breadth: Breadth, chosen: Chosen = EVERYTHING) -> Keys:
        """Return the keys of the rows worth comparing with a text, ascending."""
        guessed = self.part.guessed(asked, breadth, self.part.marks(chosen, self.later.keys))
        if len(self.later.keys):
            later = self._later_part
            guessed = guessed.joined(later.guessed(asked, breadth, later.marks(chosen, None)))
        return guessed.best(breadth.likely)


def save(
    folder: Path, arrays: dict[str, NDArray[Any]], store: ExactStore | GraphStore, share: float
) -> None:
    """Write an archive; `arrays` are those of all its parts, `share` the recall of its store."""
    folder.mkdir(parents=True, exist_ok=True)
    store.save(folder / VECTORS)
    header = {
        "format": FORMAT,
        "size": (folder / VECTORS).stat().st_size,
        "depth": store.depth if isinstance(store, GraphStore) else None,
        "recall": share,
    }
    persistence.save(folder, arrays, header)


def _opened(path: Path, header: dict[str, Any]) -> VectorStore:
    if header.get("format") != FORMAT:
        raise MatcherFileError(
            f"{path.parent} holds no archive of format {FORMAT}: build it again."
        )
    try:
        # A checksum would read all of it; what was cut short by a crash has another size.
        if path.stat().st_size != header["size"]:
            raise MatcherFileError(f"{path} is damaged: build it again.")
        depth = header["depth"]
        return ExactStore.load(path) if depth is None else GraphStore.load(path, depth)
    except (OSError, RuntimeError) as broken:
        raise MatcherFileError(f"{path} cannot be read ({broken}): build it again.") from broken
