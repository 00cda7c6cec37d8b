"""Dublin Core, plain (`oai_dc`) and qualified, as a record of prior work.

What is read where, and why, stands in docs/adr/0016-harvesting.md.
"""

import hashlib
import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace

from matching import detect_language
from needsbank.domain.errors import Invalid
from needsbank.domain.harvests import BadRecord, Record, Request
from needsbank.domain.languages import Language, content_language
from needsbank.domain.licences import licence_of
from needsbank.domain.prior_works import KEY_MAX, SUBJECTS_MAX, PriorWorkKind, parse_prior_work

Field = tuple[str, str, str]
"""A namespaced name, a text, and a language code or nothing."""

_DUBLIN_CORE = ("{http://purl.org/dc/elements/1.1/}", "{http://purl.org/dc/terms/}")
_SHORTEST_ABSTRACT = 40
"""Characters: shorter descriptions are notes, as "Peer reviewed"."""
_NAMED = re.compile(r"\b(fi|sv|en)=([^|]*)(?:\||$)")
"""One value in several languages, as DSpace of Finnish universities writes it."""
_LANGUAGES = {
    Language.FI: {"finnish", "suomi", "finska"},
    Language.SV: {"swedish", "svenska", "ruotsi"},
    Language.EN: {"english", "engelska", "englanti"},
}
_KINDS = {
    PriorWorkKind.THESIS: "thesis|dissertation|opinnäyte|väitös|gradu|diplomityö|examensarbete"
    "|avhandling|kandidaatin|bachelor|master's|doctoral",
    PriorWorkKind.SERVICE_MODEL: "service model|toimintamalli|verksamhetsmodell",
    PriorWorkKind.ARTICLE: "article|artikkeli|artikel|journal|conference",
    PriorWorkKind.REPORT: "report|raportti|rapport|selvitys|utredning|julkaisu|publikation",
    PriorWorkKind.PROJECT: "project|projekti|hanke",
    PriorWorkKind.PRODUCT: "product|software|tuote|ohjelmisto|programvara",
}
_YEAR = re.compile(r"(?<!\d)(1[89]\d\d|20\d\d)(?!\d)")
_URN = re.compile(r"urn:(?:nbn|isbn):\S+", re.IGNORECASE)
_DOI = re.compile(r"(?:doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_LASTING = re.compile(r"https?://(?:urn\.fi|(?:dx\.)?doi\.org|hdl\.handle\.net)/", re.IGNORECASE)


def to_record(
    identifier: str, fields: Iterable[Field], request: Request, *, latest_year: int
) -> Record:
    """Return a described record as the bank stores it, or what is wrong with it."""
    said = _by_name(fields)
    language = _language(said, request.language)
    row = {
        "id": key_of(identifier),
        "title": _chosen(said["title"], language) or _chosen(said["alternative"], language),
        "abstract": _abstract(said, language),
        "kind": _kind(said["type"], request.work_kind).value,
        "year": _year(said, latest_year),
        "language": language.value,
        "url": _url([text for text, _ in said["identifier"]]),
        "subjects": _subjects(said["subject"], language),
    }
    try:
        command = parse_prior_work(row, source=request.name, latest_year=latest_year)
    except Invalid as error:
        return BadRecord(str(row["id"]), error.errors)
    rights = (text for name in ("license", "rights", "accessRights") for text, _ in said[name])
    named = next(filter(None, map(licence_of, rights)), None)
    return replace(command, licence=named or request.licence)


def key_of(identifier: str) -> str:
    """Return the key under which a record is stored: its identifier, if it is not too long."""
    if len(identifier) <= KEY_MAX:
        return identifier
    return "sha256:" + hashlib.sha256(identifier.encode()).hexdigest()


def _by_name(fields: Iterable[Field]) -> defaultdict[str, list[tuple[str, str]]]:
    """Return (text, language) pairs by the name of their element."""
    said: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for name, text, language in fields:
        for namespace in _DUBLIN_CORE:
            if name.startswith(namespace):
                said[name.removeprefix(namespace)].append((text, language))
    return said


def _language(said: dict[str, list[tuple[str, str]]], default: Language) -> Language:
    named = [_language_named(text) for text, _ in said["language"]]
    known = [each for each in named if each is not Language.OTHER]
    if named:
        return known[0] if known else Language.OTHER
    if default is not Language.OTHER:
        return default
    title = " ".join(text for text, _ in said["title"][:1])
    return content_language(detect_language(title))


def _language_named(text: str) -> Language:
    word = text.strip().lower()
    for language, names in _LANGUAGES.items():
        if word in names:
            return language
    return content_language(word)


def _chosen(texts: list[tuple[str, str]], language: Language) -> str:
    """Return the text in a language, else the first that names none, else the first."""
    if not texts:
        return ""
    named = [text for text, code in texts if code and content_language(code) is language]
    unnamed = [text for text, code in texts if not code]
    return _in_language((named or unnamed or [texts[0][0]])[0], language)


def _in_language(text: str, language: Language) -> str:
    """Return the part of "fi=…|sv=…|en=…|" in a language, or the text if it is not so written."""
    parts = dict(_NAMED.findall(text)) if _NAMED.match(text) else {}
    return parts.get(language.value) or next(iter(parts.values()), text)


def _abstract(said: dict[str, list[tuple[str, str]]], language: Language) -> str:
    if said["abstract"]:
        return _of_language(said["abstract"], language)
    long = [each for each in said["description"] if len(each[0]) >= _SHORTEST_ABSTRACT]
    return _of_language(long, language)


def _of_language(texts: list[tuple[str, str]], language: Language) -> str:
    """Return the text in a language, told by its code or else by its letters; else the first."""
    if len(texts) < 2:
        return _chosen(texts, language)
    told = [(text, code or detect_language(text)) for text, code in texts]
    return _chosen(told, language)


def _kind(types: list[tuple[str, str]], default: PriorWorkKind) -> PriorWorkKind:
    said = " ".join(text for text, _ in types).lower()
    return next((kind for kind, words in _KINDS.items() if re.search(words, said)), default)


def _year(said: dict[str, list[tuple[str, str]]], latest: int) -> int | None:
    # A date of a plain record may be that of a later scan: the work is as old as the oldest.
    dates = said["issued"] or said["created"] or said["date"]
    years = [int(year) for text, _ in dates for year in _YEAR.findall(text)[:1]]
    return min((year for year in years if year <= latest), default=None)


def _url(identifiers: list[str]) -> str:
    """Return the address of the work's page, a lasting one if there is any."""
    addresses = [address for text in identifiers if (address := _address(text))]
    lasting = [each for each in addresses if _LASTING.match(each)]
    pages = [each for each in addresses if not each.lower().endswith(".pdf")]
    return next(iter(lasting or pages or addresses), "")


def _address(identifier: str) -> str:
    if identifier.lower().startswith(("http://", "https://")):
        return identifier
    if _URN.fullmatch(identifier):
        return f"https://urn.fi/{identifier}"
    found = _DOI.fullmatch(identifier)
    return f"https://doi.org/{found[1]}" if found else ""


def _subjects(texts: list[tuple[str, str]], language: Language) -> list[str]:
    subjects = dict.fromkeys(_in_language(text, language) for text, _ in texts)
    return list(subjects)[:SUBJECTS_MAX]
