"""What has been taken into use, as far as a reader may know of it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import Adoption, Need, PriorWork, Subject
from needsbank.db.queries.visible import visible_needs
from needsbank.domain.clock import now
from needsbank.domain.roles import Actor


@dataclass(frozen=True, slots=True)
class Adopted:
    """A need and what was taken into use for it; None where the reader may not know what."""

    need: Need
    solution: Need | PriorWork | None
    subject: Subject


@dataclass(frozen=True, slots=True)
class Adopters:
    """The needs that ended with a solution and that the reader may read, the latest first."""

    needs: Sequence[Need]

    @property
    def units(self) -> int:
        """Return how many units these needs are of."""
        return len({need.unit_id for need in self.needs})


def adoption_of(session: Session, actor: Actor, need: Need) -> Adopted | None:
    """Return what was taken into use for a need that the actor reads."""
    found = adoptions_of(session, actor, [need])
    return found[0] if found else None


def adoptions_of(session: Session, actor: Actor, needs: Sequence[Need]) -> list[Adopted]:
    """Return what was taken into use for some needs that the actor reads, the latest first."""
    by_id = {need.id: need for need in needs}
    rows = session.scalars(_current(by_id).order_by(Adoption.at.desc())).all() if by_id else []
    wanted = {
        subject: [row.solution_id for row in rows if row.subject is subject]
        for subject in {row.subject for row in rows}
    }
    known: dict[UUID, Need | PriorWork] = {}
    if solved := wanted.get(Subject.NEED):
        query = select(Need).where(Need.id.in_(solved), visible_needs(actor))
        with_whom = query.options(joinedload(Need.organisation), joinedload(Need.unit))
        known |= {each.id: each for each in session.scalars(with_whom)}
    if works := wanted.get(Subject.PRIOR_WORK):
        found = select(PriorWork).where(PriorWork.id.in_(works))
        known |= {each.id: each for each in session.scalars(found)}
    return [Adopted(by_id[row.need_id], known.get(row.solution_id), row.subject) for row in rows]


def adopters_of(session: Session, actor: Actor, subject: Subject, solution_id: UUID) -> Adopters:
    """Return who has taken a solution into use, of what the actor may read."""
    return Adopters(
        session.scalars(
            select(Need)
            .join(Adoption, Adoption.need_id == Need.id)
            .where(
                Adoption.subject == subject,
                Adoption.solution_id == solution_id,
                Adoption.ended.is_(None),
                visible_needs(actor),
            )
            .options(joinedload(Need.organisation), joinedload(Need.unit))
            .order_by(Adoption.at.desc(), Need.id)
        ).all()
    )


def end_adoption(session: Session, need: Need) -> None:
    """Note that a need is taken up again: what was adopted is no longer its end."""
    adoption = session.scalar(_current([need.id]))
    if adoption is not None:
        adoption.ended = now()


def _current(need_ids: Collection[UUID]) -> Select[Adoption]:
    return select(Adoption).where(Adoption.need_id.in_(need_ids), Adoption.ended.is_(None))
