"""Which sentences of a text carry a match, what they answer, and the words that are shared."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matching.background import UNDETERMINED_PLACE, Background
from matching.encoding import Encoder
from matching.index import Index, language_place
from matching.languages import detect_language
from matching.lemmas import Analyser, lemmas
from matching.lexical import bucket_of
from matching.parameters import Parameters
from matching.scoring import Scores, View
from matching.substance import names_something
from matching.support import BEST, support
from matching.text import canonical, compared, sentences, undisguised, words
from matching.translations import pair_of
from matching.types import Document, Evidence, Representation, Row, Side, Vector

SHORTEST_SHARED = 4
"""Letters of a lemma worth showing: shorter ones are mostly function words."""

TRANSLATED_FROM = 0.3
"""Probability from which a word is shown as the translation of another."""

UNANSWERED_UNDER = 0.1
"""Cosine with the nearest sentence under which a sentence is answered by nothing.

Of the sentences of needs in the demo bank, one in eleven has less with a competence that suits.
"""

MOST_SENTENCES = 60
"""Sentences of a text that are read: more than 4,000 letters of prose hold."""

EXAMINED = 8
"""Sentences without which the whole text is encoded again; bounds the time of long texts."""


@dataclass(frozen=True, slots=True)
class Text:
    """A text as sentences; the first of a competence's texts is its own."""

    sentences: list[str]
    language: str

    @classmethod
    def of(cls, document: Document) -> "Text":
        """Take a document apart."""
        return cls(_sentences(document), _language(document))

    def without(self, place: int) -> "Text":
        """Return all but one sentence."""
        return Text(self.sentences[:place] + self.sentences[place + 1 :], self.language)


