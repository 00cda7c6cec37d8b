"""Keeping what the bank holds current: authors are asked, and what nobody answers for ends."""

from uuid import UUID

from sqlalchemy import ColumnElement, Select, select
from sqlalchemy.orm import Session

from needsbank.db.models import Competence, Journey, Need, Suggestion
from needsbank.db.queries.competences import competence_to_read
from needsbank.db.queries.merges import merged_need_ids
from needsbank.db.queries.needs import need_to_read
from needsbank.domain.clock import now
from needsbank.domain.competences import CompetenceState
from needsbank.domain.currency import ASK_AFTER, TIME_TO_ANSWER
from needsbank.domain.errors import Conflict, NotAllowed, NotFound
from needsbank.domain.journeys import Stage
from needsbank.domain.needs import CloseReason, NeedState
from needsbank.domain.outbox import MessageKind, Post
from needsbank.domain.roles import ANONYMOUS, Actor, may_edit
from needsbank.domain.suggestions import PAIRED
from needsbank.services import audit
from needsbank.services.competences import stop_offering
from needsbank.services.needs import end
from needsbank.services.outbox import post

_AT_ONCE = 50

Posting = Need | Competence


def ask_authors(session: Session) -> int:
    """Ask authors of old postings whether they are still current; return how many."""
    since = now() - ASK_AFTER
    old: list[Posting] = [
        *session.scalars(_idle_needs(Need.asked_current.is_(None), Need.current_as_of <= since)),
        *session.scalars(
            _offered(Competence.asked_current.is_(None), Competence.current_as_of <= since)
        ),
    ]
    for posting in old:
        posting.asked_current = now()
        _tell(session, posting, MessageKind.STILL_CURRENT)
    return len(old)


def end_unanswered(session: Session) -> int:
    """End postings whose authors were asked and have said nothing; return how many."""
    since = now() - TIME_TO_ANSWER
    needs = session.scalars(_idle_needs(Need.asked_current <= since)).all()
    for need in needs:
        end(session, ANONYMOUS, need, CloseReason.EXPIRED, "")
        need.asked_current = None
        _tell(session, need, MessageKind.EXPIRED)
    competences = session.scalars(_offered(Competence.asked_current <= since)).all()
    for competence in competences:
        stop_offering(session, ANONYMOUS, competence)
        competence.asked_current = None
        _tell(session, competence, MessageKind.EXPIRED)
    return len(needs) + len(competences)


def confirm_need(session: Session, actor: Actor, need_id: UUID) -> Need:
    """Say that an own need is still current; it is asked again after as long as the first time."""
    need = session.scalar(need_to_read(actor, need_id))
    if need is None:
        raise NotFound(need_id)
    if need.state not in {NeedState.OPEN, NeedState.AGREED}:
        raise Conflict("the need has ended")
    _confirm(session, actor, need)
    return need


def confirm_competence(session: Session, actor: Actor, competence_id: UUID) -> Competence:
    """Say that an own competence is still on offer."""
    competence = session.scalar(competence_to_read(actor, competence_id))
    if competence is None:
        raise NotFound(competence_id)
    if competence.state is not CompetenceState.OPEN:
        raise Conflict("the competence is not on offer")
    _confirm(session, actor, competence)
    return competence


def _confirm(session: Session, actor: Actor, posting: Posting) -> None:
    if not may_edit(actor, posting.author_id, posting.organisation_id):
        raise NotAllowed(posting.id)
    posting.current_as_of, posting.asked_current = now(), None
    audit.record(session, actor, "confirm", _subject(posting), posting.id)


def _idle_needs(*conditions: ColumnElement[bool]) -> Select[Need]:
    """Return open needs that nobody works on just now, the oldest first, so many at once."""
    worked_on = select(Journey.need_id).where(
        Journey.need_id.is_not(None), Journey.stage != Stage.IN_COORDINATION
    )
    paired = select(Suggestion.need_id).where(Suggestion.state.in_(PAIRED))
    return (
        select(Need)
        .where(
            Need.state == NeedState.OPEN,
            Need.id.not_in(merged_need_ids()),
            Need.id.not_in(worked_on),
            Need.id.not_in(paired),
            *conditions,
        )
        .order_by(Need.current_as_of, Need.id)
        .limit(_AT_ONCE)
    )


def _offered(*conditions: ColumnElement[bool]) -> Select[Competence]:
    return (
        select(Competence)
        .where(Competence.state == CompetenceState.OPEN, *conditions)
        .order_by(Competence.current_as_of, Competence.id)
        .limit(_AT_ONCE)
    )


def _tell(session: Session, posting: Posting, kind: MessageKind) -> None:
    subject = _subject(posting)
    post(
        session,
        Post(
            # The moment that it was current at makes each round of asking one.
            key=f"{kind.value}:{posting.id}:{posting.current_as_of:%Y%m%d%H%M%S}",
            kind=kind,
            words={"subject": subject, "path": f"/{subject}s/{posting.id}"},
            user_id=posting.author_id,
        ),
    )


def _subject(posting: Posting) -> str:
    return "need" if isinstance(posting, Need) else "competence"
