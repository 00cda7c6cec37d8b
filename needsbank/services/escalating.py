"""Telling the coordinators' lead of ideas that nobody has caught in time, once each."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session, contains_eager, joinedload

from needsbank.db.models import Capture, Journey, Membership, User
from needsbank.domain.clock import now
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.outbox import MessageKind, Post
from needsbank.domain.roles import Actor, Role
from needsbank.services import journeys
from needsbank.services.outbox import post

AT_ONCE = 50
"""Ideas of one transaction."""
CLOCK = Actor()
"""Nobody in particular: what is due is due."""


def escalate(session: Session) -> int:
    """Tell the leads, or all coordinators where there is none, of ideas that wait too long.

    The step and the messages are of one transaction with the mark that it has been done, so a
    worker that dies in the middle leaves all of it to the next one, and none of it twice.
    """
    late = session.scalars(
        select(Capture)
        .join(Capture.journey)
        .where(
            Journey.stage == Stage.THROWN,
            Journey.due <= now(),
            Journey.escalated.is_(None),
        )
        .options(contains_eager(Capture.journey), joinedload(Capture.unit))
        .order_by(Journey.due, Capture.id)
        .limit(AT_ONCE)
        .with_for_update(of=Journey, skip_locked=True)
    ).all()
    leads = told_when_late(session) if late else []
    for capture in late:
        step = journeys.move(session, CLOCK, capture.journey, Act.ESCALATE)
        capture.journey.escalated = now()
        for lead in leads:
            post(
                session,
                Post(
                    key=f"escalated:{step.seq}:{lead.id}",
                    kind=MessageKind.ESCALATED,
                    words={"unit": capture.unit.name, "path": f"/ideas/{capture.id}"},
                    user_id=lead.id,
                    language=lead.language,
                ),
            )
    return len(late)


def told_when_late(session: Session) -> Sequence[User]:
    """Return the leads of coordination, or every coordinator where nobody leads."""
    for role in (Role.LEAD, Role.COORDINATOR):
        holders = select(Membership.user_id).where(Membership.role == role)
        found = session.scalars(
            select(User).where(User.id.in_(holders), User.active).order_by(User.email)
        ).all()
        if found:
            return found
    return []
