"""Reads the texts on which parameters are fitted.

The folder of sources holds `eval/NAME/{queries,corpus,qrels}.jsonl` and
`data/finna_titles.jsonl.gz`; what they are and under which licence is told in
`data/matcher/README.md`.
"""

import gzip
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matching.types import Document

DUPLICATES = ("turku_retrieval_fi", "turku_retrieval_sv")
TRANSLATIONS = ("esco_skills_xling",)
TOPICS = ("yso_titles_xling", "esco_occ_desc", "esco_occ_skills")


@dataclass(frozen=True, slots=True)
class RetrievalSet:
    """Queries, a corpus, and which texts of the corpus are relevant to each query, by id.

    Where `across` is true, only texts in another language than the query's are judged.
    """

    name: str
    across: bool
    queries: list[Document]
    corpus: list[Document]
    relevant: dict[str, set[str]]


def read_set(sources: Path, name: str) -> RetrievalSet:
    """Read one retrieval set."""
    folder = sources / "eval" / name
    relevant = defaultdict(set)
    for judgement in _lines(folder / "qrels.jsonl"):
        relevant[judgement["qid"]].add(judgement["cid"])
    queries = _documents(_lines(folder / "queries.jsonl"), "text")
    corpus = _documents(_lines(folder / "corpus.jsonl"), "text")
    return RetrievalSet(name, name in TRANSLATIONS, queries, corpus, dict(relevant))


def read_titles(sources: Path) -> list[Document]:
    """Read the titles of works in the Finna catalogue."""
    return _documents(_lines(sources / "data" / "finna_titles.jsonl.gz"), "title")


def _documents(lines: Iterable[dict[str, Any]], field: str) -> list[Document]:
    return [Document(id=line["id"], title=line[field], language=line["lang"]) for line in lines]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)
