"""`needsbank harvest` says what it did, and exits with 1 when a source was not read to the end."""

import os
import signal
import subprocess
import sys
import threading
import time

import pytest
from sqlalchemy import func, select

from needsbank.db.models import Harvest, PriorWork
from needsbank.domain.sources import HarvestState, Schedule, SourceKind
from tests.conftest import ROOT
from tests.factories import add_need, add_source, reread
from tests.oai_server import Repository, serving_repository, titled

ALLOWED = {"NEEDSBANK_FETCH_HOSTS": "127.0.0.1"}


HEEDING = (
    "import signal; signal.signal(signal.SIGINT, signal.default_int_handler);"
    " from needsbank.cli import main; main()"
)
"""The command line, heeding Ctrl-C also where the tests run in the background and ignore it."""


@pytest.fixture
def repository():
    with serving_repository(Repository([titled(number) for number in range(25)])) as served:
        yield served


def count(session):
    session.rollback()
    return session.scalar(select(func.count(PriorWork.id)))


def one_line(text):
    return " ".join(text.split())


def test_a_source_is_harvested_by_its_name(run, session, repository):
    add_source(session, name="Repo [old]", address=repository.url)
    ended = run("harvest", "run", "repo [OLD]", **ALLOWED)
    assert (ended.code, ended.err) == (0, "")
    told = "Repo [old]: complete; everything, 25 seen, 25 added, 0 changed, 0 removed, 0 rejected."
    assert told in one_line(ended.out)
    again = run("harvest", "run", "Repo [old]", **ALLOWED)
    assert "complete; what has changed, 0 seen" in one_line(again.out)
    anew = run("harvest", "run", "Repo [old]", "--full", **ALLOWED)
    assert "complete; everything, 25 seen, 0 added" in one_line(anew.out)
    assert count(session) == 25


def test_records_that_are_not_taken_are_told(run, session, repository):
    repository.items.append(titled(99, "x" * 501))
    add_source(session, name="Repo", address=repository.url)
    ended = run("harvest", "run", "Repo", **ALLOWED)
    assert ended.code == 0
    assert "1 rejected" in one_line(ended.out)
    assert "  oai:repo.example:99: title: too_long\n" in ended.out


def test_a_broken_source_is_told_in_one_line(run, session, repository):
    repository.fault = "html"
    add_source(session, name="Repo", address=repository.url)
    ended = run("harvest", "run", "Repo", **ALLOWED)
    assert ended.code == 1
    assert ended.err.startswith("needsbank: Repo: partial (not_oai: the answer ")
    assert ended.err.count("\n") == 1


def test_a_private_address_is_refused_unless_the_setting_names_it(run, session, repository):
    add_source(session, name="Repo", address=repository.url)
    ended = run("harvest", "run", "Repo")
    assert ended.code == 1
    assert "Repo: failed (blocked: 127.0.0.1 is not an address of the public internet)" in ended.err
    assert repository.asked == []


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("Nothing", "there is no source 'Nothing'"),
        ("Own", "Own is not harvested"),
        ("Paused", "Paused is paused"),
    ],
)
def test_what_cannot_be_harvested_is_told(run, session, name, said):
    add_source(session, name="Own", kind=SourceKind.OWN)
    add_source(session, name="Paused", active=False)
    ended = run("harvest", "run", name)
    assert ended.code == 1
    assert said in ended.err


def test_the_list_shows_each_source_and_its_latest_harvest(run, session, repository):
    assert run("harvest", "list").out == "There are no sources yet.\n"
    add_source(session, name="Repo [old]", address=repository.url, schedule=Schedule.WEEKLY)
    add_source(session, name="Other", active=False)
    run("harvest", "run", "Repo [old]", **ALLOWED)
    shown = run("harvest", "list", COLUMNS="200").out
    (repo,) = [line for line in shown.splitlines() if "Repo [old]" in line]
    for word in ("weekly", "25", "complete; everything, 25 seen"):
        assert word in repo
    (other,) = [line for line in shown.splitlines() if "Other" in line]
    assert "paused" in other
    assert "none yet" in other


def test_what_is_due_is_harvested_one_after_another(run, session, repository):
    add_source(session, name="Broken", address="http://127.0.0.1:9/", schedule=Schedule.DAILY)
    add_source(session, name="Repo", address=repository.url, schedule=Schedule.DAILY)
    add_source(session, name="By hand", address=repository.url)
    private = add_source(session, name="Private", address="http://127.0.0.1:9/")
    session.add(Harvest(source_id=private.id, full=True))  # one that was killed
    session.commit()
    ended = run("harvest", "due", **{"NEEDSBANK_FETCH_HOSTS": repository.url.split("/")[2]})
    said = one_line(ended.out)
    assert ended.code == 1
    assert "2 of 3 sources could not be read to the end" in ended.err
    assert "Broken: failed (blocked" in said
    assert "Repo: complete; everything, 25 seen" in said
    assert count(session) == 25
    assert run("harvest", "due").out == "Nothing is due.\n"


def test_a_harvest_can_be_interrupted_and_gone_on_with(run, session, repository, environment):
    reached, go_on = threading.Event(), threading.Event()

    def hang(number):
        if number == 2:
            reached.set()
            go_on.wait(20)

    repository.before_page = hang
    add_source(session, name="Repo", address=repository.url)
    harvest = subprocess.Popen(
        [sys.executable, "-c", HEEDING, "harvest", "run", "Repo"],
        cwd=ROOT,
        env={**environment, **ALLOWED},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert reached.wait(60)
    os.kill(harvest.pid, signal.SIGINT)
    go_on.set()
    _, said = harvest.communicate(timeout=30)
    assert count(session) == 10
    assert session.scalars(select(Harvest.state)).all() == [HarvestState.CANCELLED]
    assert harvest.returncode == 130
    assert "stopped; run it again to go on" in said
    ended = run("harvest", "run", "Repo", **ALLOWED)
    assert ended.code == 0, ended.err
    assert "complete; everything, 25 seen, 25 added" in one_line(ended.out)


def test_the_worker_harvests_beside_its_other_work(run, session, repository, environment):
    """A source that keeps us waiting does not keep the needs waiting that people post."""
    reached, go_on = threading.Event(), threading.Event()

    def hang(number):
        if number == 2:
            reached.set()
            go_on.wait(30)

    repository.before_page = hang
    add_source(session, name="Repo", address=repository.url, schedule=Schedule.DAILY)
    worker = subprocess.Popen(
        [sys.executable, "-m", "needsbank.cli", "work"], cwd=ROOT, env={**environment, **ALLOWED}
    )
    try:
        assert reached.wait(60)
        need = add_need(session)
        waited_for(lambda: bool(reread(session, need).embedded_in))
        assert count(session) == 10
        go_on.set()
        waited_for(lambda: count(session) == 25)
    finally:
        go_on.set()
        worker.terminate()
        assert worker.wait(20) == 0
    session.rollback()
    assert session.scalars(select(Harvest.state)).all() == [HarvestState.COMPLETE]


def waited_for(condition):
    for _ in range(1000):
        if condition():
            return
        time.sleep(0.03)
    raise AssertionError("it did not happen")
