"""A need's life cycle is its table: every pair of states is allowed or refused by it."""

import pytest

from needsbank.domain.errors import IllegalTransition
from needsbank.domain.needs import ALLOWED, PUBLISHED, NeedState, check_transition

STEPS = {
    (NeedState.DRAFT, NeedState.OPEN),
    (NeedState.DRAFT, NeedState.WITHDRAWN),
    (NeedState.OPEN, NeedState.AGREED),
    (NeedState.OPEN, NeedState.CLOSED),
    (NeedState.OPEN, NeedState.WITHDRAWN),
    (NeedState.AGREED, NeedState.OPEN),
    (NeedState.AGREED, NeedState.CLOSED),
    (NeedState.CLOSED, NeedState.OPEN),
    (NeedState.WITHDRAWN, NeedState.DRAFT),
}


@pytest.mark.parametrize("current", list(NeedState))
@pytest.mark.parametrize("target", list(NeedState))
def test_a_need_moves_along_the_table_and_nowhere_else(current, target):
    if (current, target) in STEPS:
        check_transition(current, target)
        return
    with pytest.raises(IllegalTransition) as refused:
        check_transition(current, target)
    assert (refused.value.current, refused.value.target) == (current, target)


def test_every_state_is_in_the_table():
    assert set(ALLOWED) == set(NeedState)


def test_drafts_and_withdrawn_needs_are_not_published():
    assert set(NeedState) - PUBLISHED == {NeedState.DRAFT, NeedState.WITHDRAWN}
