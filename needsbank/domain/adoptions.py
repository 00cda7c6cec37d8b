"""Adopting what exists: a need ends because somebody has solved the same before."""

from dataclasses import dataclass
from uuid import UUID

from needsbank.domain.needs import CloseReason, NeedState


@dataclass(frozen=True, slots=True, kw_only=True)
class AdoptSolution:
    """Take a prior work, or what became of a finished need, into use for a need."""

    need_id: UUID
    solution_id: UUID
    note: str = ""


def has_result(state: NeedState, reason: CloseReason | None) -> bool:
    """Whether a need ended with something that others could take into use."""
    return state is NeedState.CLOSED and reason in {CloseReason.SOLVED, CloseReason.ADOPTED}
