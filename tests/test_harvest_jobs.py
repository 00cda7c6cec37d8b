"""Harvests end with exactly what the source has, or say why not and remove nothing."""

import os
import random
import signal
import subprocess
import sys
import threading
import time
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from needsbank import harvest_jobs, jobs
from needsbank.db.models import Embedding, Harvest, PriorWork, Source, Subject
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict
from needsbank.domain.licences import Licence
from needsbank.domain.sources import HarvestState, Schedule, SourceKind
from needsbank.services import harvesting
from needsbank.services.harvesting import LeaseLost
from needsbank.sources.fetching import Fetcher
from tests.conftest import ROOT
from tests.factories import add_prior_work, add_source
from tests.oai_server import FIRST_DAY, Repository, days, serving_repository, titled

FETCHER = Fetcher(allowed=["127.0.0.1"])
FAULTS = [
    ("truncated", "not_oai"),
    ("html", "not_oai"),
    ("500", "status"),
    ("503", "status"),
    ("repeated_token", "repeated_token"),
    ("bad_token", "bad_token"),
    ("repeated_ids", "repeated_ids"),
    ("bomb", "not_oai"),
    ("huge", "too_large"),
]


class Impatient(threading.Event):
    """Asks nobody to stop, and waits for no busy server."""

    def wait(self, timeout=None):
        return self.is_set()


@pytest.fixture
def repository():
    with serving_repository(Repository([titled(number) for number in range(25)])) as served:
        yield served


@pytest.fixture
def source(session, repository):
    return add_source(session, name="Repo", address=repository.url)


@pytest.fixture
def harvest(engine, source):
    def harvest(**options):
        options = {"stop": Impatient(), **options}
        return harvest_jobs.harvest_source(engine, FETCHER, source.id, **options).harvest

    return harvest


def held(session):
    """Return (key, title) of every work, by key."""
    session.rollback()
    rows = session.execute(select(PriorWork.source_key, PriorWork.title)).all()
    return dict(sorted(tuple(row) for row in rows))


def there(repository):
    return dict(
        sorted(
            (item.identifier, item.fields[0][1]) for item in repository.items if not item.deleted
        )
    )


def counts(harvest):
    return (harvest.seen, harvest.added, harvest.changed, harvest.removed, harvest.rejected)


def test_a_full_harvest_holds_exactly_what_the_source_has(session, repository, source, harvest):
    ended = harvest()
    assert (ended.state, ended.full, ended.problem) == (HarvestState.COMPLETE, True, None)
    assert counts(ended) == (25, 25, 0, 0, 0)
    assert held(session) == there(repository)
    work = session.scalars(select(PriorWork)).first()
    assert (work.source, work.source_id, work.seen_in) == ("Repo", source.id, ended.id)
    assert (work.licence, work.shows_text) == (Licence.CC0, True)


def test_the_next_one_asks_only_for_what_has_changed(session, repository, harvest):
    harvest()
    repository.items[3] = titled(3, "Better", stamp=now() + timedelta(hours=1))
    repository.items[4] = titled(4, deleted=True, stamp=now() + timedelta(hours=1))
    repository.items.append(titled(99, stamp=now() + timedelta(hours=1)))
    repository.asked.clear()
    ended = harvest()
    assert (ended.state, ended.full) == (HarvestState.COMPLETE, False)
    assert counts(ended) == (3, 1, 1, 1, 0)
    assert held(session) == there(repository)
    assert "from" in repository.asked[1]


def test_nothing_new_is_a_complete_harvest_of_nothing(session, repository, harvest):
    harvest()
    ended = harvest()
    assert (ended.state, counts(ended)) == (HarvestState.COMPLETE, (0, 0, 0, 0, 0))
    assert held(session) == there(repository)


def test_a_removed_work_is_forgotten_by_the_matcher(
    session, engine, repository, retrieval, harvest
):
    harvest()
    jobs.embed_pending(engine, retrieval, Subject.PRIOR_WORK)
    key = repository.items[4].identifier
    work_id = session.scalar(select(PriorWork.id).where(PriorWork.source_key == key))
    repository.items[4].deleted = True
    repository.items[4].stamp = now() + timedelta(hours=1)
    harvest()
    session.rollback()
    row = session.scalars(select(Embedding).where(Embedding.owner_id == work_id)).one()
    assert (row.text, row.lemmas, row.public) == ("", "", False)
    assert not any(row.document_vector)


