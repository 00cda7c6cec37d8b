"""Every text of the interface is in Finnish and Swedish, whole and with its placeholders."""

import re
import string

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from tests.conftest import ROOT

PACKAGE = ROOT / "needsbank"
TRANSLATIONS = PACKAGE / "translations"
# Beside gettext's own names: texts that are translated later.
KEYWORDS = {"_": None, "_l": None, "mark": None, "gettext": None, "ngettext": (1, 2)}
LANGUAGES = ("fi", "sv")


@pytest.fixture(scope="session")
def extracted():
    """The catalogue of what the code and the templates say."""
    with (TRANSLATIONS / "babel.cfg").open() as mapping:
        methods, options = parse_mapping_cfg(mapping)
    catalogue = Catalog()
    for file, line, message, comments, context in extract_from_dir(
        PACKAGE, methods, options, keywords=KEYWORDS
    ):
        catalogue.add(message, None, [(file, line)], auto_comments=comments, context=context)
    return catalogue


@pytest.fixture(scope="session", params=LANGUAGES)
def translated(request):
    path = TRANSLATIONS / request.param / "LC_MESSAGES" / "messages.po"
    with path.open("rb") as file:
        return read_po(file, locale=request.param)


def forms(text):
    return list(text) if isinstance(text, (list, tuple)) else [text]


def placeholders(text):
    """Return the named places of both kinds, "%(name)s" and "{name}"."""
    named = re.findall(r"%\((\w+)\)[sdif]", text)
    braces = [name for _, name, _, _ in string.Formatter().parse(text) if name]
    return sorted({*named, *braces})


def test_the_extraction_finds_what_there_is(extracted):
    said = {forms(message.id)[0] for message in extracted if message.id}
    assert {
        "Sign in",  # a template's
        "Working-life partner",  # translated late
        "Please sign in first.",  # only marked
        "%(num)d need",  # a plural
    } <= said
    assert len(said) > 300


def test_nothing_that_is_said_is_missing(extracted, translated):
    missing = [m.id for m in extracted if m.id and translated.get(m.id, m.context) is None]
    assert missing == []


def test_nothing_is_left_untranslated(extracted, translated):
    empty = [
        message.id
        for message in extracted
        if message.id
        and (found := translated.get(message.id, message.context))
        and not all(forms(found.string))
    ]
    assert empty == []


def test_nothing_is_only_guessed(translated):
    assert [message.id for message in translated if message.id and message.fuzzy] == []


def test_nothing_is_kept_that_is_no_longer_said(extracted, translated):
    gone = [m.id for m in translated if m.id and extracted.get(m.id, m.context) is None]
    assert gone == []


def test_every_place_in_a_text_is_in_its_translation(translated):
    wrong = []
    for message in translated:
        if not message.id:
            continue
        wanted = set().union(*(placeholders(each) for each in forms(message.id)))
        for text in forms(message.string):
            # A singular may leave the number out: "yksi tarve".
            found = set(placeholders(text))
            if found - wanted or (wanted - found) - {"num"}:
                wrong.append((message.id, text))
    assert wrong == []


def test_a_plural_has_every_form_of_its_language(translated):
    wrong = [
        message.id
        for message in translated
        if message.pluralizable and len(message.string) != translated.num_plurals
    ]
    assert wrong == []


def test_a_translation_keeps_the_white_space_and_the_end_of_its_text(translated):
    wrong = []
    for message in translated:
        if not message.id:
            continue
        for text in forms(message.string):
            said = forms(message.id)[0]
            if (said[:1].isspace(), said[-1:].isspace()) != (
                text[:1].isspace(),
                text[-1:].isspace(),
            ):
                wrong.append((said, text))
            if said.endswith("…") != text.endswith("…") or said.endswith(":") != text.endswith(":"):
                wrong.append((said, text))
    assert wrong == []


def test_the_compiled_catalogue_is_served(app):
    from tests.conftest import browser
    from tests.pages import get_page

    assert get_page(browser(app, "fi"), "/sign-in").h1 == "Kirjaudu sisään"
    assert get_page(browser(app, "sv"), "/sign-in").h1 == "Logga in"
