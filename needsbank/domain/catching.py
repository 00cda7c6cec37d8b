"""Catching (kopin ottaminen): somebody with a name finds out about an idea."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from uuid import UUID

from needsbank.domain.fields import Field
from needsbank.domain.journeys import Stage
from needsbank.domain.needs import DescribeNeed

CAUGHT_WITHIN = 2
"""Working days within which an idea is caught; then it is told further."""
ANSWERED_WITHIN = 10
"""Working days within which whoever caught an idea answers, unless they promise otherwise."""


class TargetKind(Enum):
    """What an idea can go on as a part of."""

    NEED = "need"
    IDEA = "idea"


@dataclass(frozen=True, slots=True, kw_only=True)
class LetGo:
    """Give an idea back to the queue, with the reason that its sender reads."""

    capture_id: UUID
    reason: str
    seen: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOn:
    """Have somebody else take care of an idea."""

    capture_id: UUID
    catcher_id: UUID
    seen: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class PromiseAnswer:
    """Promise the sender an answer by a day."""

    capture_id: UUID
    by: date


@dataclass(frozen=True, slots=True, kw_only=True)
class JoinIdea:
    """Have an idea go on as part of a need or of another idea."""

    capture_id: UUID
    kind: TargetKind
    target_id: UUID
    reason: str
    seen: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeToCoordination:
    """Word an idea as a need and put it before the coordination team."""

    capture_id: UUID
    need: DescribeNeed
    seen: Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposeCatcher:
    """Propose a catcher for a unit's ideas, and those of the units below it."""

    unit_id: UUID
    catcher_id: UUID
    field: Field | None = None
