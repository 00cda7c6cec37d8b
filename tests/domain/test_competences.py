"""A competence's life cycle, and the room that a course round must tell."""

from typing import Any

import pytest

from needsbank.domain.competences import (
    ALLOWED,
    PUBLISHED,
    Capacity,
    CompetenceKind,
    CompetenceState,
    check_capacity,
    check_transition,
)
from needsbank.domain.errors import IllegalTransition, Invalid

STEPS = {
    (CompetenceState.DRAFT, CompetenceState.OPEN),
    (CompetenceState.DRAFT, CompetenceState.CLOSED),
    (CompetenceState.OPEN, CompetenceState.CLOSED),
    (CompetenceState.CLOSED, CompetenceState.OPEN),
}
FULL: dict[str, Any] = {"slots": 8, "weeks": 7, "ects": 10, "team_min": 4, "team_max": 7}


@pytest.mark.parametrize("current", list(CompetenceState))
@pytest.mark.parametrize("target", list(CompetenceState))
def test_a_competence_moves_along_the_table_and_nowhere_else(current, target):
    if (current, target) in STEPS:
        check_transition(current, target)
        return
    with pytest.raises(IllegalTransition):
        check_transition(current, target)


def test_every_state_is_in_the_table():
    assert set(ALLOWED) == set(CompetenceState)


def test_drafts_alone_are_not_published():
    assert set(CompetenceState) - PUBLISHED == {CompetenceState.DRAFT}


def test_a_course_round_with_all_its_room_is_accepted():
    check_capacity(CompetenceKind.COURSE_ROUND, Capacity(**FULL))


@pytest.mark.parametrize("missing", FULL)
def test_a_course_round_says_all_of_its_room(missing):
    with pytest.raises(Invalid) as refused:
        check_capacity(CompetenceKind.COURSE_ROUND, Capacity(**{**FULL, missing: None}))
    assert refused.value.errors == {missing: "required"}


def test_a_course_round_without_room_is_told_every_field():
    with pytest.raises(Invalid) as refused:
        check_capacity(CompetenceKind.COURSE_ROUND, Capacity())
    assert refused.value.errors == dict.fromkeys(FULL, "required")


def test_the_largest_team_is_not_smaller_than_the_smallest():
    with pytest.raises(Invalid) as refused:
        check_capacity(CompetenceKind.COURSE_ROUND, Capacity(**{**FULL, "team_max": 3}))
    assert refused.value.errors == {"team_max": "team_size"}


def test_a_team_of_one_size_is_accepted():
    check_capacity(CompetenceKind.COURSE_ROUND, Capacity(**{**FULL, "team_min": 7}))


@pytest.mark.parametrize(
    "kind", sorted(set(CompetenceKind) - {CompetenceKind.COURSE_ROUND}, key=str)
)
def test_other_kinds_need_no_room(kind):
    check_capacity(kind, Capacity())
