"""Taking into use what exists already: the need ends, and its sender learns where it is."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Adoption, Merge, MergeSource, Need, PriorWork, Subject, User
from needsbank.db.queries.needs import need_to_read
from needsbank.domain.adoptions import AdoptSolution, has_result
from needsbank.domain.errors import Conflict, NotAllowed, NotFound
from needsbank.domain.needs import CloseReason, NeedState
from needsbank.domain.notices import NoticeKind, Notify
from needsbank.domain.roles import Actor, may_edit
from needsbank.domain.visibility import may_read
from needsbank.services import audit, journeys_of_needs
from needsbank.services.adoptions import adoption_of
from needsbank.services.lineage import is_merged
from needsbank.services.needs import end, take_up
from needsbank.services.notices import notify
from needsbank.services.reading import subject_of, text_to_read

Text = Need | PriorWork


def adopt(session: Session, actor: Actor, subject: Subject, command: AdoptSolution) -> Adoption:
    """End a need as adopted, by its author or by a coordinator on the author's behalf."""
    need, solution = to_adopt(session, actor, subject, command.need_id, command.solution_id)
    adoption = end_as_adopted(session, actor, need, solution, command.note)
    journeys_of_needs.ended(session, actor, need, CloseReason.ADOPTED, command.note)
    _tell_senders(session, actor, need, solution, command.note)
    return adoption


def end_as_adopted(
    session: Session, actor: Actor, need: Need, solution: Text, note: str
) -> Adoption:
    """End a need as `to_adopt` has found that it may be; the caller moves its journey and tells."""
    end(session, actor, need, CloseReason.ADOPTED, note)
    adoption = Adoption(
        need_id=need.id,
        subject=subject_of(solution),
        solution_id=solution.id,
        adopted_by_id=actor.person_id,
        unit_id=need.unit_id,
    )
    session.add(adoption)
    audit.record(session, actor, "adopt", "need", need.id)
    return adoption


def take_back(session: Session, actor: Actor, need_id: UUID) -> Need:
    """Undo an adoption: the need is open again."""
    need = _need(session, actor, need_id)
    if adoption_of(session, actor, need) is None:
        raise Conflict("nothing was adopted")
    return take_up(session, actor, need)


def to_adopt(
    session: Session, actor: Actor, subject: Subject, need_id: UUID, solution_id: UUID
) -> tuple[Need, Need | PriorWork]:
    """Return a need and what the actor may adopt for it.

    Raises NotAllowed when the actor may not end the need, or when its author may not read what
    would be adopted: telling of it would give a hidden need away.
    """
    need = _need(session, actor, need_id)
    solution = text_to_read(session, actor, subject, solution_id)
    if is_merged(session, need.id):
        raise Conflict("the need is part of a challenge")
    if isinstance(solution, Need):
        if solution.id == need.id or not has_result(solution.state, solution.close_reason):
            raise Conflict("there is no result to adopt")
        author = session.get_one(User, need.author_id).actor
        if not readable_for(author, solution):
            raise NotAllowed(solution_id)
    return need, solution


def adoptable(session: Session, actor: Actor, need: Need, found: Sequence[Text]) -> set[UUID]:
    """Return the keys of those found texts that the actor may adopt for a need."""
    open_to_end = need.state in {NeedState.OPEN, NeedState.AGREED}
    if not found or not open_to_end or not may_adopt_for(actor, need):
        return set()
    if is_merged(session, need.id):
        return set()
    author = session.get_one(User, need.author_id).actor
    return {
        each.id
        for each in found
        if isinstance(each, PriorWork)
        or (has_result(each.state, each.close_reason) and readable_for(author, each))
    }


def readable_for(actor: Actor, need: Need) -> bool:
    """Whether somebody may read a published need."""
    return may_read(
        actor,
        visibility=need.visibility,
        published=True,
        author_id=need.author_id,
        organisation_id=need.organisation_id,
    )


def may_adopt_for(actor: Actor, need: Need) -> bool:
    """Whether the actor may end a need as adopted, or take that back."""
    return actor.coordinates or may_edit(actor, need.author_id, need.organisation_id)


def _tell_senders(session: Session, actor: Actor, need: Need, solution: Text, note: str) -> None:
    """Tell the sender, and for a challenge those whose needs it is made of."""
    sources = (
        select(Need)
        .join(MergeSource, MergeSource.need_id == Need.id)
        .join(MergeSource.merge)
        .where(Merge.challenge_id == need.id, MergeSource.standing)
        .order_by(Need.created)
    )
    of_needs = {sent.author_id: sent for sent in [*session.scalars(sources), need]}
    for author_id, sent in of_needs.items():
        if author_id == actor.user_id or not _may_know(session, author_id, solution):
            continue
        notify(
            session,
            Notify(
                user_id=author_id,
                kind=NoticeKind.ADOPTED,
                need_id=sent.id,
                other_need_id=solution.id if isinstance(solution, Need) else None,
                prior_work_id=solution.id if isinstance(solution, PriorWork) else None,
                text=note.strip(),
            ),
        )


def _may_know(session: Session, user_id: UUID, solution: Text) -> bool:
    if isinstance(solution, PriorWork):
        return True
    return readable_for(session.get_one(User, user_id).actor, solution)


def _need(session: Session, actor: Actor, need_id: UUID) -> Need:
    need = session.scalar(need_to_read(actor, need_id))
    if need is None:
        raise NotFound(need_id)
    if not may_adopt_for(actor, need):
        raise NotAllowed(need_id)
    return need
