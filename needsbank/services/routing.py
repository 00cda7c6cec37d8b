"""Deciding by which route a matter goes on, and taking that back."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Select, or_
from sqlalchemy.orm import Session

from needsbank.db.models import Competence, Journey, Need, RouteDecision, Subject
from needsbank.db.queries.competences import CompetenceFilter, competences_to_read
from needsbank.db.queries.needs import need_to_read
from needsbank.domain.clock import today
from needsbank.domain.competences import CompetenceKind, CompetenceState
from needsbank.domain.errors import Conflict, Invalid, NotFound
from needsbank.domain.journeys import Act, Stage, turn_from
from needsbank.domain.needs import NeedState
from needsbank.domain.outbox import MessageKind, Post
from needsbank.domain.roles import Actor
from needsbank.domain.route_decisions import DecideAdopt, DecideMinno, DecideRoute
from needsbank.services import journeys, needs
from needsbank.services.adopting import to_adopt
from needsbank.services.journeys_of_needs import journey_to_move
from needsbank.services.matters import check_coordinates, matter_to_move, title_of
from needsbank.services.outbox import post


def decide_on_need(
    session: Session, actor: Actor, need_id: UUID, command: DecideRoute
) -> RouteDecision:
    """Decide on a need, whose journey may begin with it."""
    check_coordinates(actor)
    need = session.scalar(need_to_read(actor, need_id))
    if need is None or need.state is NeedState.DRAFT:
        raise NotFound(need_id)
    if need.state is not NeedState.OPEN:
        raise Conflict("the need does not wait for a decision")
    return decide_route(session, actor, journey_to_move(session, actor, need).id, command)


def decide_route(
    session: Session, actor: Actor, journey_id: UUID, command: DecideRoute
) -> RouteDecision:
    """Record how a matter goes on; its senders are told by the answer, not by this.

    Raises `Invalid` for what the route lacks, `Conflict` when somebody was faster.
    """
    check_coordinates(actor)
    journey = matter_to_move(session, actor, journey_id)
    # Whoever comes late is told so before being asked to mend a form.
    turn_from(journey.stage, Act.DECIDE)
    errors = command.problems(today())
    if errors:
        raise Invalid(errors)
    _check_needs_of_route(session, actor, journey, command)
    decision = RouteDecision(
        journey_id=journey.id,
        route=command.route,
        reason=command.reason.strip(),
        criteria={name.value: found.value for name, found in command.criteria.items()},
        details=command.details,
        stage_seen=command.seen,
        decided_by_id=actor.person_id,
    )
    session.add(decision)
    journeys.move(
        session,
        actor,
        journey,
        Act.DECIDE,
        reason=command.reason,
        route=command.route,
        seen=command.seen,
        tell=False,
    )
    journey.route = command.route
    _ask_for_answer(session, actor, journey)
    return decision


def reconsider(
    session: Session, actor: Actor, journey_id: UUID, reason: str, seen: Stage
) -> Journey:
    """Take a decision back; senders who have read the answer are told why."""
    check_coordinates(actor)
    journey = matter_to_move(session, actor, journey_id)
    answered = journey.stage is not Stage.DECIDED
    journeys.move(session, actor, journey, Act.RECONSIDER, reason=reason, seen=seen, tell=answered)
    journey.route = None
    need = session.get(Need, journey.need_id) if journey.need_id else None
    if need is not None and need.state in {NeedState.AGREED, NeedState.CLOSED}:
        needs.reopen(session, actor, need)
    return journey


def rounds_on_offer(session: Session, actor: Actor) -> Sequence[Competence]:
    """Return the rounds that the actor may read and that have not begun, the next one first."""
    return session.scalars(
        _rounds(actor).order_by(Competence.starts_on, Competence.title, Competence.id)
    ).all()


def _rounds(actor: Actor) -> Select[Competence]:
    return competences_to_read(actor, CompetenceFilter(kind=CompetenceKind.COURSE_ROUND)).where(
        Competence.state == CompetenceState.OPEN,
        or_(Competence.starts_on.is_(None), Competence.starts_on >= today()),
    )


def _check_needs_of_route(
    session: Session, actor: Actor, journey: Journey, command: DecideRoute
) -> None:
    if isinstance(command, DecideMinno):
        if session.scalar(_rounds(actor).where(Competence.id == command.round_id)) is None:
            raise Invalid({"round_id": "unknown"})
    elif isinstance(command, DecideAdopt) and command.solution is not None:
        if journey.need_id is None:
            raise Invalid({"solution": "no_need"})
        kind, solution_id = command.solution
        to_adopt(session, actor, Subject(kind.value), journey.need_id, solution_id)


def _ask_for_answer(session: Session, actor: Actor, journey: Journey) -> None:
    """Tell who has the matter in hand that its answer waits to be taken back."""
    if journey.holder_id is None or journey.holder_id == actor.user_id:
        return
    title, _ = title_of(session, journey)
    words = {
        "title": title,
        "route": journey.route.value if journey.route else "",
        "path": f"/coordination/matters/{journey.id}/answer",
    }
    post(
        session,
        Post(
            key=f"to_answer:{journey.id}:{journey.since.isoformat()}",
            kind=MessageKind.TO_ANSWER,
            words=words,
            user_id=journey.holder_id,
        ),
    )
