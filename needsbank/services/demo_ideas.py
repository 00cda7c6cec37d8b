"""Ideas of the demo bank, each at another point of its way, and the links they came by."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Capture, Need, Organisation, Unit, UnitLink, User
from needsbank.domain import clock
from needsbank.domain.captures import Naming, ThrowIdea
from needsbank.domain.catching import JoinIdea, ProposeCatcher, TargetKind
from needsbank.domain.journeys import Stage
from needsbank.domain.languages import Language
from needsbank.domain.needs import NeedState, Scope
from needsbank.domain.organisations import Sector
from needsbank.domain.roles import ANONYMOUS
from needsbank.domain.visibility import Visibility
from needsbank.services.capturing import throw
from needsbank.services.catching import catch, join_idea
from needsbank.services.catching_rules import propose_catcher
from needsbank.services.escalating import escalate
from needsbank.services.following import add_line, withdraw
from needsbank.services.unit_links import make_link

Links = Mapping[str, UnitLink]
"""Links by the names of their units."""


def throw_demo_ideas(session: Session) -> None:
    """Give the wellbeing counties' units links, and throw a handful of ideas by them."""
    people = {user.email: user for user in session.scalars(select(User))}
    leo = people["lahettilas@demo.example"]
    kaisa = people["koordinaattori@demo.example"]
    links = _links(session, kaisa)
    _rule(session, kaisa, leo, links["Service för äldre"].unit)
    _late(session, links)
    _caught(session, links, leo)
    _joined(session, links, leo)
    _swedish(session, links, kaisa)
    with _days_ago(0.1):
        _throw(
            session,
            links["Itäinen kotihoitotiimi"],
            "Sijaiset etsivät asiakkaiden avaimia, ja aamukierros alkaa aina myöhässä.",
            scope=Scope.TEAM,
        )


def _links(session: Session, kaisa: User) -> Links:
    units = session.scalars(
        select(Unit)
        .join(Unit.organisation)
        .where(Organisation.sector == Sector.WELLBEING_COUNTY)
        .order_by(Organisation.name, Unit.name)
    ).all()
    with _days_ago(30):
        return {unit.name: make_link(session, kaisa.actor, unit.id) for unit in units}


def _rule(session: Session, kaisa: User, leo: User, unit: Unit) -> None:
    command = ProposeCatcher(unit_id=unit.id, catcher_id=leo.id)
    propose_catcher(session, kaisa.actor, command)


def _late(session: Session, links: Links) -> None:
    with _days_ago(12):
        _throw(
            session,
            links["Sairaalapalvelut ja kotiutus"],
            "Kotiutuspäivän lääkelista tulee kotihoitoon vasta seuraavana aamuna.",
            scope=Scope.AREA,
        )
    with _days_ago(1):
        escalate(session)


def _caught(session: Session, links: Links, leo: User) -> None:
    with _days_ago(3):
        idea = _throw(
            session,
            links["Kotihoito"],
            "Vuoronvaihdon raportti kestää puoli tuntia, eikä kukaan muista siitä mitään.",
            scope=Scope.TEAM,
            naming=Naming.CATCHERS,
            name="Helena, lähihoitaja",
        )
    with _days_ago(2):
        catch(session, leo.actor, idea.id, Stage.THROWN)
        add_line(session, idea.follow_code, "Viikonloppuisin raporttia ei pidetä ollenkaan.")
        session.flush()  # it is of this moment


def _joined(session: Session, links: Links, leo: User) -> None:
    with _days_ago(5):
        idea = _throw(
            session,
            links["Kotihoito"],
            "Uusi työntekijä jää ensimmäisinä viikkoina yksin, kun kaikilla on kiire.",
        )
    need = session.scalar(
        select(Need)
        .where(
            Need.visibility == Visibility.PUBLIC,
            Need.state == NeedState.OPEN,
            Need.language == Language.FI,
            Need.title.contains("opastusta"),
        )
        .order_by(Need.created, Need.id)
        .limit(1)
    )
    if need is None:
        return
    with _days_ago(4):
        catch(session, leo.actor, idea.id, Stage.THROWN)
        command = JoinIdea(
            capture_id=idea.id,
            kind=TargetKind.NEED,
            target_id=need.id,
            reason="Samaan etsitään jo tekijöitä, joten viedään näitä yhdessä.",
            seen=Stage.CAUGHT,
        )
        join_idea(session, leo.actor, command)


def _swedish(session: Session, links: Links, kaisa: User) -> None:
    with _days_ago(0.5):
        _throw(
            session,
            links["Skärgårdsteamet"],
            "Båtturerna och hembesöken planeras i två olika kalendrar.",
            language=Language.SV,
        )
    with _days_ago(6):
        idea = _throw(
            session,
            links["Serviceboendet"],
            "Matsalen är för bullrig för dem som hör dåligt.",
            language=Language.SV,
        )
        catch(session, kaisa.actor, idea.id, Stage.THROWN)
    with _days_ago(5):
        withdraw(session, idea.follow_code)


def _throw(
    session: Session,
    link: UnitLink,
    text: str,
    *,
    language: Language = Language.FI,
    scope: Scope | None = None,
    naming: Naming = Naming.NOBODY,
    name: str = "",
) -> Capture:
    command = ThrowIdea(
        key=uuid4(),
        code=link.code,
        text=text,
        language=language,
        scope=scope,
        naming=naming,
        name=name,
    )
    return throw(session, ANONYMOUS, command)


@contextmanager
def _days_ago(days: float) -> Iterator[None]:
    """Have it be some days ago, so that the demo's ideas have a past."""
    with clock.moved(timedelta(days=-days)):
        yield
