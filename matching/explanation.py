"""Which sentences of two texts say the same, and the words that they share."""

import numpy as np

from matching.encoding import Encoder
from matching.index import language_place
from matching.languages import detect_language
from matching.lemmas import Analyser
from matching.space import ScoreSpace
from matching.text import canonical, sentences, words
from matching.types import Document, Evidence, Side, Vector

SHORTEST_SHARED = 4
"""Letters of a lemma worth showing: shorter ones are mostly function words."""


class SentenceVectors:
    """Encodes sentences once: a posting's sentences are compared with those of many others."""

    def __init__(self, encoder: Encoder, most: int = 5000) -> None:
        self._encoder = encoder
        self._most = most
        self._known: dict[tuple[str, Side], Vector] = {}

    def of(self, sentences: list[str], side: Side) -> Vector:
        """Return the sentences' vectors, [n, dim]."""
        known = self._known if len(self._known) < self._most else {}
        missing = [each for each in dict.fromkeys(sentences) if (each, side) not in known]
        encoded = self._encoder.encode(missing, side) if missing else ()
        for sentence, vector in zip(missing, encoded, strict=True):
            known[sentence, side] = vector
        self._known = known
        return np.stack([known[each, side] for each in sentences])


def explain(
    need: Document,
    competence: Document,
    *,
    vectors: SentenceVectors,
    space: ScoreSpace,
    analyser: Analyser,
    limit: int,
) -> list[Evidence]:
    """Return at most `limit` pairs of sentences, nearest first; a sentence is used once."""
    asked, answered = _sentences(need), _sentences(competence)
    if not asked or not answered:
        return []
    language, other = _language(need), _language(competence)
    near = (
        _centred(asked, Side.QUERY, language, vectors, space)
        @ _centred(answered, Side.DOCUMENT, other, vectors, space).T
    )
    found = []
    for _ in range(min(limit, len(asked), len(answered))):
        row, column = np.unravel_index(int(near.argmax()), near.shape)
        similarity = float(near[row, column])
        if similarity <= 0:
            break
        pair = asked[row], answered[column]
        shared = _shared(*pair, language, analyser) if language == other else ()
        found.append(Evidence(*pair, similarity, shared))
        near[row, :] = near[:, column] = -1
    return found


def _sentences(document: Document) -> list[str]:
    # Line breaks end sentences, so each line is made canonical by itself.
    lines = [document.title, *document.body.splitlines()]
    return [sentence for line in lines for sentence in sentences(canonical(line))]


def _language(document: Document) -> str:
    return document.language or detect_language(f"{document.title} {document.body}")


def _centred(
    texts: list[str], side: Side, language: str, vectors: SentenceVectors, space: ScoreSpace
) -> Vector:
    return space.centred(vectors.of(texts, side), side, language_place(language))


def _shared(asked: str, answered: str, language: str, analyser: Analyser) -> tuple[str, ...]:
    """Return the words of the second text that have a lemma in common with the first."""
    known = {
        lemma
        for word in words(asked)
        for lemma in analyser.word(word, language)
        if len(lemma) >= SHORTEST_SHARED
    }
    shared = (word for word in words(answered) if known & set(analyser.word(word, language)))
    return tuple(dict.fromkeys(shared))
