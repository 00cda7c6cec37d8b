"""The coordination team's queue: what waits for what, the most pressing first."""

from datetime import timedelta

import pytest

from needsbank.domain.clock import moved, now, today
from needsbank.domain.errors import NotAllowed
from needsbank.domain.journeys import PATIENCE, Stage
from needsbank.domain.matters import Waiting
from needsbank.domain.needs import NeedState, Scope
from needsbank.domain.roles import Role
from needsbank.services.matter_queue import PAGE_SIZE, matters_page
from tests.factories import (
    add_capture,
    add_challenge,
    add_journey,
    add_need,
    add_support,
    add_user,
)


@pytest.fixture
def coordinator(session):
    return add_user(session, Role.COORDINATOR).actor


@pytest.fixture
def waits(session):
    def waits(days=0, stage=Stage.IN_COORDINATION, voices=0, need=None, **values):
        need = need or add_need(session, scope=values.pop("scope", None))
        for _ in range(voices):
            add_support(session, need)
        since = now() - timedelta(days=days, minutes=1)
        return add_journey(session, need, stage, since=since, **values)

    return waits


def order(session, actor, waiting=Waiting.DECISION):
    return [row.journey for row in matters_page(session, actor, waiting, 1).rows]


def test_age_voices_ideas_and_scope_add_up(session, coordinator, waits):
    young = waits(1)
    old = waits(6)
    loud = waits(3, voices=4)
    wide = waits(0, scope=Scope.ORGANISATION)
    of_ideas = waits(1)
    for _ in range(3):
        add_capture(session, stage=Stage.JOINED).journey.into_id = of_ideas.id
    session.commit()
    assert order(session, coordinator) == [loud, old, wide, of_ideas, young]


def test_what_is_late_comes_first_and_has_a_tab_of_its_own(session, coordinator, waits):
    waits(10, due=now() + timedelta(days=1))
    late = waits(2, due=now() - timedelta(hours=1))
    assert order(session, coordinator)[0] == late
    assert order(session, coordinator, Waiting.LATE) == [late]
    (row,) = matters_page(session, coordinator, Waiting.LATE, 1).rows
    assert (row.pressing.late, row.pressing.days, row.pressing.points) == (True, 2, 22)


def test_each_tab_has_what_waits_for_it(session, coordinator, waits):
    tabs = {
        Waiting.DECISION: waits(stage=Stage.IN_COORDINATION),
        Waiting.ANSWER: waits(stage=Stage.DECIDED),
        Waiting.REPRESENTATIVE: waits(stage=Stage.AWAITING_PARTNER),
        Waiting.PARKED: waits(stage=Stage.PARKED),
    }
    for stage in set(Stage) - {journey.stage for journey in tabs.values()}:
        waits(stage=stage)
    for waiting, journey in tabs.items():
        assert order(session, coordinator, waiting) == [journey]
    counts = matters_page(session, coordinator, Waiting.LATE, 1).counts
    assert counts == {**dict.fromkeys(tabs, 1), Waiting.LATE: 0}


def test_what_is_parked_comes_by_the_day_of_its_return(session, coordinator, waits):
    later, sooner = (
        waits(stage=Stage.PARKED, returns_on=today() + timedelta(days=days)) for days in (9, 3)
    )
    assert order(session, coordinator, Waiting.PARKED) == [sooner, later]


def test_a_challenge_stands_for_its_needs_and_withdrawn_ones_do_not_wait(
    session, coordinator, waits
):
    source, other = add_need(session), add_need(session)
    waits(need=source)
    waits(need=add_need(session, state=NeedState.WITHDRAWN))
    challenge = waits(need=add_challenge(session, [source, other]))
    assert order(session, coordinator) == [challenge]


def test_an_idea_that_is_no_need_waits_too(session, coordinator):
    idea = add_capture(session, stage=Stage.IN_COORDINATION, scope=Scope.AREA)
    (row,) = matters_page(session, coordinator, Waiting.DECISION, 1).rows
    assert (row.idea, row.pressing.scope, row.pressing.ideas) == (idea, Scope.AREA, 1)


@pytest.mark.parametrize("stage", list(PATIENCE))
def test_a_matter_gets_late_when_patience_is_over(session, coordinator, waits, stage):
    journey = waits(stage=stage, due=now() + PATIENCE[stage])
    assert order(session, coordinator, Waiting.LATE) == []
    with moved(PATIENCE[stage] + timedelta(minutes=1)):
        assert order(session, coordinator, Waiting.LATE) == [journey]


@pytest.mark.parametrize("rows", [1, 5])
def test_the_queue_costs_as_many_queries_however_long_it_is(
    session, coordinator, waits, count_queries, rows
):
    for _ in range(rows):
        waits(voices=1)
        add_capture(session, stage=Stage.IN_COORDINATION)
    session.expire_all()
    with count_queries() as queries:
        page = matters_page(session, coordinator, Waiting.DECISION, 1)
        told = [row.journey.need.organisation.name for row in page.rows if row.journey.need]
        told += [row.idea.unit.name for row in page.rows if row.idea]
    assert len(told) == rows * 2
    assert len(queries) == 4, queries


def test_the_queue_comes_in_pages(session, coordinator, waits):
    journeys = [waits(days) for days in range(PAGE_SIZE + 2)]
    first, last = (matters_page(session, coordinator, Waiting.DECISION, n) for n in (1, 99))
    assert (first.total, first.last, last.number) == (PAGE_SIZE + 2, 2, 2)
    assert [row.journey for page in (first, last) for row in page.rows] == journeys[::-1]


def test_others_have_no_queue(session):
    for role in (Role.AMBASSADOR, Role.PARTNER, Role.ADMIN):
        with pytest.raises(NotAllowed):
            matters_page(session, add_user(session, role).actor, Waiting.DECISION, 1)
