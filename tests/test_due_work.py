"""Work that the clock brings is done until nothing is due, by a worker that outlives failures."""

import threading

from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from needsbank import due_work


class Job:
    """Finds so many things due in turn; fails where told."""

    def __init__(self, *found, stop=None):
        self.found = list(found)
        self.stop = stop
        self.calls = 0

    def __call__(self, session):
        """Do what is due."""
        session.execute(text("select 1"))
        self.calls += 1
        if not self.found:
            if self.stop:
                self.stop.set()
            return 0
        now = self.found.pop(0)
        if isinstance(now, Exception):
            raise now
        return now


def test_each_job_is_done_until_it_finds_nothing(engine, monkeypatch):
    jobs = Job(3, 3, 1), Job(), Job(2)
    monkeypatch.setattr(due_work, "DUE_JOBS", jobs)
    assert due_work.do_due(engine) == 9
    assert [job.calls for job in jobs] == [4, 1, 2]


def test_the_worker_goes_on_after_a_database_that_was_away(engine, monkeypatch, caplog):
    stop = threading.Event()
    job = Job(1, OperationalError("select 1", {}, Exception("database is locked")), 1, stop=stop)
    monkeypatch.setattr(due_work, "DUE_JOBS", (job,))
    monkeypatch.setattr(due_work, "_IDLE_SECONDS", 0.01)
    worker = threading.Thread(target=due_work.work, args=(engine, stop), daemon=True)
    worker.start()
    worker.join(10)
    assert not worker.is_alive()
    assert job.calls == 4
    assert "the database does not answer" in caplog.text


def test_a_worker_that_is_asked_to_stop_begins_nothing(engine, monkeypatch):
    stop, job = threading.Event(), Job(1)
    stop.set()
    monkeypatch.setattr(due_work, "DUE_JOBS", (job,))
    due_work.work(engine, stop)
    assert job.calls == 0
