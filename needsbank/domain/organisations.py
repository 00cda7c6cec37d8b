"""Organisations, their units, and the words they are sorted by."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from stdnum.fi import ytunnus

from needsbank.domain.errors import Invalid


class Sector(Enum):
    """What kind of organisation it is."""

    WELLBEING_COUNTY = "wellbeing_county"
    MUNICIPALITY = "municipality"
    COMPANY = "company"
    ASSOCIATION = "association"
    UNIVERSITY_APPLIED = "university_applied"
    UNIVERSITY = "university"
    RESEARCH_INSTITUTE = "research_institute"
    STATE = "state"


class Region(Enum):
    """The nineteen regions (maakunnat) of Finland."""

    UUSIMAA = "uusimaa"
    VARSINAIS_SUOMI = "varsinais_suomi"
    SATAKUNTA = "satakunta"
    KANTA_HAME = "kanta_hame"
    PIRKANMAA = "pirkanmaa"
    PAIJAT_HAME = "paijat_hame"
    KYMENLAAKSO = "kymenlaakso"
    ETELA_KARJALA = "etela_karjala"
    ETELA_SAVO = "etela_savo"
    POHJOIS_SAVO = "pohjois_savo"
    POHJOIS_KARJALA = "pohjois_karjala"
    KESKI_SUOMI = "keski_suomi"
    ETELA_POHJANMAA = "etela_pohjanmaa"
    POHJANMAA = "pohjanmaa"
    KESKI_POHJANMAA = "keski_pohjanmaa"
    POHJOIS_POHJANMAA = "pohjois_pohjanmaa"
    KAINUU = "kainuu"
    LAPPI = "lappi"
    AHVENANMAA = "ahvenanmaa"


def checked_business_id(text: str) -> str | None:
    """Return a Finnish business id (Y-tunnus) in its written form, or None for empty text.

    Raises `Invalid` when the form or the check digit is wrong.
    """
    if not text.strip():
        return None
    try:
        return str(ytunnus.format(ytunnus.validate(text.strip())))
    except ytunnus.ValidationError as error:
        raise Invalid({"business_id": "business_id"}) from error


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeOrganisation:
    """Put an organisation in the bank, or describe it anew."""

    name: str
    sector: Sector
    region: Region
    business_id: str = ""
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AddUnit:
    """Add a unit under an organisation, or under another unit of it."""

    organisation_id: UUID
    name: str
    parent_id: UUID | None = None
