"""Handing over (luovutus): what is given, on what terms, the receipt, and both sides' feedback."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from uuid import UUID

from needsbank.domain.collaborations import PartyRole
from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence

LINKS_MAX = 10
FEEDBACK_HIDDEN_FOR = timedelta(days=14)
"""One side's feedback is kept from the other for so long, unless both have given theirs."""
TERMS = (
    Licence.CC_BY,
    Licence.CC_BY_SA,
    Licence.CC_BY_NC,
    Licence.CC_BY_ND,
    Licence.CC_BY_NC_SA,
    Licence.CC_BY_NC_ND,
    Licence.CC0,
    Licence.IN_COPYRIGHT,
)
"""The terms that a result can be handed over on, the most common first."""


class FeedbackSide(Enum):
    """Which side of a collaboration gives feedback."""

    PARTNER = "partner"
    TEAM = "team"


SIDE_OF: dict[PartyRole, FeedbackSide] = {
    PartyRole.PARTNER: FeedbackSide.PARTNER,
    PartyRole.TEAM: FeedbackSide.TEAM,
    PartyRole.SUPERVISOR: FeedbackSide.TEAM,
    PartyRole.EXPERT: FeedbackSide.TEAM,
}
"""The side that a role speaks for; ambassadors and coordinators speak for neither."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferResult:
    """Offer a result to the partner; the files are some of the collaboration's."""

    title: str
    summary: str
    handed_over: str
    links: tuple[str, ...] = ()
    file_ids: tuple[UUID, ...] = ()
    licence: Licence = Licence.CC_BY
    language: Language = Language.FI


@dataclass(frozen=True, slots=True, kw_only=True)
class SignReceipt:
    """Sign for what was on the screen, known by its hash."""

    collaboration_id: UUID
    content_hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveFeedback:
    """Say how the collaboration went: 1 to 5, and a few words."""

    score: int
    words: str = ""


def content_hash(
    texts: Sequence[str], links: Sequence[str], licence: Licence, files: Sequence[tuple[str, str]]
) -> str:
    """Return what tells what is handed over from anything else: 64 hexadecimal digits.

    `files` are names with the hashes of what is in them.
    """
    said = hashlib.sha256()
    parts = [*texts, *links, licence.value, *(f"{name}\0{sha}" for name, sha in sorted(files))]
    for part in parts:
        written = part.encode()
        said.update(len(written).to_bytes(8, "big") + written)
    return said.hexdigest()
