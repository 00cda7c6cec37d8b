"""Small things that tests are made of."""

from collections.abc import Sequence

from matching import Document, FakeEncoder, Representation, Row, Side
from matching.languages import detect_language
from matching.lemmas import default_analyser, lemmas
from matching.text import canonical

ENCODER = FakeEncoder()


def representation(text: str, language: str = "") -> Representation:
    """Return a text as the fake encoder sees it."""
    text = canonical(text)
    language = language or detect_language(text)
    return Representation(
        language=language,
        text=text,
        lemmas=lemmas(text, language, default_analyser()),
        query=ENCODER.encode([text], Side.QUERY)[0],
        document=ENCODER.encode([text], Side.DOCUMENT)[0],
    )


def rows(texts: Sequence[str], *, public: bool = True, first_key: int = 0) -> list[Row]:
    """Return rows with the keys first_key, first_key + 1, …"""
    return [
        Row(key, representation(text), public) for key, text in enumerate(texts, start=first_key)
    ]


def texts_of(owners: Sequence[int], texts: Sequence[str], *, first_key: int = 1000) -> list[Row]:
    """Return further texts, the first of the first owner and so on; they enter no statistics."""
    return [
        Row(key, representation(text), False, owner)
        for key, (owner, text) in enumerate(zip(owners, texts, strict=True), start=first_key)
    ]


def document(title: str, body: str = "", language: str = "") -> Document:
    return Document(id="d", title=title, body=body, language=language)
