"""Reads of voices: who has said "same here" for a need, and for the needs that made it."""

from collections.abc import Collection
from uuid import UUID

from sqlalchemy import CompoundSelect, select, union
from sqlalchemy.orm import aliased

from needsbank.db.models import Merge, MergeSource, Need, Support
from needsbank.db.queries.visible import visible_needs
from needsbank.domain.roles import Actor


def heard(
    actor: Actor, need_ids: Collection[UUID] | None = None
) -> CompoundSelect[UUID, UUID, UUID]:
    """Return the voices for each need, or for some: need, person, unit; no row twice.

    For a challenge those speak too who sent or joined one of its needs, as far as the actor may
    read that need: the challenge must not tell of a hidden one by its number.
    """
    challenge = aliased(Need)
    own = select(
        Support.need_id.label("need_id"),
        Support.supporter_id.label("person_id"),
        Support.unit_id.label("unit_id"),
    )
    of_sources = (
        select(Merge.challenge_id)
        .join(Merge.sources)
        .join(Need, Need.id == MergeSource.need_id)
        .join(challenge, challenge.id == Merge.challenge_id)
        .where(MergeSource.standing, visible_needs(actor))
    )
    if need_ids is not None:
        own = own.where(Support.need_id.in_(need_ids))
        of_sources = of_sources.where(Merge.challenge_id.in_(need_ids))
    return union(
        own,
        of_sources.join(Support, Support.need_id == Need.id)
        .where(Support.supporter_id != challenge.author_id)
        .add_columns(Support.supporter_id, Support.unit_id),
        of_sources.where(Need.author_id != challenge.author_id).add_columns(
            Need.author_id, Need.unit_id
        ),
    )
