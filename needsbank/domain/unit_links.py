"""A unit's link: the way by which its people throw ideas without an account."""

import secrets
from uuid import UUID

from needsbank.domain.roles import Actor, Role

CODE_LENGTH = 10
# Without letters and digits that are mistaken for each other on a poster: some 49 bits.
_ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def new_code() -> str:
    """Return a code that can be typed from a poster and not be guessed."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(CODE_LENGTH))


def may_manage_links(actor: Actor, organisation_id: UUID) -> bool:
    """Whether the actor may make the links of an organisation's units."""
    partners = actor.organisations_as(frozenset({Role.PARTNER}))
    return actor.coordinates or actor.administers or organisation_id in partners
