"""Dots: three a person, counted once each, taken back while the vote is open, never rewritten."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import delete, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from needsbank.db.models import Dot, IdeaGroup
from needsbank.db.transaction import transaction
from needsbank.domain.boards import BoardStep
from needsbank.domain.errors import Conflict, NotFound
from needsbank.services import boards, gathering, voting
from needsbank.services.voting import NoDotsLeft
from tests.factories import add_board


@pytest.fixture
def board(session):
    return add_board(session, step=BoardStep.VOTE, groups={"Keys": ["a"], "Food": ["b"]})


@pytest.fixture
def groups(session, board):
    return {group.name: group.id for group, _, _ in boards.standing(session, board).groups}


def someone(session, board):
    key = gathering.join(session, board)
    session.commit()
    return gathering.participant_of(session, board, key)


def dots(session, board):
    return {group.name: number for group, _, number in boards.standing(session, board).groups}


def test_a_person_has_three_dots(session, board, groups):
    mari = someone(session, board)
    for name in ("Keys", "Food", "Keys"):
        voting.place_dot(session, board, mari, groups[name])
    with pytest.raises(NoDotsLeft):
        voting.place_dot(session, board, mari, groups["Food"])
    assert dots(session, board) == {"Keys": 2, "Food": 1}
    assert voting.dots_of(session, board, mari) == {groups["Keys"]: 2, groups["Food"]: 1}
    voting.place_dot(session, board, someone(session, board), groups["Food"])
    assert dots(session, board) == {"Keys": 2, "Food": 2}


def test_a_dot_taken_back_can_be_placed_again(session, board, groups):
    mari = someone(session, board)
    for _ in range(3):
        voting.place_dot(session, board, mari, groups["Keys"])
    voting.take_dot_back(session, board, mari, groups["Keys"])
    voting.place_dot(session, board, mari, groups["Food"])
    session.commit()
    assert dots(session, board) == {"Keys": 2, "Food": 1}
    # Every turn is still there.
    assert [each.group_id for each in session.scalars(select(Dot).order_by(Dot.seq))] == [
        *[groups["Keys"]] * 3,
        None,
        groups["Food"],
    ]
    with pytest.raises(Conflict):
        voting.take_dot_back(session, board, someone(session, board), groups["Keys"])


def test_dots_are_only_added_to(session, board, groups):
    voting.place_dot(session, board, someone(session, board), groups["Keys"])
    session.commit()
    for change in (update(Dot).values(group_id=None), delete(Dot)):
        with pytest.raises(IntegrityError):
            session.execute(change)
        session.rollback()


def test_the_vote_is_open_in_its_own_step_alone(session, board, groups):
    mari = someone(session, board)
    voting.place_dot(session, board, mari, groups["Keys"])
    board.step = BoardStep.WORD
    for act in (voting.place_dot, voting.take_dot_back):
        with pytest.raises(Conflict):
            act(session, board, mari, groups["Keys"])


def test_only_groups_of_the_board_are_voted_for(session, board):
    foreign = add_board(session, step=BoardStep.VOTE, groups={"Foreign": ["x"]})
    (other,) = [group.id for group, _, _ in boards.standing(session, foreign).groups]
    with pytest.raises(NotFound):
        voting.place_dot(session, board, someone(session, board), other)


def test_dots_on_a_group_that_was_merged_away_are_free_again(session, board, groups):
    mari = someone(session, board)
    for _ in range(3):
        voting.place_dot(session, board, mari, groups["Keys"])
    session.get_one(IdeaGroup, groups["Keys"]).removed = True
    session.commit()
    voting.place_dot(session, board, mari, groups["Food"])
    assert dots(session, board) == {"Food": 1}


def test_many_phones_vote_at_once_and_every_dot_counts(engine, session, board, groups):
    keys = [gathering.join(session, board) for _ in range(8)]
    session.commit()

    def press(key):
        with Session(engine) as own:
            for name in ("Keys", "Food", "Keys"):
                with transaction(own):
                    mine = boards.board_to_join(own, board.code)
                    who = gathering.participant_of(own, mine, key)
                    assert who is not None
                    voting.place_dot(own, mine, who, groups[name])

    def press_once_more(key):
        with Session(engine) as own, transaction(own):
            mine = boards.board_to_join(own, board.code)
            who = gathering.participant_of(own, mine, key)
            assert who is not None
            with pytest.raises(NoDotsLeft):
                voting.place_dot(own, mine, who, groups["Food"])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(press, keys))
        list(pool.map(press_once_more, keys))
    session.rollback()
    assert dots(session, board) == {"Keys": 16, "Food": 8}
