"""Who may do what: roles, the actor, and one predicate per use."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from needsbank.domain.errors import NotAllowed


class Role(Enum):
    """What a person is in an organisation."""

    PARTNER = "partner"
    MEMBER = "member"
    COMPANY = "company"
    AMBASSADOR = "ambassador"
    COORDINATOR = "coordinator"
    LEAD = "lead"
    """A coordinator who is also told of what is late."""
    OBSERVER = "observer"
    ADMIN = "admin"


COORDINATES = frozenset({Role.COORDINATOR, Role.LEAD})
CATCHES = frozenset({Role.AMBASSADOR}) | COORDINATES
POSTS_NEEDS = frozenset({Role.PARTNER, Role.COMPANY, Role.AMBASSADOR}) | COORDINATES
POSTS_COMPETENCES = frozenset({Role.MEMBER, Role.COMPANY}) | COORDINATES


@dataclass(frozen=True, slots=True)
class Actor:
    """The one on whose behalf something is done: a person with roles, or nobody in particular."""

    user_id: UUID | None = None
    roles: frozenset[tuple[UUID, Role]] = frozenset()

    @property
    def is_known(self) -> bool:
        """Whether a person stands behind the actor."""
        return self.user_id is not None

    @property
    def person_id(self) -> UUID:
        """Return who the actor is; raise `NotAllowed` when nobody stands behind it."""
        if self.user_id is None:
            raise NotAllowed("only a person can do this")
        return self.user_id

    @property
    def organisation_ids(self) -> frozenset[UUID]:
        """Return the organisations that the actor belongs to with any role but observer."""
        return frozenset(org for org, role in self.roles if role is not Role.OBSERVER)

    @property
    def is_in_network(self) -> bool:
        """Whether the actor belongs to any organisation of the network."""
        return bool(self.roles)

    @property
    def coordinates(self) -> bool:
        """Whether the actor reviews pairings; coordinators serve the whole bank."""
        return bool(self.organisations_as(COORDINATES))

    @property
    def catches(self) -> bool:
        """Whether the actor catches ideas and carries them on: ambassadors and coordinators."""
        return bool(self.organisations_as(CATCHES))

    @property
    def administers(self) -> bool:
        """Whether the actor looks after organisations and people; not a right to read."""
        return self.has(Role.ADMIN)

    def has(self, role: Role) -> bool:
        """Whether the actor has the role in some organisation."""
        return any(held is role for _, held in self.roles)

    def organisations_as(self, wanted: frozenset[Role]) -> frozenset[UUID]:
        """Return the organisations where the actor has one of the wanted roles."""
        return frozenset(org for org, role in self.roles if role in wanted)


ANONYMOUS = Actor()
ANY_COORDINATOR = Actor(None, frozenset({(UUID(int=0), Role.COORDINATOR)}))
"""On whose behalf the bank itself looks for what only coordinators see."""


def may_post_need(actor: Actor, organisation_id: UUID) -> bool:
    """Whether the actor may post needs in the organisation's name."""
    return organisation_id in actor.organisations_as(POSTS_NEEDS)


def may_post_competence(actor: Actor, organisation_id: UUID) -> bool:
    """Whether the actor may post competences in the organisation's name."""
    return organisation_id in actor.organisations_as(POSTS_COMPETENCES)


def may_edit(actor: Actor, author_id: UUID, organisation_id: UUID) -> bool:
    """Whether the actor may change a posting: its author, while in its organisation.

    Catchers word ideas as needs of organisations that are not theirs.
    """
    at_home = organisation_id in actor.organisation_ids or actor.catches
    return actor.is_known and actor.user_id == author_id and at_home


def may_manage_organisations(actor: Actor) -> bool:
    """Whether the actor may add organisations and units."""
    return actor.coordinates or actor.administers