@dataclass(frozen=True, slots=True)
class Place:
    """A sentence of one of a competence's texts."""

    text: int
    sentence: int


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
        self._first: View | None = None

    def explain(self, need: Document, competence: Sequence[Document], limit: int) -> list[Evidence]:
        """Return at most `limit` pairs of sentences, weightiest first; a sentence is used once.

        `competence` is its own text and then the further ones; all of them are scored together,
        as in a match, and a sentence of any may be quoted.
        """
        asked, texts = Text.of(need), [Text.of(each) for each in competence]
        if not asked.sentences or not texts[0].sentences:
            return []
        used: list[int] = []
        found: dict[str, Evidence] = {}
        for place in self._influential(asked, texts):
            text, sentence = texts[place.text], texts[place.text].sentences[place.sentence]
            if len(found) == limit or sentence in found:
                continue
            near = self._nearness(asked, text)[:, place.sentence]
            near[used] = -1
            row = int(near.argmax())
            if near[row] > 0:
                pair = asked.sentences[row], sentence
                shared = self._shared(*pair, (asked.language, text.language))
                found[sentence] = Evidence(*pair, float(near[row]), shared, place.text)
                used.append(row)
        return list(found.values())

    def unanswered(self, need: Document, competence: Sequence[Document], limit: int) -> list[str]:
        """Return at most `limit` sentences of a need to which none of the texts is near."""
        asked, texts = Text.of(need), [Text.of(each) for each in competence]
        texts = [text for text in texts if text.sentences]
        if not asked.sentences or not texts:
            return []
        nearest = np.max([self._nearness(asked, text).max(axis=1) for text in texts], axis=0)
        places = np.argsort(nearest, kind="stable")[:limit].tolist()
        return [asked.sentences[place] for place in places if nearest[place] < UNANSWERED_UNDER]

    def _nearness(self, asked: Text, answering: Text) -> Vector:
        """Return cosines of all pairs of sentences, [asked, answering]."""
        rows = self._centred(
            self._vectors.of(asked.sentences, Side.QUERY), Side.QUERY, asked.language
        )
        answers = self._vectors.of(answering.sentences, Side.DOCUMENT)
        centred = self._centred(answers, Side.DOCUMENT, answering.language)
        nearness: Vector = rows @ centred.T
        return nearness

    def _influential(self, asked: Text, texts: Sequence[Text]) -> list[Place]:
        """Return the sentences without which there is less evidence, most first."""
        whole = self._evidence(asked, texts)
        places = [
            Place(text, sentence)
            for text in _counting(whole)
            for sentence in self._likely(asked, texts[text])
        ]
        if not places:
            return []
        changed = [texts[each.text].without(each.sentence) for each in places]
        # A further text of which nothing is left counts no more; their own text stays.
        gone = [
            each.text > 0 and not text.sentences for each, text in zip(places, changed, strict=True)
        ]
        left = np.where(gone, -np.inf, self._evidence(asked, changed))
        without = np.tile(whole, (len(places), 1))
        without[np.arange(len(places)), [each.text for each in places]] = left
        lost = _together(whole[None])[0] - _together(without)
        return [places[row] for row in np.argsort(-lost, kind="stable") if lost[row] > 0]

    def _evidence(self, asked: Text, texts: Sequence[Text]) -> Scores:
        """Return the evidence of texts, [n], each by itself."""
        rows = [
            Row(key, self._represented(each, Side.DOCUMENT), public=False)
            for key, each in enumerate(texts)
        ]
        # Rows that are not public add nothing to statistics: those of the first view hold for all.
        view = View(Index.build(rows), self._parameters, self._background, self._first)
        self._first = self._first or view
        need = self._represented(asked, Side.QUERY)
        return view.similarities(need, Side.QUERY, Side.DOCUMENT).evidence

    def _likely(self, asked: Text, answering: Text) -> list[int]:
        """Return the sentences that may matter most, ascending: judged by their own vectors.

        A text's vector is about the sum of its sentences' vectors, weighted by their length.
        """
        sentences = answering.sentences
        if len(sentences) <= EXAMINED:
            return list(range(len(sentences)))
        lengths = np.array([len(each) for each in sentences], np.float32)
        weighted = self._vectors.of(sentences, Side.DOCUMENT) * lengths[:, None]
        without = weighted.sum(axis=0) - weighted
        without /= np.maximum(np.linalg.norm(without, axis=1, keepdims=True), 1e-12)
        need = self._vectors.of([" ".join(asked.sentences)], Side.QUERY)
        left = (
            self._centred(without, Side.DOCUMENT, answering.language)
            @ self._centred(need, Side.QUERY, asked.language)[0]
        )
        likely: list[int] = np.argsort(left, kind="stable")[:EXAMINED].tolist()
        return sorted(likely)

    def _represented(self, read: Text, side: Side) -> Representation:
        text, language = compared(" ".join(read.sentences)), read.language
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

    def _shared(self, asked: str, answered: str, languages: tuple[str, str]) -> tuple[str, ...]:
        """Return the words of the second text that the first has too, or has translated."""
        known = {
            lemma
            for word in words(undisguised(asked))
            for lemma in self._naming(word, languages[0])
            if len(lemma) >= SHORTEST_SHARED
        }
        meant = self._translated(known, *map(language_place, languages))
        shared = (
            word
            for word in words(undisguised(answered))
            if any(
                lemma in known if languages[0] == languages[1] else bucket_of(lemma) in meant
                for lemma in self._naming(word, languages[1])
            )
        )
        return tuple(dict.fromkeys(shared))

    def _naming(self, word: str, language: str) -> tuple[str, ...]:
        """Return the base form of a word and its parts; nothing if it only joins or points."""
        forms = self._analyser.word(word, language)
        return forms if names_something(word, forms[0]) else ()

    def _translated(self, known: set[str], language: int, other: int) -> set[int]:
        """Return the buckets of likely translations of lemmas."""
        if language == other or UNDETERMINED_PLACE in (language, other):
            return set()
        buckets = np.unique([bucket_of(lemma) for lemma in known]).astype(np.int64)
        likely = self._background.translations.translated(
            buckets, np.ones(len(buckets), np.float32), pair_of(language, other, UNDETERMINED_PLACE)
        )
        return set(np.flatnonzero(likely >= TRANSLATED_FROM).tolist())


def _together(evidence: Scores) -> Scores:
    """Return the evidence of competences by that of their texts, [n, texts], as a match has it."""
    own, further = evidence[:, 0], evidence[:, 1:]
    owners: NDArray[np.int64] = np.repeat(np.arange(len(own)), further.shape[1])
    return support(own, further.ravel(), owners).lifted(own)


def _counting(evidence: Scores) -> list[int]:
    """Return which texts a competence's evidence rests on, by the evidence of each."""
    lifting = support(evidence[:1], evidence[1:], np.zeros(len(evidence) - 1, np.int64)).of(0)
    own = [0] if len(lifting) < BEST else []
    return own + [1 + each for each in lifting]


def _sentences(document: Document) -> list[str]:
    """Return the first sentences, each once."""
    # Line breaks end sentences, so each line is made canonical by itself.
    lines = [document.title, *document.body.splitlines()[:MOST_SENTENCES]]
    found = [sentence for line in lines for sentence in sentences(canonical(line))]
    return list(dict.fromkeys(found))[:MOST_SENTENCES]


def _language(document: Document) -> str:
    return document.language or detect_language(f"{document.title} {document.body}")
