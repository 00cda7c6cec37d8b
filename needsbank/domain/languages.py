"""Languages of the interface and of what people write."""

from enum import Enum


class Language(Enum):
    """A language of the interface; content may also be in another one (`OTHER`)."""

    FI = "fi"
    SV = "sv"
    EN = "en"
    OTHER = "und"


INTERFACE_LANGUAGES = (Language.FI, Language.SV, Language.EN)


def interface_language(written: Language, fallback: Language = Language.FI) -> Language:
    """Return the language to answer a text in: its own, as far as the bank speaks it."""
    return written if written in INTERFACE_LANGUAGES else fallback


_THREE_LETTERS = {"fin": Language.FI, "swe": Language.SV, "eng": Language.EN}


def content_language(code: str) -> Language:
    """Return the content language of an ISO 639 code or tag; what is not ours is `OTHER`."""
    primary = code.strip().lower().replace("_", "-").split("-")[0]
    if primary in _THREE_LETTERS:
        return _THREE_LETTERS[primary]
    try:
        return Language(primary)
    except ValueError:
        return Language.OTHER
