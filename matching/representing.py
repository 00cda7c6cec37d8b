"""What is computed of a text before it can be matched; needs an encoder, no fitted parameters."""

from collections.abc import Sequence

import numpy as np

from matching.encoding import Encoder
from matching.languages import detect_language
from matching.lemmas import default_analyser, lemmas
from matching.text import canonical, compared
from matching.types import Document, Representation, Side, Vector


def represent(encoder: Encoder, documents: Sequence[Document]) -> list[Representation]:
    """Return what must be stored of each text; slow, for background work."""
    texts = [_joined(document.title, document.body) for document in documents]
    return _represented(
        texts,
        [document.language for document in documents],
        query=encoder.encode(texts, Side.QUERY),
        document=encoder.encode(texts, Side.DOCUMENT),
    )


def represent_query(
    encoder: Encoder, text: str, language: str = "", *, title: str = ""
) -> Representation:
    """Return what a search needs of one short text; its document side is zeros."""
    texts = [_joined(title, text)]
    query = encoder.encode(texts, Side.QUERY)
    return _represented(texts, [language], query=query, document=np.zeros_like(query))[0]


def _represented(
    texts: list[str], languages: list[str], *, query: Vector, document: Vector
) -> list[Representation]:
    analyser = default_analyser()
    known = [given or detect_language(text) for given, text in zip(languages, texts, strict=True)]
    return [
        Representation(
            language=language,
            text=text,
            lemmas=lemmas(text, language, analyser),
            query=query[row],
            document=document[row],
        )
        for row, (text, language) in enumerate(zip(texts, known, strict=True))
    ]


def _joined(title: str, body: str) -> str:
    return compared("\n".join(part for part in (canonical(title), canonical(body)) if part))
