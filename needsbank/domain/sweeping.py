"""Groups of texts that probably say the same, and what looking at each would gain."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

MOST_IN_GROUP = 12
"""More than this nobody compares at once; chains of likenesses would join what is far apart."""


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two texts and how probably they say the same, 0..1."""

    one: UUID
    other: UUID
    probability: float


@dataclass(frozen=True, slots=True)
class Group:
    """Texts that probably say the same, and the likenesses that hold them together."""

    members: frozenset[UUID]
    likenesses: tuple[Likeness, ...]

    def nearness(self, member: UUID) -> float:
        """Return how probably a member says the same as the one that is likest to it."""
        return max(
            (each.probability for each in self.likenesses if member in {each.one, each.other}),
            default=0.0,
        )


def grouped(likenesses: Sequence[Likeness]) -> list[Group]:
    """Join texts that are alike into groups, the surest first, none larger than MOST_IN_GROUP.

    Single linkage in the order of probability, as Kruskal's algorithm joins trees; a likeness
    between two groups that would be too large together joins nothing.
    """
    group_of: dict[UUID, set[UUID]] = {}
    ordered = sorted(likenesses, key=lambda each: (-each.probability, each.one, each.other))
    for each in ordered:
        one = group_of.setdefault(each.one, {each.one})
        other = group_of.setdefault(each.other, {each.other})
        if one is other or len(one) + len(other) > MOST_IN_GROUP:
            continue
        one |= other
        group_of.update(dict.fromkeys(other, one))
    groups = {id(members): members for members in group_of.values() if len(members) > 1}
    return [_group(members, ordered) for members in groups.values()]


def gain(group: Group, people: Mapping[UUID, int], ready: frozenset[UUID]) -> float:
    """Return how many people looking at a group would probably serve at once.

    `people` says how many stand behind each open need of the group; `ready` are solutions. With
    one of these, each need that it answers is gained; without, one of the needs is still to be
    solved and the others are gained with it.
    """
    served = [people[each] * group.nearness(each) for each in group.members if each in people]
    if not served:
        return 0.0
    return sum(served) if group.members & ready else sum(served) - max(served)


def _group(members: set[UUID], ordered: Sequence[Likeness]) -> Group:
    inside = tuple(each for each in ordered if each.one in members and each.other in members)
    return Group(frozenset(members), inside)
