"""Groups of short texts: what says the same stands together, what is alone stays alone."""

from hypothesis import given
from hypothesis import strategies as st

from matching import groups_alike

WORKSHOP = [
    "Avaimet ovat aina hukassa, kun sijainen lähtee kentälle",
    "Kirjaaminen vie puolet vuorosta",
    "Sijaiset eivät löydä asiakkaan avaimia",
    "Potilastietojärjestelmä kaatuu kesken kirjauksen",
    "Ruoka on kylmää, kun se tulee osastolle",
    "Yöllä osastolla on liian meluisaa nukkua",
    "Ruokaa menee hukkaan joka päivä",
    "Potilaat heräävät yöllä meteliin",
    "Työvaatteita ei ole oikeaa kokoa",
]


def test_the_same_said_twice_stands_together(matcher):
    texts = ["keys are lost again", "trolleys squeak in the corridor", "keys are lost again"]
    assert groups_alike(matcher, texts) == [(0, 2)]


def test_the_largest_group_comes_first_and_its_most_typical_text_leads_it(matcher):
    texts = ["red wheel", "keys lost", "red wheel", "keys lost", "keys lost today"]
    groups = groups_alike(matcher, texts)
    assert [sorted(group) for group in groups] == [[1, 3, 4], [0, 2]]
    assert groups[0][-1] == 4


def test_too_few_texts_make_no_group(matcher):
    assert groups_alike(matcher, []) == []
    assert groups_alike(matcher, ["alone"]) == []
    assert groups_alike(matcher, ["red wheel", "lost keys"]) == []


@given(texts=st.lists(st.text(max_size=30), max_size=12))
def test_no_text_is_in_two_groups_whatever_was_written(matcher, texts):
    placed = [place for group in groups_alike(matcher, texts) for place in group]
    assert len(placed) == len(set(placed))
    assert set(placed) <= set(range(len(texts)))


def test_ideas_of_a_finnish_workshop_are_told_apart(real_matcher):
    found = {frozenset(group) for group in groups_alike(real_matcher, WORKSHOP)}
    assert {frozenset({0, 2}), frozenset({5, 7})} <= found
    assert not any({0, 4} <= group or {1, 5} <= group or {2, 7} <= group for group in found)


def test_the_order_of_the_ideas_does_not_matter(real_matcher):
    backwards = list(reversed(WORKSHOP))
    last = len(WORKSHOP) - 1
    one = {frozenset(group) for group in groups_alike(real_matcher, WORKSHOP)}
    other = {
        frozenset(last - place for place in group)
        for group in groups_alike(real_matcher, backwards)
    }
    assert one == other
