"""Asking whether something is in use, 3, 6 and 12 months after it was handed over or taken up.

A question and its message are rows of one transaction, and its key (what it is about, after how
many months) is unique: whatever is killed or run twice, each is asked once. Who was silent for so
long that several questions are due is asked the latest of them.
"""

from datetime import datetime
from secrets import token_urlsafe
from uuid import UUID

from sqlalchemy import exists, select
from sqlalchemy.orm import Session, aliased, joinedload

from needsbank.db.models import (
    Adoption,
    AdoptionQuestion,
    Collaboration,
    Journey,
    JourneyStep,
    Receipt,
    Result,
    Uptake,
    User,
)
from needsbank.domain.adoption_ledger import ASKED_AFTER, ASKED_AT, BEGINS, months_before
from needsbank.domain.clock import now
from needsbank.domain.languages import Language
from needsbank.domain.outbox import MessageKind, Post
from needsbank.services.followers import captures_behind
from needsbank.services.outbox import post

AT_ONCE = 50


def ask_due(session: Session) -> int:
    """Ask what has become due: about hand-overs and adoptions, and about what others took up."""
    at, asked = now(), 0
    for months in sorted(ASKED_AFTER, reverse=True):
        since = months_before(at, months)
        asked += _ask_journeys(session, months, since)
        asked += _ask_adoptions(session, months, since)
        asked += _ask_uptakes(session, months, since)
    return asked


def _ask_journeys(session: Session, months: int, since: datetime) -> int:
    later = aliased(JourneyStep)
    due = (
        select(JourneyStep)
        .join(JourneyStep.journey)
        .where(
            JourneyStep.act.in_(BEGINS),
            JourneyStep.at <= since,
            Journey.stage.in_(ASKED_AT),
            ~exists().where(
                later.journey_id == JourneyStep.journey_id,
                later.act.in_(BEGINS),
                later.seq > JourneyStep.seq,
            ),
            ~exists().where(
                AdoptionQuestion.step_seq == JourneyStep.seq, AdoptionQuestion.months >= months
            ),
        )
        .options(joinedload(JourneyStep.journey).joinedload(Journey.need))
        .order_by(JourneyStep.seq)
        .limit(AT_ONCE)
    )
    found = session.scalars(due).all()
    for step in found:
        user_id, address, language = _whom_to_ask(session, step.journey)
        question = AdoptionQuestion(
            step_seq=step.seq, months=months, user_id=user_id, address=address
        )
        _ask(session, question, title_of_journey(session, step.journey), language)
    return len(found)


def _ask_adoptions(session: Session, months: int, since: datetime) -> int:
    on_a_journey = exists().where(Journey.need_id == Adoption.need_id, Journey.stage.in_(ASKED_AT))
    due = (
        select(Adoption)
        .where(
            Adoption.at <= since,
            Adoption.ended.is_(None),
            ~on_a_journey,
            ~exists().where(
                AdoptionQuestion.adoption_id == Adoption.id, AdoptionQuestion.months >= months
            ),
        )
        .options(joinedload(Adoption.need))
        .order_by(Adoption.at, Adoption.id)
        .limit(AT_ONCE)
    )
    found = session.scalars(due).all()
    for adoption in found:
        question = AdoptionQuestion(
            adoption_id=adoption.id, months=months, user_id=adoption.need.author_id
        )
        _ask(session, question, adoption.need.title)
    return len(found)


def _ask_uptakes(session: Session, months: int, since: datetime) -> int:
    due = (
        select(Uptake)
        .where(
            Uptake.at <= since,
            ~exists().where(
                AdoptionQuestion.uptake_id == Uptake.id, AdoptionQuestion.months >= months
            ),
        )
        .options(joinedload(Uptake.result))
        .order_by(Uptake.at, Uptake.id)
        .limit(AT_ONCE)
    )
    found = session.scalars(due).all()
    for uptake in found:
        question = AdoptionQuestion(uptake_id=uptake.id, months=months, user_id=uptake.taken_by_id)
        _ask(session, question, uptake.result.title)
    return len(found)


def _ask(
    session: Session, question: AdoptionQuestion, title: str, language: Language = Language.FI
) -> None:
    question.code = token_urlsafe(32)
    session.add(question)
    session.flush()  # the message is known by the question's key
    if question.user_id is None and not question.address:
        return  # nobody is left to ask: the ledger will say unknown
    told = Post(
        key=f"adoption:{question.id}",
        kind=MessageKind.ADOPTION_ASKED,
        words={"title": title, "months": question.months, "path": f"/in-use/{question.code}"},
        user_id=question.user_id,
        address=question.address,
        language=language,
    )
    post(session, told)


def _whom_to_ask(session: Session, journey: Journey) -> tuple[UUID | None, str, Language]:
    """Return who signed for the result, else the need's author, else a sender who gave mail."""
    signed = (
        select(Receipt.signed_by_id)
        .join(Receipt.result)
        .join(Result.collaboration)
        .where(Collaboration.journey_id == journey.id)
        .order_by(Receipt.at.desc())
        .limit(1)
    )
    signer = session.scalar(signed)
    if signer is None and journey.need is not None:
        signer = journey.need.author_id
    if signer is not None:
        return signer, "", session.get_one(User, signer).language
    for capture in captures_behind(session, journey):
        if capture.sender_id is not None or capture.email:
            return capture.sender_id, capture.email, capture.language
    return None, "", Language.FI


def title_of_journey(session: Session, journey: Journey) -> str:
    """Return what a journey's matter is called: its result, its need, or an idea's first words."""
    result = session.scalar(
        select(Result.title)
        .join(Result.receipt)
        .join(Result.collaboration)
        .where(Collaboration.journey_id == journey.id)
        .order_by(Receipt.at.desc())
        .limit(1)
    )
    if result is not None:
        return str(result)
    if journey.need is not None:
        return journey.need.title
    ideas = captures_behind(session, journey)
    return ideas[0].text[:120] if ideas else ""
