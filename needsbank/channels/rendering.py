"""Putting messages into words: a template for each kind, in the recipient's language.

A template's first line is the subject; after an empty line comes the body. Templates are plain
text: nothing is escaped, and what people wrote cannot become a line of a subject.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

from babel.dates import format_date
from babel.support import Translations
from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError

from needsbank.domain.languages import INTERFACE_LANGUAGES, Language
from needsbank.domain.mail_levels import FINNISH_TIME
from needsbank.domain.outbox import MessageKind

_PACKAGE = Path(__file__).resolve().parent.parent
_DAY = {"fi": "d.M.yyyy", "sv": "d MMMM yyyy", "en": "d MMMM yyyy"}
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

    def day(value: str | date) -> str:
        return _day(value, language)

    made.filters["day"] = day
    return made


def _quoted(text: str) -> str:
    """Return people's own words as mails quote them."""
    return "\n".join(f"> {line.strip()}" for line in text.strip().splitlines())


def _day(value: str | date, language: Language) -> str:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(moment, datetime) and moment.tzinfo is not None:
        moment = moment.astimezone(FINNISH_TIME)
    return format_date(moment, _DAY[language.value], locale=language.value)
