"""Reads of competences."""

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import joinedload

from needsbank.db.models import Competence, Organisation
from needsbank.db.queries.visible import visible_competences
from needsbank.domain.competences import PUBLISHED, CompetenceKind, CompetenceState
from needsbank.domain.fields import Field
from needsbank.domain.languages import Language
from needsbank.domain.organisations import Region, Sector
from needsbank.domain.roles import Actor


@dataclass(frozen=True, slots=True, kw_only=True)
class CompetenceFilter:
    """What a reader of the list narrows it to; None narrows nothing."""

    kind: CompetenceKind | None = None
    sector: Sector | None = None
    region: Region | None = None
    field: Field | None = None
    language: Language | None = None
    ended: bool = False

    @property
    def changed(self) -> bool:
        """Whether anything is narrowed."""
        return self != CompetenceFilter()


def competences_to_read(actor: Actor, wanted: CompetenceFilter) -> Select[Competence]:
    """Return the competences of the list: readable, published, as wanted; unordered."""
    states = PUBLISHED if wanted.ended else PUBLISHED - {CompetenceState.CLOSED}
    found = (
        select(Competence)
        .join(Competence.organisation)
        .where(visible_competences(actor), Competence.state.in_(states))
    )
    if wanted.kind:
        found = found.where(Competence.kind == wanted.kind)
    if wanted.sector:
        found = found.where(Organisation.sector == wanted.sector)
    if wanted.region:
        found = found.where(Organisation.region == wanted.region)
    if wanted.field:
        found = found.where(Competence.field == wanted.field)
    if wanted.language:
        found = found.where(Competence.language == wanted.language)
    return found


def competence_to_read(actor: Actor, competence_id: UUID) -> Select[Competence]:
    """Return one competence with its organisation and unit, if the actor may read it."""
    return (
        select(Competence)
        .where(Competence.id == competence_id, visible_competences(actor))
        .options(joinedload(Competence.organisation), joinedload(Competence.unit))
    )


def own_competences(actor: Actor) -> Select[Competence]:
    """Return what the actor has posted, drafts and ended ones too, newest first."""
    return (
        select(Competence)
        .where(Competence.author_id == actor.user_id)
        .options(joinedload(Competence.organisation))
        .order_by(Competence.created.desc(), Competence.id)
    )
