"""The coordinators' queue: days waited and voices added up, a page at a time."""

from datetime import timedelta

import pytest

from needsbank.domain.clock import now
from needsbank.domain.needs import NeedState
from needsbank.domain.roles import Role
from needsbank.domain.suggestions import SuggestionState
from needsbank.domain.supports import Voices
from needsbank.services.queueing import PAGE_SIZE, queue_page
from tests.factories import add_need, add_suggestion, add_support, add_user


@pytest.fixture
def coordinator(session):
    return add_user(session, Role.COORDINATOR).actor


@pytest.fixture
def waits(session):
    def waits(days, voices=0, **values):
        opened = now() - timedelta(days=days, minutes=1)
        need = add_need(session, **{"opened": opened, **values})
        add_suggestion(session, need)
        for _ in range(voices):
            add_support(session, need)
        return need

    return waits


def order(session, actor):
    return [row.need for row in queue_page(session, actor, 1).rows]


def test_a_voice_counts_as_much_as_a_day(session, coordinator, waits):
    young, old, loud = waits(1), waits(5), waits(3, voices=3)
    assert order(session, coordinator) == [loud, old, young]


def test_of_two_as_pressing_the_older_comes_first(session, coordinator, waits):
    newer, older = waits(2, voices=1), waits(3)
    assert order(session, coordinator) == [older, newer]


def test_a_row_tells_what_waits_and_how_long(session, coordinator, waits):
    need = waits(4, voices=2)
    add_suggestion(session, need, state=SuggestionState.DEFERRED)
    add_suggestion(session, need, state=SuggestionState.REJECTED)
    (row,) = queue_page(session, coordinator, 1).rows
    assert (row.undecided, row.deferred, row.days, row.voices) == (2, 1, 4, Voices(2, 2))


def test_only_open_needs_with_something_undecided_wait(session, coordinator, waits):
    waiting = waits(1)
    for state in (NeedState.CLOSED, NeedState.WITHDRAWN, NeedState.AGREED):
        waits(2, state=state)
    add_suggestion(session, add_need(session), state=SuggestionState.APPROVED)
    assert order(session, coordinator) == [waiting]


def test_the_queue_comes_in_pages(session, coordinator, waits):
    needs = [waits(days) for days in range(PAGE_SIZE + 2)]
    first, last = (queue_page(session, coordinator, page) for page in (1, 99))
    assert (first.total, first.last, last.number) == (PAGE_SIZE + 2, 2, 2)
    rows = [row.need for page in (first, last) for row in page.rows]
    assert rows == needs[::-1]


def test_an_empty_queue_has_one_page(session, coordinator):
    page = queue_page(session, coordinator, 1)
    assert (page.rows, page.total, page.last) == ([], 0, 1)
