"""Moving a matter along its journey: checked against the table, logged, and told."""

from uuid import UUID

from sqlalchemy.orm import Session

from needsbank.db.models import Journey, JourneyStep
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, Invalid
from needsbank.domain.journeys import BEGINNINGS, Act, Stage, due_of, turn_from
from needsbank.domain.roles import Actor
from needsbank.domain.routes import Route
from needsbank.services import audit
from needsbank.services.followers import tell_followers


def begin(
    session: Session,
    actor: Actor,
    stage: Stage,
    *,
    need_id: UUID | None = None,
    log: bool = True,
) -> Journey:
    """Set a new matter on its way; the caller may log what it is part of instead."""
    if stage not in BEGINNINGS:
        raise Conflict(f"nothing begins as {stage.value}")
    moment = now()
    journey = Journey(stage=stage, since=moment, due=due_of(stage, moment), need_id=need_id)
    journey.steps.append(JourneyStep(stage=stage, actor_id=actor.user_id))
    session.add(journey)
    session.flush()  # the audit entry needs the key
    if log:
        audit.record(session, actor, "begin", "journey", journey.id, stage=stage.value)
    return journey


def move(
    session: Session,
    actor: Actor,
    journey: Journey,
    act: Act,
    *,
    reason: str = "",
    route: Route | None = None,
    seen: Stage | None = None,
    tell: bool = True,
    log: bool = True,
) -> JourneyStep:
    """Make a turn, log it and tell everybody who follows the matter.

    A caller may tell them itself, or log what the turn is part of: one act is one line of the log.
    Whether the actor is the one to make it is the use case's business. Raises `IllegalTransition`
    for a turn that the table lacks, `Conflict` when the matter is no longer where the actor saw
    it, `Invalid` when a reason is missing.
    """
    if seen is not None and journey.stage is not seen:
        raise Conflict("moved meanwhile")
    turn = turn_from(journey.stage, act)
    if turn.reason and not reason.strip():
        raise Invalid({"reason": "required"})
    journey.stage, journey.since = turn.end, now()
    journey.due, journey.escalated = due_of(turn.end, journey.since), None
    step = JourneyStep(
        act=act,
        stage=turn.end,
        route=route,
        reason=reason.strip(),
        actor_id=actor.user_id,
    )
    journey.steps.append(step)
    session.flush()  # what is told names the step
    codes = {"route": route.value} if route else {}
    if log:
        audit.record(session, actor, act.value, "journey", journey.id, **codes)
    if tell:
        tell_followers(session, journey, step)
    return step


def join(
    session: Session, actor: Actor, journey: Journey, into: Journey, *, reason: str
) -> JourneyStep:
    """Have a matter go on as part of another one; its followers follow that one from now on."""
    if into.id == journey.id or into.into_id is not None:
        raise Conflict("a matter joins one that stands by itself")
    step = move(session, actor, journey, Act.JOIN, reason=reason)
    journey.into = into
    session.flush()  # what is asked of the journey next goes by its key
    return step


def separate(session: Session, actor: Actor, journey: Journey, *, reason: str) -> JourneyStep:
    """Undo a joining: the matter is its catcher's again."""
    step = move(session, actor, journey, Act.SEPARATE, reason=reason)
    journey.into = None
    session.flush()
    return step
