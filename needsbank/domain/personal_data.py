"""Personal data in a text that anybody may read later: found before anything is stored.

Better one warning too many than a patient's name in the bank: the sender sees what was found and
a rewrite, and decides on the words. Rules, not a model: each find has a reason that can be told.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum

from needsbank.domain.languages import Language
from needsbank.domain.personal_names import INITIALS, SURNAME, WORD, is_company, is_first_name


class PersonalKind(Enum):
    """What was found."""

    IDENTITY_CODE = "identity_code"
    PHONE = "phone"
    EMAIL = "email"
    BANK_ACCOUNT = "bank_account"
    ADDRESS = "address"
    PERSON = "person"
    BIRTH_DATE = "birth_date"


@dataclass(frozen=True, slots=True)
class Found:
    """One find: what it is, and where it stands in the normalised text."""

    kind: PersonalKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Screened:
    """A text as it was looked at, and what was found in it."""

    text: str
    finds: Sequence[Found]

    @property
    def excerpts(self) -> list[tuple[PersonalKind, str]]:
        """Return the finds with their words, in the text's order."""
        return [(find.kind, self.text[find.start : find.end]) for find in self.finds]


_HIDDEN = re.compile("[\u00ad\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
# Letters and dashes that look like ours; one for one, so that places stay.
_LOOKALIKES = str.maketrans(
    "АВЕКМНОРСТУХаеорсухіΑΒΕΖΗΙΚΜΝΟΡΤΥΧο‐‑‒–—−٫",  # noqa: RUF001 -- what looks alike is the point
    "ABEKMHOPCTYXaeopcyxiABEZHIKMNOPTYXo------.",
)
_MARKS = "-+ABCDEFUVWXY"
_CHECKS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
_CENTURIES = {"+": 1800, **dict.fromkeys("-UVWXY", 1900), **dict.fromkeys("ABCDEF", 2000)}

_CODE = re.compile(
    rf"(?<![\w-])\d(?:[ .]?\d){{5}} ?[{_MARKS}] ?\d ?\d ?\d ?[0-9A-Y](?!\w)", re.IGNORECASE
)
_MAIL = re.compile(
    r"(?<![\w.+%-])[\w.+%-]{1,64}\s?(?:@|[(\[]\s?(?:at|ät)\s?[)\]])"
    r"\s?[\w-]+(?:\.[\w-]+)*\.[a-z]{2,}",
    re.IGNORECASE,
)
_OFFICES = re.compile(
    r"(?:info|kirjaamo|asiakaspalvelu|toimisto|support|registratur|kansli|office|palaute|noreply)"
    r"\s?(?:@|[(\[])",
    re.IGNORECASE,
)
_ACCOUNT = re.compile(r"(?<!\w)[A-Z]{2} ?\d ?\d(?: ?[A-Z0-9]){11,30}(?!\w)", re.IGNORECASE)
_MORE = r"(?:[ ./-]{0,2}\d)"
_PHONE = re.compile(
    rf"(?<![\w+])(?:(?:\+|00) ?[1-9]{_MORE}{{7,13}}"  # with the country
    rf"|0 ?[45]{_MORE}{{6,10}}"  # Finnish mobile numbers
    rf"|\(0\d{{1,2}}\) ?\d{_MORE}{{4,8}}"
    rf"|0(?:[235689]|1[3-9])[ -]\d{_MORE}{{5,8}})(?!\w)"
)
_NUMBERED = re.compile(
    r"(?:tilaus|lasku|viite|sarja|tuote|laite|order|invoice|reference|serial|beställning|faktura)"
    r"[\w-]*(?:\s?(?:numero|nro|number|nummer|no\.?|:))?\s*$",
    re.IGNORECASE,
)
_STREET = (
    r"[^\W\d_a-zåäö][\w-]*(?:kat(?:u|ua)|kadu[nl]\w{0,3}|tie|tien|tiell[eä]|kuja|kujan|kujalla"
    r"|polku|polun|polulla|kaari|kaaren|raitti|raitin|rinne|rinteen|penger|aukio|aukiolla|väylä"
    r"|gatan|vägen|gränden|stigen|vägen| [Ss]treet| [Rr]oad| [Ll]ane| [Aa]venue)"
    r" \d{1,4}(?:[ -]?[a-zA-Z]\b(?! \w+ss[aä]))?(?: \d{1,3}\b)?"
)
_ADDRESS = re.compile(rf"(?<![\w-]){_STREET}(?!:)")
_LIVES = re.compile(
    r"\b(?:asu(?:u|vat|n|i)|kotona|kotiosoite|bor|bosatt|hemma|lives?|living)\b[^.!?]{0,40}$",
    re.IGNORECASE,
)
_ROLES = (
    r"(?:potila|asiakka|asukka)(?:s|an|amme|at|alla|alle|alta|atta|asta|ani)\w{0,3}"
    r"|(?:potilas|asiakas|asukas)\w{0,4}|omai(?:nen|sen)|muori|mummo|pappa|rouva|herra|neiti"
    r"|patient(?:en|ens|s)?|klient(?:en|ens)?|kund(?:en|ens)?|(?:den )?boende|fru|herr"
    r"|resident(?:'s)?|client(?:'s)?|customer(?:'s)?|mrs\.?|mr\.?|ms\.?"
)
_PATIENT = re.compile(
    rf"\b(?i:{_ROLES})(?:[ ,:]{{1,2}})(?P<name>{INITIALS}|{WORD}(?: {WORD})?)",
)
_ROOM = re.compile(
    r"\b(?i:huone(?:en|essa|esta|eseen)?|rum(?:met)?|room|sänky|säng|bed|paikka) \d+\s?[a-zA-Z]?"
    rf"\b[ ,:]{{1,3}}(?P<name>{WORD}(?: {WORD})?)"
)
_BORN = re.compile(
    r"\b(?i:s\.|synt\.?|syntynyt|född|f\.|born|dob:?)\s?(?:on )?"
    r"(?:3[01]|[12]\d|0?[1-9])[./-](?:1[0-2]|0?[1-9])[./-](?:18|19|20)\d\d"
)
# A look ahead, so that "At Mary Smith" is tried as "Mary Smith" too.
_NAME = re.compile(rf"(?<![\w-])(?=(?P<name>(?P<first>{WORD}) (?P<last>{WORD})))")
_SURNAME = re.compile(SURNAME)
_NEAR = 60
"""Characters within which a name belongs to an address."""


def screen(text: str) -> Screened:
    """Return a text, normalised, with the personal data in it."""
    shown = _HIDDEN.sub("", unicodedata.normalize("NFKC", text))
    seen = shown.translate(_LOOKALIKES)
    return Screened(shown, _without_overlaps(_finds(seen)))


def rewritten(screened: Screened, language: Language) -> str:
    """Return the text with neutral words in place of what was found."""
    words = _NEUTRAL.get(language, _NEUTRAL[Language.EN])
    parts, last = [], 0
    for find in screened.finds:
        parts += [screened.text[last : find.start], words[find.kind]]
        last = find.end
    return "".join([*parts, screened.text[last:]])


def _finds(text: str) -> Iterator[Found]:
    yield from _identity_codes(text)
    yield from _accounts(text)
    for match in _MAIL.finditer(text):
        if not _OFFICES.match(match.group()):
            yield _found(PersonalKind.EMAIL, match)
    for match in _PHONE.finditer(text):
        if not _NUMBERED.search(text[max(0, match.start() - _NEAR) : match.start()]):
            yield _found(PersonalKind.PHONE, match)
    for match in _BORN.finditer(text):
        yield _found(PersonalKind.BIRTH_DATE, match)
    yield from _patients(text)
    yield from _people(text)


def _identity_codes(text: str) -> Iterator[Found]:
    for match in _CODE.finditer(text):
        code = re.sub("[ .]", "", match.group()).upper()
        if _is_identity_code(code):
            yield _found(PersonalKind.IDENTITY_CODE, match)


def _is_identity_code(code: str) -> bool:
    day, month, year, mark = int(code[:2]), int(code[2:4]), int(code[4:6]), code[6]
    try:
        date(_CENTURIES[mark] + year, month, day)
    except ValueError:
        return False
    # The check character is of the digits alone; marks given since 2023 change nothing in it.
    return code[10] == _CHECKS[int(code[:6] + code[7:10]) % 31]


def _accounts(text: str) -> Iterator[Found]:
    for match in _ACCOUNT.finditer(text):
        written = match.group()
        # Words may follow without a mark between: the account is the longest part that checks.
        for end in range(len(written), 14, -1):
            if written[end - 1] != " " and _is_account(written[:end].replace(" ", "").upper()):
                start = match.start()
                yield Found(PersonalKind.BANK_ACCOUNT, start, start + end)
                break


def _is_account(account: str) -> bool:
    digits = "".join(str(int(letter, 36)) for letter in account[4:] + account[:4])
    return len(account) >= 15 and int(digits) % 97 == 1


def _patients(text: str) -> Iterator[Found]:
    for pattern in (_PATIENT, _ROOM):
        for match in pattern.finditer(text):
            name, end = match.group("name"), match.end("name")
            if is_company(text, end):
                continue
            words = name.split()
            is_initials = "." in name
            if is_initials or is_first_name(words[0]) or _SURNAME.fullmatch(words[-1]):
                yield Found(PersonalKind.PERSON, match.start("name"), end)
            elif _SURNAME.fullmatch(words[0]):
                start = match.start("name")
                yield Found(PersonalKind.PERSON, start, start + len(words[0]))


def _people(text: str) -> Iterator[Found]:
    """Give whole names that look like nothing else, and any name beside a street address."""
    names = [match for match in _NAME.finditer(text) if _is_person(text, match)]
    for name in names:
        if _SURNAME.fullmatch(name.group("last")):
            yield _named(name)
    for address in _ADDRESS.finditer(text):
        near = [
            name
            for name in names
            if 0 <= name.start("name") - address.end() <= _NEAR
            or 0 <= address.start() - name.end("name") <= _NEAR
        ]
        lives = _LIVES.search(text[max(0, address.start() - _NEAR) : address.start()])
        if near or lives:
            yield _found(PersonalKind.ADDRESS, address)
            yield from map(_named, near)


def _is_person(text: str, match: re.Match[str]) -> bool:
    return is_first_name(match.group("first")) and not is_company(text, match.end("name"))


def _named(match: re.Match[str]) -> Found:
    return Found(PersonalKind.PERSON, match.start("name"), match.end("name"))


def _found(kind: PersonalKind, match: re.Match[str]) -> Found:
    return Found(kind, match.start(), match.end())


def _without_overlaps(finds: Iterator[Found]) -> list[Found]:
    kept: list[Found] = []
    for find in sorted(finds, key=lambda each: (each.start, -each.end)):
        if not kept or find.start >= kept[-1].end:
            kept.append(find)
    return kept


_K = PersonalKind
_NEUTRAL = {
    Language.FI: {
        _K.IDENTITY_CODE: "[henkilötunnus poistettu]",
        _K.PHONE: "[puhelinnumero poistettu]",
        _K.EMAIL: "[sähköpostiosoite poistettu]",
        _K.BANK_ACCOUNT: "[tilinumero poistettu]",
        _K.ADDRESS: "[osoite poistettu]",
        _K.PERSON: "[nimi poistettu]",
        _K.BIRTH_DATE: "[syntymäaika poistettu]",
    },
    Language.SV: {
        _K.IDENTITY_CODE: "[personbeteckning borttagen]",
        _K.PHONE: "[telefonnummer borttaget]",
        _K.EMAIL: "[e-postadress borttagen]",
        _K.BANK_ACCOUNT: "[kontonummer borttaget]",
        _K.ADDRESS: "[adress borttagen]",
        _K.PERSON: "[namn borttaget]",
        _K.BIRTH_DATE: "[födelsedatum borttaget]",
    },
    Language.EN: {
        _K.IDENTITY_CODE: "[identity code removed]",
        _K.PHONE: "[phone number removed]",
        _K.EMAIL: "[e-mail address removed]",
        _K.BANK_ACCOUNT: "[account number removed]",
        _K.ADDRESS: "[address removed]",
        _K.PERSON: "[name removed]",
        _K.BIRTH_DATE: "[date of birth removed]",
    },
}
