"""Sweeps find what says the same, go on where they stopped, and gain is told to coordinators."""

import pytest
from sqlalchemy import select

from needsbank import jobs
from needsbank.db.models import Subject, SweepPosition, SweptPair
from needsbank.db.transaction import transaction
from needsbank.domain.errors import NotAllowed
from needsbank.domain.needs import CloseReason, NeedState
from needsbank.domain.roles import COORDINATES, Role
from needsbank.domain.suggestions import SuggestionState
from needsbank.domain.verdicts import PairVerdict
from needsbank.domain.visibility import Visibility
from needsbank.services import own_results, sweeping
from needsbank.services.sweep_report import report
from needsbank.services.verdicts import judge, take_back
from tests.factories import (
    add_challenge,
    add_need,
    add_prior_work,
    add_suggestion,
    add_support,
    add_user,
    judging,
)

KEYS = "Keys of the homes get lost between substitutes."
MENUS = "Menus are in Finnish only, guests ask for Swedish ones."


@pytest.fixture
def coordinator(session):
    return add_user(session, Role.COORDINATOR).actor


@pytest.fixture
def embed(engine, retrieval, session):
    def embed():
        session.rollback()
        for subject in Subject:
            jobs.embed_pending(engine, retrieval, subject)
        session.expire_all()

    return embed


@pytest.fixture
def sweep(engine, retrieval, session, embed):
    def sweep(**options):
        embed()
        with transaction(session):
            sweeping.begin_sweep(session, retrieval, **options)
        for subject in sweeping.SWEPT:
            jobs.sweep(engine, retrieval, subject)
        with transaction(session):
            sweeping.finish_sweep(session)

    return sweep


def groups(session, actor):
    return [
        ({need.id for need in group.needs}, {text.id for text in group.answers})
        for group in report(session, actor).groups
    ]


def test_needs_and_works_that_say_the_same_are_put_together(session, coordinator, sweep):
    needs = [add_need(session, title=KEYS, problem=KEYS) for _ in range(3)]
    work = add_prior_work(session, title=KEYS, abstract=KEYS)
    add_need(session, title=MENUS, problem=MENUS)
    sweep()
    assert groups(session, coordinator) == [({need.id for need in needs}, {work.id})]


def test_a_finished_need_answers_once_beside_the_work_that_tells_of_it(session, coordinator, sweep):
    need = add_need(session, title=KEYS, problem=KEYS)
    finished = add_need(
        session, title=KEYS, problem=KEYS, state=NeedState.CLOSED, close_reason=CloseReason.SOLVED
    )
    add_suggestion(session, finished, state=SuggestionState.AGREED)
    own_results.refresh(session)
    session.commit()
    sweep()
    assert groups(session, coordinator) == [({need.id}, {finished.id})]


def test_groups_that_serve_more_people_come_first(session, coordinator, sweep):
    few = [add_need(session, title=MENUS, problem=MENUS) for _ in range(2)]
    many = [add_need(session, title=KEYS, problem=KEYS) for _ in range(4)]
    sweep()
    found = [needs for needs, _ in groups(session, coordinator)]
    assert found == [{need.id for need in many}, {need.id for need in few}]


def test_voices_weigh_as_people_do(session, coordinator, sweep):
    heard = [add_need(session, title=MENUS, problem=MENUS) for _ in range(2)]
    for _ in range(4):
        add_support(session, heard[0])
    many = [add_need(session, title=KEYS, problem=KEYS) for _ in range(3)]
    sweep()
    (first, *_), (second, *_) = groups(session, coordinator)
    assert first == {need.id for need in many}
    for _ in range(4):
        add_support(session, heard[1])
    found = [needs for needs, _ in groups(session, coordinator)]
    assert found == [{need.id for need in heard}, {need.id for need in many}]
    assert second == found[0]


