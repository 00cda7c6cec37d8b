"""Who follows a matter, and telling them when it moves."""

from collections.abc import Sequence

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from needsbank.db.models import Capture, Journey, JourneyStep, Need
from needsbank.domain.outbox import MessageKind, Post
from needsbank.services.outbox import post
from needsbank.services.webhooks import announce


def captures_behind(session: Session, journey: Journey) -> Sequence[Capture]:
    """Return the ideas that a journey carries, its own and those that joined it, oldest first."""
    of_ideas = (
        select(Capture)
        .join(Capture.journey)
        .where(or_(Journey.id == journey.id, Journey.into_id == journey.id))
        .order_by(Capture.created, Capture.id)
    )
    return session.scalars(of_ideas).all()


def tell_followers(session: Session, journey: Journey, step: JourneyStep) -> None:
    """Tell each sender behind a journey of a step, in the language that they wrote in.

    Whoever made the step is not told of it. Senders without an account are told by mail only if
    they asked for it; their private page shows every step anyway. Channels are told that
    something has happened.
    """
    route = step.route or journey.route
    words = {
        "act": step.act.value if step.act else "",
        "stage": step.stage.value,
        "route": route.value if route else "",
        "reason": step.reason,
    }
    for capture in captures_behind(session, journey):
        if not capture.email:
            continue
        post(
            session,
            Post(
                key=f"step:{step.seq}:{capture.id}",
                kind=MessageKind.STEP,
                words={**words, "path": f"/follow/{capture.follow_code}"},
                address=capture.email,
                language=capture.language,
            ),
        )
    announce(session, step)
    need = session.get(Need, journey.need_id) if journey.need_id else None
    if need is not None and need.author_id != step.actor_id:
        post(
            session,
            Post(
                key=f"step:{step.seq}:{need.author_id}",
                kind=MessageKind.STEP,
                words={**words, "path": f"/needs/{need.id}"},
                user_id=need.author_id,
                language=need.language,
            ),
        )
