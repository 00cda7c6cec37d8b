"""Texts to measure on: sentences of the demo bank, which were written for this project.

Rows of a large bank are the same sentences in a random order. A row's vector is the mean of its
sentences', which is near to what an encoder would give the whole: encoding 100,000 texts would take
an hour.
"""

import json
import random
import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from matching import Index, Representation, Row, Side, Vector, load_encoder
from matching.lemmas import default_analyser, lemmas

ROOT = Path(__file__).parents[2]
DEMO = ROOT / "data" / "demo"
WORDS = 40
DIM = 384
SHARES = {"fi": 0.7, "sv": 0.15, "en": 0.15}
"""Of the rows, by language: a Finnish bank with neighbours."""
_FIELDS = ("problem", "wished_change", "description", "abstract", "text")
_AT_ONCE = 5000
"""Rows indexed at a time: counting letter sequences takes a kilobyte of memory for each letter."""


@cache
def sentences(language: str) -> list[str]:
    """Return the demo bank's sentences in a language, each once, in the order of the files."""
    found = [
        sentence
        for name in ("needs", "competences", "prior_works")
        for line in (DEMO / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()
        for record in [json.loads(line)]
        if record["language"] == language
        for field in _FIELDS
        for sentence in re.split(r"(?<=[.?!]) ", record.get(field) or "")
        if sentence
    ]
    return list(dict.fromkeys(found))


def texts_of_words(count: int, seed: int = 0) -> list[str]:
    """Return texts of 40 words, 64 of which hold some 60 % Finnish."""
    chance = random.Random(seed)
    languages = chance.choices(list(SHARES), list(SHARES.values()), k=count)
    return [" ".join(_sentences_of(language, chance)[1].split()[:WORDS]) for language in languages]


def bank(rows: int, seed: int = 1) -> Index:
    """Return an index of `rows` texts of some 40 words."""
    built = Index.build([])
    for start in range(0, rows, _AT_ONCE):
        keys = range(start, min(start + _AT_ONCE, rows))
        built = built.extended(list(_rows(keys, seed + start)))
    return built


def random_vectors(rows: int, seed: int = 2) -> Vector:
    """Return [rows, 384] vectors of unit length."""
    vectors = np.random.default_rng(seed).standard_normal((rows, DIM), np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _rows(keys: Sequence[int], seed: int) -> Iterator[Row]:
    chance = random.Random(seed)
    languages = chance.choices(list(SHARES), list(SHARES.values()), k=len(keys))
    for key, language in zip(keys, languages, strict=True):
        drawn, text = _sentences_of(language, chance)
        query, document = (_mean([_vectors(side)[each] for each in drawn]) for side in Side)
        stored = Representation(
            language=language,
            text=text,
            lemmas=" ".join(_lemmas(sentence, language) for sentence in drawn),
            query=query,
            document=document,
        )
        yield Row(key, stored, True)


def _sentences_of(language: str, chance: random.Random) -> tuple[list[str], str]:
    """Draw sentences until there are 40 words."""
    drawn: list[str] = []
    while sum(len(each.split()) for each in drawn) < WORDS:
        drawn.append(chance.choice(sentences(language)))
    return drawn, " ".join(drawn)


@cache
def _vectors(side: Side) -> dict[str, Vector]:
    """Return the vector of every sentence; a minute for all of them."""
    encoder = load_encoder(cache_dir=ROOT / "instance" / "models")
    every = [sentence for language in SHARES for sentence in sentences(language)]
    return dict(zip(every, encoder.encode(every, side), strict=True))


def _mean(vectors: Sequence[Vector]) -> Vector:
    mean: Vector = np.mean(vectors, axis=0)
    return mean / np.linalg.norm(mean)


@cache
def _lemmas(sentence: str, language: str) -> str:
    return lemmas(sentence, language, default_analyser())
