"""Naming who speaks for a work community, and their yes or no by a secret link."""

import hashlib
import secrets
from uuid import UUID

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import Journey, Need, Representative, User
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, IllegalTransition, Invalid, NotFound
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.languages import Language
from needsbank.domain.needs import DETAIL_MAX, NeedState
from needsbank.domain.outbox import MessageKind, Post
from needsbank.domain.representatives import LINK_LIVES, NameRepresentative, problems
from needsbank.domain.roles import ANONYMOUS, Actor, may_edit
from needsbank.services import journeys
from needsbank.services.followers import languages_behind
from needsbank.services.matters import title_of
from needsbank.services.outbox import post


def matter_to_represent(session: Session, actor: Actor, journey_id: UUID) -> Journey:
    """Return a matter to whoever may name its representative; to others it does not exist.

    They are the sender of its need, the ambassador who has it in hand, and coordinators.
    """
    journey = session.scalar(
        select(Journey).where(Journey.id == journey_id).options(joinedload(Journey.need))
    )
    if journey is None or not _may_name(actor, journey):
        raise NotFound(journey_id)
    return journey


def name_representative(
    session: Session, actor: Actor, command: NameRepresentative
) -> Representative:
    """Name a representative, who is asked by mail; whoever was asked before is asked no more."""
    journey = matter_to_represent(session, actor, command.journey_id)
    if journey.stage is not Stage.AWAITING_PARTNER:
        raise IllegalTransition(journey.stage, "name a representative")
    errors = problems(command)
    if errors:
        raise Invalid(errors)
    former = representative_of(session, journey)
    if former is not None:
        former.ended = now()
        session.flush()  # one at a time
    code, email = secrets.token_urlsafe(32), command.email.strip().lower()
    named = Representative(
        journey_id=journey.id,
        name=command.name.strip(),
        email=email,
        user_id=_account_of(session, email),
        code_hash=_hash(code),
        expires=now() + LINK_LIVES,
        named_by_id=actor.person_id,
    )
    session.add(named)
    session.flush()  # the message names the key
    _invite(session, journey, named, code)
    return named


def representative_of(session: Session, journey: Journey) -> Representative | None:
    """Return who speaks for the community of a matter, or is asked to."""
    found: Representative | None = session.scalar(
        select(Representative)
        .where(Representative.journey_id == journey.id, Representative.ended.is_(None))
        .options(joinedload(Representative.named_by))
    )
    return found


def invitation(session: Session, code: str) -> Representative:
    """Return whom a secret link asks; NotFound for a link that was never given."""
    invited = session.scalar(
        _invited(code).options(
            joinedload(Representative.journey).joinedload(Journey.need),
            joinedload(Representative.named_by),
        )
    )
    if invited is None:
        raise NotFound("no such invitation")
    return invited


def accept(session: Session, code: str) -> Representative:
    """Accept for the work community: the work begins. A link does this once."""
    invited = _to_answer(session, code)
    journey = session.get_one(Journey, invited.journey_id, with_for_update=True)
    invited.user_id = invited.user_id or _account_of(session, invited.email)
    invited.accepted = now()
    journeys.move(session, _actor_of(session, invited), journey, Act.ACCEPT, reason=invited.name)
    need = session.get(Need, journey.need_id) if journey.need_id else None
    if need is not None and need.state is NeedState.OPEN:
        need.state = NeedState.AGREED
    return invited


def decline(session: Session, code: str, reason: str) -> Representative:
    """Decline with a reason: the coordination team decides anew."""
    if len(reason.strip()) > DETAIL_MAX:
        raise Invalid({"reason": "too_long"})
    invited = _to_answer(session, code)
    journey = session.get_one(Journey, invited.journey_id, with_for_update=True)
    journeys.move(session, _actor_of(session, invited), journey, Act.DECLINE, reason=reason)
    journey.route = None
    invited.ended, invited.decline_reason = now(), reason.strip()
    return invited


def _to_answer(session: Session, code: str) -> Representative:
    invited = session.scalar(_invited(code).with_for_update())
    if invited is None:
        raise NotFound("no such invitation")
    if invited.ended or invited.accepted:
        raise Conflict("the link has been used")
    if invited.expires <= now():
        raise Conflict("the link is too old")
    return invited


def _invited(code: str) -> Select[Representative]:
    return select(Representative).where(Representative.code_hash == _hash(code))


def _hash(code: str) -> bytes:
    return hashlib.sha256(code.encode()).digest()


def _may_name(actor: Actor, journey: Journey) -> bool:
    need = journey.need
    is_sender = need is not None and may_edit(actor, need.author_id, need.organisation_id)
    in_hand = actor.catches and journey.holder_id == actor.user_id
    return actor.coordinates or in_hand or is_sender


def _account_of(session: Session, email: str) -> UUID | None:
    found: UUID | None = session.scalar(
        select(User.id).where(func.lower(User.email) == email, User.active)
    )
    return found


def _actor_of(session: Session, invited: Representative) -> Actor:
    if invited.user_id is None:
        return ANONYMOUS
    return session.get_one(User, invited.user_id).actor


def _invite(session: Session, journey: Journey, named: Representative, code: str) -> None:
    title, _ = title_of(session, journey)
    words = {
        "name": named.name,
        "title": title,
        "route": journey.route.value if journey.route else "",
        "by": session.get_one(User, named.named_by_id).name,
        "path": f"/accept/{code}",
    }
    # Of the same community, so of the language that its senders wrote in.
    language: Language = languages_behind(session, journey)[0]
    post(
        session,
        Post(
            key=f"represent:{named.id}",
            kind=MessageKind.REPRESENT,
            words=words,
            user_id=named.user_id,
            address="" if named.user_id else named.email,
            language=language,
        ),
    )
