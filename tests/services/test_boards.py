"""A board is opened and moved by who holds the workshops, and holds what is in hand."""

import pytest
from sqlalchemy.exc import IntegrityError

from needsbank.db.models import Journey
from needsbank.domain.boards import BoardStep
from needsbank.domain.errors import Conflict, IllegalTransition, Invalid, NotAllowed, NotFound
from needsbank.domain.journeys import Stage
from needsbank.domain.roles import Role
from needsbank.domain.workshops import SeriesState
from needsbank.services import boards
from tests.factories import add_board, add_series, add_user


@pytest.fixture
def ambassador(session):
    return add_user(session, Role.AMBASSADOR)


@pytest.fixture
def series(session, ambassador):
    return add_series(session, state=SeriesState.UNDER_WAY, ambassadors=[ambassador])


def test_opening_the_board_begins_the_series_and_opening_again_changes_nothing(session, ambassador):
    series = add_series(session, state=SeriesState.CONFIRMED, ambassadors=[ambassador])
    board = boards.open_board(session, ambassador.actor, series.id)
    assert (board.step, series.state) == (BoardStep.GATHER, SeriesState.UNDER_WAY)
    assert boards.open_board(session, ambassador.actor, series.id) is board


def test_only_who_holds_the_workshops_leads_the_board(session, series):
    add_board(session, series)
    with pytest.raises(NotAllowed):
        boards.board_to_lead(session, series.requester.actor, series.id)
    stranger = add_user(session, Role.AMBASSADOR)
    with pytest.raises(NotFound):
        boards.board_to_lead(session, stranger.actor, series.id)
    coordinator = add_user(session, Role.COORDINATOR)
    assert boards.board_to_lead(session, coordinator.actor, series.id).series_id == series.id


def test_a_request_has_no_board_yet(session):
    series = add_series(session)
    coordinator = add_user(session, Role.COORDINATOR)
    with pytest.raises(Conflict):
        boards.open_board(session, coordinator.actor, series.id)


def test_a_link_that_was_guessed_leads_nowhere(session, series):
    board = add_board(session, series)
    assert boards.board_to_join(session, board.code.lower()) is board
    with pytest.raises(NotFound):
        boards.board_to_join(session, "A" * 12)


def test_a_board_does_not_leave_gathering_without_ideas(session, ambassador, series):
    add_board(session, series)
    with pytest.raises(Invalid):
        boards.move_board(session, ambassador.actor, series.id, BoardStep.GROUP, BoardStep.GATHER)


def test_a_step_that_somebody_else_has_made_is_noticed(session, ambassador, series):
    add_board(session, series, BoardStep.VOTE, {"Keys": ["a"]})
    with pytest.raises(Conflict):
        boards.move_board(session, ambassador.actor, series.id, BoardStep.VOTE, BoardStep.COMPARE)
    with pytest.raises(IllegalTransition):
        boards.move_board(session, ambassador.actor, series.id, BoardStep.GATHER, BoardStep.VOTE)


def test_a_board_is_not_simply_moved_to_its_end(session, ambassador, series):
    add_board(session, series, BoardStep.WORD, {"Keys": ["a"]})
    with pytest.raises(Conflict):
        boards.move_board(
            session, ambassador.actor, series.id, BoardStep.HANDED_OVER, BoardStep.WORD
        )


def test_loose_ideas_stand_by_themselves_once_grouping_is_over(session, ambassador, series):
    board = add_board(
        session, series, BoardStep.GROUP, {"Keys": ["a", "b"], "Nothing": []}, ["Cold food"]
    )
    boards.move_board(session, ambassador.actor, series.id, BoardStep.COMPARE, BoardStep.GROUP)
    seen = boards.standing(session, board)
    assert [(group.name, len(ideas)) for group, ideas, _ in seen.groups] == [
        ("Keys", 2),
        ("Cold food", 1),
    ]
    assert (seen.loose, seen.ideas) == ([], 3)


def test_what_its_sender_took_back_is_not_on_the_board(session, series):
    board = add_board(session, series, loose=["kept", "taken back"])
    taken = boards.standing(session, board).loose[1]
    session.get_one(Journey, taken.capture.journey_id).stage = Stage.WITHDRAWN
    session.commit()
    assert [each.capture.text for each in boards.standing(session, board).loose] == ["kept"]


def test_a_series_has_one_board(session, series):
    add_board(session, series)
    with pytest.raises(IntegrityError):
        add_board(session, series)


@pytest.mark.parametrize("number", [1, 12])
def test_a_board_is_read_with_as_many_queries_whatever_stands_on_it(
    session, series, count_queries, number
):
    groups = {f"Group {n}": [f"idea {n}", f"idea {n} again"] for n in range(number)}
    board = add_board(session, series, groups=groups, loose=["x"] * number)
    session.expunge_all()
    with count_queries() as seen:
        stood = boards.standing(session, board)
        assert [idea.capture.text for _, ideas, _ in stood.groups for idea in ideas]
    assert len(seen) == 4