@pytest.mark.parametrize(("fault", "code"), FAULTS)
def test_a_broken_answer_ends_as_partial_and_removes_nothing(
    session, repository, harvest, fault, code
):
    harvest()
    before = held(session)
    repository.items = [titled(n, f"Changed {n}") for n in range(20, 45)]
    repository.fault, repository.fault_at = fault, 3
    for _ in range(3):
        ended = harvest(full=True)
        assert (ended.state, ended.problem) == (HarvestState.PARTIAL, code)
        assert ended.detail
        assert ended.removed == 0
        assert before.keys() <= held(session).keys()


@pytest.mark.parametrize(("fault", "code"), [f for f in FAULTS if "repeated" not in f[0]])
def test_a_source_that_cannot_be_read_at_all_ends_as_failed(
    session, repository, harvest, fault, code
):
    add_prior_work(session, source="Repo", source_key="kept", title="Kept")
    repository.fault, repository.fault_at = fault, 1
    ended = harvest()
    assert (ended.state, ended.problem) == (HarvestState.FAILED, code)
    assert held(session) == {"kept": "Kept"}


def test_a_partial_harvest_goes_on_from_its_checkpoint(session, repository, harvest):
    repository.fault, repository.fault_at, repository.times = "truncated", 2, 1
    first = harvest()
    assert (first.state, first.pages) == (HarvestState.PARTIAL, 1)
    repository.asked.clear()
    second = harvest()
    assert (second.id, second.state) == (first.id, HarvestState.COMPLETE)
    assert (second.problem, second.detail) == (None, "")
    assert repository.asked[0]["resumptionToken"] == "2/"
    assert counts(second) == (25, 25, 0, 0, 0)
    assert held(session) == there(repository)


def test_a_checkpoint_that_the_source_has_forgotten_is_given_up(session, repository, harvest):
    repository.fault, repository.fault_at, repository.times = "truncated", 2, 1
    first = harvest()
    repository.fault, repository.times = "bad_token", 1
    assert harvest().problem == "bad_token"
    last = harvest()
    assert last.id != first.id
    assert (last.state, last.seen) == (HarvestState.COMPLETE, 25)
    assert held(session) == there(repository)


def test_what_two_complete_readings_miss_is_removed(session, repository, harvest):
    harvest()
    del repository.items[:5]
    assert harvest().state is HarvestState.COMPLETE  # of changes: misses nothing
    first = harvest(full=True)
    assert (first.state, first.removed, len(held(session))) == (HarvestState.COMPLETE, 0, 25)
    harvest(full=True)
    assert held(session) == there(repository)
    session.rollback()
    assert session.get_one(Harvest, first.id + 1).removed == 5


def test_what_comes_back_in_between_stays(session, repository, harvest):
    harvest()
    gone = repository.items.pop(0)
    harvest(full=True)
    repository.items.append(gone)
    gone.stamp = now() + timedelta(hours=1)
    harvest()
    repository.items.remove(gone)
    harvest(full=True)
    assert gone.identifier in held(session)


def test_a_partial_reading_counts_for_nothing(session, repository, harvest):
    harvest()
    del repository.items[:5]
    repository.fault, repository.fault_at = "404", 2
    for _ in range(3):
        assert harvest(full=True).state is HarvestState.PARTIAL
    repository.fault = ""
    harvest(full=True)
    assert len(held(session)) == 25


def test_a_bad_record_is_counted_and_told_and_the_rest_is_stored(session, repository, harvest):
    harvest()
    repository.items[3] = titled(3, "x" * 501)
    repository.items.append(titled(99, "x" * 501))
    ended = harvest(full=True)
    assert (ended.state, counts(ended)) == (HarvestState.COMPLETE, (26, 0, 0, 0, 2))
    assert "oai:repo.example:3 (title: too_long)" in ended.detail
    assert held(session)["oai:repo.example:3"] == "Work 3"
    assert "oai:repo.example:99" not in held(session)
    repository.items.pop()
    harvest(full=True)
    harvest(full=True)
    assert "oai:repo.example:3" in held(session)  # it is there, though unreadable


def test_a_stopped_worker_leaves_the_harvest_to_the_next(session, repository, harvest):
    stop = threading.Event()
    repository.before_page = lambda number: stop.set() if number == 2 else None
    left = harvest(stop=stop)
    assert (left.state, left.pages) == (HarvestState.RUNNING, 2)
    ended = harvest()
    assert (ended.id, ended.state, counts(ended)) == (
        left.id,
        HarvestState.COMPLETE,
        (25, 25, 0, 0, 0),
    )
    assert held(session) == there(repository)


