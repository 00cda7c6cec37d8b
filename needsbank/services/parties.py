"""Who takes part in a collaboration: inviting, and taking or declining a role."""

from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from needsbank.db.models import Collaboration, Party, User
from needsbank.domain.clock import now
from needsbank.domain.collaborations import OPEN, Invite, PartyState, Use
from needsbank.domain.errors import Conflict, Invalid, NotFound
from needsbank.domain.roles import Actor
from needsbank.services import audit
from needsbank.services.collaborations import ask_to_take, check_may, collaboration_to_read


def invite(session: Session, actor: Actor, collaboration_id: UUID, command: Invite) -> Party:
    """Ask a person with an account to take a role; one who declined may be asked again."""
    collaboration = collaboration_to_read(session, actor, collaboration_id)
    check_may(actor, collaboration, Use.INVITE)
    address = command.email.strip().lower()
    user = session.scalar(select(User).where(func.lower(User.email) == address, User.active))
    if user is None:
        raise Invalid({"email": "no_account"})
    before = _of(collaboration, user.id)
    if before is not None:
        if before.state is not PartyState.DECLINED:
            raise Invalid({"email": "taken"})
        session.delete(before)
        session.flush()  # the person is asked anew
    audit.record(session, actor, "invite", "collaboration", collaboration.id)
    return ask_to_take(session, collaboration, user.id, command.role)


def answer_invitation(
    session: Session, actor: Actor, collaboration_id: UUID, *, accepts: bool, reason: str = ""
) -> Party:
    """Take or decline the role that the actor was asked to take; declining gives a reason."""
    collaboration = collaboration_to_read(session, actor, collaboration_id)
    party = _of(collaboration, actor.person_id)
    if party is None:
        raise NotFound(collaboration_id)
    if party.state is not PartyState.INVITED or collaboration.state not in OPEN:
        raise Conflict("answered already")
    if not accepts and not reason.strip():
        raise Invalid({"reason": "required"})
    party.state = PartyState.ACCEPTED if accepts else PartyState.DECLINED
    party.reason, party.answered = reason.strip(), now()
    act = "take_role" if accepts else "decline_role"
    audit.record(session, actor, act, "collaboration", collaboration.id)
    return party


def invitation_of(actor: Actor, collaboration: Collaboration) -> Party | None:
    """Return the role that the actor has yet to take or decline."""
    party = _of(collaboration, actor.user_id)
    return party if party is not None and party.state is PartyState.INVITED else None


def _of(collaboration: Collaboration, user_id: UUID | None) -> Party | None:
    return next((each for each in collaboration.parties if each.user_id == user_id), None)
