"""What is like a text is shown to whoever may read it, three of each at most."""

import pytest

from needsbank import jobs
from needsbank.db.models import Subject
from needsbank.domain.needs import NeedState
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.domain.visibility import Visibility
from needsbank.services.similar import AT_MOST, SHORTEST_TEXT, similar_to_text
from tests.factories import add_need, add_prior_work, add_user

TEXT = "Substitutes cannot find the keys of home care customers"
PROBLEM = "The keys of customers are lost and nobody knows where they are kept."


@pytest.fixture
def author(session):
    return add_user(session, Role.PARTNER)


@pytest.fixture
def add_alike(session, author):
    def add(**values):
        return add_need(session, author, **{"title": TEXT, "problem": PROBLEM, **values})

    return add


@pytest.fixture
def similar(session, engine, retrieval):
    """Return the ids of what is like a text, to whom, after everything has been embedded."""

    def similar(text=TEXT + "\n" + PROBLEM, actor=ANONYMOUS, besides=None):
        for subject in Subject:
            jobs.embed_pending(engine, retrieval, subject)
        session.rollback()
        title, _, problem = text.partition("\n")
        found = similar_to_text(session, retrieval, actor, title, problem, besides)
        return [each.found.id for each in found]

    return similar


def test_a_need_and_a_work_that_say_the_same_are_found_needs_first(session, add_alike, similar):
    work = add_prior_work(session, title=TEXT, abstract=PROBLEM)
    need = add_alike()
    add_need(session, title="Meals arrive cold", problem="Trolleys are slow in the evening.")
    assert similar() == [need.id, work.id]


def test_nothing_is_like_a_text_of_its_own(add_alike, similar):
    add_alike()
    assert similar("Sourdough bread rises slowly overnight") == []


@pytest.mark.parametrize("text", ["", " " * 40, "x" * (SHORTEST_TEXT - 1)])
def test_a_text_that_says_too_little_is_not_compared(add_alike, similar, text):
    add_alike()
    assert similar(text) == []


def test_at_most_three_of_each_are_shown(session, add_alike, similar):
    for number in range(AT_MOST + 2):
        add_alike(timing=str(number))
        add_prior_work(session, title=TEXT, abstract=PROBLEM)
    assert len(similar()) == 2 * AT_MOST


def test_a_need_is_not_like_itself(add_alike, similar):
    mine, other = add_alike(), add_alike()
    assert similar(besides=mine.id) == [other.id]


def test_a_need_that_ended_counts_since_it_tells_how(add_alike, similar):
    need = add_alike(state=NeedState.CLOSED)
    assert similar() == [need.id]


@pytest.mark.parametrize("level", sorted(set(Visibility) - {Visibility.PUBLIC}, key=str))
def test_what_the_reader_may_not_see_is_not_like_anything(add_alike, author, similar, level):
    hidden = add_alike(visibility=level)
    assert similar() == []
    assert similar(actor=author.actor) == [hidden.id]


def test_hidden_ones_take_no_places_from_those_that_are_shown(add_alike, similar):
    for _ in range(30):
        add_alike(visibility=Visibility.COORDINATORS)
    shown = add_alike()
    assert similar() == [shown.id]