def test_an_interrupted_harvest_is_cancelled_and_can_go_on(session, repository, harvest):
    def interrupt(done, expected):
        if done == 20:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        harvest(progress=interrupt)
    session.rollback()
    (cancelled,) = session.scalars(select(Harvest)).all()
    assert (cancelled.state, cancelled.pages) == (HarvestState.CANCELLED, 2)
    ended = harvest()
    assert (ended.id, ended.state, ended.seen) == (cancelled.id, HarvestState.COMPLETE, 25)


def test_progress_is_told(repository, harvest):
    told = []
    harvest(progress=lambda done, expected: told.append((done, expected)))
    assert told == [(10, 25), (20, 25), (25, 25)]


def test_a_source_is_harvested_by_one_worker_at_a_time(repository, harvest):
    refused = []

    def meddle(number):
        if number == 2:
            with pytest.raises(Conflict, match="Repo is being harvested"):
                harvest()
            refused.append(number)

    repository.before_page = meddle
    assert harvest().state is HarvestState.COMPLETE
    assert refused == [2]


def test_a_worker_whose_lease_was_taken_over_writes_no_more(session, engine, repository, harvest):
    """One that only seemed dead: its page comes after another worker has taken over."""
    others: list[Harvest] = []

    def take_over(number):
        if number == 2 and not others:
            others.append(Harvest())
            with Session(engine) as other, transaction(other):
                other.execute(update(Harvest).values(lease_until=now() - timedelta(seconds=1)))
            others.append(harvest())

    repository.before_page = take_over
    with pytest.raises(LeaseLost):
        harvest()
    session.rollback()
    (only,) = session.scalars(select(Harvest)).all()
    assert (only.state, counts(only)) == (HarvestState.COMPLETE, (25, 25, 0, 0, 0))
    assert held(session) == there(repository)


@pytest.mark.parametrize("change", [{"active": False}, {"moved": now() + timedelta(days=1)}])
def test_a_source_that_is_changed_meanwhile_is_read_no_further(
    session, engine, repository, harvest, change
):
    def meddle(number):
        if number == 2:
            with Session(engine) as other, transaction(other):
                other.execute(update(Source).values(**change))

    repository.before_page = meddle
    ended = harvest()
    code = "paused" if "active" in change else "source_changed"
    assert (ended.state, ended.problem, ended.pages) == (HarvestState.PARTIAL, code, 1)
    assert len(held(session)) == 10


def test_a_mistake_of_ours_ends_one_harvest_and_no_other(session, engine, repository):
    broken = add_source(session, schedule=Schedule.DAILY, address="https://broken.example/oai")
    sound = add_source(session, schedule=Schedule.DAILY, address=repository.url)
    read = harvest_jobs.READERS[SourceKind.OAI_PMH]

    def stumble(fetcher, request, pause):
        if "broken" in request.address:
            raise ZeroDivisionError
        yield from read(fetcher, request, pause)

    readers = {SourceKind.OAI_PMH: stumble}
    ended = harvest_jobs.harvest_due(engine, FETCHER, Impatient(), readers)
    states = {each.harvest.source_id: each.harvest.state for each in ended}
    assert states == {broken.id: HarvestState.FAILED, sound.id: HarvestState.COMPLETE}
    assert held(session) == there(repository)


def test_a_broken_source_disturbs_no_other(session, engine, repository):
    add_source(session, schedule=Schedule.DAILY, address="https://127.0.0.1:9/oai")
    add_source(session, schedule=Schedule.DAILY, address=repository.url)
    add_source(session, schedule=Schedule.MANUAL, address=repository.url)
    add_source(session, schedule=Schedule.DAILY, address=repository.url, active=False)
    ended = harvest_jobs.harvest_due(engine, FETCHER, Impatient())
    assert [each.harvest.state for each in ended] == [HarvestState.FAILED, HarvestState.COMPLETE]
    assert held(session) == there(repository)
    assert harvest_jobs.harvest_due(engine, FETCHER, Impatient()) == []


def test_the_worker_harvests_what_is_due_until_it_is_stopped(session, engine, repository):
    add_source(session, schedule=Schedule.DAILY, address=repository.url)
    stop = threading.Event()
    worker = threading.Thread(target=harvest_jobs.work, args=(engine, FETCHER, stop))
    worker.start()
    try:
        for _ in range(500):
            if len(held(session)) == 25:
                break
            worker.join(0.02)
    finally:
        stop.set()
        worker.join(10)
    assert not worker.is_alive()
    assert held(session) == there(repository)


