"""Posting a need and leading it to its end."""

from uuid import UUID

from sqlalchemy import delete
from sqlalchemy.orm import Session

from matching import detect_language
from needsbank.db.models import Merge, Need, Subject, Suggestion, Unit
from needsbank.db.queries.merges import dissolved_challenge_ids
from needsbank.db.queries.needs import need_to_read
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.languages import content_language
from needsbank.domain.needs import (
    CloseNeed,
    CloseReason,
    DescribeNeed,
    NeedState,
    check_transition,
)
from needsbank.domain.roles import Actor, may_edit, may_post_need
from needsbank.domain.suggestions import UNDECIDED
from needsbank.services import audit, journeys_of_needs, own_results
from needsbank.services.adoptions import end_adoption
from needsbank.services.embedding import forget
from needsbank.services.lineage import is_challenge, is_merged
from needsbank.services.units import units_of


def draft_need(session: Session, actor: Actor, command: DescribeNeed) -> Need:
    """Put a new need in the bank as its author's draft."""
    return draft_for(session, actor, _unit(session, actor, command.unit_id), command)


def draft_for(session: Session, actor: Actor, unit: Unit, command: DescribeNeed) -> Need:
    """Draft a need for a unit that the caller has found the actor to speak for."""
    need = Need(author_id=actor.person_id, state=NeedState.DRAFT)
    _describe(need, unit, command)
    session.add(need)
    session.flush()  # the audit entry needs the key
    audit.record(session, actor, "draft", "need", need.id)
    return need


def change_need(session: Session, actor: Actor, need_id: UUID, command: DescribeNeed) -> Need:
    """Say a need anew; it is matched again."""
    need = _own(session, actor, need_id)
    if need.state not in {NeedState.DRAFT, NeedState.OPEN}:
        raise Conflict("only a draft or an open need can be changed")
    if is_merged(session, need_id):
        raise Conflict("the need is part of a challenge")
    stays = command.unit_id == need.unit_id
    unit = need.unit if stays else _unit(session, actor, command.unit_id)
    _describe(need, unit, command)
    need.embedded_in = need.matched_with = None
    audit.record(session, actor, "change", "need", need.id)
    return need


def open_need(session: Session, actor: Actor, need_id: UUID) -> Need:
    """Publish a draft, or take up an ended or agreed need again."""
    return take_up(session, actor, _own(session, actor, need_id))


def withdraw_need(session: Session, actor: Actor, need_id: UUID) -> Need:
    """Take a need back: only its author sees it, and nothing is suggested for it."""
    if is_challenge(session, need_id):
        # The needs that it stands for would go out of sight with it.
        raise Conflict("a challenge is taken apart by a coordinator")
    need = _move(session, actor, _own(session, actor, need_id), NeedState.WITHDRAWN)
    retract(session, actor, need)
    return need


def retract(session: Session, actor: Actor, need: Need) -> None:
    """Take a need, whatever it is, out of everybody's sight and out of every index."""
    need.state = NeedState.WITHDRAWN
    journeys_of_needs.withdrawn(session, actor, need)
    need.embedded_in = need.matched_with = None
    forget(session, Subject.NEED, need.id)
    _drop_undecided(session, need)


def restore_need(session: Session, actor: Actor, need_id: UUID) -> Need:
    """Undo a withdrawal: the need is its author's draft again."""
    if session.scalar(dissolved_challenge_ids().where(Merge.challenge_id == need_id)):
        raise Conflict("its needs stand by themselves again")
    need = _own(session, actor, need_id)
    return _move(session, actor, need, NeedState.DRAFT, act="restore")


def close_need(session: Session, actor: Actor, command: CloseNeed) -> Need:
    """End a need with a reason that everyone who may read it sees."""
    need = _own(session, actor, command.need_id)
    told = ": ".join(each for each in (command.words, command.note.strip()) if each)
    end(session, actor, need, command.reason, command.note)
    journeys_of_needs.ended(session, actor, need, command.reason, told)
    return need


def end(session: Session, actor: Actor, need: Need, reason: CloseReason, note: str) -> Need:
    """End a need that the caller has found to be the actor's to end, and whose journey it moves."""
    _move(session, actor, need, NeedState.CLOSED, reason=reason.value)
    need.close_reason, need.close_note = reason, note.strip()
    _drop_undecided(session, need)
    own_results.refresh_need(session, need)
    return need


def take_up(session: Session, actor: Actor, need: Need) -> Need:
    """Open a need that the caller has found to be the actor's to open; an adoption ends."""
    reopen(session, actor, need)
    journeys_of_needs.posted(session, actor, need)
    return need


def reopen(session: Session, actor: Actor, need: Need) -> Need:
    """Open a need whose journey the caller moves."""
    _move(session, actor, need, NeedState.OPEN)
    need.opened = need.current_as_of = now()
    need.asked_current = None
    need.embedded_in = need.matched_with = None
    need.close_reason, need.close_note = None, ""
    end_adoption(session, need)
    own_results.refresh_need(session, need)
    return need


def units_to_post_needs(session: Session, actor: Actor) -> list[Unit]:
    """Return the units that the actor may post needs for."""
    return units_of(session, {org for org, _ in actor.roles if may_post_need(actor, org)})


def _own(session: Session, actor: Actor, need_id: UUID) -> Need:
    need = session.scalar(need_to_read(actor, need_id))
    if need is None:
        raise NotFound(need_id)
    if not may_edit(actor, need.author_id, need.organisation_id):
        raise NotAllowed(need_id)
    return need


def _move(
    session: Session,
    actor: Actor,
    need: Need,
    target: NeedState,
    *,
    act: str = "",
    **details: str,
) -> Need:
    check_transition(need.state, target)
    need.state = target
    audit.record(session, actor, act or target.value, "need", need.id, **details)
    return need


def _unit(session: Session, actor: Actor, unit_id: UUID) -> Unit:
    unit = session.get(Unit, unit_id)
    if unit is None or not may_post_need(actor, unit.organisation_id):
        raise Invalid({"unit_id": "unknown"})
    return unit


def _describe(need: Need, unit: Unit, command: DescribeNeed) -> None:
    need.unit_id, need.organisation_id = unit.id, unit.organisation_id
    need.title, need.problem = command.title.strip(), command.problem.strip()
    need.wished_change = command.wished_change.strip()
    need.who_suffers, need.measure = command.who_suffers.strip(), command.measure.strip()
    need.timing, need.place = command.timing.strip(), command.place.strip()
    need.field, need.scope = command.field, command.scope
    need.visibility = command.visibility
    written = f"{need.title}. {need.body}"
    need.updated = need.current_as_of = now()
    need.asked_current = None
    need.language = content_language(command.language or detect_language(written))


def _drop_undecided(session: Session, need: Need) -> None:
    session.execute(
        delete(Suggestion).where(
            Suggestion.need_id == need.id,
            Suggestion.state.in_(UNDECIDED),
            ~Suggestion.decisions.any(),
        )
    )
