"""The whole of a real catalogue, harvested by real processes, one of them killed in the middle."""

import gzip
import json
import os
import signal
import subprocess
import sys
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from needsbank.db.models import Harvest, PriorWork
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.sources import HarvestState
from tests.conftest import ROOT
from tests.factories import add_source
from tests.oai_server import Item, Repository, serving_repository, titled

MOST_MEMORY = 200_000
"""Kilobytes of a whole process."""
# Runs the command as its own process would, and says what memory it took at most.
MEASURED = (
    "import sys\n"
    "from pathlib import Path\n"
    "from needsbank.cli import main\n"
    "try:\n"
    "    main(sys.argv[1:])\n"
    "finally:\n"
    # Not getrusage: what that tells begins with the memory of the process that started this one.
    "    (most,) = [line for line in Path('/proc/self/status').open() if 'VmHWM' in line]\n"
    "    print('kB', most.split()[1])\n"
)


@pytest.fixture
def repository():
    with serving_repository(Repository([titled(number) for number in range(25)])) as served:
        yield served


@pytest.fixture
def harvest(session, repository, environment):
    """Harvest in a process of its own; return its exit code, most memory in kB, and words."""
    add_source(session, name="Repo", address=repository.url)
    session.close()

    def harvest(*options):
        ended = subprocess.run(
            [sys.executable, "-c", MEASURED, "harvest", "run", "Repo", *options],
            cwd=ROOT,
            env={**environment, "NEEDSBANK_FETCH_HOSTS": "127.0.0.1"},
            capture_output=True,
            text=True,
            check=False,
        )
        memory = int(ended.stdout.rsplit("kB ", 1)[1])
        return ended.returncode, memory, ended.stdout + ended.stderr

    return harvest


def held(session):
    session.rollback()
    rows = session.execute(select(PriorWork.source_key, PriorWork.title, PriorWork.language))
    return {key: (title, language.value) for key, title, language in rows}


def there(repository):
    return {
        item.identifier: (" ".join(item.fields[0][1].split()), item.fields[1][1])
        for item in repository.items
        if not item.deleted
    }


def latest(session):
    session.rollback()
    return session.scalars(select(Harvest).order_by(Harvest.id.desc())).first()


@pytest.mark.parametrize(
    ("fault", "stored", "line"),
    [
        ("truncated", 10, "not_oai: the answer is no whole XML"),
        ("html", 10, "not_oai: the answer declares a document type"),
        # Three attempts, as long apart as for any server.
        pytest.param("500", 10, "status: 127.0.0.1 answered with", marks=pytest.mark.slow),
        ("503", 10, "status: 127.0.0.1 answered with HTTP status 503"),
        ("repeated_token", 20, "repeated_token: the source repeats"),
        ("bad_token", 10, "bad_token: the source no longer knows"),
        ("repeated_ids", 15, "repeated_ids: 10 records came more than once"),
        ("bomb", 10, "not_oai: the answer declares a document type"),
        ("huge", 10, "too_large: the answer is larger than"),
    ],
)
def test_a_broken_answer_takes_little_memory_and_is_told_in_a_line(
    session, repository, harvest, fault, stored, line
):
    repository.fault = fault
    code, memory, said = harvest()
    assert code == 1
    assert f"Repo: partial ({line}" in said
    assert memory < MOST_MEMORY, f"{memory} kB"
    assert len(held(session)) == stored


@pytest.fixture
def catalogue():
    titles = ROOT.parent / "shared" / "data" / "finna_titles.jsonl.gz"
    if not titles.exists():
        pytest.skip("the real titles are not here")
    with gzip.open(titles, "rt", encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines]
    return [
        Item(
            f"oai:finna.example:{row['id']}",
            [("dc:title", row["title"], ""), ("dc:language", row["lang"], "")]
            + [("dc:subject", each, "") for each in row["subjects"]],
        )
        for row in rows
    ]


@pytest.mark.slow
def test_a_real_catalogue_is_harvested_resumed_and_kept_up_to_date(
    session, engine, repository, harvest, environment, catalogue
):
    repository.items, repository.page_size = list(catalogue), 500
    middle = len(catalogue) // 500 // 2
    reached = threading.Event()

    def hang(number):
        if number == middle and not reached.is_set():
            reached.set()
            threading.Event().wait(20)

    repository.before_page = hang
    killed = subprocess.Popen(
        [sys.executable, "-m", "needsbank.cli", "harvest", "run", "Repo"],
        cwd=ROOT,
        env={**environment, "NEEDSBANK_FETCH_HOSTS": "127.0.0.1"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    assert reached.wait(120)
    os.kill(killed.pid, signal.SIGKILL)
    killed.wait(10)
    assert len(held(session)) == (middle - 1) * 500
    with Session(engine) as other, transaction(other):
        other.execute(update(Harvest).values(lease_until=now()))
    repository.asked.clear()
    code, memory, said = harvest()
    assert (code, repository.asked[0]["resumptionToken"]) == (0, f"{middle}/")
    assert memory < MOST_MEMORY, f"{memory} kB"
    assert f"{len(catalogue):,} seen, {len(catalogue):,} added" in said.replace("\n", " ")
    assert held(session) == there(repository)

    changed = now() + timedelta(hours=1)
    for number in range(0, 1000, 2):
        repository.items[number].stamp = changed
        repository.items[number].deleted = number % 4 == 0
    repository.items.append(titled(1, stamp=changed))
    assert harvest()[0] == 0
    run = latest(session)
    assert (run.state, run.full) == (HarvestState.COMPLETE, False)
    assert (run.seen, run.added, run.changed, run.removed) == (501, 1, 0, 250)
    assert held(session) == there(repository)
