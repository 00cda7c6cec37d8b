"""Fits the points of `matching.languages`: python -m matching.language_training SOURCES.

Prints the entries, to be pasted into the module. SOURCES holds `data/finna_titles.jsonl.gz`,
`data/yso.tsv.gz` and `data/esco_skills.tsv.gz`; every second line is kept apart for measuring.
"""

import argparse
import csv
import gzip
import random
import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from matching.languages import LANGUAGES, letter_sequences
from matching.text import words
from matching.training_sets import read_titles

SEQUENCES = 300
RAREST = 20
"""Texts in which a sequence must occur to be considered."""
PER_SOURCE = 5000
SCALE = 4
HIGHEST = 9
KNOWN = LANGUAGES[:-1]

Labelled = tuple[str, str]
"""A text and its language."""


def fit(texts: Sequence[Labelled]) -> dict[str, list[int]]:
    """Return the points of the most telling sequences, for each of KNOWN."""
    from sklearn.feature_extraction.text import CountVectorizer  # noqa: PLC0415 -- slow import
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 -- slow import

    vectorizer = CountVectorizer(analyzer=_sequences, min_df=RAREST)
    counts = vectorizer.fit_transform([text for text, _ in texts])
    labels = [KNOWN.index(language) for _, language in texts]
    whole = LogisticRegression(max_iter=200).fit(counts, labels)
    frequency = np.asarray((counts > 0).sum(axis=0)).ravel()
    telling = np.abs(whole.coef_).max(axis=0) * np.log1p(frequency)
    chosen = np.sort(np.argsort(-telling)[:SEQUENCES])
    # Points alone decide, so there is no intercept.
    small = LogisticRegression(max_iter=300, fit_intercept=False).fit(counts[:, chosen], labels)
    points = np.clip(np.round(small.coef_ * SCALE), -HIGHEST, HIGHEST).astype(int)
    names = vectorizer.get_feature_names_out()[chosen]
    return dict(zip(names, points.T.tolist(), strict=True))


def read(sources: Path) -> list[Labelled]:
    """Return the texts for fitting: at most PER_SOURCE of a source and language."""
    titles = [(title.title, title.language) for title in read_titles(sources)[::2]]
    chance = random.Random(0)  # noqa: S311 -- repeatable, not secret
    texts: list[Labelled] = []
    for source in (titles, _labels(sources, "yso"), _labels(sources, "esco_skills")):
        for language in KNOWN:
            written = [each for each in source if each[1] == language]
            texts += chance.sample(written, min(PER_SOURCE, len(written)))
    return texts


def _labels(sources: Path, name: str) -> list[Labelled]:
    with gzip.open(sources / "data" / f"{name}.tsv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE))[::2]
    return [(row[language], language) for row in rows for language in KNOWN if row[language]]


def _sequences(text: str) -> list[str]:
    return [each for word in words(text) if word.isalpha() for each in letter_sequences(word)]


def main() -> None:
    """Fit and print, as the command line says."""
    parser = argparse.ArgumentParser(description="Fit the points of language detection.")
    parser.add_argument("sources", type=Path)
    for sequence, points in fit(read(parser.parse_args().sources)).items():
        sys.stdout.write(f"{sequence}:{':'.join(map(str, points))}\n")


if __name__ == "__main__":
    main()
