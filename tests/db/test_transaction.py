"""A use case is stored whole or not at all, and no writer overwrites what it has not seen."""

import threading

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from needsbank.db.models import Organisation, PriorWork
from needsbank.db.transaction import transaction
from needsbank.domain.organisations import Region, Sector
from tests.factories import add_organisation, add_prior_work, reread


class Unlucky(Exception):
    """Something that goes wrong in the middle."""


def test_what_ends_well_is_stored(session, engine):
    organisation = add_organisation(session, "Before")
    with transaction(session):
        session.get_one(Organisation, organisation.id).name = "After"
    with Session(engine) as other:
        assert other.scalars(select(Organisation.name)).all() == ["After"]


@pytest.mark.parametrize("problem", [Unlucky, KeyboardInterrupt, SystemExit])
def test_what_goes_wrong_stores_nothing(session, engine, problem):
    organisation = add_organisation(session, "Before")

    def go_wrong():
        with transaction(session):
            session.get_one(Organisation, organisation.id).name = "After"
            session.flush()
            raise problem

    with pytest.raises(problem):
        go_wrong()
    with Session(engine) as other:
        assert other.scalars(select(Organisation.name)).all() == ["Before"]


def test_a_failed_commit_leaves_the_session_usable(session):
    add_organisation(session, "Taken")
    with pytest.raises(Exception, match="UNIQUE"), transaction(session):
        session.add(Organisation(name="Taken", sector=Sector.STATE, region=Region.LAPPI))
    assert session.scalar(select(func.count(Organisation.id))) == 1


def test_a_use_case_decides_on_what_stands_now(session, engine):
    work = add_prior_work(session, title="Old")
    with Session(engine) as mine:
        assert mine.get_one(PriorWork, work.id).title == "Old"
        with Session(engine) as other, transaction(other):
            other.get_one(PriorWork, work.id).title = "New"
        with transaction(mine):
            assert mine.get_one(PriorWork, work.id).title == "New"


def test_two_writers_lose_no_update(session, engine):
    work = add_prior_work(session, year=0)
    rounds, together = 25, threading.Barrier(2)

    def count_up():
        together.wait()
        for _ in range(rounds):
            with Session(engine) as own, transaction(own):
                row = own.get_one(PriorWork, work.id)
                row.year = (row.year or 0) + 1

    threads = [threading.Thread(target=count_up) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert reread(session, work).year == 2 * rounds


def test_readers_do_not_wait_for_a_writer(session, engine):
    add_organisation(session, "Before")
    with Session(engine) as writer, transaction(writer):
        writer.execute(update(Organisation).values(name="Not yet"))
        with Session(engine) as reader:
            assert reader.scalars(select(Organisation.name)).all() == ["Before"]
