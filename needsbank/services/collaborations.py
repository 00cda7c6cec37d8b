"""Collaborations: made where work is under way, and shown to their parties and coordinators."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, select, true
from sqlalchemy.orm import Session, joinedload, selectinload

from needsbank.db.models import (
    AgreementAcceptance,
    Collaboration,
    Journey,
    Milestone,
    Need,
    Party,
    Representative,
    SharedFile,
    Suggestion,
    ThreadNote,
    UnclearPart,
    User,
)
from needsbank.domain.collaborations import (
    COORDINATORS_USES,
    OPEN,
    ROLE_OF,
    USES,
    CollaborationState,
    PartyRole,
    PartyState,
    Use,
)
from needsbank.domain.errors import Conflict, NotAllowed, NotFound
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.languages import Language
from needsbank.domain.needs import TITLE_MAX, NeedState
from needsbank.domain.outbox import MessageKind, Post
from needsbank.domain.roles import ANONYMOUS, Actor
from needsbank.domain.suggestions import SuggestionState
from needsbank.services import audit, journeys
from needsbank.services.followers import captures_behind
from needsbank.services.outbox import post

AT_ONCE = 20


def begin_agreed(session: Session) -> int:
    """Set needs on their way whose pairing was agreed on before they had a journey."""
    without = select(Need).where(
        Need.state == NeedState.AGREED,
        Need.id.not_in(select(Journey.need_id).where(Journey.need_id.is_not(None))),
        Need.id.in_(select(Suggestion.need_id).where(Suggestion.state == SuggestionState.AGREED)),
    )
    needs = session.scalars(without.limit(AT_ONCE)).all()
    for need in needs:
        journey = journeys.begin(session, ANONYMOUS, Stage.IN_COORDINATION, need_id=need.id)
        journeys.move(session, ANONYMOUS, journey, Act.AGREE)
    return len(needs)


def make_missing(session: Session) -> int:
    """Make a workspace for each matter that is under way and has none."""
    live = select(Collaboration.journey_id).where(
        Collaboration.state != CollaborationState.BROKEN_OFF
    )
    missing = (
        select(Journey)
        .where(Journey.stage == Stage.UNDER_WAY, Journey.id.not_in(live))
        .options(joinedload(Journey.need))
        .limit(AT_ONCE)
    )
    found = session.scalars(missing).all()
    for journey in found:
        make(session, journey)
    return len(found)


def make(session: Session, journey: Journey) -> Collaboration:
    """Make a journey's workspace and ask those who are known to take their roles."""
    title, language = _title_of(session, journey)
    collaboration = Collaboration(
        journey_id=journey.id,
        title=title,
        language=language,
        target_change=journey.need.wished_change if journey.need else "",
    )
    session.add(collaboration)
    session.flush()  # parties and the audit entry need the key
    audit.record(session, ANONYMOUS, "make", "collaboration", collaboration.id)
    asked: set[UUID] = set()
    for user_id, role in _first_parties(session, journey):
        if user_id not in asked:
            asked.add(user_id)
            ask_to_take(session, collaboration, user_id, role)
    return collaboration


def ask_to_take(
    session: Session, collaboration: Collaboration, user_id: UUID, role: PartyRole
) -> Party:
    """Ask a person to take a role, by a message too."""
    party = Party(collaboration_id=collaboration.id, user_id=user_id, role=role)
    session.add(party)
    session.flush()  # the message is known by the party's key
    told = Post(
        key=f"party:{party.id}",
        kind=MessageKind.INVITED_TO_COLLABORATION,
        words={"title": collaboration.title, "role": role.value, "path": path_of(collaboration)},
        user_id=user_id,
    )
    post(session, told)
    return party


def path_of(collaboration: Collaboration) -> str:
    """Return where a collaboration's page is, as messages lead there."""
    return f"/collaborations/{collaboration.id}"


def readable(actor: Actor) -> ColumnElement[bool]:
    """Return the condition under which the actor may know of a collaboration."""
    if actor.coordinates:
        return true()
    return Collaboration.id.in_(
        select(Party.collaboration_id).where(
            Party.user_id == actor.user_id, Party.state != PartyState.DECLINED
        )
    )


def collaboration_to_read(session: Session, actor: Actor, collaboration_id: UUID) -> Collaboration:
    """Return a collaboration to a party or a coordinator; to anybody else it does not exist."""
    found: Collaboration | None = session.scalar(_one(actor, collaboration_id))
    if found is None:
        raise NotFound(collaboration_id)
    return found


