"""What may be done with a text that came from elsewhere."""

import re
from enum import Enum


class Licence(Enum):
    """The terms that a record comes under."""

    CC0 = "cc0"
    PUBLIC_DOMAIN = "public_domain"
    CC_BY = "cc_by"
    CC_BY_SA = "cc_by_sa"
    CC_BY_ND = "cc_by_nd"
    CC_BY_NC = "cc_by_nc"
    CC_BY_NC_SA = "cc_by_nc_sa"
    CC_BY_NC_ND = "cc_by_nc_nd"
    IN_COPYRIGHT = "in_copyright"
    UNKNOWN = "unknown"

    @property
    def may_show_text(self) -> bool:
        """Whether the abstract may be shown; else title, year, link and the like only.

        The bank shows texts unchanged, with their source, and takes no money for it: what asks for
        attribution, forbids changes or forbids trade is kept to.
        """
        return self not in {Licence.IN_COPYRIGHT, Licence.UNKNOWN}


_CREATIVE_COMMONS = re.compile(
    r"(?:licenses/|licence/|\bcc[\s_-]*)(by(?:[\s_-]?(?:nc|nd|sa))*)(?![a-z])", re.IGNORECASE
)
_CC0 = re.compile(r"publicdomain/zero|\bcc[\s_-]*(?:0|zero)\b", re.IGNORECASE)
_PUBLIC_DOMAIN = re.compile(r"publicdomain/mark|\bpublic domain\b", re.IGNORECASE)
_IN_COPYRIGHT = re.compile(
    r"rightsstatements\.org/(?:vocab|page)/InC|all rights reserved|in[\s_-]?copyright"
    r"|kaikki oikeudet pidätetään|alla rättigheter förbehåll",
    re.IGNORECASE,
)


def licence_of(rights: str) -> Licence | None:
    """Return the licence that a statement of rights names, by address or in words, or None."""
    if _CC0.search(rights):
        return Licence.CC0
    if named := _CREATIVE_COMMONS.search(rights):
        conditions = set(re.split(r"[\s_-]+", named[1].lower()))
        code = "_".join(["cc", *(each for each in ("by", "nc", "sa", "nd") if each in conditions)])
        return next((each for each in Licence if each.value == code), None)
    if _PUBLIC_DOMAIN.search(rights):
        return Licence.PUBLIC_DOMAIN
    return Licence.IN_COPYRIGHT if _IN_COPYRIGHT.search(rights) else None
