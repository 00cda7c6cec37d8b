"""A few matters of the demo bank on their way, so that each tab of the team's queue has some."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Capture, Competence, Journey, Need, Unit, User
from needsbank.domain.answers_back import AnswerSenders
from needsbank.domain.clock import now, today
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.languages import Language
from needsbank.domain.needs import Scope
from needsbank.domain.representatives import NameRepresentative
from needsbank.domain.roles import ANONYMOUS, Actor
from needsbank.domain.route_decisions import (
    Assessment,
    Criterion,
    DecideAdvise,
    DecideMinno,
    DecidePark,
    DecideRefer,
    DecideRoute,
)
from needsbank.services import journeys
from needsbank.services.answers_back import send_answers
from needsbank.services.journeys_of_needs import journey_to_move
from needsbank.services.representing import name_representative
from needsbank.services.routing import decide_route

KeyOf = Callable[[str], UUID]
"""Returns the key of a record of the demo bank."""

_CRITERIA = {
    Criterion.FEASIBLE: Assessment.YES,
    Criterion.URGENT: Assessment.PARTLY,
    Criterion.BENEFITS_MANY: Assessment.YES,
}


def decide_on_some(session: Session, key_of: KeyOf) -> None:
    """Have one matter decided, one taken up, one parked, and an idea wait for too long."""
    people = {user.email: user.actor for user in session.scalars(select(User))}
    coordinator = people["koordinaattori@demo.example"]
    ambassador = people["lahettilas@demo.example"]
    _decide(session, coordinator, key_of("n-sv-bybutiken"), _advice())
    _decide(session, coordinator, key_of("n-iltapajat-tyhjina"), _referral())
    _park(session, coordinator, key_of("n-sv-byns-bilder"))
    _start(session, coordinator, key_of)
    _leave_idea_waiting(session, ambassador)


def _advice() -> DecideAdvise:
    return DecideAdvise(
        advice="Be om att få låna andelslagets modell för delad butik från grannkommunen.",
        **_shared("Samma sak har lösts i grannkommunen, så ett nytt projekt behövs inte."),
    )


def _referral() -> DecideRefer:
    return DecideRefer(
        refer_to="kaupungin nuorisopalvelujen verkkotoimittaja",
        **_shared("Nuoret tavoitetaan kanavissa, joita nuorisopalvelut jo hoitaa."),
    )


def _park(session: Session, coordinator: Actor, need_id: UUID) -> None:
    reason = "Kursen i digital arkivering ordnas igen till våren."
    command = DecidePark(returns_on=today() + timedelta(days=120), **_shared(reason))
    journey = _decide(session, coordinator, need_id, command)
    text = f"Hej,\n\ner idé vilar tills vidare. {reason} Vi återkommer då av oss själva."
    _send(session, coordinator, journey, {Language.SV: text})


def _start(session: Session, coordinator: Actor, key_of: KeyOf) -> None:
    offered = session.get_one(Competence, key_of("c-kiertotalousprojekti"))
    reason = "Kurssin aihe osuu suoraan tähän, ja tulos hyödyttää jokaista hoivakotia."
    command = DecideMinno(
        round_id=offered.id, representative="hoivakodin emäntä", **_shared(reason)
    )
    journey = _decide(session, coordinator, key_of("n-hoivakodin-jatteet"), command)
    text = f"Hei,\n\nopiskelijatiimi tarttuu asiaanne. {reason} Nimetkää nyt edustajanne."
    _send(session, coordinator, journey, {Language.FI: text})
    named = NameRepresentative(
        journey_id=journey.id, name="Eila Emäntä", email="eila.emanta@demo.example"
    )
    name_representative(session, coordinator, named)


def _leave_idea_waiting(session: Session, ambassador: Actor) -> None:
    unit = session.scalars(select(Unit).order_by(Unit.name)).first()
    if unit is None:
        return
    journey = journeys.begin(session, ANONYMOUS, Stage.THROWN)
    session.add(
        Capture(
            journey_id=journey.id,
            key=uuid4(),
            follow_code=uuid4().hex,
            unit_id=unit.id,
            text="Hoitotahto löytyy vasta, kun sitä ei voi enää kysyä.",
            language=Language.FI,
            scope=Scope.AREA,
            sender_name="Helmi Hoitaja",
        )
    )
    journeys.move(session, ambassador, journey, Act.CATCH)
    journeys.move(session, ambassador, journey, Act.TAKE_TO_COORDINATION)
    journey.holder_id = ambassador.user_id
    journey.since, journey.due = now() - timedelta(days=24), now() - timedelta(days=3)


def _shared(reason: str) -> dict[str, Any]:
    return {"reason": reason, "criteria": _CRITERIA, "seen": Stage.IN_COORDINATION}


def _decide(session: Session, actor: Actor, need_id: UUID, command: DecideRoute) -> Journey:
    journey = journey_to_move(session, actor, session.get_one(Need, need_id))
    decide_route(session, actor, journey.id, command)
    return journey


def _send(session: Session, actor: Actor, journey: Journey, texts: dict[Language, str]) -> None:
    command = AnswerSenders(texts=texts, seen=Stage.DECIDED)
    send_answers(session, actor, journey.id, command)
