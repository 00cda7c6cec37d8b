"""Posting a competence and keeping it current."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from matching import detect_language
from needsbank.db.models import Competence, Suggestion, Unit
from needsbank.db.queries.competences import competence_to_read
from needsbank.domain.clock import now
from needsbank.domain.competences import (
    CompetenceKind,
    CompetenceState,
    DescribeCompetence,
    check_capacity,
    check_transition,
)
from needsbank.domain.errors import Invalid, NotAllowed, NotFound
from needsbank.domain.languages import content_language
from needsbank.domain.roles import Actor, may_edit, may_post_competence
from needsbank.domain.suggestions import UNDECIDED
from needsbank.services import audit
from needsbank.services.references import describe_references
from needsbank.services.units import units_of


def draft_competence(session: Session, actor: Actor, command: DescribeCompetence) -> Competence:
    """Put a new competence in the bank as its author's draft."""
    unit = _unit(session, actor, command.unit_id)
    competence = Competence(author_id=actor.person_id, state=CompetenceState.DRAFT)
    _describe(competence, unit, command)
    session.add(competence)
    describe_references(session, competence, command.references)
    session.flush()  # the audit entry needs the key
    audit.record(session, actor, "draft", "competence", competence.id)
    return competence


def change_competence(
    session: Session, actor: Actor, competence_id: UUID, command: DescribeCompetence
) -> Competence:
    """Say a competence anew; needs are matched with it again."""
    competence = _own(session, actor, competence_id)
    unit = _unit(session, actor, command.unit_id)
    _describe(competence, unit, command)
    is_new = session.is_modified(competence, include_collections=False)
    # A reference that is gone leaves nothing to read, but needs were matched with it too.
    if describe_references(session, competence, command.references) or is_new:
        competence.embedded_in = None
    competence.updated = competence.current_as_of = now()
    competence.asked_current = None
    audit.record(session, actor, "change", "competence", competence.id)
    return competence


def open_competence(session: Session, actor: Actor, competence_id: UUID) -> Competence:
    """Offer a draft or a paused competence."""
    competence = _own(session, actor, competence_id)
    _move(session, actor, competence, CompetenceState.OPEN)
    competence.current_as_of, competence.asked_current = now(), None
    competence.embedded_in = None
    return competence


def close_competence(session: Session, actor: Actor, competence_id: UUID) -> Competence:
    """Stop offering a competence; what is undecided about it falls away."""
    return stop_offering(session, actor, _own(session, actor, competence_id))


def stop_offering(session: Session, actor: Actor, competence: Competence) -> Competence:
    """Take a competence that the caller has found to be the actor's to take off the offer."""
    _move(session, actor, competence, CompetenceState.CLOSED)
    session.execute(
        delete(Suggestion).where(
            Suggestion.competence_id == competence.id,
            Suggestion.state.in_(UNDECIDED),
            ~Suggestion.decisions.any(),
        )
    )
    return competence


def units_to_post_competences(session: Session, actor: Actor) -> list[Unit]:
    """Return the units that the actor may post competences for."""
    return units_of(session, {org for org, _ in actor.roles if may_post_competence(actor, org)})


def _own(session: Session, actor: Actor, competence_id: UUID) -> Competence:
    competence = session.scalar(competence_to_read(actor, competence_id))
    if competence is None:
        raise NotFound(competence_id)
    if not may_edit(actor, competence.author_id, competence.organisation_id):
        raise NotAllowed(competence_id)
    return competence


def _move(session: Session, actor: Actor, competence: Competence, target: CompetenceState) -> None:
    check_transition(competence.state, target)
    competence.state = target
    audit.record(session, actor, target.value, "competence", competence.id)


def _unit(session: Session, actor: Actor, unit_id: UUID) -> Unit:
    unit = session.get(Unit, unit_id)
    if unit is None or not may_post_competence(actor, unit.organisation_id):
        raise Invalid({"unit_id": "unknown"})
    return unit


def _describe(competence: Competence, unit: Unit, command: DescribeCompetence) -> None:
    check_capacity(command.kind, command.capacity)
    is_round = command.kind is CompetenceKind.COURSE_ROUND
    competence.kind = command.kind
    competence.unit_id, competence.organisation_id = unit.id, unit.organisation_id
    competence.title, competence.description = command.title.strip(), command.description.strip()
    competence.field, competence.visibility = command.field, command.visibility
    written = f"{competence.title}. {competence.description}"
    competence.language = content_language(command.language or detect_language(written))
    for name in ("slots", "weeks", "ects", "team_min", "team_max", "starts_on"):
        setattr(competence, name, getattr(command.capacity, name) if is_round else None)
