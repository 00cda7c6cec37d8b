"""A board moves by its table, and paper becomes ideas line by line."""

import pytest

from needsbank.domain.boards import ALLOWED, STEPS, BoardStep, check_step, lines_of
from needsbank.domain.errors import IllegalTransition


def test_a_board_goes_on_and_back_one_step_at_a_time():
    places = {step: place for place, step in enumerate(STEPS)}
    for current in STEPS:
        for target in STEPS:
            if abs(places[current] - places[target]) == 1:
                check_step(current, target)
            else:
                with pytest.raises(IllegalTransition):
                    check_step(current, target)


def test_only_a_worded_board_is_handed_over_and_then_stays_so():
    assert [step for step in BoardStep if BoardStep.HANDED_OVER in ALLOWED[step]] == [
        BoardStep.WORD
    ]
    assert ALLOWED[BoardStep.HANDED_OVER] == frozenset()


def test_paper_becomes_ideas_line_by_line():
    paper = "- Avaimet hukassa\n\n  • Perehdytys jää kesken  \n* Avaimet hukassa\nRuoka kylmää\n-\n"
    assert lines_of(paper) == ["Avaimet hukassa", "Perehdytys jää kesken", "Ruoka kylmää"]
