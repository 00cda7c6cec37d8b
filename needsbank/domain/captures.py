"""Throwing an idea (idean heitto) and following it, mostly without an account."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from needsbank.domain.errors import Invalid
from needsbank.domain.languages import Language
from needsbank.domain.needs import Scope
from needsbank.domain.personal_data import Screened, screen

TEXT_MAX = 2000
NAME_MAX = 120
MOST_LINES = 20
"""Lines that a sender may add to one idea."""


class Naming(Enum):
    """To whom a sender tells their name."""

    NOBODY = "nobody"
    COORDINATORS = "coordinators"
    CATCHERS = "catchers"


@dataclass(frozen=True, slots=True, kw_only=True)
class ThrowIdea:
    """Throw an idea for a unit; the key is the device's, and the same key is the same idea."""

    key: UUID
    code: str
    text: str
    language: Language
    scope: Scope | None = None
    naming: Naming = Naming.NOBODY
    name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SaySameHere:
    """Say "same here" of a public need for a unit, without an account."""

    code: str
    need_id: UUID
    device: str


class PersonalDataFound(Invalid):
    """A text holds what should not be stored; `screened` says what and where."""

    def __init__(self, screened: Screened) -> None:
        super().__init__({"text": "personal"})
        self.screened = screened


def checked_text(text: str) -> str:
    """Return a text as it may be stored; raise `PersonalDataFound` or `Invalid`."""
    screened = screen(text)
    if screened.finds:
        raise PersonalDataFound(screened)
    stored = screened.text.strip()
    if not stored:
        raise Invalid({"text": "required"})
    if len(stored) > TEXT_MAX:
        raise Invalid({"text": "too_long"})
    return stored
