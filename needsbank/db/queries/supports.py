"""Reads of voices: who has said "same here" for a need, and for the needs that made it."""

from uuid import UUID

from sqlalchemy import CompoundSelect, select, union
from sqlalchemy.orm import aliased

from needsbank.db.models import Merge, MergeSource, Need, Support
from needsbank.db.queries.visible import visible_needs
from needsbank.domain.roles import Actor


def heard(actor: Actor) -> CompoundSelect[UUID, UUID, UUID]:
    """Return the voices for each need: need, person, unit; nobody twice for one unit.

    For a challenge those speak too who sent or joined one of its needs, as far as the actor may
    read that need: the challenge must not tell of a hidden one by its number.
    """
    challenge = aliased(Need)
    of_sources = (
        select(Merge.challenge_id)
        .join(Merge.sources)
        .join(Need, Need.id == MergeSource.need_id)
        .where(MergeSource.standing, visible_needs(actor))
    )
    joined = of_sources.join(challenge, challenge.id == Merge.challenge_id)
    return union(
        select(
            Support.need_id.label("need_id"),
            Support.supporter_id.label("person_id"),
            Support.unit_id.label("unit_id"),
        ),
        joined.join(Support, Support.need_id == Need.id)
        .where(Support.supporter_id != challenge.author_id)
        .add_columns(Support.supporter_id, Support.unit_id),
        joined.where(Need.author_id != challenge.author_id).add_columns(
            Need.author_id, Need.unit_id
        ),
    )
