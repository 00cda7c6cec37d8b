"""Reads of suggestions: the coordinators' queue and each side's pairings."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, case, func, or_, select
from sqlalchemy.orm import aliased, joinedload, selectinload

from needsbank.db.models import Answer, Competence, Decision, Need, Suggestion
from needsbank.db.queries.merges import merged_need_ids
from needsbank.db.queries.supports import heard
from needsbank.domain.needs import NeedState
from needsbank.domain.roles import Actor
from needsbank.domain.suggestions import SHOWN_TO_SIDES, UNDECIDED, SuggestionState

_WITH_BOTH_SIDES = (
    joinedload(Suggestion.need).joinedload(Need.organisation),
    joinedload(Suggestion.competence).joinedload(Competence.organisation),
)


def waiting(actor: Actor) -> Select[UUID, datetime, int, int, int]:
    """Return open needs with something to decide, unordered.

    Columns: id, opened, undecided, deferred, persons who have said "same here".
    """
    voice = heard(actor).subquery()
    persons = (
        select(voice.c.need_id, func.count(func.distinct(voice.c.person_id)).label("persons"))
        .group_by(voice.c.need_id)
        .subquery()
    )
    deferred = func.count(case((Suggestion.state == SuggestionState.DEFERRED, 1)))
    opened = func.coalesce(Need.opened, Need.created, type_=Need.created.type)
    return (
        select(
            Need.id,
            opened.label("opened"),
            func.count(Suggestion.id).label("undecided"),
            deferred.label("deferred"),
            func.coalesce(func.max(persons.c.persons), 0).label("persons"),
        )
        .join(Suggestion, Suggestion.need_id == Need.id)
        .outerjoin(persons, persons.c.need_id == Need.id)
        .where(
            Suggestion.state.in_(UNDECIDED),
            Need.state == NeedState.OPEN,
            Need.id.not_in(merged_need_ids()),
        )
        .group_by(Need.id)
    )


def suggestions_of_need(need_id: UUID) -> Select[Suggestion]:
    """Return all suggestions of a need for a coordinator, best of each kind first."""
    return (
        select(Suggestion)
        .join(Suggestion.competence)
        .where(Suggestion.need_id == need_id)
        .options(*_WITH_BOTH_SIDES)
        .order_by(Competence.kind, Suggestion.rank, Suggestion.id)
    )


def suggestion_with_history(suggestion_id: UUID) -> Select[Suggestion]:
    """Return one suggestion with both sides, decisions and answers."""
    return (
        select(Suggestion)
        .where(Suggestion.id == suggestion_id)
        .options(
            *_WITH_BOTH_SIDES,
            selectinload(Suggestion.decisions).joinedload(Decision.decided_by),
            selectinload(Suggestion.answers).joinedload(Answer.answered_by),
        )
    )


def pairings(actor: Actor) -> Select[Suggestion]:
    """Return approved pairings that the actor's own postings take part in, newest first."""
    need, competence = aliased(Need), aliased(Competence)
    return (
        select(Suggestion)
        .join(need, Suggestion.need_id == need.id)
        .join(competence, Suggestion.competence_id == competence.id)
        .where(
            Suggestion.state.in_(SHOWN_TO_SIDES),
            _takes_part(actor, need, competence),
            or_(need.state != NeedState.WITHDRAWN, need.author_id == actor.user_id),
        )
        .options(*_WITH_BOTH_SIDES, selectinload(Suggestion.answers))
        .order_by(Suggestion.updated.desc(), Suggestion.id)
    )


def _takes_part(
    actor: Actor, need: type[Need], competence: type[Competence]
) -> ColumnElement[bool]:
    return or_(
        and_(
            need.author_id == actor.user_id,
            need.organisation_id.in_(actor.organisation_ids),
        ),
        and_(
            competence.author_id == actor.user_id,
            competence.organisation_id.in_(actor.organisation_ids),
        ),
    )