def test_a_killed_harvest_is_taken_over_when_its_lease_has_ended(
    session, engine, repository, source, harvest, environment
):
    reached = threading.Event()

    def hang(number):
        if number == 2 and not reached.is_set():
            reached.set()
            threading.Event().wait(20)

    repository.before_page = hang
    session.close()
    command = [sys.executable, "-m", "needsbank.cli", "harvest", "run", "Repo"]
    killed = subprocess.Popen(
        command,
        cwd=ROOT,
        env={**environment, "NEEDSBANK_FETCH_HOSTS": "127.0.0.1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert reached.wait(60)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait(10)
    repository.before_page = lambda number: None
    assert len(held(session)) == 10
    with pytest.raises(Conflict, match="being harvested"):
        harvest()
    with Session(engine) as other, transaction(other):
        other.execute(update(Harvest).values(lease_until=now()))
    repository.asked.clear()
    ended = harvest()
    assert repository.asked[0] == {"verb": "ListRecords", "resumptionToken": "2/"}
    assert (ended.state, counts(ended)) == (HarvestState.COMPLETE, (25, 25, 0, 0, 0))
    assert held(session) == there(repository)
    assert session.scalar(select(func.count(Harvest.id))) == 1


def test_one_that_was_killed_behind_its_last_page_is_begun_anew(
    session, engine, repository, source, harvest
):
    with Session(engine) as other, transaction(other):
        claim = harvesting.claim(other, source.id)
    for page in harvest_jobs.READERS[SourceKind.OAI_PMH](FETCHER, claim.request, lambda s: None):
        with Session(engine) as other, transaction(other):
            harvesting.store_page(other, claim, page)
    with Session(engine) as other, transaction(other):
        other.execute(update(Harvest).values(lease_until=now()))
    ended = harvest()
    assert (ended.state, ended.repeated) == (HarvestState.COMPLETE, 0)
    states = session.scalars(select(Harvest.state).order_by(Harvest.id)).all()
    assert states == [HarvestState.CANCELLED, HarvestState.COMPLETE]
    assert held(session) == there(repository)


def test_datestamps_of_the_overlap_are_not_lost(session, repository, harvest):
    """A record that changes in the second in which the list is drawn up."""
    moment = FIRST_DAY + timedelta(days=100)
    repository.clock = lambda: moment
    harvest()
    repository.items.append(titled(99, stamp=moment - timedelta(seconds=1)))
    harvest()
    assert "oai:repo.example:99" in held(session)


def test_everything_is_read_again_now_and_then(session, engine, repository, harvest):
    harvest()
    assert harvest().full is False
    with Session(engine) as other, transaction(other):
        other.execute(update(Harvest).values(started=days(-40)))
        other.execute(update(Source).values(moved=days(-50)))
    assert harvest().full is True


def test_a_list_that_never_ends_is_given_up(session, repository, harvest):
    """With a new token each time, and the same records."""
    repository.page_size = 25
    whole = repository._page

    def again(number, since, wanted, token=""):
        return whole(1, since, [*wanted, titled(0)], token=f"{number + 1}/")

    repository._page = again
    ended = harvest()
    assert (ended.state, ended.problem) == (HarvestState.PARTIAL, "repeated_ids")
    assert ended.pages == 41  # a thousand records after the first page
    assert held(session) == there(repository)


@pytest.mark.slow
def test_a_harvest_that_is_killed_again_and_again_ends_as_any_other(
    session, engine, source, repository, harvest, environment
):
    repository.items = [titled(number) for number in range(600)]
    draw = random.Random(4)
    session.close()
    for kill in range(6):
        at = repository.pages + draw.randrange(2, 9)
        reached = threading.Event()
        repository.before_page = lambda _, at=at, reached=reached: (
            reached.set() if repository.pages >= at else None
        )
        killed = subprocess.Popen(
            [sys.executable, "-m", "needsbank.cli", "harvest", "run", "Repo"],
            cwd=ROOT,
            env={**environment, "NEEDSBANK_FETCH_HOSTS": "127.0.0.1"},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert reached.wait(60), kill
        time.sleep(draw.random() * 0.05)  # before, in or after the page's transaction
        os.kill(killed.pid, signal.SIGKILL)
        killed.wait(10)
        with Session(engine) as other, transaction(other):
            other.execute(update(Harvest).values(lease_until=now()))
    repository.before_page = lambda number: None
    ended = harvest()
    assert (ended.state, counts(ended)) == (HarvestState.COMPLETE, (600, 600, 0, 0, 0))
    assert held(session) == there(repository)
    assert session.scalar(select(func.count(Harvest.id))) == 1
