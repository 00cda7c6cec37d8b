"""Reads of needs."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from needsbank.db.models import Need, Organisation, Suggestion
from needsbank.db.queries.merges import dissolved_challenge_ids, merged_need_ids
from needsbank.db.queries.visible import visible_needs
from needsbank.domain.fields import Field
from needsbank.domain.languages import Language
from needsbank.domain.needs import PUBLISHED, NeedState
from needsbank.domain.organisations import Region, Sector
from needsbank.domain.roles import Actor
from needsbank.domain.suggestions import PAIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedFilter:
    """What a reader of the list narrows it to; None narrows nothing."""

    sector: Sector | None = None
    region: Region | None = None
    field: Field | None = None
    language: Language | None = None
    ended: bool = False

    @property
    def changed(self) -> bool:
        """Whether anything is narrowed."""
        return self != NeedFilter()


def needs_to_read(actor: Actor, wanted: NeedFilter) -> Select[Need]:
    """Return the needs of the list: readable, published, as wanted; unordered.

    For needs that are part of a challenge, the challenge stands.
    """
    states = PUBLISHED if wanted.ended else PUBLISHED - {NeedState.CLOSED}
    found = (
        select(Need)
        .join(Need.organisation)
        .where(visible_needs(actor), Need.state.in_(states), Need.id.not_in(merged_need_ids()))
    )
    if wanted.sector:
        found = found.where(Organisation.sector == wanted.sector)
    if wanted.region:
        found = found.where(Organisation.region == wanted.region)
    if wanted.field:
        found = found.where(Need.field == wanted.field)
    if wanted.language:
        found = found.where(Need.language == wanted.language)
    return found


def mergeable_needs(actor: Actor) -> Select[Need]:
    """Return readable needs that may become part of a challenge: open ones without a pairing."""
    paired = select(Suggestion.need_id).where(Suggestion.state.in_(PAIRED))
    return needs_to_read(actor, NeedFilter()).where(
        Need.state == NeedState.OPEN, Need.id.not_in(paired)
    )


def need_to_read(actor: Actor, need_id: UUID) -> Select[Need]:
    """Return one need with its organisation and unit, if the actor may read it."""
    return (
        select(Need)
        .where(Need.id == need_id, visible_needs(actor))
        .options(joinedload(Need.organisation), joinedload(Need.unit))
    )


def own_needs(actor: Actor) -> Select[Need]:
    """Return what the actor has posted, drafts and ended ones too, newest first."""
    return (
        select(Need)
        .where(Need.author_id == actor.user_id, Need.id.not_in(dissolved_challenge_ids()))
        .options(joinedload(Need.organisation))
        .order_by(Need.created.desc(), Need.id)
    )
