"""Lessons: why something was broken off, or is not in use or only partly, for others to learn from.

They are read from what was recorded then; nothing is kept twice. Where a need is hidden, so is
what was learnt from it.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from uuid import UUID

from sqlalchemy import Select, String, cast, func, literal, or_, select, union_all
from sqlalchemy.orm import Session, aliased, joinedload

from needsbank.db.models import (
    Adoption,
    AdoptionAnswer,
    AdoptionQuestion,
    Collaboration,
    Journey,
    JourneyStep,
    Need,
    Result,
    Uptake,
)
from needsbank.db.queries.visible import visible_needs
from needsbank.domain.adoption_ledger import InUse
from needsbank.domain.journeys import Act
from needsbank.domain.roles import Actor

AT_MOST = 100


class LessonKind(Enum):
    """What did not go as was hoped."""

    BROKEN_OFF = "broken_off"
    NOT_IN_USE = "not_in_use"
    PARTLY_IN_USE = "partly_in_use"


@dataclass(frozen=True, slots=True)
class Lesson:
    """What was learnt, of which need, and when."""

    kind: LessonKind
    need: Need
    why: str
    at: datetime


_KIND_OF = {
    Act.BREAK_OFF.value: LessonKind.BROKEN_OFF,
    InUse.NOT_IN_USE.value: LessonKind.NOT_IN_USE,
    InUse.PARTLY.value: LessonKind.PARTLY_IN_USE,
}


def lessons(session: Session, actor: Actor, words: str = "") -> list[Lesson]:
    """Return what the actor may read, the latest first; every word must stand in it somewhere."""
    told = union_all(_broken_off(), _not_in_use()).subquery()
    wanted = (
        select(told.c.code, told.c.why, told.c.at, Need)
        .join(Need, Need.id == told.c.need_id)
        .where(visible_needs(actor))
        .options(joinedload(Need.organisation))
        .order_by(told.c.at.desc(), Need.id)
        .limit(AT_MOST)
    )
    for word in words.lower().split():
        wanted = wanted.where(
            or_(
                *(
                    func.lower(column).contains(word, autoescape=True)
                    for column in (told.c.why, Need.title, Need.problem)
                )
            )
        )
    return [
        Lesson(_KIND_OF[code], need, why, at) for code, why, at, need in session.execute(wanted)
    ]


def _broken_off() -> Select[str, str, datetime, UUID | None]:
    return (
        select(
            literal(Act.BREAK_OFF.value).label("code"),
            JourneyStep.reason.label("why"),
            JourneyStep.at.label("at"),
            Journey.need_id.label("need_id"),
        )
        .join(JourneyStep.journey)
        .where(JourneyStep.act == Act.BREAK_OFF)
    )


def _not_in_use() -> Select[str, str, datetime, UUID]:
    """Return the latest answer to each question, where something was missing."""
    of_step, of_result = aliased(Journey), aliased(Journey)
    latest = select(func.max(AdoptionAnswer.seq)).group_by(AdoptionAnswer.question_id)
    return (
        select(
            cast(AdoptionAnswer.answer, String).label("code"),
            AdoptionAnswer.why.label("why"),
            AdoptionAnswer.at.label("at"),
            func.coalesce(of_step.need_id, Adoption.need_id, of_result.need_id).label("need_id"),
        )
        .join(AdoptionAnswer.question)
        .outerjoin(JourneyStep, JourneyStep.seq == AdoptionQuestion.step_seq)
        .outerjoin(of_step, of_step.id == JourneyStep.journey_id)
        .outerjoin(Adoption, Adoption.id == AdoptionQuestion.adoption_id)
        .outerjoin(Uptake, Uptake.id == AdoptionQuestion.uptake_id)
        .outerjoin(Result, Result.id == Uptake.result_id)
        .outerjoin(Collaboration, Collaboration.id == Result.collaboration_id)
        .outerjoin(of_result, of_result.id == Collaboration.journey_id)
        .where(AdoptionAnswer.answer != InUse.IN_USE, AdoptionAnswer.seq.in_(latest))
    )
