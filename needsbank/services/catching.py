"""Catching ideas: taken in hand, handed on, let go, promised, joined, put before coordination."""

from datetime import timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import Capture, Journey, Unit, User
from needsbank.db.queries.needs import need_to_read
from needsbank.domain.catching import (
    ANSWERED_WITHIN,
    CAUGHT_WITHIN,
    HandOn,
    JoinIdea,
    LetGo,
    PromiseAnswer,
    TakeToCoordination,
    TargetKind,
)
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.needs import PUBLISHED
from needsbank.domain.roles import Actor
from needsbank.domain.working_days import after_working_days, day_of, end_of
from needsbank.services import audit, journeys, needs
from needsbank.services.capturing import tell_proposed
from needsbank.services.catching_rules import catchers
from needsbank.services.journeys_of_needs import journey_to_move
from needsbank.services.lineage import is_merged

LONGEST_PROMISE = timedelta(days=366)
IN_HAND = frozenset({Stage.CAUGHT, Stage.IN_WORKSHOP})


def idea_to_catch(session: Session, actor: Actor, capture_id: UUID) -> Capture:
    """Return an idea with its journey; only those who catch see ideas."""
    if not actor.catches:
        raise NotAllowed("ideas")
    loaded = (
        joinedload(Capture.journey).joinedload(Journey.holder),
        joinedload(Capture.journey).joinedload(Journey.into),
        joinedload(Capture.proposed),
        joinedload(Capture.unit).joinedload(Unit.organisation),
    )
    capture = session.scalar(select(Capture).where(Capture.id == capture_id).options(*loaded))
    if capture is None:
        raise NotFound(capture_id)
    return capture


def catch(session: Session, actor: Actor, capture_id: UUID, seen: Stage) -> Capture:
    """Take an idea in hand ("otan kopin"); its sender gets an answer within two weeks."""
    capture = idea_to_catch(session, actor, capture_id)
    if capture.journey.stage is not Stage.THROWN:
        raise Conflict("somebody has caught it")
    journeys.move(session, actor, capture.journey, Act.CATCH, seen=seen)
    _hold(capture.journey, actor.person_id)
    return capture


def hand_on(session: Session, actor: Actor, command: HandOn) -> Capture:
    """Have somebody else take an idea in hand, and tell them."""
    capture = _in_hand(session, actor, command.capture_id)
    people = {person.id: person for person in catchers(session)}
    chosen = people.get(command.catcher_id)
    if chosen is None or chosen.id == capture.journey.holder_id:
        raise Invalid({"catcher_id": "unknown"})
    promised = capture.journey.due
    journeys.move(session, actor, capture.journey, Act.CATCH, seen=command.seen)
    _hold(capture.journey, chosen.id)
    # What the sender was promised holds, whoever has it in hand.
    capture.journey.due = promised or capture.journey.due
    giver = session.get(User, actor.person_id)
    tell_proposed(session, capture, chosen.id, by=giver.name if giver else "")
    return capture


def let_go(session: Session, actor: Actor, command: LetGo) -> Capture:
    """Give an idea back; somebody else is to catch it, again within two working days."""
    capture = _in_hand(session, actor, command.capture_id)
    journeys.move(
        session, actor, capture.journey, Act.LET_GO, reason=command.reason, seen=command.seen
    )
    put_in_queue(capture.journey)
    return capture


def promise_answer(session: Session, actor: Actor, command: PromiseAnswer) -> Capture:
    """Promise the sender an answer by the end of a day."""
    capture = _in_hand(session, actor, command.capture_id)
    if not day_of(now()) <= command.by <= day_of(now() + LONGEST_PROMISE):
        raise Invalid({"by": "past"})
    capture.journey.due = end_of(command.by)
    audit.record(session, actor, "promise", "journey", capture.journey_id)
    return capture


def join_idea(session: Session, actor: Actor, command: JoinIdea) -> Capture:
    """Have an idea go on as part of a need, a challenge or another idea."""
    capture = _in_hand(session, actor, command.capture_id)
    if capture.journey.stage is not command.seen:
        raise Conflict("moved meanwhile")
    if command.kind is TargetKind.NEED:
        into = _journey_of_need(session, actor, command.target_id)
    else:
        into = idea_to_catch(session, actor, command.target_id).journey
        if into.stage is Stage.WITHDRAWN:
            raise Conflict("its sender took it back")
    journeys.join(session, actor, capture.journey, into, reason=command.reason)
    return capture


def take_to_coordination(session: Session, actor: Actor, command: TakeToCoordination) -> Capture:
    """Word an idea as a need of the unit that it came from, and put it before coordination."""
    capture = _in_hand(session, actor, command.capture_id)
    if command.need.unit_id != capture.unit_id:
        raise Invalid({"unit_id": "unknown"})
    journeys.move(session, actor, capture.journey, Act.TAKE_TO_COORDINATION, seen=command.seen)
    need = needs.draft_for(session, actor, capture.unit, command.need)
    capture.journey.need_id = need.id
    session.flush()  # the need goes on the idea's journey, not on one of its own
    needs.take_up(session, actor, need)
    return capture


def put_in_queue(journey: Journey) -> None:
    """Have an idea wait for a catcher from now on."""
    journey.holder_id = None
    journey.due = after_working_days(now(), CAUGHT_WITHIN)


def _hold(journey: Journey, person_id: UUID) -> None:
    journey.holder_id = person_id
    journey.due = after_working_days(now(), ANSWERED_WITHIN)


def _in_hand(session: Session, actor: Actor, capture_id: UUID) -> Capture:
    """Return an idea that the actor has in hand; coordinators may act for any catcher."""
    capture = idea_to_catch(session, actor, capture_id)
    if capture.journey.stage not in IN_HAND:
        raise Conflict("nobody has it in hand")
    if capture.journey.holder_id != actor.user_id and not actor.coordinates:
        raise NotAllowed("somebody else has it in hand")
    return capture


def _journey_of_need(session: Session, actor: Actor, need_id: UUID) -> Journey:
    need = session.scalar(need_to_read(actor, need_id))
    if need is None:
        raise NotFound(need_id)
    if need.state not in PUBLISHED or is_merged(session, need.id):
        raise Conflict("the need does not stand by itself")
    return journey_to_move(session, actor, need)
