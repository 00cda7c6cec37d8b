"""Which sentences of a text carry a match, what they answer, and the words that are shared."""

import numpy as np

from matching.background import Background
from matching.encoding import Encoder
from matching.index import Index, language_place
from matching.languages import detect_language
from matching.lemmas import Analyser, lemmas
from matching.parameters import Parameters
from matching.scoring import View
from matching.text import canonical, compared, sentences, undisguised, words
from matching.types import Document, Evidence, Representation, Row, Side, Vector

SHORTEST_SHARED = 4
"""Letters of a lemma worth showing: shorter ones are mostly function words."""

MOST_SENTENCES = 60
"""Sentences of a text that are read: more than 4,000 letters of prose hold."""

EXAMINED = 8
"""Sentences without which the whole text is encoded again; bounds the time of long texts."""


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


class Explainer:
    """Finds evidence by taking sentences away: what the score loses is what they carried.

    A sentence near to one of the need's is often not what the match rests on: short titles are
    near to everything. So sentences are chosen by their influence on the same evidence that
    ranks, and nearness only says which of the need's sentences each answers.
    """

    def __init__(
        self, encoder: Encoder, parameters: Parameters, background: Background, analyser: Analyser
    ) -> None:
        self._vectors = SentenceVectors(encoder)
        self._parameters = parameters
        self._background = background
        self._analyser = analyser

    def explain(self, need: Document, competence: Document, limit: int) -> list[Evidence]:
        """Return at most `limit` pairs of sentences, weightiest first; a sentence is used once."""
        asked, answered = _sentences(need), _sentences(competence)
        if not asked or not answered:
            return []
        language, other = _language(need), _language(competence)
        near = self._nearness(asked, answered, (language, other))
        found: list[Evidence] = []
        for column in self._influential(asked, answered, (language, other)):
            row = int(near[:, column].argmax())
            similarity = float(near[row, column])
            if similarity > 0 and len(found) < limit:
                pair = asked[row], answered[column]
                shared = self._shared(*pair, language) if language == other else ()
                found.append(Evidence(*pair, similarity, shared))
                near[row, :] = -1
        return found

    def _nearness(
        self, asked: list[str], answered: list[str], languages: tuple[str, str]
    ) -> Vector:
        """Return cosines of all pairs of sentences, [asked, answered]."""
        rows = self._centred(self._vectors.of(asked, Side.QUERY), Side.QUERY, languages[0])
        answers = self._vectors.of(answered, Side.DOCUMENT)
        nearness: Vector = rows @ self._centred(answers, Side.DOCUMENT, languages[1]).T
        return nearness

    def _influential(
        self, asked: list[str], answered: list[str], languages: tuple[str, str]
    ) -> list[int]:
        """Return the places of sentences without which there is less evidence, most first."""
        examined = self._likely(asked, answered, languages)
        remaining = [answered[:place] + answered[place + 1 :] for place in examined]
        need = self._represented(asked, languages[0], Side.QUERY)
        rows = [
            Row(key, self._represented(each, languages[1], Side.DOCUMENT), public=False)
            for key, each in enumerate([answered, *remaining])
        ]
        view = View(Index.build(rows), self._parameters, self._background)
        evidence = view.similarities(need, Side.QUERY, Side.DOCUMENT).evidence
        lost = evidence[0] - evidence[1:]
        return [examined[place] for place in np.argsort(-lost, kind="stable") if lost[place] > 0]

    def _likely(
        self, asked: list[str], answered: list[str], languages: tuple[str, str]
    ) -> list[int]:
        """Return the sentences that may matter most, ascending: judged by their own vectors.

        A text's vector is about the sum of its sentences' vectors, weighted by their length.
        """
        if len(answered) <= EXAMINED:
            return list(range(len(answered)))
        lengths = np.array([len(each) for each in answered], np.float32)
        weighted = self._vectors.of(answered, Side.DOCUMENT) * lengths[:, None]
        without = weighted.sum(axis=0) - weighted
        without /= np.maximum(np.linalg.norm(without, axis=1, keepdims=True), 1e-12)
        need = self._vectors.of([" ".join(asked)], Side.QUERY)
        left = (
            self._centred(without, Side.DOCUMENT, languages[1])
            @ self._centred(need, Side.QUERY, languages[0])[0]
        )
        likely: list[int] = np.argsort(left, kind="stable")[:EXAMINED].tolist()
        return sorted(likely)

    def _represented(self, parts: list[str], language: str, side: Side) -> Representation:
        text = compared(" ".join(parts))
        vector = self._vectors.of([text], side)[0]
        return Representation(
            language=language,
            text=text,
            lemmas=lemmas(text, language, self._analyser),
            query=vector,
            document=vector,
        )

    def _centred(self, vectors: Vector, side: Side, language: str) -> Vector:
        return self._parameters.space.centred(vectors, side, language_place(language))

    def _shared(self, asked: str, answered: str, language: str) -> tuple[str, ...]:
        """Return the words of the second text that have a lemma in common with the first."""
        known = {
            lemma
            for word in words(undisguised(asked))
            for lemma in self._analyser.word(word, language)
            if len(lemma) >= SHORTEST_SHARED
        }
        shared = (
            word
            for word in words(undisguised(answered))
            if known & set(self._analyser.word(word, language))
        )
        return tuple(dict.fromkeys(shared))


def _sentences(document: Document) -> list[str]:
    """Return the first sentences, each once."""
    # Line breaks end sentences, so each line is made canonical by itself.
    lines = [document.title, *document.body.splitlines()[:MOST_SENTENCES]]
    found = [sentence for line in lines for sentence in sentences(canonical(line))]
    return list(dict.fromkeys(found))[:MOST_SENTENCES]


def _language(document: Document) -> str:
    return document.language or detect_language(f"{document.title} {document.body}")