def workspace(session: Session, actor: Actor, collaboration_id: UUID) -> Collaboration:
    """Return a collaboration with everything that its page shows."""
    whole = _one(actor, collaboration_id).options(
        selectinload(Collaboration.milestones),
        selectinload(Collaboration.notes).joinedload(ThreadNote.author),
        selectinload(Collaboration.files).joinedload(SharedFile.brought_by),
        selectinload(Collaboration.acceptances).joinedload(AgreementAcceptance.user),
        selectinload(Collaboration.unclear).joinedload(UnclearPart.asked_by),
        selectinload(Collaboration.unclear).joinedload(UnclearPart.answered_by),
    )
    found: Collaboration | None = session.scalar(whole)
    if found is None:
        raise NotFound(collaboration_id)
    return found


def collaborations_of(session: Session, actor: Actor) -> Sequence[Collaboration]:
    """Return the collaborations that the actor may know of, open ones first, newest first."""
    over = Collaboration.state.not_in(OPEN)
    return session.scalars(
        select(Collaboration)
        .where(readable(actor))
        .options(selectinload(Collaboration.parties).joinedload(Party.user))
        .order_by(over, Collaboration.created.desc(), Collaboration.id)
        .limit(200)
    ).all()


def counts_of_work(
    session: Session, collaborations: Sequence[Collaboration]
) -> dict[UUID, tuple[int, int]]:
    """Return how many milestones each of some collaborations has done, and how many in all."""
    ids = [each.id for each in collaborations]
    counted = (
        select(Milestone.collaboration_id, func.count(Milestone.done), func.count())
        .where(Milestone.collaboration_id.in_(ids))
        .group_by(Milestone.collaboration_id)
    )
    return {key: (done, every) for key, done, every in session.execute(counted)}


def may(actor: Actor, collaboration: Collaboration, use: Use) -> bool:
    """Whether the actor may do something in a collaboration, by an accepted role or by office."""
    if actor.coordinates and use in COORDINATORS_USES:
        return True
    return any(party.role in USES[use] for party in accepted(collaboration, actor.user_id))


def check_may(actor: Actor, collaboration: Collaboration, use: Use) -> None:
    """Raise unless the actor may do this, and the collaboration is open."""
    if not may(actor, collaboration, use):
        raise NotAllowed(collaboration.id)
    if collaboration.state not in OPEN:
        raise Conflict("the collaboration has ended")


def accepted(collaboration: Collaboration, user_id: UUID | None = None) -> list[Party]:
    """Return the parties who have taken their role, or those of them who are a person."""
    return [
        party
        for party in collaboration.parties
        if party.state is PartyState.ACCEPTED and (user_id is None or party.user_id == user_id)
    ]


def _one(actor: Actor, collaboration_id: UUID) -> Select[Collaboration]:
    return (
        select(Collaboration)
        .where(Collaboration.id == collaboration_id, readable(actor))
        .options(
            selectinload(Collaboration.parties).joinedload(Party.user),
            joinedload(Collaboration.journey).joinedload(Journey.need),
        )
        # What the session has read before may be old: rights are decided on what stands now.
        .execution_options(populate_existing=True)
    )


def _title_of(session: Session, journey: Journey) -> tuple[str, Language]:
    if journey.need is not None:
        return journey.need.title, journey.need.language
    ideas = captures_behind(session, journey)
    return (ideas[0].text[:TITLE_MAX], ideas[0].language) if ideas else ("–", Language.FI)


def _first_parties(session: Session, journey: Journey) -> Iterable[tuple[UUID, PartyRole]]:
    """Give who is asked to take which role; whoever comes first keeps that role."""
    representative = select(Representative.user_id).where(
        Representative.journey_id == journey.id,
        Representative.accepted.is_not(None),
        Representative.ended.is_(None),
        Representative.user_id.is_not(None),
    )
    for user_id in session.scalars(representative):
        if user_id is not None:
            yield user_id, PartyRole.PARTNER
    if journey.need is not None:
        yield journey.need.author_id, PartyRole.PARTNER
        agreed = select(Suggestion).where(
            Suggestion.need_id == journey.need.id, Suggestion.state == SuggestionState.AGREED
        )
        for pairing in session.scalars(agreed.options(joinedload(Suggestion.competence))):
            yield pairing.competence.author_id, ROLE_OF[pairing.competence.kind]
    if journey.holder_id is not None:
        holder = session.get_one(User, journey.holder_id)
        role = PartyRole.COORDINATOR if holder.actor.coordinates else PartyRole.AMBASSADOR
        yield holder.id, role
