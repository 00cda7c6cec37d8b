"""The adoption ledger: asked after 3, 6 and 12 months whether a result is in use."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from needsbank.domain.journeys import Act, Stage

ASKED_AFTER = (3, 6, 12)
"""Months from the hand-over, or from taking something ready into use."""
TIME_TO_ANSWER = timedelta(days=30)
WHY_MAX = 2000


class InUse(Enum):
    """What a work community answers."""

    IN_USE = "in_use"
    PARTLY = "partly"
    NOT_IN_USE = "not_in_use"


class Standing(Enum):
    """What the ledger says of a question; silence is never success."""

    IN_USE = "in_use"
    PARTLY = "partly"
    NOT_IN_USE = "not_in_use"
    WAITING = "waiting"
    UNKNOWN = "unknown"


BEGINS = frozenset({Act.HAND_OVER, Act.ADOPT, Act.ANSWER_AND_ADOPT})
"""The turns from which the months are counted."""
ASKED_AT = frozenset(
    {Stage.HANDED_OVER, Stage.ADOPTED, Stage.IN_USE, Stage.PARTLY_IN_USE, Stage.NOT_IN_USE}
)
ACT_OF: dict[InUse, Act] = {
    InUse.IN_USE: Act.USE,
    InUse.PARTLY: Act.USE_PARTLY,
    InUse.NOT_IN_USE: Act.LEAVE_UNUSED,
}
STAGE_OF: dict[InUse, Stage] = {
    InUse.IN_USE: Stage.IN_USE,
    InUse.PARTLY: Stage.PARTLY_IN_USE,
    InUse.NOT_IN_USE: Stage.NOT_IN_USE,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerQuestion:
    """Say whether it is in use; what is not, or partly, is told with why."""

    code: str
    answer: InUse
    why: str = ""


def standing(answer: InUse | None, asked: datetime, at: datetime) -> Standing:
    """Return what the ledger says at a moment of a question asked at another."""
    if answer is not None:
        return Standing(answer.value)
    return Standing.WAITING if at < asked + TIME_TO_ANSWER else Standing.UNKNOWN


def months_before(moment: datetime, months: int) -> datetime:
    """Return the same time so many calendar months earlier, the last day where there is none."""
    month = moment.year * 12 + moment.month - 1 - months
    year, month = divmod(month, 12)
    last = monthrange(year, month + 1)[1]
    return moment.replace(year=year, month=month + 1, day=min(moment.day, last))
