"""The demo bank's collaborations: one under way, one in use, one that ended as a lesson, a Fest."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Collaboration, Need, Result, Unit, User
from needsbank.domain.adoption_ledger import AnswerQuestion, InUse
from needsbank.domain.clock import moved, now
from needsbank.domain.collaborations import (
    AddMilestone,
    AskAbout,
    PartyRole,
    PartyState,
    SetGoal,
    UnclearAbout,
)
from needsbank.domain.events import AddSlot, DescribeEvent, EventKind
from needsbank.domain.fields import Field
from needsbank.domain.handing_over import GiveFeedback, OfferResult, SignReceipt
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.languages import Language
from needsbank.domain.needs import NeedState, Scope
from needsbank.domain.roles import Actor
from needsbank.domain.routes import Route
from needsbank.domain.sketches import WriteSketch
from needsbank.domain.visibility import Visibility
from needsbank.services import (
    adoption_ledger,
    events,
    handing_over,
    journeys,
    sketches,
    uptakes,
    working_together,
)
from needsbank.services.adoption_questions import ask_due
from needsbank.services.collaborations import ask_to_take, make

_PARTIES = {
    "partneri@demo.example": PartyRole.PARTNER,
    "jasen@demo.example": PartyRole.TEAM,
    "lahettilas@demo.example": PartyRole.AMBASSADOR,
}


def add_demo_results(session: Session) -> None:
    """Lead three needs as far as work can be led; the accounts of the demo are their parties."""
    people = {user.email: user for user in session.scalars(select(User))}
    if not people.keys() >= {*_PARTIES, "koordinaattori@demo.example", "yritys@demo.example"}:
        return
    coordinator = people["koordinaattori@demo.example"].actor
    _under_way(session, people)
    result = _in_use(session, people)
    _lesson(session, people)
    _fest(session, coordinator, result)
    _sketch(session, coordinator)


def _under_way(session: Session, people: dict[str, User]) -> None:
    partner, team = (people[f"{who}@demo.example"].actor for who in ("partneri", "jasen"))
    with moved(timedelta(days=-24)):
        work = _begun(
            session,
            people,
            title="Hälytyskellot soivat yöllä turhaan",
            problem="Osaston kellot soivat yössä kymmeniä kertoja ilman syytä, eikä niihin enää"
            " reagoida niin kuin pitäisi.",
            wished_change="Yöllä soi vain, kun joku tarvitsee apua.",
        )
        goal = SetGoal(
            target_change="Yöllä soi vain, kun joku tarvitsee apua.",
            measure="Turhia hälytyksiä yössä",
            baseline="43",
            target="10",
        )
        working_together.set_goal(session, partner, work.id, goal)
        today = now().date()
        done = AddMilestone(title="Seurataan hälytyksiä viikko", due=today + timedelta(days=10))
        first = working_together.add_milestone(session, team, work.id, done)
        later = AddMilestone(title="Kokeillaan uusia rajoja", due=today + timedelta(days=40))
        working_together.add_milestone(session, team, work.id, later)
        working_together.write_note(
            session, team, work.id, "Hei! Sopisiko ensimmäinen tapaaminen osastolla torstaina?"
        )
    with moved(timedelta(days=-9)):
        working_together.write_note(
            session, partner, work.id, "Sopii. Taustaa löytyy: https://www.julkari.fi"
        )
        working_together.tick(session, team, work.id, first.id, done=True)
        unclear = AskAbout(
            about=UnclearAbout.AGREEMENT, question="Tarvitaanko seurantaan tutkimuslupa?"
        )
        working_together.ask_about(session, team, work.id, unclear)


def _in_use(session: Session, people: dict[str, User]) -> Result:
    partner, team, company = (
        people[f"{who}@demo.example"].actor for who in ("partneri", "jasen", "yritys")
    )
    with moved(timedelta(days=-230)):
        work = _begun(
            session,
            people,
            title="Vapaaehtoiset eivät tiedä, milloin heitä kaivataan",
            problem="Vapaaehtoiset tulevat osastolle silloin kun heille sopii, ja usein kolme on"
            " paikalla yhtä aikaa ja viikonloppuna ei ketään.",
            wished_change="Joku on juttuseurana jokaisena viikonloppuna.",
        )
    with moved(timedelta(days=-214)):
        offer = OfferResult(
            title="Juttuseuran vuorotaulu",
            summary="Seinälle ja puhelimeen sopiva vuorotaulu, johon vapaaehtoinen merkitsee"
            " itsensä ja josta osasto näkee, kuka on tulossa.",
            handed_over="Taulun pohja, ohje osastolle ja kokemukset kahden kuukauden kokeilusta.",
        )
        result = handing_over.offer(session, team, work.id, offer)
        seen = handing_over.hash_of(result, [])
        command = SignReceipt(collaboration_id=work.id, content_hash=seen)
        handing_over.sign(session, partner, command)
        thanks = GiveFeedback(score=5, words="Osasto otti meidät mukaan arkeen.")
        handing_over.give_feedback(session, team, work.id, thanks)
    unit = _unit_of(session, people["yritys@demo.example"])
    with moved(timedelta(days=-150)):
        uptakes.take_up(session, company, result.id, unit.id)
    with moved(timedelta(days=-120)):
        ask_due(session)
        (asked, *_) = _questions(session, people)
        said = AnswerQuestion(code=asked, answer=InUse.IN_USE)
        adoption_ledger.answer(session, said)
    with moved(timedelta(days=-31)):
        ask_due(session)  # nobody answers these: unknown by now
    return result


def _lesson(session: Session, people: dict[str, User]) -> None:
    with moved(timedelta(days=-75)):
        work = _begun(
            session,
            people,
            title="Kotiutusohjetta on vaikea ymmärtää",
            problem="Kotiin lähtevän ohje on kolme sivua ammattikieltä. Omaiset soittavat perään.",
            wished_change="Ohjeen ymmärtää kerralla.",
        )
    with moved(timedelta(days=-40)):
        handing_over.break_off(
            session,
            people["jasen@demo.example"].actor,
            work.id,
            "Ohjepohja vaihtui kesken työn koko alueella. Ensi kerralla kysytään heti alussa, kuka"
            " pohjista päättää ja milloin niitä uusitaan.",
        )


def _fest(session: Session, coordinator: Actor, result: Result) -> None:
    day = (now() + timedelta(days=45)).date()
    begins = datetime(day.year, day.month, day.day, 11, tzinfo=UTC)
    fest = DescribeEvent(
        title="MINNO Fest",
        kind=EventKind.FEST,
        starts=begins,
        ends=begins + timedelta(hours=3),
        place="Kampuksen aula",
        about="Tiimit esittelevät, mitä työyhteisöjen kanssa syntyi. Kaikki ovat tervetulleita.",
    )
    event = events.add_event(session, coordinator, fest)
    opening = AddSlot(starts=begins, title="Avaus ja kahvit")
    events.add_slot(session, coordinator, event.id, opening)
    shown = AddSlot(starts=begins + timedelta(minutes=30), result_id=result.id)
    events.add_slot(session, coordinator, event.id, shown)


def _sketch(session: Session, coordinator: Actor) -> None:
    wanted = select(Need).where(
        Need.state == NeedState.OPEN,
        Need.visibility == Visibility.PUBLIC,
        Need.field == Field.HEALTH_SOCIAL,
    )
    by_unit = {need.unit_id: need for need in session.scalars(wanted.order_by(Need.title))}
    if len(by_unit) < 3:
        return
    command = WriteSketch(
        title="Sujuva arki kotihoidossa",
        problem="Kolmessa yksikössä aikaa kuluu samaan: etsimiseen, soittelemiseen, odotteluun.",
        existing="Yksiköissä on kokeiltu omia ratkaisuja, mutta niitä ei ole verrattu toisiinsa.",
        wished_change="Aika menee asiakkaiden luona olemiseen.",
        measures="Minuutteja päivässä muuhun kuin asiakastyöhön.",
        parties="Kolme yksikköä, ammattikorkeakoulu ja alueen yrityksiä.",
        funding_call="Seuraava alueellinen kehittämishaku.",
        need_ids=tuple(need.id for need in list(by_unit.values())[:3]),
    )
    sketches.write_sketch(session, coordinator, command)


def _begun(session: Session, people: dict[str, User], **texts: str) -> Collaboration:
    """Add a need whose representative and team have begun to work on it."""
    author = people["partneri@demo.example"]
    unit = _unit_of(session, author)
    need = Need(
        author_id=author.id,
        organisation_id=unit.organisation_id,
        unit_id=unit.id,
        language=Language.FI,
        field=Field.HEALTH_SOCIAL,
        scope=Scope.TEAM,
        visibility=Visibility.PUBLIC,
        state=NeedState.AGREED,
        opened=now(),
        **texts,
    )
    session.add(need)
    session.flush()  # the journey names the need
    journey = journeys.begin(session, author.actor, Stage.IN_COORDINATION, need_id=need.id)
    journey.route = Route.MINNO
    journeys.move(session, author.actor, journey, Act.AGREE)
    collaboration = make(session, journey)
    known = {party.user_id: party for party in collaboration.parties}
    for email, role in _PARTIES.items():
        user_id = people[email].id
        party = known.get(user_id) or ask_to_take(session, collaboration, user_id, role)
        party.state, party.answered = PartyState.ACCEPTED, now()
    session.flush()  # who may do what is asked of the database
    return collaboration


def _unit_of(session: Session, user: User) -> Unit:
    home = user.memberships[0].organisation_id
    wanted = select(Unit).where(Unit.organisation_id == home).order_by(Unit.name).limit(1)
    return session.scalars(wanted).one()


def _questions(session: Session, people: dict[str, User]) -> list[str]:
    partner_id = people["partneri@demo.example"].id
    return [
        row.question.code
        for row in adoption_ledger.ledger(session, people["koordinaattori@demo.example"].actor)
        if row.question.user_id == partner_id
    ]
