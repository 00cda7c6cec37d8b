"""Reads the texts on which parameters are fitted.

The folder of sources holds `eval/NAME/{queries,corpus,qrels}.jsonl`, `eval/NAME/pairs.jsonl`,
`data/finna_titles.jsonl.gz` and `data/yso.tsv.gz`; what they are and under which licence is told in
`data/matcher/README.md`.
"""

import csv
import gzip
import json
from collections import defaultdict
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matching.types import Document

DUPLICATES = ("turku_retrieval_fi", "turku_retrieval_sv")
TRANSLATIONS = ("esco_skills_xling",)
LABELLED_PAIRS = "turku_pairs_fi"
SAME_FROM = "3"
"""Labels: 1 unrelated, 2 related, 3 paraphrase in context, 4 paraphrase; marks may follow."""
CONCEPT_LANGUAGES = ("fi", "sv", "en")
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


def read_works(
    sources: Path, concepts: Sequence[Document], besides: Container[str]
) -> tuple[list[Document], list[list[int]]]:
    """Read the titles of works and the places of their concepts, but not the titles `besides`."""
    place = {concept.id: number for number, concept in enumerate(concepts)}
    lines = [
        line
        for line in _lines(sources / "data" / "finna_titles.jsonl.gz")
        if line["title"] not in besides
    ]
    indexed = [[place[uri] for uri in line["subjects"] if uri in place] for line in lines]
    return _documents(lines, "title"), indexed


def read_pairs(sources: Path) -> list[tuple[Document, Document, bool]]:
    """Read pairs of Finnish texts, and whether people say that both say the same."""
    lines = _lines(sources / "eval" / LABELLED_PAIRS / "pairs.jsonl")
    return [
        (
            Document(id=line["id"] + "-1", title=line["text1"], language="fi"),
            Document(id=line["id"] + "-2", title=line["text2"], language="fi"),
            line["label"][0] >= SAME_FROM,
        )
        for line in lines
    ]


def read_concepts(sources: Path) -> dict[str, list[Document]]:
    """Read the names of concepts that have one in each language, in the same order."""
    with gzip.open(sources / "data" / "yso.tsv.gz", "rt", encoding="utf-8", newline="") as file:
        lines = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))
    named = [line for line in lines if all(line[language] for language in CONCEPT_LANGUAGES)]
    return {
        language: [
            Document(id=line["uri"], title=line[language], language=language) for line in named
        ]
        for language in CONCEPT_LANGUAGES
    }


def _documents(lines: Iterable[dict[str, Any]], field: str) -> list[Document]:
    return [Document(id=line["id"], title=line[field], language=line["lang"]) for line in lines]


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    opened = gzip.open if path.suffix == ".gz" else open
    with opened(path, "rt", encoding="utf-8") as file:
        yield from map(json.loads, file)
