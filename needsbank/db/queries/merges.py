"""Reads of merges: which needs stand in one, and what became of them."""

from uuid import UUID

from sqlalchemy import Select, case, func, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from needsbank.db.models import Merge, MergeSource, Need
from needsbank.db.queries.visible import visible_needs
from needsbank.domain.roles import Actor


def merged_need_ids() -> Select[UUID]:
    """Return the ids of needs that are part of a challenge now."""
    return select(MergeSource.need_id).where(MergeSource.standing)


def dissolved_challenge_ids() -> Select[UUID]:
    """Return the ids of challenges that have been taken apart."""
    return select(Merge.challenge_id).where(Merge.undone.is_not(None))


def challenge_of(actor: Actor, need_id: UUID) -> Select[UUID]:
    """Return the id of the challenge that a need is part of, if the actor may read that."""
    readable = challenge_ids_of(need_id).join(Need, Need.id == Merge.challenge_id)
    return readable.where(visible_needs(actor))


def challenge_ids_of(need_id: UUID) -> Select[UUID]:
    """Return the id of the challenge that a need is part of now."""
    standing = MergeSource.need_id == need_id, MergeSource.standing
    return select(Merge.challenge_id).join(Merge.sources).where(*standing)


def sources_to_read(actor: Actor, challenge_id: UUID) -> Select[Need]:
    """Return the needs that a challenge is made of, those that the actor may read, oldest first."""
    return (
        select(Need)
        .join(MergeSource, MergeSource.need_id == Need.id)
        .join(MergeSource.merge)
        .where(Merge.challenge_id == challenge_id, MergeSource.standing, visible_needs(actor))
        .options(joinedload(Need.organisation))
        .order_by(Need.created, Need.id)
    )


def merge_with_sources(challenge_id: UUID) -> Select[Merge]:
    """Return a challenge's merge with all that its page shows to a coordinator."""
    return (
        select(Merge)
        .where(Merge.challenge_id == challenge_id)
        .options(
            joinedload(Merge.challenge).joinedload(Need.organisation),
            joinedload(Merge.merged_by),
            joinedload(Merge.undone_by),
            selectinload(Merge.sources).joinedload(MergeSource.need).joinedload(Need.organisation),
        )
    )


def merges_by_urgency() -> Select[Merge, int, int]:
    """Return merges with how many needs and objections they have: objected, standing, undone."""
    source = aliased(MergeSource)
    objections = func.count(source.objected)
    standing_objections = case((Merge.undone.is_(None), objections), else_=0)
    return (
        select(Merge, func.count(source.need_id), objections)
        .join(source, source.merge_id == Merge.id)
        .group_by(Merge.id)
        .options(joinedload(Merge.challenge).joinedload(Need.organisation))
        .order_by(
            standing_objections.desc(), Merge.undone.is_not(None), Merge.merged.desc(), Merge.id
        )
    )
