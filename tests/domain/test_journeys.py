from itertools import product

import pytest

from needsbank.domain.errors import IllegalTransition
from needsbank.domain.journeys import ANSWERS, BEGINNINGS, TURNS, Act, Stage, acts_from, turn_from
from needsbank.domain.routes import Route

ROWS = {(turn.start, turn.act) for turn in TURNS}


@pytest.mark.parametrize("turn", TURNS, ids=lambda turn: f"{turn.start.value}-{turn.act.value}")
def test_each_row_of_the_table_leads_on(turn):
    assert turn_from(turn.start, turn.act) is turn


@pytest.mark.parametrize(
    ("stage", "act"), sorted(set(product(Stage, Act)) - ROWS, key=str), ids=lambda each: each.value
)
def test_what_the_table_lacks_is_refused(stage, act):
    with pytest.raises(IllegalTransition):
        turn_from(stage, act)


def test_no_act_leads_two_ways():
    assert len(ROWS) == len(TURNS)


def test_every_stage_can_be_reached_and_every_act_is_used():
    reached = set(BEGINNINGS)
    while more := {turn.end for turn in TURNS if turn.start in reached} - reached:
        reached |= more
    assert reached == set(Stage)
    assert {turn.act for turn in TURNS} == set(Act)


def test_every_route_has_an_answer_that_a_decided_matter_can_be_given():
    assert set(ANSWERS) == set(Route)
    assert set(ANSWERS.values()) <= set(acts_from(Stage.DECIDED))
