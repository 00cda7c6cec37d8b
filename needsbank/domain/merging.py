"""Merging (yhdistäminen): several needs worded as one challenge (haaste), and taken apart again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from needsbank.domain.visibility import Visibility

MOST_SOURCES = 20
TIME_TO_OBJECT = timedelta(days=7)

_FROM_WIDE_TO_NARROW = tuple(Visibility)


@dataclass(frozen=True, slots=True, kw_only=True)
class MergeNeeds:
    """Make one challenge of several needs; the sender of the leading one speaks for it."""

    source_ids: tuple[UUID, ...]
    lead_id: UUID
    title: str
    problem: str
    wished_change: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoMerge:
    """Take a challenge apart; the senders read the reason."""

    challenge_id: UUID
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectToMerge:
    """Say why one's own need does not belong to the challenge."""

    need_id: UUID
    reason: str


def shared_visibility(sources: Collection[tuple[Visibility, UUID]]) -> Visibility:
    """Return how far a challenge of needs may be seen, given each one's level and organisation.

    No further than the least visible of them: its being there would tell of that need. What only
    an organisation may see cannot be shared by two.
    """
    narrowest = max((level for level, _ in sources), key=_FROM_WIDE_TO_NARROW.index)
    organisations = {organisation_id for _, organisation_id in sources}
    if narrowest is Visibility.ORGANISATION and len(organisations) > 1:
        return Visibility.COORDINATORS
    return narrowest
