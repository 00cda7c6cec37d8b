"""Throwing an idea: nothing personal is stored, and the same key twice is the same idea."""

import secrets
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Capture
from needsbank.domain.captures import NAME_MAX, Naming, ThrowIdea, checked_text
from needsbank.domain.catching import CAUGHT_WITHIN
from needsbank.domain.clock import now
from needsbank.domain.fields import Field
from needsbank.domain.journeys import Stage
from needsbank.domain.outbox import MessageKind, Post
from needsbank.domain.roles import Actor
from needsbank.domain.working_days import after_working_days
from needsbank.services import journeys
from needsbank.services.catching_rules import proposed_catcher
from needsbank.services.outbox import post
from needsbank.services.unit_links import link_to_throw


def thrown_before(session: Session, key: UUID) -> Capture | None:
    """Return the idea that a device has sent with this key already."""
    found: Capture | None = session.scalar(select(Capture).where(Capture.key == key))
    return found


def throw(
    session: Session, actor: Actor, command: ThrowIdea, field: Field | None = None
) -> Capture:
    """Set an idea on its way and tell whom the rules propose as its catcher.

    Raises `PersonalDataFound`, with a screened text, before anything is stored. `field` is what
    similar needs make likely.
    """
    before = thrown_before(session, command.key)
    if before is not None:
        return before
    link = link_to_throw(session, command.code)
    text = checked_text(command.text)
    journey = journeys.begin(session, actor, Stage.THROWN)
    journey.due = after_working_days(now(), CAUGHT_WITHIN)
    proposed = proposed_catcher(session, link.unit_id, field)
    named = command.naming is not Naming.NOBODY
    capture = Capture(
        journey_id=journey.id,
        key=command.key,
        follow_code=secrets.token_urlsafe(32),
        unit_id=link.unit_id,
        text=text,
        language=command.language,
        scope=command.scope,
        anonymous=command.naming is not Naming.CATCHERS,
        sender_name=command.name.strip()[:NAME_MAX] if named else "",
        sender_id=actor.user_id if named else None,
        field=field,
        proposed_id=proposed.id if proposed else None,
    )
    session.add(capture)
    session.flush()  # whoever is told is told of its key
    if proposed is not None:
        tell_proposed(session, capture, proposed.id, by="")
    return capture


def tell_proposed(session: Session, capture: Capture, user_id: UUID, by: str) -> None:
    """Tell a person that an idea waits for them; `by` is who handed it on, if anybody did."""
    step = capture.journey.steps[-1].seq
    post(
        session,
        Post(
            key=f"proposed:{capture.id}:{user_id}:{step}",
            kind=MessageKind.PROPOSED,
            words={"unit": capture.unit.name, "by": by, "path": f"/ideas/{capture.id}"},
            user_id=user_id,
        ),
    )