def test_what_a_coordinator_has_ruled_out_is_not_asked_again(session, coordinator, sweep):
    one, other = (add_need(session, title=KEYS, problem=KEYS) for _ in range(2))
    sweep()
    seen = judging(one, other, PairVerdict.NO)
    with transaction(session):
        judge(session, coordinator, one.id, Subject.NEED, other.id, seen)
    assert groups(session, coordinator) == []
    with transaction(session):
        take_back(session, coordinator, one.id, Subject.NEED, other.id)
    assert groups(session, coordinator) == [({one.id, other.id}, set())]


def test_works_told_twice_are_listed_apart(session, coordinator, sweep):
    one, other = (add_prior_work(session, title=KEYS, abstract=KEYS) for _ in range(2))
    sweep()
    found = report(session, coordinator)
    assert found.groups == []
    assert [set(pair) for pair in found.works] == [{one, other}]


def test_the_same_of_another_year_is_another_work(session, coordinator, sweep):
    for year in (2010, 2011):
        add_prior_work(session, title=f"Yearbook of home care {year}")
    sweep()
    assert report(session, coordinator).works == []


def test_what_has_ended_or_become_a_challenge_is_looked_at_no_more(session, coordinator, sweep):
    needs = [add_need(session, title=KEYS, problem=KEYS) for _ in range(3)]
    sweep()
    challenge = add_challenge(session, needs[:2], title=KEYS, problem=KEYS)
    sweep()
    assert groups(session, coordinator) == [({challenge.id, needs[2].id}, set())]
    with transaction(session):
        needs[2].state = NeedState.WITHDRAWN
    assert groups(session, coordinator) == []


def test_hidden_needs_are_found_for_coordinators_alone(session, coordinator, sweep):
    hidden = add_need(session, title=KEYS, problem=KEYS, visibility=Visibility.COORDINATORS)
    public = add_need(session, title=KEYS, problem=KEYS)
    sweep()
    assert groups(session, coordinator) == [({hidden.id, public.id}, set())]
    for role in set(Role) - COORDINATES:
        with pytest.raises(NotAllowed):
            report(session, add_user(session, role).actor)


def test_a_second_sweep_asks_only_for_what_is_new_or_changed(
    session, engine, retrieval, coordinator, embed, sweep
):
    needs = [add_need(session, title=KEYS, problem=KEYS) for _ in range(2)]
    sweep()
    embed()
    assert sweeping.count_to_sweep(session, retrieval, Subject.NEED) == 0
    with transaction(session):
        needs[0].title = needs[0].problem = MENUS
        needs[0].embedded_in = None
    embed()
    assert sweeping.count_to_sweep(session, retrieval, Subject.NEED) == 1
    sweep()
    # What the unchanged one had found is asked anew only with it: the pair is its own.
    assert (needs[0].id,) not in session.execute(select(SweptPair.owner_id)).all()
    sweep(anew=True)
    assert groups(session, coordinator) == []


def test_a_stopped_sweep_goes_on_and_finds_the_same(session, engine, retrieval, coordinator, embed):
    for _ in range(3):
        add_need(session, title=KEYS, problem=KEYS)
        add_need(session, title=MENUS, problem=MENUS)
    embed()

    class Stopped(Exception):
        pass

    def stop(_done):
        raise Stopped

    with transaction(session):
        sweeping.begin_sweep(session, retrieval)
    for left in (4, 2, 0):
        with pytest.raises(Stopped):
            jobs.sweep(engine, retrieval, Subject.NEED, at_once=2, progress=stop)
        session.rollback()
        assert sweeping.count_to_sweep(session, retrieval, Subject.NEED) == left
    jobs.sweep(engine, retrieval, Subject.NEED)
    assert [len(needs) for needs, _ in groups(session, coordinator)] == [3, 3]


def test_another_matcher_version_begins_anew(session, retrieval, sweep):
    add_need(session, title=KEYS, problem=KEYS)
    sweep()
    with transaction(session):
        session.get_one(SweepPosition, Subject.NEED).matcher_version = "earlier"
    with transaction(session):
        sweeping.begin_sweep(session, retrieval)
    assert sweeping.count_to_sweep(session, retrieval, Subject.NEED) == 1
    assert report(session, add_user(session, Role.COORDINATOR).actor).finished is None
