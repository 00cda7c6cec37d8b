"""Putting messages into words: a template for each kind, in the recipient's language.

A template's first line is the subject; after an empty line comes the body. Templates are plain
text: nothing is escaped, and what people wrote cannot become a line of a subject.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from pathlib import Path
from typing import Any

from babel.dates import format_date, format_datetime
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from needsbank.domain.languages import INTERFACE_LANGUAGES, Language
from needsbank.domain.mail_levels import FINNISH_TIME
from needsbank.domain.outbox import MessageKind

_PACKAGE = Path(__file__).resolve().parent.parent
_DAY = {"fi": "d.M.yyyy", "sv": "d MMMM yyyy", "en": "d MMMM yyyy"}
_MOMENT = {
    code: f"{day} {hour}"
    for code, day, hour in (
        ("fi", _DAY["fi"], "'klo' H.mm"),
        ("sv", _DAY["sv"], "'kl.' H.mm"),
        ("en", _DAY["en"], "'at' HH:mm"),
    )
}
# What no text holds, and what a mail or a terminal might take for an order.
_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\x85\u2028\u2029]")
_SUBJECT_MAX = 200


class Unreadable(Exception):
    """A message that its template cannot put into words."""


@dataclass(frozen=True, slots=True)
class Text:
    """A message in words."""

    subject: str
    body: str


def rendered(kind: MessageKind, language: Language, words: Mapping[str, Any]) -> Text:
    """Return what a message says; raise `Unreadable` when a word is missing."""
    try:
        text = _environment(spoken(language)).get_template(f"{kind.value}.txt").render(words)
    except (TemplateError, LookupError, TypeError, ValueError) as error:
        raise Unreadable(f"{kind.value}: {error}") from error
    subject, _, body = text.strip().partition("\n")
    return Text(one_line(subject), _tidy(body))


def footer(language: Language, words: Mapping[str, Any]) -> str:
    """Return what stands below every mail."""
    return _tidy(_environment(spoken(language)).get_template("_footer.txt").render(words))


def one_line(text: str) -> str:
    """Return text that fits into a header: one line, without controls, not too long."""
    return " ".join(_CONTROLS.sub(" ", text).split())[:_SUBJECT_MAX]


def spoken(language: Language) -> Language:
    """Return the language that somebody is written to in: Finnish for what is none of ours."""
    return language if language in INTERFACE_LANGUAGES else Language.FI


def _tidy(body: str) -> str:
    lines = [_CONTROLS.sub("", line).rstrip() for line in body.split("\n")]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


@cache
def _environment(language: Language) -> Environment:
    made = Environment(
        loader=FileSystemLoader(_PACKAGE / "templates" / "mail"),
        undefined=StrictUndefined,
        autoescape=False,  # noqa: S701 -- plain text
        trim_blocks=True,
        lstrip_blocks=True,
        extensions=["jinja2.ext.i18n"],
    )
    translations = Translations.load(_PACKAGE / "translations", [language.value])
    made.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]  # the extension's
    made.filters["quoted"] = _quoted
    made.filters["day"] = partial(_day, language)
    made.filters["moment"] = partial(_moment, language)
    return made


def _quoted(text: str) -> str:
    """Return people's own words as mails quote them."""
    return "\n".join(f"> {line.strip()}" for line in text.strip().splitlines())


def _day(language: Language, iso: str) -> str:
    """Return a date of the words in a reader's form, in Finnish time."""
    return format_date(_in_finland(iso), _DAY[language.value], locale=language.value)


def _moment(language: Language, iso: str) -> str:
    """Return a date and time of the words in a reader's form, in Finnish time."""
    return format_datetime(_in_finland(iso), _MOMENT[language.value], locale=language.value)


def _in_finland(iso: str) -> datetime:
    moment = datetime.fromisoformat(iso)
    return moment if moment.tzinfo is None else moment.astimezone(FINNISH_TIME)
