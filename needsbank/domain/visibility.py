"""Who may read what. `db.queries.visible` says the same in SQL; a test holds them together."""

from enum import Enum
from uuid import UUID

from needsbank.domain.roles import Actor


class Visibility(Enum):
    """How far the author lets a posting be seen."""

    PUBLIC = "public"
    NETWORK = "network"
    ORGANISATION = "organisation"
    COORDINATORS = "coordinators"


def may_read(
    actor: Actor,
    *,
    visibility: Visibility,
    published: bool,
    author_id: UUID,
    organisation_id: UUID,
) -> bool:
    """Whether the actor may know that a posting exists, and read it.

    A draft is its author's alone. What is meant for coordinators is read by them and its author.
    """
    if actor.user_id is not None and actor.user_id == author_id:
        return True
    if not published:
        return False
    if actor.coordinates or visibility is Visibility.PUBLIC:
        return True
    if visibility is Visibility.NETWORK:
        return actor.is_in_network
    return visibility is Visibility.ORGANISATION and organisation_id in actor.organisation_ids
