"""The matcher suggests groups; people move, name, make and merge them."""

import pytest

from needsbank.domain.boards import BoardStep
from needsbank.domain.errors import Conflict, Invalid, NotFound
from needsbank.services import boards, grouping
from tests.factories import add_board

LOOSE = ["keys lost again", "red trolley wheel", "keys lost", "red trolley", "cold soup at noon"]


@pytest.fixture
def board(session):
    return add_board(session, step=BoardStep.GROUP, loose=LOOSE)


def shown(session, board):
    stood = boards.standing(session, board)
    groups = {g.name: sorted(each.capture.text for each in ideas) for g, ideas, _ in stood.groups}
    return groups, [each.capture.text for each in stood.loose]


def idea(session, board, text):
    stood = boards.standing(session, board)
    every = [*stood.loose, *(each for _, ideas, _ in stood.groups for each in ideas)]
    return next(each for each in every if each.capture.text == text)


def group(session, board, name):
    return next(g for g, _, _ in boards.standing(session, board).groups if g.name == name)


@pytest.fixture
def suggested(session, board, fake_matcher):
    found = grouping.suggestion(session, fake_matcher, board)
    assert grouping.apply_suggestion(session, board, found) == 2
    session.commit()
    return found


def test_like_ideas_are_suggested_as_a_group_and_the_rest_stays_loose(session, board, suggested):
    groups, loose = shown(session, board)
    assert sorted(groups.values()) == [
        ["keys lost", "keys lost again"],
        ["red trolley", "red trolley wheel"],
    ]
    assert loose == ["cold soup at noon"]
    assert all(g.suggested for g, _, _ in boards.standing(session, board).groups)


def test_a_suggestion_that_comes_late_takes_nothing_out_of_a_group(session, board, fake_matcher):
    found = grouping.suggestion(session, fake_matcher, board)
    keys = grouping.make_group(session, board, "Avaimet")
    for text in ("keys lost", "keys lost again"):
        grouping.move_idea(session, board, idea(session, board, text).id, keys.id)
    assert grouping.apply_suggestion(session, board, found) == 1
    assert shown(session, board)[0]["Avaimet"] == ["keys lost", "keys lost again"]


def test_moving_the_last_idea_out_takes_the_group_away(session, board):
    made = grouping.make_group(session, board, "Soup")
    moved = idea(session, board, "cold soup at noon")
    grouping.move_idea(session, board, moved.id, made.id)
    assert shown(session, board)[0] == {"Soup": ["cold soup at noon"]}
    grouping.move_idea(session, board, moved.id, None)
    assert shown(session, board) == ({}, LOOSE)


def test_what_people_change_is_no_suggestion_any_more(session, board, suggested):
    one, other = (g for g, _, _ in boards.standing(session, board).groups)
    grouping.rename_group(session, board, one.id, " Avaimet ja kaapit ")
    assert (one.name, one.suggested, other.suggested) == ("Avaimet ja kaapit", False, True)
    soup = idea(session, board, "cold soup at noon")
    grouping.move_idea(session, board, soup.id, other.id)
    assert other.suggested is False


def test_merging_keeps_every_idea(session, board, suggested):
    one, other = (g for g, _, _ in boards.standing(session, board).groups)
    grouping.merge_groups(session, board, one.id, other.id)
    groups, loose = shown(session, board)
    assert groups == {other.name: sorted(LOOSE[:4])}
    assert loose == LOOSE[4:]
    with pytest.raises(NotFound):
        grouping.rename_group(session, board, one.id, "Back?")
    with pytest.raises(Invalid):
        grouping.merge_groups(session, board, other.id, other.id)


@pytest.mark.parametrize(("name", "code"), [(" ", "required"), ("x" * 121, "too_long")])
def test_a_group_needs_a_name_that_fits(session, board, name, code):
    with pytest.raises(Invalid) as refused:
        grouping.make_group(session, board, name)
    assert refused.value.errors == {"name": code}


def test_a_long_idea_names_its_group_up_to_a_words_end(session, fake_matcher):
    text = "keys of the medicine cupboard are lost every single evening and nobody knows"
    board = add_board(session, step=BoardStep.GROUP, loose=[text, text])
    grouping.apply_suggestion(session, board, grouping.suggestion(session, fake_matcher, board))
    (name,) = shown(session, board)[0]
    assert name == "keys of the medicine cupboard are lost every single evening…"


def test_groups_of_another_board_are_out_of_reach(session, board):
    foreign = add_board(session, step=BoardStep.GROUP, groups={"Foreign": ["x"]})
    other = group(session, foreign, "Foreign")
    with pytest.raises(NotFound):
        grouping.move_idea(session, board, idea(session, board, "keys lost").id, other.id)
    with pytest.raises(NotFound):
        grouping.move_idea(session, board, idea(session, foreign, "x").id, None)


def test_groups_stay_as_they_are_once_grouping_is_over(session, board):
    board.step = BoardStep.VOTE
    with pytest.raises(Conflict):
        grouping.make_group(session, board, "Late")
