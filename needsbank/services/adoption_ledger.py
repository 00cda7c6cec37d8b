"""The adoption ledger: recording answers, and telling how things stand."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select
from sqlalchemy.orm import Session, joinedload, selectinload

from needsbank.db.models import (
    Adoption,
    AdoptionAnswer,
    AdoptionQuestion,
    Collaboration,
    Journey,
    JourneyStep,
    Need,
    Receipt,
    Result,
    Unit,
    Uptake,
)
from needsbank.domain.adoption_ledger import (
    ACT_OF,
    ASKED_AT,
    STAGE_OF,
    AnswerQuestion,
    InUse,
    Standing,
    standing,
)
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, Invalid, NotAllowed, NotFound
from needsbank.domain.languages import Language
from needsbank.domain.roles import Actor
from needsbank.services import audit, journeys
from needsbank.services.adoption_questions import title_of_journey

MOST_ANSWERS = 20
"""Of one question: whoever changes their mind more often holds a link that got about."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as its page and the ledger show it."""

    question: AdoptionQuestion
    title: str
    language: Language
    unit: Unit | None
    standing: Standing
    answer: AdoptionAnswer | None


def asked(session: Session, code: str) -> Asked:
    """Return the question behind a secret link; `NotFound` for a code that is none."""
    wanted = _whole().where(AdoptionQuestion.code == code)
    question = session.scalar(wanted)
    if question is None:
        raise NotFound(code)
    return _told(session, [question])[0]


def answer(session: Session, command: AnswerQuestion) -> AdoptionAnswer:
    """Record what the holder of a link says; saying it anew adds a row, and the latest counts."""
    question = asked(session, command.code).question
    if command.answer is not InUse.IN_USE and not command.why.strip():
        raise Invalid({"why": "required"})
    if len(question.answers) >= MOST_ANSWERS:
        raise Conflict("answered too often")
    given = AdoptionAnswer(question_id=question.id, answer=command.answer, why=command.why.strip())
    session.add(given)
    # The link is the right: whoever was asked speaks, signed in or not.
    actor = Actor(question.user_id)
    audit.record(session, actor, "answer", "adoption_question", question.id)
    if question.step is not None and _is_latest(session, question):
        journey = question.step.journey
        if journey.stage in ASKED_AT and journey.stage is not STAGE_OF[command.answer]:
            journeys.move(
                session, actor, journey, ACT_OF[command.answer], reason=command.why.strip()
            )
    return given


def ledger(session: Session, actor: Actor) -> list[Asked]:
    """Return the latest questions and how they stand, for coordinators."""
    if not actor.coordinates:
        raise NotAllowed("coordinators see the ledger")
    latest = _whole().order_by(AdoptionQuestion.asked.desc(), AdoptionQuestion.id).limit(200)
    return _told(session, session.scalars(latest).all())


def standing_of_result(session: Session, result: Result) -> Standing | None:
    """Return what is known of a result where it was made: the last that is more than waiting."""
    questions = session.scalars(
        select(AdoptionQuestion)
        .join(AdoptionQuestion.step)
        .where(JourneyStep.journey_id == result.collaboration.journey_id)
        .options(selectinload(AdoptionQuestion.answers))
        .order_by(AdoptionQuestion.asked.desc())
    ).all()
    known = [
        standing(each.answers[-1].answer if each.answers else None, each.asked, now())
        for each in questions
    ]
    told = (each for each in known if each is not Standing.WAITING)
    return next(told, known[0] if known else None)


def asked_about_uptake(session: Session, uptake_id: UUID) -> bool:
    """Whether anything was asked about an uptake."""
    wanted = select(AdoptionQuestion.id).where(AdoptionQuestion.uptake_id == uptake_id)
    return session.scalar(wanted.limit(1)) is not None


def _is_latest(session: Session, question: AdoptionQuestion) -> bool:
    later = select(AdoptionQuestion.id).where(
        AdoptionQuestion.step_seq == question.step_seq, AdoptionQuestion.months > question.months
    )
    return session.scalar(later.limit(1)) is None


def _whole() -> Select[AdoptionQuestion]:
    of_need = (joinedload(Need.unit).joinedload(Unit.organisation),)
    step = joinedload(AdoptionQuestion.step).joinedload(JourneyStep.journey)
    adoption = joinedload(AdoptionQuestion.adoption)
    uptake = joinedload(AdoptionQuestion.uptake)
    return select(AdoptionQuestion).options(
        selectinload(AdoptionQuestion.answers),
        step.joinedload(Journey.need).options(*of_need),
        adoption.joinedload(Adoption.need).options(*of_need),
        uptake.joinedload(Uptake.unit).joinedload(Unit.organisation),
        uptake.joinedload(Uptake.result),
    )


def _told(session: Session, questions: Sequence[AdoptionQuestion]) -> list[Asked]:
    journey_ids = [each.step.journey_id for each in questions if each.step is not None]
    signed = (
        select(Collaboration.journey_id, Result)
        .join(Result, Result.collaboration_id == Collaboration.id)
        .join(Result.receipt)
        .where(Collaboration.journey_id.in_(journey_ids))
        .order_by(Receipt.at)
    )
    results: dict[UUID, Result] = {key: result for key, result in session.execute(signed)}  # noqa: C416 -- rows are no pairs to mypy
    return [_tell(session, each, results) for each in questions]


def _tell(session: Session, question: AdoptionQuestion, results: dict[UUID, Result]) -> Asked:
    answer = question.answers[-1] if question.answers else None
    title, language, unit = _about(session, question, results)
    return Asked(
        question=question,
        title=title,
        language=language,
        unit=unit,
        standing=standing(answer.answer if answer else None, question.asked, now()),
        answer=answer,
    )


def _about(
    session: Session, question: AdoptionQuestion, results: dict[UUID, Result]
) -> tuple[str, Language, Unit | None]:
    if question.uptake is not None:
        result = question.uptake.result
        return result.title, result.language, question.uptake.unit
    if question.adoption is not None:
        need = question.adoption.need
        return need.title, need.language, need.unit
    journey = question.step.journey if question.step else None
    if journey is None:
        return "", Language.FI, None
    unit = journey.need.unit if journey.need else None
    if journey.id in results:
        return results[journey.id].title, results[journey.id].language, unit
    language = journey.need.language if journey.need else Language.FI
    return title_of_journey(session, journey), language, unit
