"""What the parties keep together: goal, milestones, the thread, and what is unclear."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import (
    Collaboration,
    Membership,
    Milestone,
    ThreadNote,
    UnclearPart,
    User,
)
from needsbank.domain.clock import now
from needsbank.domain.collaborations import AddMilestone, AskAbout, SetGoal, Use
from needsbank.domain.errors import Conflict, NotAllowed, NotFound
from needsbank.domain.outbox import MessageKind, Post
from needsbank.domain.roles import COORDINATES, Actor
from needsbank.services import audit
from needsbank.services.collaborations import (
    accepted,
    check_may,
    collaboration_to_read,
    path_of,
)
from needsbank.services.outbox import post


def set_goal(
    session: Session, actor: Actor, collaboration_id: UUID, command: SetGoal
) -> Collaboration:
    """Say what should change, and how it is seen that it has."""
    collaboration = _open_to(session, actor, collaboration_id, Use.SET_GOAL)
    collaboration.target_change = command.target_change.strip()
    collaboration.measure = command.measure.strip()
    collaboration.baseline = command.baseline.strip()
    collaboration.target = command.target.strip()
    audit.record(session, actor, "set_goal", "collaboration", collaboration.id)
    return collaboration


def add_milestone(
    session: Session, actor: Actor, collaboration_id: UUID, command: AddMilestone
) -> Milestone:
    """Agree on something that is to be done."""
    collaboration = _open_to(session, actor, collaboration_id, Use.WORK)
    milestone = Milestone(
        collaboration_id=collaboration.id, title=command.title.strip(), due=command.due
    )
    session.add(milestone)
    return milestone


def tick(
    session: Session, actor: Actor, collaboration_id: UUID, milestone_id: UUID, *, done: bool
) -> Milestone:
    """Mark a milestone as done, or as not done after all."""
    collaboration = _open_to(session, actor, collaboration_id, Use.WORK)
    milestone = session.get(Milestone, milestone_id)
    if milestone is None or milestone.collaboration_id != collaboration.id:
        raise NotFound(milestone_id)
    milestone.done = now() if done else None
    return milestone


def write_note(session: Session, actor: Actor, collaboration_id: UUID, text: str) -> ThreadNote:
    """Write to the other parties; they are told that there is something, not what it says."""
    collaboration = _open_to(session, actor, collaboration_id, Use.WORK)
    note = ThreadNote(
        collaboration_id=collaboration.id, author_id=actor.person_id, text=text.strip()
    )
    session.add(note)
    session.flush()  # the messages are known by the note's number
    for party in accepted(collaboration):
        if party.user_id != actor.user_id:
            told = Post(
                key=f"note:{note.seq}:{party.user_id}",
                kind=MessageKind.THREAD_NOTE,
                words={"title": collaboration.title, "path": path_of(collaboration)},
                user_id=party.user_id,
            )
            post(session, told)
    return note


def ask_about(
    session: Session, actor: Actor, collaboration_id: UUID, command: AskAbout
) -> UnclearPart:
    """Tell the coordinators that something is unclear; those only invited may ask too."""
    collaboration = collaboration_to_read(session, actor, collaboration_id)
    unclear = UnclearPart(
        collaboration_id=collaboration.id,
        about=command.about,
        question=command.question.strip(),
        asked_by_id=actor.person_id,
    )
    session.add(unclear)
    session.flush()  # the messages are known by the question's key
    for user_id in _coordinators(session):
        if user_id != actor.user_id:
            _tell(session, unclear, collaboration, MessageKind.UNCLEAR_PART, user_id)
    audit.record(session, actor, "ask", "collaboration", collaboration.id)
    return unclear


def answer_unclear(session: Session, actor: Actor, unclear_id: UUID, answer: str) -> UnclearPart:
    """Answer what somebody did not understand; whoever asked is told."""
    unclear = unclear_to_answer(session, actor, unclear_id)
    if unclear.answered is not None:
        raise Conflict("answered already")
    unclear.answer, unclear.answered = answer.strip(), now()
    unclear.answered_by_id = actor.person_id
    collaboration = unclear.collaboration
    _tell(session, unclear, collaboration, MessageKind.UNCLEAR_ANSWERED, unclear.asked_by_id)
    audit.record(session, actor, "explain", "collaboration", collaboration.id)
    return unclear


def unclear_to_answer(session: Session, actor: Actor, unclear_id: UUID) -> UnclearPart:
    """Return a question to a coordinator."""
    if not actor.coordinates:
        raise NotAllowed(unclear_id)
    unclear = session.get(UnclearPart, unclear_id)
    if unclear is None:
        raise NotFound(unclear_id)
    return unclear


def open_questions(session: Session, actor: Actor) -> Sequence[UnclearPart]:
    """Return what waits for a coordinator's answer, the oldest first."""
    if not actor.coordinates:
        raise NotAllowed("coordinators answer")
    return session.scalars(
        select(UnclearPart)
        .where(UnclearPart.answered.is_(None))
        .options(joinedload(UnclearPart.collaboration), joinedload(UnclearPart.asked_by))
        .order_by(UnclearPart.asked, UnclearPart.id)
        .limit(200)
    ).all()


def _open_to(session: Session, actor: Actor, collaboration_id: UUID, use: Use) -> Collaboration:
    collaboration = collaboration_to_read(session, actor, collaboration_id)
    check_may(actor, collaboration, use)
    return collaboration


def _coordinators(session: Session) -> Sequence[UUID]:
    holding = select(Membership.user_id).where(Membership.role.in_(COORDINATES))
    return session.scalars(select(User.id).where(User.id.in_(holding), User.active)).all()


def _tell(
    session: Session,
    unclear: UnclearPart,
    collaboration: Collaboration,
    kind: MessageKind,
    user_id: UUID,
) -> None:
    told = Post(
        key=f"{kind.value}:{unclear.id}:{user_id}",
        kind=kind,
        words={
            "title": collaboration.title,
            "about": unclear.about.value,
            "path": path_of(collaboration),
        },
        user_id=user_id,
    )
    post(session, told)
