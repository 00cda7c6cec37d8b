"""The worded challenge becomes a need before the coordination team, its ideas with it."""

import json

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError

from needsbank.db.models import AuditEntry, ChallengeSheet, Journey, Message, Need
from needsbank.domain.boards import BoardStep, HandOver, WordChallenge
from needsbank.domain.errors import Conflict, IllegalTransition, Invalid, NotFound
from needsbank.domain.journeys import Stage
from needsbank.domain.languages import Language
from needsbank.domain.needs import NeedState, Scope
from needsbank.domain.roles import Role
from needsbank.domain.visibility import Visibility
from needsbank.domain.workshops import SeriesState
from needsbank.services import boards, challenge_sheets, wording
from needsbank.services.followers import captures_behind
from tests.factories import add_board, add_series, add_user

GROUPS = {"Avaimet": ["Avaimet hukassa", "Kaappi lukossa"], "Ruoka": ["Ruoka kylmää"]}


@pytest.fixture
def ambassador(session):
    return add_user(session, Role.AMBASSADOR)


@pytest.fixture
def series(session, ambassador):
    return add_series(session, state=SeriesState.UNDER_WAY, ambassadors=[ambassador])


@pytest.fixture
def board(session, series):
    return add_board(session, series, BoardStep.WORD, GROUPS)


@pytest.fixture
def ideas(session, board):
    """The captures on the board, by text."""
    stood = boards.standing(session, board)
    return {each.capture.text: each.capture for _, held, _ in stood.groups for each in held}


def wording_of(session, board, **values):
    group = boards.standing(session, board).groups[0][0]
    defaults = {
        "group_id": group.id,
        "title": "Miten sijainen löytää asiakkaan avaimen?",
        "problem": "Avaimia etsitään joka vuorossa, ja käynnit myöhästyvät.",
        "who_suffers": "Sijaiset ja asiakkaat",
        "wished_change": "Avain löytyy minuutissa.",
        "measure": "Myöhästyneiden käyntien määrä puolittuu.",
    }
    return WordChallenge(**{**defaults, **values})


def handing_over(session, ambassador, series, **values):
    command = HandOver(**{"visibility": Visibility.NETWORK, "scope": Scope.TEAM, **values})
    return challenge_sheets.hand_over(session, ambassador.actor, series.id, command)


@pytest.fixture
def handed_over(session, ambassador, series, board, ideas):
    ideas["Avaimet hukassa"].email = "mari@team.example"
    wording.word(session, board, wording_of(session, board))
    sheet = handing_over(session, ambassador, series, back_reason="Palataan tähän syksyllä.")
    session.commit()
    return sheet


def test_the_challenge_becomes_a_need_of_who_asked(session, series, handed_over):
    need = session.get_one(Need, handed_over.need_id)
    assert (need.author_id, need.unit_id) == (series.requester_id, series.unit_id)
    assert need.organisation_id == series.unit.organisation_id
    assert (need.state, need.visibility, need.scope) == (
        NeedState.OPEN,
        Visibility.NETWORK,
        Scope.TEAM,
    )
    assert (need.who_suffers, need.wished_change, need.measure) == (
        "Sijaiset ja asiakkaat",
        "Avain löytyy minuutissa.",
        "Myöhästyneiden käyntien määrä puolittuu.",
    )
    assert need.language is Language.FI
    assert (series.state, handed_over.board.step) == (SeriesState.DONE, BoardStep.HANDED_OVER)


def test_its_ideas_go_on_with_it_and_the_others_go_back_with_a_reason(
    session, ambassador, handed_over, ideas
):
    journey = session.scalar(select(Journey).where(Journey.need_id == handed_over.need_id))
    assert (journey.stage, journey.holder_id) == (Stage.IN_COORDINATION, ambassador.id)
    behind = {each.text for each in captures_behind(session, journey)}
    assert behind == {"Avaimet hukassa", "Kaappi lukossa"}
    joined = ideas["Avaimet hukassa"].journey
    assert (joined.stage, joined.into_id) == (Stage.JOINED, journey.id)
    assert joined.steps[-1].reason == "Miten sijainen löytää asiakkaan avaimen?"
    back = ideas["Ruoka kylmää"].journey
    assert (back.stage, back.steps[-1].reason) == (Stage.CAUGHT, "Palataan tähän syksyllä.")
    told = {each.address: each.words["stage"] for each in session.scalars(select(Message))}
    assert told["mari@team.example"] == "joined"


