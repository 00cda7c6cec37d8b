"""Workshops of the made-up bank: one asked for, one under way, one handed over."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Board, User, WorkshopSeries
from needsbank.domain import clock
from needsbank.domain.boards import BoardStep, HandOver, WordChallenge
from needsbank.domain.clock import now
from needsbank.domain.languages import Language
from needsbank.domain.needs import Scope
from needsbank.domain.visibility import Visibility
from needsbank.domain.workshops import (
    FINNISH_TIME,
    AskForWorkshops,
    ConfirmSeries,
    PlannedWorkshop,
    a_week_apart,
    finnish_moment,
)
from needsbank.services import boards, challenge_sheets, gathering, grouping, voting, wording
from needsbank.services.workshop_requests import ask, units_to_ask_for
from needsbank.services.workshop_series import clashes_of_plan, confirm

_THEMES = ("Ideoiden kerääminen", "Ryhmittely ja aiempi tieto", "Äänestys ja yksi haaste")
_IDEAS = """\
Avaimet ovat aina hukassa, kun sijainen lähtee kentälle
Avainkaapin avaimet ovat hukassa iltavuorossa
Kirjaan samat asiat kolmeen paikkaan
Kirjaaminen vie puolet vuorosta
Uuden työntekijän perehdytys jää kesken
Perehdytykseen ei ole aikaa
Asiakkaat ovat yksinäisiä viikonloppuisin
Yksinäinen asiakas kaipaisi juttuseuraa
Kukaan ei ehdi ulkoilla asiakkaan kanssa
Käyntilistalla ajetaan ristiin rastiin kaupunkia
Viestit hukkuvat eri ryhmiin, eikä aamulla tiedä, mitä illalla sovittiin
Työpuhelimen akku loppuu kesken iltavuoron
"""
_HANDED_OVER = {
    "Lääkkeenjaon keskeytykset": (
        "Lääkkeitä jakaessa joku keskeyttää aina",
        "Puhelin soi kesken dosettien täytön",
        "Lääkehuoneessa ei ole rauhaa",
    ),
    "Illan sairaanhoitaja": (
        "Iltaisin on vaikea saada sairaanhoitajaa kiinni",
        "Kukaan ei tiedä, kuka illalla päivystää",
    ),
}


def show_workshops(session: Session) -> None:
    """Let the demo accounts ask for workshops, hold some, and hand one challenge over."""
    people = {user.email.split("@")[0]: user for user in session.scalars(select(User))}
    partner, ambassador = people["partneri"], people["lahettilas"]
    coordinator = people["koordinaattori"]
    under_way, asked_for, done = units_to_ask_for(session, partner.actor)[-3:]
    _asked(session, partner, asked_for.id, in_days=21)
    with clock.moved(-timedelta(days=10)):
        series = _asked(session, partner, under_way.id, in_days=3)
        board = _begun(session, coordinator, ambassador, series)
    with clock.moved(-timedelta(days=5)):
        gathering.add_from_paper(session, ambassador.actor, board, _IDEAS, Language.FI)
    _move(session, ambassador, board, BoardStep.GROUP)
    with clock.moved(-timedelta(days=45)):
        series = _asked(session, partner, done.id, in_days=9)
        board = _begun(session, coordinator, ambassador, series)
    with clock.moved(-timedelta(days=20)):
        _handed_over(session, ambassador, board)


def _asked(session: Session, partner: User, unit_id: UUID, *, in_days: int) -> WorkshopSeries:
    command = AskForWorkshops(
        unit_id=unit_id,
        team_size=9,
        times=tuple(_weekday(in_days + later, 13) for later in (0, 3, 7)),
        hours_granted=6,
        granted_by="Palveluesihenkilö Sari Salo",
        place="Neuvotteluhuone Saari",
        wishes="Toivomme, että myös iltavuorolaiset pääsevät mukaan.",
    )
    return ask(session, partner.actor, command)


def _begun(session: Session, coordinator: User, ambassador: User, series: WorkshopSeries) -> Board:
    starts = a_week_apart(series.times[0].starts)
    command = ConfirmSeries(
        series_id=series.id,
        ambassador_ids=(ambassador.id,),
        workshops=tuple(
            PlannedWorkshop(starts=each, theme=theme)
            for each, theme in zip(starts, _THEMES, strict=True)
        ),
        minutes=120,
        place=series.place,
    )
    # The made-up weeks may hold a holiday or touch each other: the coordinator has seen that.
    _, seen = clashes_of_plan(session, coordinator.actor, command, Language.FI)
    confirm(session, coordinator.actor, replace(command, seen=seen), Language.FI)
    return boards.open_board(session, ambassador.actor, series.id)


def _handed_over(session: Session, ambassador: User, board: Board) -> None:
    ideas = [idea for group in _HANDED_OVER.values() for idea in group]
    paper = "\n".join(ideas)
    added = gathering.add_from_paper(session, ambassador.actor, board, paper, Language.FI)
    _move(session, ambassador, board, BoardStep.GROUP)
    groups = []
    for name, texts in _HANDED_OVER.items():
        group = grouping.make_group(session, board, name)
        groups.append(group)
        for idea in added:
            if idea.capture.text in texts:
                grouping.move_idea(session, board, idea.id, group.id)
    _move(session, ambassador, board, BoardStep.COMPARE, BoardStep.VOTE)
    _voted(session, board, [groups[0].id, groups[0].id, groups[1].id])
    _move(session, ambassador, board, BoardStep.WORD)
    challenge = WordChallenge(
        group_id=groups[0].id,
        title="Miten lääkkeenjako saadaan rauhoitettua keskeytyksiltä?",
        problem="Lääkkeet jaetaan huoneessa, jossa puhelin soi ja ovi käy. Keskeytykset"
        " aiheuttavat virheitä, ja jakaminen venyy ylitöiksi.",
        who_suffers="Asiakkaat, jotka saavat väärän lääkkeen tai odottavat sitä, ja jakaja.",
        wished_change="Jakaja saa tehdä työn kerralla loppuun.",
        measure="Lääkepoikkeamien määrä puolittuu puolessa vuodessa.",
    )
    wording.word(session, board, challenge)
    command = HandOver(
        visibility=Visibility.NETWORK,
        scope=Scope.TEAM,
        back_reason="Palaamme iltapäivystykseen, kun uusi työvuorosuunnittelu on käytössä.",
    )
    challenge_sheets.hand_over(session, ambassador.actor, board.series_id, command)


def _voted(session: Session, board: Board, dots: Sequence[UUID]) -> None:
    for name in ("Mari", "", "Jussi"):
        key = gathering.join(session, board, name)
        participant = gathering.participant_of(session, board, key)
        if participant is not None:
            for group_id in dots:
                voting.place_dot(session, board, participant, group_id)


def _move(session: Session, ambassador: User, board: Board, *steps: BoardStep) -> None:
    for step in steps:
        boards.move_board(session, ambassador.actor, board.series_id, step, board.step)


def _weekday(days: int, hour: int) -> datetime:
    """Return an hour of the first Monday to Friday that is at least so many days away."""
    day: date = now().astimezone(FINNISH_TIME).date() + timedelta(days=days)
    while day.weekday() > 4:
        day += timedelta(days=1)
    return finnish_moment(day, time(hour))
