"""Work that the clock brings: each job finds what has become due, and does it.

Nothing is scheduled: what is due is read from the rows themselves, so a worker that was killed,
or a service that stood still over a weekend, catches up by itself. A job does a bounded number of
rows in one transaction and returns how many; doing it again finds them done.
"""

import logging
import threading
from collections.abc import Callable, Sequence

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from needsbank.db.transaction import transaction
from needsbank.services import currency
from needsbank.services.adoption_questions import ask_due
from needsbank.services.collaborations import begin_agreed, make_missing
from needsbank.services.digests import gather_digests
from needsbank.services.escalating import escalate
from needsbank.services.journeys_of_needs import begin_missing
from needsbank.services.outbox import doubt_abandoned
from needsbank.services.parking import return_parked
from needsbank.services.webhooks import tell_mornings

DueJob = Callable[[Session], int]
"""Does some of what is due in the session's transaction; returns how much."""

DUE_JOBS: tuple[DueJob, ...] = (
    escalate,
    currency.ask_authors,
    currency.end_unanswered,
    doubt_abandoned,
    gather_digests,
    begin_missing,
    return_parked,
    begin_agreed,
    make_missing,
    ask_due,
    tell_mornings,
)
"""Escalating, returning, asking: every use case that the clock starts."""

_IDLE_SECONDS = 5.0
_log = logging.getLogger(__name__)


def do_due(engine: Engine, more: Sequence[DueJob] = ()) -> int:
    """Do everything that is due now; return how much was done.

    `more` are jobs that need something beside the database, such as a folder.
    """
    done = 0
    for job in (*DUE_JOBS, *more):
        while count := _once(engine, job):
            done += count
    return done


def work(engine: Engine, stop: threading.Event, more: Sequence[DueJob] = ()) -> None:
    """Do what becomes due until stopped; a database that does not answer is waited for."""
    while not stop.is_set():
        try:
            do_due(engine, more)
        except OperationalError as error:
            _log.error("the database does not answer, trying again: %s", error.orig)
        stop.wait(_IDLE_SECONDS)


def _once(engine: Engine, job: DueJob) -> int:
    with Session(engine) as session, transaction(session):
        return job(session)