def test_without_a_reason_the_others_stay_in_the_workshop(
    session, ambassador, series, board, ideas
):
    wording.word(session, board, wording_of(session, board))
    handing_over(session, ambassador, series)
    assert ideas["Ruoka kylmää"].journey.stage is Stage.IN_WORKSHOP


def test_the_sheet_says_what_was_decided_and_by_whom(session, series, handed_over):
    content = challenge_sheets.content_of(handed_over)
    assert content["title"] == "Miten sijainen löytää asiakkaan avaimen?"
    assert content["measure"] == "Myöhästyneiden käyntien määrä puolittuu."
    assert [(each["name"], each["chosen"], each["ideas"]) for each in content["groups"]] == [
        ("Avaimet", True, ["Avaimet hukassa", "Kaappi lukossa"]),
        ("Ruoka", False, ["Ruoka kylmää"]),
    ]
    assert content["ambassadors"] == [each.user.name for each in series.ambassadors]
    assert [each["number"] for each in content["workshops"]] == [1, 2, 3]


def test_a_locked_sheet_cannot_be_changed(session, handed_over):
    assert challenge_sheets.is_unchanged(handed_over)
    changes = (update(ChallengeSheet).values(content="{}"), delete(ChallengeSheet))
    for change in changes:
        with pytest.raises(IntegrityError):
            session.execute(change)
        session.rollback()


def test_a_sheet_that_was_changed_behind_the_banks_back_gives_itself_away(session, handed_over):
    content = json.loads(handed_over.content) | {"title": "Something else"}
    handed_over.content = json.dumps(content)
    assert not challenge_sheets.is_unchanged(handed_over)


def test_who_may_read_the_series_may_read_its_sheet(session, series, handed_over):
    reader = series.requester.actor
    assert challenge_sheets.sheet_to_read(session, reader, series.id) is handed_over
    for stranger in (add_user(session, Role.PARTNER), add_user(session, Role.AMBASSADOR)):
        with pytest.raises(NotFound):
            challenge_sheets.sheet_to_read(session, stranger.actor, series.id)


def test_handing_over_is_logged_and_done_once(session, ambassador, series, handed_over):
    acts = session.scalars(select(AuditEntry.act).where(AuditEntry.subject_id == series.id))
    assert list(acts) == ["hand_over"]
    with pytest.raises(IllegalTransition):
        handing_over(session, ambassador, series)


def test_an_unworded_challenge_is_not_handed_over(session, ambassador, series, board):
    with pytest.raises(Conflict):
        handing_over(session, ambassador, series)


def test_the_wording_can_be_said_anew_until_it_is_handed_over(session, board):
    wording.word(session, board, wording_of(session, board))
    session.commit()
    wording.word(session, board, wording_of(session, board, title=" Avain esiin "))
    session.commit()
    session.refresh(board)
    assert board.wording.title == "Avain esiin"
    board.step = BoardStep.VOTE
    with pytest.raises(Conflict):
        wording.word(session, board, wording_of(session, board))


def test_a_wording_needs_a_title_and_a_problem(session, board):
    command = wording_of(session, board, title="", problem=" ", measure="x" * 1001)
    with pytest.raises(Invalid) as refused:
        wording.word(session, board, command)
    assert refused.value.errors == {
        "title": "required",
        "problem": "required",
        "measure": "too_long",
    }


def test_an_idea_that_its_sender_took_back_is_left_alone(session, ambassador, series, board, ideas):
    ideas["Kaappi lukossa"].journey.stage = Stage.WITHDRAWN
    session.commit()
    wording.word(session, board, wording_of(session, board))
    sheet = handing_over(session, ambassador, series)
    session.commit()
    assert ideas["Kaappi lukossa"].journey.stage is Stage.WITHDRAWN
    assert challenge_sheets.content_of(sheet)["groups"][0]["ideas"] == ["Avaimet hukassa"]
