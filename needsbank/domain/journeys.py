"""A journey (polku): one matter's way from a thrown idea to a result in use, as one table.

An idea, a posted need and a challenge made of several of them are each on a journey. Every turn
is somebody's: the table says which turns there are, who makes them, and which want a reason. What
the table does not have cannot happen.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum

from needsbank.domain.errors import IllegalTransition
from needsbank.domain.routes import Route


class Stage(Enum):
    """Where a matter is on its way."""

    THROWN = "thrown"
    """Waits for somebody to catch it."""
    CAUGHT = "caught"
    """Somebody with a name is finding out about it."""
    IN_WORKSHOP = "in_workshop"
    IN_COORDINATION = "in_coordination"
    """Before the coordination team."""
    DECIDED = "decided"
    """A route is chosen; the answer is being written."""
    AWAITING_PARTNER = "awaiting_partner"
    """The work community is to name its representative."""
    UNDER_WAY = "under_way"
    HANDED_OVER = "handed_over"
    """The result is theirs; whether it is in use is asked later."""
    ADOPTED = "adopted"
    """Something ready is being taken into use; whether it is in use is asked later."""
    IN_USE = "in_use"
    PARTLY_IN_USE = "partly_in_use"
    NOT_IN_USE = "not_in_use"
    PARKED = "parked"
    ANSWERED = "answered"
    """The answer was the end: advice, a referral or a no."""
    JOINED = "joined"
    """Goes on as part of another matter."""
    BROKEN_OFF = "broken_off"
    """The work ended without a result; what was learnt is kept."""
    CLOSED = "closed"
    """Its sender ended it."""
    WITHDRAWN = "withdrawn"
    """Its sender took it back."""


class Act(Enum):
    """A turn that somebody makes."""

    CATCH = "catch"
    ESCALATE = "escalate"
    """Nobody caught it in time, so that somebody else was told."""
    LET_GO = "let_go"
    TAKE_TO_WORKSHOP = "take_to_workshop"
    LEAVE_WORKSHOP = "leave_workshop"
    TAKE_TO_COORDINATION = "take_to_coordination"
    SEND_BACK = "send_back"
    JOIN = "join"
    SEPARATE = "separate"
    DECIDE = "decide"
    RECONSIDER = "reconsider"
    ANSWER_AND_START = "answer_and_start"
    ANSWER_AND_ADOPT = "answer_and_adopt"
    ANSWER_AND_PARK = "answer_and_park"
    ANSWER_AND_END = "answer_and_end"
    RETURN = "return"
    ACCEPT = "accept"
    DECLINE = "decline"
    AGREE = "agree"
    HAND_OVER = "hand_over"
    BREAK_OFF = "break_off"
    ADOPT = "adopt"
    USE = "use"
    USE_PARTLY = "use_partly"
    LEAVE_UNUSED = "leave_unused"
    CLOSE = "close"
    WITHDRAW = "withdraw"
    RESTORE = "restore"
    REOPEN = "reopen"


class Mover(Enum):
    """Whose turn it is; services see to it that the actor is one."""

    SENDER = "sender"
    CATCHER = "catcher"
    """Ambassadors and coordinators."""
    COORDINATOR = "coordinator"
    PARTNER = "partner"
    """The representative of the work community, or the sender of a need."""
    SIDES = "sides"
    """Both sides of a pairing that a coordinator approved."""
    TEAM = "team"
    """The parties of a collaboration."""
    CLOCK = "clock"


@dataclass(frozen=True, slots=True)
class Turn:
    """A row of the table: from where, by what and whom, to where, and whether a reason is asked."""

    start: Stage
    act: Act
    end: Stage
    by: Mover
    reason: bool = False


_S, _A, _M = Stage, Act, Mover

TURNS: tuple[Turn, ...] = (
    Turn(_S.THROWN, _A.CATCH, _S.CAUGHT, _M.CATCHER),
    Turn(_S.THROWN, _A.ESCALATE, _S.THROWN, _M.CLOCK),
    Turn(_S.THROWN, _A.WITHDRAW, _S.WITHDRAWN, _M.SENDER),
    Turn(_S.CAUGHT, _A.CATCH, _S.CAUGHT, _M.CATCHER),
    Turn(_S.CAUGHT, _A.LET_GO, _S.THROWN, _M.CATCHER, reason=True),
    Turn(_S.CAUGHT, _A.TAKE_TO_WORKSHOP, _S.IN_WORKSHOP, _M.CATCHER),
    Turn(_S.CAUGHT, _A.TAKE_TO_COORDINATION, _S.IN_COORDINATION, _M.CATCHER),
    Turn(_S.CAUGHT, _A.JOIN, _S.JOINED, _M.CATCHER, reason=True),
    Turn(_S.CAUGHT, _A.WITHDRAW, _S.WITHDRAWN, _M.SENDER),
    Turn(_S.IN_WORKSHOP, _A.JOIN, _S.JOINED, _M.CATCHER, reason=True),
    Turn(_S.IN_WORKSHOP, _A.LEAVE_WORKSHOP, _S.CAUGHT, _M.CATCHER, reason=True),
    Turn(_S.IN_WORKSHOP, _A.TAKE_TO_COORDINATION, _S.IN_COORDINATION, _M.CATCHER),
    Turn(_S.IN_WORKSHOP, _A.WITHDRAW, _S.WITHDRAWN, _M.SENDER),
    Turn(_S.IN_COORDINATION, _A.DECIDE, _S.DECIDED, _M.COORDINATOR, reason=True),
    Turn(_S.IN_COORDINATION, _A.SEND_BACK, _S.CAUGHT, _M.COORDINATOR, reason=True),
    Turn(_S.IN_COORDINATION, _A.JOIN, _S.JOINED, _M.COORDINATOR, reason=True),
    Turn(_S.IN_COORDINATION, _A.AGREE, _S.UNDER_WAY, _M.SIDES),
    Turn(_S.IN_COORDINATION, _A.ADOPT, _S.ADOPTED, _M.SENDER),
    Turn(_S.IN_COORDINATION, _A.CLOSE, _S.CLOSED, _M.SENDER, reason=True),
    Turn(_S.IN_COORDINATION, _A.WITHDRAW, _S.WITHDRAWN, _M.SENDER),
    Turn(_S.DECIDED, _A.ANSWER_AND_START, _S.AWAITING_PARTNER, _M.CATCHER),
    Turn(_S.DECIDED, _A.ANSWER_AND_ADOPT, _S.ADOPTED, _M.CATCHER),
    Turn(_S.DECIDED, _A.ANSWER_AND_PARK, _S.PARKED, _M.CATCHER),
    Turn(_S.DECIDED, _A.ANSWER_AND_END, _S.ANSWERED, _M.CATCHER),
    Turn(_S.DECIDED, _A.RECONSIDER, _S.IN_COORDINATION, _M.COORDINATOR, reason=True),
    Turn(_S.DECIDED, _A.AGREE, _S.UNDER_WAY, _M.SIDES),
    Turn(_S.DECIDED, _A.ADOPT, _S.ADOPTED, _M.SENDER),
    Turn(_S.DECIDED, _A.CLOSE, _S.CLOSED, _M.SENDER, reason=True),
    Turn(_S.DECIDED, _A.WITHDRAW, _S.WITHDRAWN, _M.SENDER),
    Turn(_S.AWAITING_PARTNER, _A.ACCEPT, _S.UNDER_WAY, _M.PARTNER),
    Turn(_S.AWAITING_PARTNER, _A.DECLINE, _S.IN_COORDINATION, _M.PARTNER, reason=True),
    Turn(_S.AWAITING_PARTNER, _A.AGREE, _S.UNDER_WAY, _M.SIDES),
    Turn(_S.AWAITING_PARTNER, _A.ADOPT, _S.ADOPTED, _M.SENDER),
    Turn(_S.AWAITING_PARTNER, _A.CLOSE, _S.CLOSED, _M.SENDER, reason=True),
    Turn(_S.AWAITING_PARTNER, _A.WITHDRAW, _S.WITHDRAWN, _M.SENDER),
    Turn(_S.UNDER_WAY, _A.HAND_OVER, _S.HANDED_OVER, _M.TEAM),
    Turn(_S.UNDER_WAY, _A.BREAK_OFF, _S.BROKEN_OFF, _M.TEAM, reason=True),
    Turn(_S.UNDER_WAY, _A.ADOPT, _S.ADOPTED, _M.SENDER),
    Turn(_S.UNDER_WAY, _A.REOPEN, _S.IN_COORDINATION, _M.SENDER),
    Turn(_S.HANDED_OVER, _A.USE, _S.IN_USE, _M.PARTNER),
    Turn(_S.HANDED_OVER, _A.USE_PARTLY, _S.PARTLY_IN_USE, _M.PARTNER),
    Turn(_S.HANDED_OVER, _A.LEAVE_UNUSED, _S.NOT_IN_USE, _M.PARTNER, reason=True),
    Turn(_S.HANDED_OVER, _A.REOPEN, _S.IN_COORDINATION, _M.SENDER),
    Turn(_S.ADOPTED, _A.USE, _S.IN_USE, _M.PARTNER),
    Turn(_S.ADOPTED, _A.USE_PARTLY, _S.PARTLY_IN_USE, _M.PARTNER),
    Turn(_S.ADOPTED, _A.LEAVE_UNUSED, _S.NOT_IN_USE, _M.PARTNER, reason=True),
    Turn(_S.ADOPTED, _A.REOPEN, _S.IN_COORDINATION, _M.SENDER),
    Turn(_S.IN_USE, _A.USE_PARTLY, _S.PARTLY_IN_USE, _M.PARTNER),
    Turn(_S.IN_USE, _A.LEAVE_UNUSED, _S.NOT_IN_USE, _M.PARTNER, reason=True),
    Turn(_S.IN_USE, _A.REOPEN, _S.IN_COORDINATION, _M.SENDER),
    Turn(_S.PARTLY_IN_USE, _A.USE, _S.IN_USE, _M.PARTNER),
    Turn(_S.PARTLY_IN_USE, _A.LEAVE_UNUSED, _S.NOT_IN_USE, _M.PARTNER, reason=True),
    Turn(_S.PARTLY_IN_USE, _A.REOPEN, _S.IN_COORDINATION, _M.SENDER),
    Turn(_S.NOT_IN_USE, _A.USE, _S.IN_USE, _M.PARTNER),
    Turn(_S.NOT_IN_USE, _A.USE_PARTLY, _S.PARTLY_IN_USE, _M.PARTNER),
    Turn(_S.NOT_IN_USE, _A.REOPEN, _S.IN_COORDINATION, _M.SENDER),
    Turn(_S.PARKED, _A.RETURN, _S.IN_COORDINATION, _M.CLOCK),
    Turn(_S.PARKED, _A.AGREE, _S.UNDER_WAY, _M.SIDES),
    Turn(_S.PARKED, _A.ADOPT, _S.ADOPTED, _M.SENDER),
    Turn(_S.PARKED, _A.CLOSE, _S.CLOSED, _M.SENDER, reason=True),
    Turn(_S.PARKED, _A.WITHDRAW, _S.WITHDRAWN, _M.SENDER),
    Turn(_S.ANSWERED, _A.RECONSIDER, _S.IN_COORDINATION, _M.COORDINATOR, reason=True),
    Turn(_S.ANSWERED, _A.REOPEN, _S.IN_COORDINATION, _M.SENDER),
    Turn(_S.BROKEN_OFF, _A.RECONSIDER, _S.IN_COORDINATION, _M.COORDINATOR, reason=True),
    Turn(_S.BROKEN_OFF, _A.REOPEN, _S.IN_COORDINATION, _M.SENDER),
    Turn(_S.JOINED, _A.SEPARATE, _S.CAUGHT, _M.CATCHER, reason=True),
    Turn(_S.CLOSED, _A.REOPEN, _S.IN_COORDINATION, _M.SENDER),
    Turn(_S.WITHDRAWN, _A.RESTORE, _S.THROWN, _M.SENDER),
    Turn(_S.WITHDRAWN, _A.REOPEN, _S.IN_COORDINATION, _M.SENDER),
)

PATIENCE: Mapping[Stage, timedelta] = {
    Stage.IN_COORDINATION: timedelta(days=21),
    Stage.DECIDED: timedelta(days=5),
    Stage.AWAITING_PARTNER: timedelta(days=14),
}
"""How long a matter may stay before it is late, where calendar days are all that counts."""

BEGINNINGS = frozenset({Stage.THROWN, Stage.IN_WORKSHOP, Stage.IN_COORDINATION})
"""An idea is thrown or written in a workshop; a posted need goes straight to coordination."""

_BY_START_AND_ACT: Mapping[tuple[Stage, Act], Turn] = {
    (turn.start, turn.act): turn for turn in TURNS
}

ANSWERS: Mapping[Route, Act] = {
    Route.MINNO: Act.ANSWER_AND_START,
    Route.THESIS: Act.ANSWER_AND_START,
    Route.SERVICE: Act.ANSWER_AND_START,
    Route.PROJECT: Act.ANSWER_AND_START,
    Route.ADOPT: Act.ANSWER_AND_ADOPT,
    Route.ADVISE: Act.ANSWER_AND_END,
    Route.REFER: Act.ANSWER_AND_END,
    Route.PARK: Act.ANSWER_AND_PARK,
    Route.DECLINE: Act.ANSWER_AND_END,
}
"""How the answer to a decided matter is given, by its route."""


def turn_from(stage: Stage, act: Act) -> Turn:
    """Return the turn that an act makes from a stage; raise `IllegalTransition` for none."""
    turn = _BY_START_AND_ACT.get((stage, act))
    if turn is None:
        raise IllegalTransition(stage, act)
    return turn


def due_of(stage: Stage, since: datetime) -> datetime | None:
    """Return when the next turn of a matter is due that reached a stage at a moment."""
    patience = PATIENCE.get(stage)
    return None if patience is None else since + patience


def leads_from(stage: Stage, act: Act) -> bool:
    """Whether the table has a turn that an act makes from a stage."""
    return (stage, act) in _BY_START_AND_ACT


def acts_from(stage: Stage) -> tuple[Act, ...]:
    """Return what can be done with a matter at a stage, in the table's order."""
    return tuple(turn.act for turn in TURNS if turn.start is stage)
