"""An immutable index of representations: arrays in the order of keys."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from matching import persistence
from matching.errors import MatcherFileError
from matching.languages import LANGUAGES, UNDETERMINED
from matching.lexical import Counts, character_counts, term_counts
from matching.ragged import Ragged
from matching.types import Keys, Row, Side, Vector

if TYPE_CHECKING:
    from matching.census import Census

FORMAT = "index-2"
NOBODY = -1
"""The owner of a text that stands alone."""


@dataclass(frozen=True, eq=False)
class Index:
    """Rows to be searched, with statistics of their own unless it is told others.

    `census` are the counts of a larger collection, from which the rows were chosen: its means and
    rarity hold for them, so that each is compared as it would be among all.
    """

    keys: Keys
    """[n], ascending"""
    owners: Keys
    """[n], keys of rows of another index to which further texts belong, else NOBODY"""
    public: NDArray[np.bool_]
    """[n]"""
    languages: NDArray[np.int8]
    """[n], places in LANGUAGES"""
    query: Vector
    """[n, dim]"""
    document: Vector
    """[n, dim]"""
    characters: Counts
    terms: Counts
    texts: Ragged
    lemmas: Ragged
    census: "Census | None" = None

    @classmethod
    def build(cls, rows: Sequence[Row], census: "Census | None" = None) -> "Index":
        """Index rows; of rows with the same key the last one counts."""
        by_key = {row.key: row for row in rows}
        ordered = [by_key[key] for key in sorted(by_key)]
        stored = [row.representation for row in ordered]
        return cls(
            keys=np.array([row.key for row in ordered], np.int64),
            owners=np.array(
                [NOBODY if row.owner is None else row.owner for row in ordered], np.int64
            ),
            public=np.array([row.public for row in ordered], bool),
            languages=np.array([language_place(each.language) for each in stored], np.int8),
            query=_stacked([each.query for each in stored]),
            document=_stacked([each.document for each in stored]),
            characters=character_counts([each.text for each in stored]),
            terms=term_counts([each.lemmas for each in stored]),
            texts=Ragged.of_texts([each.text for each in stored]),
            lemmas=Ragged.of_texts([each.lemmas for each in stored]),
            census=census,
        )

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.keys)

    def extended(self, rows: Sequence[Row]) -> "Index":
        """Return an index with more rows; a row takes the place of one with the same key."""
        added = Index.build(rows)
        kept = self.without(added.keys.tolist())
        if not len(kept) or not len(added):
            return added if len(added) else kept
        both: dict[str, Any] = {
            name: np.concatenate([part, getattr(added, name)])
            if isinstance(part, np.ndarray)
            else part.joined(getattr(added, name))
            for name, part in kept._parts().items()
        }
        joined = Index(**both, census=self.census)
        return joined._take(np.argsort(joined.keys))

    def without(self, keys: Collection[int]) -> "Index":
        """Return an index without some rows; unknown keys are ignored."""
        gone = np.fromiter(keys, np.int64, len(keys))
        return self._take(np.flatnonzero(~np.isin(self.keys, gone)))

    def vectors(self, side: Side) -> Vector:
        """Return one of the two vectors of each row, [n, dim]."""
        return self.query if side is Side.QUERY else self.document

    def positions(self, keys: Keys | None) -> NDArray[np.int64]:
        """Return where the rows of some keys stand, ascending; None means all rows."""
        if keys is None:
            return np.arange(len(self))
        return np.flatnonzero(np.isin(self.keys, keys))

    def save(self, folder: Path) -> None:
        """Write the index to a folder, in place of the one that was there."""
        persistence.save(folder, self._arrays(), {"format": FORMAT})

    @classmethod
    def load(cls, folder: Path) -> "Index":
        """Return a saved index; its arrays are mapped, so that processes share the memory.

        Raises MatcherFileError when it is missing, damaged or of another format.
        """
        arrays, header = persistence.load(folder)
        if header.get("format") != FORMAT:
            raise MatcherFileError(f"{folder} holds no index of format {FORMAT}: build it again.")
        return cls(
            keys=arrays["keys"],
            owners=arrays["owners"],
            public=arrays["public"],
            languages=arrays["languages"],
            query=arrays["query"],
            document=arrays["document"],
            characters=_counts(arrays, "characters"),
            terms=_counts(arrays, "terms"),
            texts=Ragged(arrays["texts"], arrays["text_offsets"]),
            lemmas=Ragged(arrays["lemmas"], arrays["lemma_offsets"]),
        )

    def _arrays(self) -> dict[str, NDArray[Any]]:
        plain = {name: part for name, part in self._parts().items() if isinstance(part, np.ndarray)}
        return plain | {
            "characters": self.characters.buckets.values,
            "character_weights": self.characters.weights.values,
            "character_offsets": self.characters.buckets.offsets,
            "terms": self.terms.buckets.values,
            "term_weights": self.terms.weights.values,
            "term_offsets": self.terms.buckets.offsets,
            "texts": self.texts.values,
            "text_offsets": self.texts.offsets,
            "lemmas": self.lemmas.values,
            "lemma_offsets": self.lemmas.offsets,
        }

    def _parts(self) -> dict[str, Any]:
        names = (field.name for field in fields(self) if field.name != "census")
        return {name: getattr(self, name) for name in names}

    def _take(self, rows: NDArray[np.int64]) -> "Index":
        if np.array_equal(rows, np.arange(len(self))):
            return self
        taken: dict[str, Any] = {
            name: part[rows] if isinstance(part, np.ndarray) else part.take(rows)
            for name, part in self._parts().items()
        }
        return Index(**taken, census=self.census)


def language_place(language: str) -> int:
    """Return the place of a language in LANGUAGES; an unknown one counts as undetermined."""
    return LANGUAGES.index(language if language in LANGUAGES else UNDETERMINED)


def _stacked(vectors: list[Vector]) -> Vector:
    return np.stack(vectors).astype(np.float32) if vectors else np.zeros((0, 0), np.float32)


def _counts(arrays: dict[str, NDArray[Any]], name: str) -> Counts:
    offsets = arrays[f"{name[:-1]}_offsets"]
    weights = arrays[f"{name[:-1]}_weights"]
    return Counts(Ragged(arrays[name], offsets), Ragged(weights, offsets))
