"""A suggestion's life cycle, and where two answers lead."""

from itertools import product

import pytest

from needsbank.domain.errors import IllegalTransition
from needsbank.domain.suggestions import (
    ALLOWED,
    SHOWN_TO_SIDES,
    UNDECIDED,
    Side,
    SuggestionState,
    Verdict,
    check_transition,
    state_after_answers,
)

PROPOSED, DEFERRED, REJECTED = (
    SuggestionState.PROPOSED,
    SuggestionState.DEFERRED,
    SuggestionState.REJECTED,
)
APPROVED, AGREED, DECLINED = (
    SuggestionState.APPROVED,
    SuggestionState.AGREED,
    SuggestionState.DECLINED,
)
STEPS = {
    *product((PROPOSED, DEFERRED), (APPROVED, REJECTED, DEFERRED)),
    (REJECTED, DEFERRED),
    *product((APPROVED,), (AGREED, DECLINED, DEFERRED)),
}


@pytest.mark.parametrize("current", list(SuggestionState))
@pytest.mark.parametrize("target", list(SuggestionState))
def test_a_suggestion_moves_along_the_table_and_nowhere_else(current, target):
    if (current, target) in STEPS:
        check_transition(current, target)
        return
    with pytest.raises(IllegalTransition):
        check_transition(current, target)


def test_every_state_is_in_the_table():
    assert set(ALLOWED) == set(SuggestionState)


def test_every_verdict_is_a_state():
    assert {verdict.value for verdict in Verdict} <= {state.value for state in SuggestionState}


def test_what_waits_for_a_verdict_is_not_shown_to_the_sides():
    assert set(SuggestionState) - UNDECIDED - SHOWN_TO_SIDES == {REJECTED}


@pytest.mark.parametrize(
    ("answers", "state"),
    [
        ({}, APPROVED),
        ({Side.NEED: True}, APPROVED),
        ({Side.COMPETENCE: True}, APPROVED),
        ({Side.NEED: False}, DECLINED),
        ({Side.COMPETENCE: False}, DECLINED),
        ({Side.NEED: True, Side.COMPETENCE: True}, AGREED),
        ({Side.NEED: True, Side.COMPETENCE: False}, DECLINED),
        ({Side.NEED: False, Side.COMPETENCE: True}, DECLINED),
        ({Side.NEED: False, Side.COMPETENCE: False}, DECLINED),
    ],
)
def test_one_no_ends_a_pairing_and_two_yeses_agree_it(answers, state):
    assert state_after_answers(answers) is state
