"""Languages of the interface and of what people write."""

from enum import Enum


class Language(Enum):
    """A language of the interface; content may also be in another one (`OTHER`)."""

    FI = "fi"
    SV = "sv"
    EN = "en"
    OTHER = "und"


INTERFACE_LANGUAGES = (Language.FI, Language.SV, Language.EN)


def content_language(code: str) -> Language:
    """Return the content language of an ISO 639-1 code; what is not ours is `OTHER`."""
    try:
        return Language(code.strip().lower()[:2])
    except ValueError:
        return Language.OTHER
