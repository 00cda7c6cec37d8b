"""Fits the parameters of a matcher version: python -m matching.training SOURCES OUT.

SOURCES is described in `matching.training_sets`; OUT gets one folder for the vector space and one
for the frequencies of words. It takes about an hour with the built-in encoder, most of it to read
the names of concepts and the titles of works.
"""

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from matching.background import Background
from matching.composing import composed
from matching.encoders import load_encoder
from matching.encoding import Encoder
from matching.fitting import (
    Represented,
    fit_alignment,
    fit_duplicates,
    fit_means,
    fit_scale,
)
from matching.index import Index
from matching.languages import LANGUAGES
from matching.lemmas import default_analyser, lemmas
from matching.matcher import Matcher
from matching.parameters import WORDS_FOLDER, Parameters, Scale
from matching.training_sets import (
    DUPLICATES,
    TOPICS,
    TRANSLATIONS,
    RetrievalSet,
    read_concepts,
    read_pairs,
    read_set,
    read_titles,
    read_works,
)
from matching.translations import Translations
from matching.types import Document, Representation, Row, Side

TITLES_PER_LANGUAGE = 1000


def fit(sources: Path, encoder: Encoder) -> tuple[Parameters, Background]:
    """Fit all parameters for an encoder."""
    titles, concepts = read_titles(sources), read_concepts(sources)
    background = replace(fit_background(titles), translations=fit_translations(concepts))
    parameters = _blank(encoder.dim)
    reader = Matcher(encoder, parameters, background, "unfitted")
    names = DUPLICATES + TRANSLATIONS + TOPICS
    sources_by_name = {name: read_set(sources, name) for name in names}
    sets = {name: _represented(reader, source) for name, source in sources_by_name.items()}
    groups = [reader.represent(_some(titles))]
    for each in sets.values():
        groups += [each.queries, each.documents]
    parameters = replace(parameters, means=fit_means(groups))
    for name in DUPLICATES + TRANSLATIONS:
        sets[name + "+"] = _represented(reader, composed(sources_by_name[name]))
    natural = [sets[name] for name in names]
    named = {language: reader.represent(each) for language, each in concepts.items()}
    judged = {text.title for each in sources_by_name.values() for text in _texts(each)}
    works, topics = read_works(sources, next(iter(concepts.values())), besides=judged)
    aligners = fit_alignment(parameters.means, named, reader.represent(works), topics)
    parameters = replace(parameters, aligners=aligners)
    parameters = replace(parameters, scale=fit_scale(natural, parameters, background))
    mined = [each for name, each in sets.items() if name.removesuffix("+") not in TOPICS]
    labelled = read_pairs(sources)
    pairs = list(
        zip(
            reader.represent([one for one, _, _ in labelled]),
            reader.represent([other for _, other, _ in labelled]),
            [label for _, _, label in labelled],
            strict=True,
        )
    )
    weights = fit_duplicates(mined, pairs, parameters, background)
    return replace(parameters, duplicates=weights), background


def fit_background(titles: Sequence[Document]) -> Background:
    """Count in how many titles each sequence of letters and each lemma occurs."""
    nothing = np.zeros(0, np.float32)
    rows = [
        Row(
            key=key,
            representation=Representation(
                language=title.language,
                text=title.title,
                lemmas=lemmas(title.title, title.language, default_analyser()),
                query=nothing,
                document=nothing,
            ),
            public=True,
        )
        for key, title in enumerate(titles)
    ]
    return Background.of(Index.build(rows))


def fit_translations(concepts: dict[str, list[Document]]) -> Translations:
    """Learn which lemmas translate which from the names of concepts in each language."""
    analyser = default_analyser()
    return Translations.fit(
        [
            [lemmas(name.title, language, analyser) for name in concepts[language]]
            for language in LANGUAGES[:-1]
        ]
    )


def _represented(reader: Matcher, source: RetrievalSet) -> Represented:
    return Represented.of(source, reader.represent(source.queries), reader.represent(source.corpus))


def _texts(source: RetrievalSet) -> list[Document]:
    return [*source.queries, *source.corpus]


def _some(titles: Sequence[Document]) -> list[Document]:
    """Return as many titles of each language, evenly from the whole."""
    chosen: list[Document] = []
    for language in LANGUAGES[:-1]:
        written = [title for title in titles if title.language == language]
        chosen += written[:: max(1, len(written) // TITLES_PER_LANGUAGE)][:TITLES_PER_LANGUAGE]
    return chosen


def _blank(dim: int) -> Parameters:
    """Return parameters that change nothing."""
    count = len(LANGUAGES)
    return Parameters(
        means=np.zeros((len(Side), count, dim), np.float32),
        aligners=np.tile(np.eye(dim, dtype=np.float32), (len(Side), count, 1, 1)),
        scale=Scale(slope=1, middle=0, strong=0, good=0, possible=0, search=0),
        duplicates={},
    )


def main(arguments: Sequence[str] | None = None) -> None:
    """Fit and save, as the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("sources", type=Path)
    parser.add_argument("out", type=Path)
    parser.add_argument("--encoder", default="builtin")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--cache", type=Path, default=Path("var/cache"))
    options = parser.parse_args(arguments)
    encoder = load_encoder(options.encoder, cache_dir=options.cache, threads=options.threads)
    parameters, background = fit(options.sources, encoder)
    background.save(options.out / WORDS_FOLDER)
    parameters.save(options.out, encoder.space_id)


if __name__ == "__main__":
    main()
