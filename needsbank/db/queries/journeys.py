"""Reads of journeys: what waits for the coordination team."""

from collections.abc import Collection
from datetime import date, datetime
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased

from needsbank.db.models import Capture, Journey, Need
from needsbank.db.queries.merges import merged_need_ids
from needsbank.db.queries.supports import heard
from needsbank.domain.journeys import Stage
from needsbank.domain.needs import PUBLISHED, Scope
from needsbank.domain.roles import Actor


def matters_at(
    actor: Actor, stages: Collection[Stage]
) -> Select[
    UUID, Stage, datetime, datetime | None, date | None, Scope | None, Scope | None, int, int
]:
    """Return matters that stand by themselves at some stages, unordered.

    Columns: id, stage, since, due, returns_on, scope of the need, widest scope of its own idea,
    persons who have said "same here", ideas that it carries.
    """
    voice = heard(actor).subquery()
    persons = (
        select(voice.c.need_id, func.count(func.distinct(voice.c.person_id)).label("persons"))
        .group_by(voice.c.need_id)
        .subquery()
    )
    of_idea = aliased(Journey)
    root = func.coalesce(of_idea.into_id, of_idea.id, type_=Journey.id.type)
    ideas = (
        select(root.label("journey_id"), func.count(Capture.id).label("ideas"))
        .join(of_idea, of_idea.id == Capture.journey_id)
        .group_by(root)
        .subquery()
    )
    own = aliased(Capture)
    return (
        select(
            Journey.id,
            Journey.stage,
            Journey.since,
            Journey.due,
            Journey.returns_on,
            Need.scope.label("scope"),
            own.scope.label("scope_of_idea"),
            func.coalesce(persons.c.persons, 0).label("persons"),
            func.coalesce(ideas.c.ideas, 0).label("ideas"),
        )
        .outerjoin(Need, Need.id == Journey.need_id)
        .outerjoin(own, own.journey_id == Journey.id)
        .outerjoin(persons, persons.c.need_id == Journey.need_id)
        .outerjoin(ideas, ideas.c.journey_id == Journey.id)
        .where(
            Journey.stage.in_(stages),
            or_(
                Journey.need_id.is_(None),
                Need.state.in_(PUBLISHED) & Need.id.not_in(merged_need_ids()),
            ),
        )
    )
