"""Parked matters come back by themselves on their day."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Journey, Membership, User
from needsbank.domain.clock import today
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.outbox import MessageKind, Post
from needsbank.domain.roles import ANONYMOUS, COORDINATES
from needsbank.services import journeys
from needsbank.services.matters import title_of
from needsbank.services.outbox import post

_AT_ONCE = 20


def return_parked(session: Session) -> int:
    """Bring parked matters back whose day has come, and tell the coordinators."""
    due = session.scalars(
        select(Journey)
        .where(Journey.stage == Stage.PARKED, Journey.returns_on <= today())
        .order_by(Journey.returns_on, Journey.id)
        .limit(_AT_ONCE)
        .with_for_update()
    ).all()
    for journey in due:
        step = journeys.move(session, ANONYMOUS, journey, Act.RETURN)
        journey.route = journey.returns_on = None
        _tell_coordinators(session, journey, step.seq)
    return len(due)


def _tell_coordinators(session: Session, journey: Journey, seq: int) -> None:
    title, _ = title_of(session, journey)
    words = {"title": title, "path": f"/coordination/matters/{journey.id}"}
    coordinators = select(User).where(
        User.active, User.memberships.any(Membership.role.in_(COORDINATES))
    )
    for person in session.scalars(coordinators.order_by(User.email)):
        post(
            session,
            Post(
                key=f"returned:{seq}:{person.id}",
                kind=MessageKind.RETURNED,
                words=words,
                user_id=person.id,
                language=person.language,
            ),
        )
