"""Taking into use what exists already: the need ends, and its sender learns where it is."""

from uuid import UUID

from sqlalchemy.orm import Session

from needsbank.db.models import Adoption, Need, PriorWork, Subject, User
from needsbank.db.queries.needs import need_to_read
from needsbank.domain.adoptions import AdoptSolution, has_result
from needsbank.domain.errors import Conflict, NotAllowed, NotFound
from needsbank.domain.needs import CloseReason
from needsbank.domain.roles import Actor, may_edit
from needsbank.domain.visibility import may_read
from needsbank.services import audit
from needsbank.services.adoptions import adoption_of
from needsbank.services.needs import end, take_up
from needsbank.services.reading import text_to_read


def adopt(session: Session, actor: Actor, subject: Subject, command: AdoptSolution) -> Adoption:
    """End a need as adopted, by its author or by a coordinator on the author's behalf."""
    need, solution = to_adopt(session, actor, subject, command.need_id, command.solution_id)
    end(session, actor, need, CloseReason.ADOPTED, command.note)
    adoption = Adoption(
        need_id=need.id,
        subject=subject,
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
    if isinstance(solution, Need):
        if solution.id == need.id or not has_result(solution.state, solution.close_reason):
            raise Conflict("there is no result to adopt")
        author = session.get_one(User, need.author_id).actor
        if not readable_for(author, solution):
            raise NotAllowed(solution_id)
    return need, solution


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


def _need(session: Session, actor: Actor, need_id: UUID) -> Need:
    need = session.scalar(need_to_read(actor, need_id))
    if need is None:
        raise NotFound(need_id)
    if not may_adopt_for(actor, need):
        raise NotAllowed(need_id)
    return need
