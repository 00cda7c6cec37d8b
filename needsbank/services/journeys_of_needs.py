"""The journey of a posted need, which goes along with the need's own life.

A need says who may read it and whether it is matched; its journey says how far the work on it is.
What moves both is done by one use case, which calls here and logs what it did. That a need is part
of a challenge is written to neither: merging and undoing a merge leave both as they were.
"""

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Journey, Need
from needsbank.db.queries.merges import merged_need_ids
from needsbank.domain.journeys import Act, Stage, leads_from
from needsbank.domain.needs import CloseReason, NeedState
from needsbank.domain.roles import ANONYMOUS, Actor
from needsbank.services import journeys

_AT_ONCE = 50


def journey_of(session: Session, need: Need) -> Journey | None:
    """Return the journey of a need, if anybody has needed it yet."""
    found: Journey | None = session.scalar(select(Journey).where(Journey.need_id == need.id))
    return found


def journey_to_move(session: Session, actor: Actor, need: Need) -> Journey:
    """Return the journey of a posted need; one is begun for a need of before there were any."""
    journey = journey_of(session, need)
    if journey is None:
        journey = journeys.begin(session, actor, Stage.IN_COORDINATION, need_id=need.id, log=False)
        journey.since = need.opened or need.created
    return journey


def posted(session: Session, actor: Actor, need: Need) -> None:
    """Set a need that was opened on its way, or bring one that had ended back."""
    journey = journey_of(session, need)
    if journey is None:
        journey_to_move(session, actor, need)
    elif leads_from(journey.stage, Act.REOPEN):
        _move(session, actor, journey, Act.REOPEN)
        journey.route = journey.returns_on = None


def ended(session: Session, actor: Actor, need: Need, reason: CloseReason, words: str) -> None:
    """End the journey of a need as the need ended; `words` are what its followers read.

    What was being worked on is handed over when it was solved and broken off otherwise.
    """
    journey = journey_to_move(session, actor, need)
    if reason is CloseReason.ADOPTED:
        _move(session, actor, journey, Act.ADOPT, words)
        return
    if journey.stage is not Stage.UNDER_WAY:
        act = Act.CLOSE
    else:
        act = Act.HAND_OVER if reason is CloseReason.SOLVED else Act.BREAK_OFF
    _move(session, actor, journey, act, words or reason.value)


def withdrawn(session: Session, actor: Actor, need: Need) -> None:
    """Take the journey of a need back with it; a draft has none, and an ended one stays so."""
    journey = journey_of(session, need)
    if journey is not None and leads_from(journey.stage, Act.WITHDRAW):
        _move(session, actor, journey, Act.WITHDRAW)


def agreed(session: Session, actor: Actor, need: Need) -> None:
    """Let the work begin that both sides of a pairing have agreed on."""
    _move(session, actor, journey_to_move(session, actor, need), Act.AGREE)


def begin_missing(session: Session) -> int:
    """Begin the journeys of open needs that have none: of before there were any, of imports."""
    has_one = select(Journey.need_id).where(Journey.need_id.is_not(None))
    missing = session.scalars(
        select(Need)
        .where(
            Need.state == NeedState.OPEN,
            Need.id.not_in(has_one),
            Need.id.not_in(merged_need_ids()),
        )
        .order_by(Need.created, Need.id)
        .limit(_AT_ONCE)
    ).all()
    for need in missing:
        journey_to_move(session, ANONYMOUS, need)
    return len(missing)


def _move(session: Session, actor: Actor, journey: Journey, act: Act, reason: str = "") -> None:
    # What was done with the need is in the log already.
    journeys.move(session, actor, journey, act, reason=reason, log=False)
