"""Groups of likely duplicates and what they are worth."""

from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from needsbank.domain.sweeping import MOST_IN_GROUP, Group, Likeness, gain, grouped

A, B, C, D, E = (UUID(int=number) for number in range(5))


def members(likenesses):
    return {group.members for group in grouped(likenesses)}


def test_texts_that_are_alike_are_joined_through_each_other():
    likenesses = [Likeness(A, B, 0.9), Likeness(C, B, 0.6), Likeness(D, E, 0.7)]
    assert members(likenesses) == {frozenset({A, B, C}), frozenset({D, E})}


def test_a_pair_found_from_both_sides_is_one_group():
    (group,) = grouped([Likeness(A, B, 0.6), Likeness(B, A, 0.8)])
    assert group.nearness(A) == group.nearness(B) == 0.8


def test_the_surest_likenesses_fill_a_group_first():
    chain = [
        Likeness(UUID(int=place), UUID(int=place + 1), 0.9 - place / 100)
        for place in range(MOST_IN_GROUP)
    ]
    assert members(chain) == {frozenset(UUID(int=place) for place in range(MOST_IN_GROUP))}


@given(
    st.lists(
        st.builds(
            Likeness,
            st.integers(0, 30).map(lambda number: UUID(int=number)),
            st.integers(31, 60).map(lambda number: UUID(int=number)),
            st.floats(0.5, 1),
        )
    )
)
def test_no_text_is_in_two_groups_and_none_is_too_large(likenesses):
    groups = grouped(likenesses)
    inside = [member for group in groups for member in group.members]
    assert len(inside) == len(set(inside))
    assert all(2 <= len(group.members) <= MOST_IN_GROUP for group in groups)
    assert grouped(list(reversed(likenesses))) == groups


def group_of(*likenesses):
    return Group(
        frozenset({each.one for each in likenesses} | {each.other for each in likenesses}),
        likenesses,
    )


def test_of_needs_alone_one_is_still_to_be_solved():
    assert gain(group_of(Likeness(A, B, 0.8)), {A: 1, B: 1}, frozenset()) == 0.8
    assert gain(group_of(Likeness(A, B, 0.5)), {A: 1, B: 4}, frozenset()) == 0.5


def test_a_ready_solution_serves_all_and_works_alone_serve_nobody():
    assert gain(group_of(Likeness(A, B, 0.5)), {A: 3}, frozenset({B})) == 1.5
    assert gain(group_of(Likeness(A, B, 0.9)), {}, frozenset({A, B})) == 0.0
