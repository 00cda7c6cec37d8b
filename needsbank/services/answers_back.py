"""Taking the answer back to every sender, each in their own language."""

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Journey, Need, RouteAnswer, RouteDecision, Subject
from needsbank.domain.answers_back import AnswerSenders, problems
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, IllegalTransition, Invalid
from needsbank.domain.journeys import ANSWERS, Act, Stage, turn_from
from needsbank.domain.languages import Language
from needsbank.domain.needs import CloseReason
from needsbank.domain.outbox import MessageKind
from needsbank.domain.roles import Actor
from needsbank.services import journeys, needs
from needsbank.services.adopting import end_as_adopted, to_adopt
from needsbank.services.followers import followers_of, languages_behind
from needsbank.services.matters import decision_on, matter_to_move, title_of
from needsbank.services.outbox import post

BETWEEN_LANGUAGES = "\n\n* * *\n\n"
"""Stands between the texts on the journey, where everybody reads the same."""


def answers_of(session: Session, decision: RouteDecision) -> dict[Language, RouteAnswer]:
    """Return what is written for the senders of each language, sent or not yet."""
    rows = session.scalars(select(RouteAnswer).where(RouteAnswer.decision_id == decision.id))
    return {row.language: row for row in rows}


def answers_to_take_back(session: Session, actor: Actor) -> list[tuple[Journey, str, Language]]:
    """Return the decided matters that the actor has in hand, with their titles, oldest first."""
    if not actor.catches:
        return []
    mine = select(Journey).where(
        Journey.stage == Stage.DECIDED, Journey.holder_id == actor.person_id
    )
    found = session.scalars(mine.order_by(Journey.since, Journey.id)).all()
    return [(journey, *title_of(session, journey)) for journey in found]


def keep_drafts(
    session: Session, actor: Actor, journey_id: UUID, command: AnswerSenders
) -> RouteDecision:
    """Keep the answers as they are written so far; nobody is told."""
    journey = matter_to_move(session, actor, journey_id)
    decision = _to_answer(session, journey, command)
    _keep(session, actor, decision, command)
    return decision


def send_answers(
    session: Session, actor: Actor, journey_id: UUID, command: AnswerSenders
) -> Journey:
    """Send the answer to every sender behind a matter, and let it go on by its route.

    Raises `Invalid` when a language that senders wrote in has no text.
    """
    journey = matter_to_move(session, actor, journey_id)
    decision = _to_answer(session, journey, command)
    languages = languages_behind(session, journey)
    texts = {language: command.texts.get(language, "").strip() for language in languages}
    errors = problems(texts)
    if errors:
        raise Invalid(errors)
    for row in _keep(session, actor, decision, command).values():
        row.sent = now()
    _do_what_was_decided(session, actor, journey, decision)
    step = journeys.move(
        session,
        actor,
        journey,
        ANSWERS[decision.route],
        reason=BETWEEN_LANGUAGES.join(texts.values()),
        route=decision.route,
        seen=command.seen,
        tell=False,
    )
    for follower in followers_of(session, journey):
        if follower.user_id is not None and follower.user_id == actor.user_id:
            continue
        words = {"route": decision.route.value, "text": texts[follower.language]}
        post(session, follower.post(f"answer:{step.seq}", MessageKind.ANSWER, words))
    return journey


def _to_answer(session: Session, journey: Journey, command: AnswerSenders) -> RouteDecision:
    if journey.stage is not Stage.DECIDED:
        raise IllegalTransition(journey.stage, "answer")
    if command.seen is not journey.stage:
        raise Conflict("moved meanwhile")
    decision = decision_on(session, journey)
    if decision is None:
        raise IllegalTransition(journey.stage, "answer")
    turn_from(journey.stage, ANSWERS[decision.route])
    return decision


def _keep(
    session: Session, actor: Actor, decision: RouteDecision, command: AnswerSenders
) -> dict[Language, RouteAnswer]:
    kept = answers_of(session, decision)
    for language, text in command.texts.items():
        row = kept.get(language)
        if row is None:
            row = kept[language] = RouteAnswer(decision_id=decision.id, language=language)
            session.add(row)
        row.text, row.edited, row.edited_by_id = text.strip(), now(), actor.person_id
    return kept


def _do_what_was_decided(
    session: Session, actor: Actor, journey: Journey, decision: RouteDecision
) -> None:
    """Have the need end or wait as its route says, in the transaction of the answer."""
    act = ANSWERS[decision.route]
    need = session.get(Need, journey.need_id) if journey.need_id else None
    if act is Act.ANSWER_AND_PARK:
        journey.returns_on = date.fromisoformat(decision.details["returns_on"])
    elif need is None:
        return
    elif act is Act.ANSWER_AND_END:
        needs.end(session, actor, need, CloseReason.ANSWERED, "")
    elif act is Act.ANSWER_AND_ADOPT:
        # As on the day of the decision: what is ready may have been withdrawn since.
        solution_id = UUID(decision.details["solution"])
        subject = Subject(decision.details["subject"])
        _, solution = to_adopt(session, decision.decided_by.actor, subject, need.id, solution_id)
        end_as_adopted(session, actor, need, solution, "")
