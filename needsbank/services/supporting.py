"""Same here: people join needs that others have posted."""

from collections.abc import Collection, Sequence
from uuid import UUID

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session, joinedload

from needsbank.db.models import Merge, MergeSource, Need, Support, Unit
from needsbank.db.queries.needs import need_to_read
from needsbank.db.queries.supports import heard
from needsbank.db.queries.visible import visible_needs
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.roles import Actor
from needsbank.domain.supports import SUPPORTABLE, SupportNeed, Voices
from needsbank.services import audit
from needsbank.services.lineage import is_merged
from needsbank.services.units import units_of


def support(session: Session, actor: Actor, command: SupportNeed) -> Support:
    """Count the actor's voice for a need, once; said again, it changes the unit and the note."""
    need = _need(session, actor, command.need_id)
    if need.author_id == actor.person_id:
        raise NotAllowed("nobody supports their own need")
    given = support_of(session, actor, need.id)
    if need.state not in SUPPORTABLE and given is None:
        raise Conflict("the need has ended")
    if is_merged(session, need.id):
        raise Conflict("the need is part of a challenge")
    unit = session.get(Unit, command.unit_id)
    if unit is None or unit.organisation_id not in actor.organisation_ids:
        raise Invalid({"unit_id": "unknown"})
    act = "support" if given is None else "change_support"
    if given is None:
        given = Support(need_id=need.id, supporter_id=actor.person_id)
        session.add(given)
    given.unit_id, given.note = unit.id, command.note.strip()
    audit.record(session, actor, act, "need", need.id)
    return given


def withdraw_support(session: Session, actor: Actor, need_id: UUID) -> None:
    """Take the actor's voice and note back; nothing happens where there is none."""
    need = _need(session, actor, need_id)
    given = support_of(session, actor, need.id)
    if given is not None:
        session.delete(given)
        audit.record(session, actor, "unsupport", "need", need.id)


def pass_on(session: Session, from_id: UUID, to: Sequence[Need]) -> None:
    """Give the voices for a need to others too, as far as their people may speak for those.

    Whoever joined a challenge meant what its needs have in common; where it is taken apart, their
    voice must not be lost with it.
    """
    given = session.scalars(select(Support).where(Support.need_id == from_id)).all()
    heard_already = select(Support.need_id, Support.supporter_id).where(
        Support.need_id.in_([need.id for need in to])
    )
    known = {(row.need_id, row.supporter_id) for row in session.execute(heard_already)}
    for need in to:
        for voice in given:
            is_author = voice.supporter_id == need.author_id
            if not is_author and (need.id, voice.supporter_id) not in known:
                session.add(
                    Support(
                        need_id=need.id,
                        supporter_id=voice.supporter_id,
                        unit_id=voice.unit_id,
                        note=voice.note,
                    )
                )


def support_of(session: Session, actor: Actor, need_id: UUID) -> Support | None:
    """Return the actor's own voice for a need."""
    own = select(Support).where(Support.need_id == need_id, Support.supporter_id == actor.user_id)
    found: Support | None = session.scalar(own)
    return found


def supported_by(session: Session, actor: Actor, need_ids: Collection[UUID]) -> frozenset[UUID]:
    """Return those of some needs that the actor has joined."""
    if not actor.is_known or not need_ids:
        return frozenset()
    own = select(Support.need_id).where(
        Support.supporter_id == actor.user_id, Support.need_id.in_(need_ids)
    )
    return frozenset(session.scalars(own))


def voices_of(session: Session, actor: Actor, need_ids: Collection[UUID]) -> dict[UUID, Voices]:
    """Return the voices for each of some needs that has any; each person counts once."""
    if not need_ids:
        return {}
    voice = heard(actor, need_ids).subquery()
    counted = select(
        voice.c.need_id,
        func.count(func.distinct(voice.c.person_id)),
        func.count(func.distinct(voice.c.unit_id)),
    ).group_by(voice.c.need_id)
    return {need_id: Voices(people, units) for need_id, people, units in session.execute(counted)}


def supports_of_need(session: Session, actor: Actor, need_id: UUID) -> list[Support]:
    """Return the voices with their people, units and notes: for coordinators, oldest first.

    Those for the needs that a challenge is made of are among them.
    """
    if not actor.coordinates:
        raise NotAllowed(need_id)
    sources = (
        select(MergeSource.need_id)
        .join(MergeSource.merge)
        .where(Merge.challenge_id == need_id, MergeSource.standing)
    )
    return list(
        session.scalars(
            select(Support)
            .where(or_(Support.need_id == need_id, Support.need_id.in_(sources)))
            .options(
                joinedload(Support.supporter),
                joinedload(Support.unit).joinedload(Unit.organisation),
            )
            .order_by(Support.created, Support.id)
        )
    )


def needs_supported(session: Session, actor: Actor) -> list[Need]:
    """Return the needs that the actor has joined and may still read, the latest first."""
    return list(
        session.scalars(
            select(Need)
            .join(Support, Support.need_id == Need.id)
            .where(Support.supporter_id == actor.user_id, visible_needs(actor))
            .options(joinedload(Need.organisation))
            .order_by(Support.created.desc(), Need.id)
        )
    )


def units_to_speak_for(session: Session, actor: Actor) -> list[Unit]:
    """Return the units in whose name the actor can say "same here"."""
    return units_of(session, actor.organisation_ids)


def last_unit_id(session: Session, actor: Actor) -> UUID | None:
    """Return the unit that the actor last spoke for."""
    latest = select(Support.unit_id).where(Support.supporter_id == actor.user_id)
    found: UUID | None = session.scalar(latest.order_by(Support.created.desc()).limit(1))
    return found


def _need(session: Session, actor: Actor, need_id: UUID) -> Need:
    need = session.scalar(need_to_read(actor, need_id))
    if need is None:
        raise NotFound(need_id)
    return need
