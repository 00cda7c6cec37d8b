"""Matters (asiat) before the coordination team, for those whose turn it is."""

from uuid import UUID

from sqlalchemy import Select, or_, select
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import Journey, Need, RouteDecision
from needsbank.domain.errors import Conflict, NotAllowed, NotFound
from needsbank.domain.languages import Language
from needsbank.domain.needs import PUBLISHED
from needsbank.domain.roles import Actor
from needsbank.services.followers import captures_behind
from needsbank.services.lineage import is_merged

TITLE_OF_IDEA_MAX = 120


def matter_to_read(session: Session, actor: Actor, journey_id: UUID) -> Journey:
    """Return a matter to a coordinator, or to the ambassador who has it in hand."""
    journey = session.scalar(
        _readable(actor, journey_id).options(
            joinedload(Journey.need).joinedload(Need.organisation),
            joinedload(Journey.need).joinedload(Need.unit),
            joinedload(Journey.holder),
        )
    )
    if journey is None:
        raise NotFound(journey_id)
    return journey


def matter_to_move(session: Session, actor: Actor, journey_id: UUID) -> Journey:
    """Return a matter that the actor reads and nobody else moves meanwhile.

    Raises Conflict for what is part of another matter now: that one is decided on.
    """
    journey = session.scalar(_readable(actor, journey_id).with_for_update(of=Journey))
    if journey is None:
        raise NotFound(journey_id)
    if journey.need_id is not None and is_merged(session, journey.need_id):
        raise Conflict("the need is part of a challenge")
    return journey


def check_coordinates(actor: Actor) -> None:
    """Raise `NotAllowed` for anybody but a coordinator."""
    if not actor.coordinates:
        raise NotAllowed("coordinators decide on routes")


def decision_on(session: Session, journey: Journey) -> RouteDecision | None:
    """Return the latest decision on a matter, one that was taken back too."""
    latest: RouteDecision | None = session.scalar(
        select(RouteDecision)
        .where(RouteDecision.journey_id == journey.id)
        .options(joinedload(RouteDecision.decided_by))
        .order_by(RouteDecision.at.desc())
        .limit(1)
    )
    return latest


def title_of(session: Session, journey: Journey) -> tuple[str, Language]:
    """Return what a matter is called, and in which language: its need's title or its idea's."""
    need = session.get(Need, journey.need_id) if journey.need_id else None
    if need is not None:
        return need.title, need.language
    for capture in captures_behind(session, journey):
        first_line = capture.text.strip().splitlines()[0]
        short = first_line[: TITLE_OF_IDEA_MAX - 1] + "…"
        return first_line if len(first_line) < TITLE_OF_IDEA_MAX else short, capture.language
    return "", Language.FI


def _readable(actor: Actor, journey_id: UUID) -> Select[Journey]:
    published = select(Need.id).where(Need.state.in_(PUBLISHED))
    found = select(Journey).where(
        Journey.id == journey_id, or_(Journey.need_id.is_(None), Journey.need_id.in_(published))
    )
    if actor.coordinates:
        return found
    return found.where(Journey.holder_id == (actor.person_id if actor.catches else None))
