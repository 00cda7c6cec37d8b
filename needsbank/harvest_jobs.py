"""Harvesting: a source's pages are fetched outside transactions, and each is stored in one.

The worker does this in a thread of its own, since a slow server keeps it waiting for minutes, and
what people post is not to wait behind it.
"""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from needsbank.db.models import Harvest
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.errors import BankError
from needsbank.domain.harvests import (
    BadRecord,
    HarvestPage,
    HarvestProblem,
    HarvestStopped,
    Request,
)
from needsbank.domain.sources import SourceKind
from needsbank.services import harvesting, own_results
from needsbank.services.harvest_planning import due_sources
from needsbank.services.harvesting import Claim
from needsbank.sources import catalogue_harvest, oai_pmh
from needsbank.sources.fetching import Fetcher
from needsbank.sources.oai_pmh import Pause

Read = Callable[[Fetcher, Request, Pause], Iterator[HarvestPage]]
Readers = Mapping[SourceKind, Read]
READERS: Readers = {
    SourceKind.OAI_PMH: oai_pmh.read_pages,
    SourceKind.CATALOGUE: catalogue_harvest.read_pages,
}
"""How the records of a kind of source are read; what has no reader is not harvested."""

Progress = Callable[[int, int | None], None]
"""Called with how many records are dealt with, and how many there are if the source says so."""

_LOOK_EVERY = 5.0
"""Seconds between two looks at what is due, or was asked for."""
_OWN_EVERY = 60.0
"""Seconds between two looks at own results, which mostly are recorded when a need closes."""
_RENEW_EVERY = 60.0
_REMOVE_AT_ONCE = 100
_BAD_SHOWN = 20

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Outcome:
    """How a harvest ended, or where it was left; with the first of the records not taken."""

    harvest: Harvest
    bad: list[BadRecord] = field(default_factory=list)


def harvest_source(
    engine: Engine,
    fetcher: Fetcher,
    source_id: UUID,
    *,
    full: bool = False,
    stop: threading.Event | None = None,
    progress: Progress = lambda done, expected: None,
    readers: Readers = READERS,
) -> Outcome:
    """Harvest a source from its checkpoint, or anew; return how it ended.

    Raises `Conflict` while another worker is at it. On `stop` the harvest is left as it is, for
    the next worker; when interrupted from the keyboard, it is cancelled, and can be gone on with.
    """
    stop = stop or threading.Event()
    with Session(engine) as session, transaction(session):
        held = harvesting.claim(session, source_id, full=full)
    pages = readers[held.kind](fetcher, held.request, _pausing(engine, held, stop))
    outcome = _harvest(engine, held, pages, progress)
    _remove_missing(engine, source_id)
    _log.info(
        "harvest of %s: %s %s",
        held.request.name,
        outcome.harvest.state.value,
        outcome.harvest.problem or "",
    )
    return outcome


def harvest_due(
    engine: Engine, fetcher: Fetcher, stop: threading.Event, readers: Readers = READERS
) -> list[Outcome]:
    """Harvest what is due, one source after another; what goes wrong with one is its own."""
    with Session(engine) as session:
        source_ids = due_sources(session, readers.keys(), now())
    outcomes = []
    for source_id in source_ids:
        if stop.is_set():
            break
        try:
            ended = harvest_source(engine, fetcher, source_id, stop=stop, readers=readers)
        except BankError as error:
            _log.warning("not harvested: %s", error)
        else:
            outcomes.append(ended)
    return outcomes


def refresh_own_results(engine: Engine) -> None:
    """Record what the bank's own people have finished; takes the lock of writers only if needed."""
    with Session(engine) as session:
        differs = own_results.difference(session)
    if differs != own_results.Difference():
        with Session(engine) as session, transaction(session):
            own_results.refresh(session)


def work(
    engine: Engine,
    fetcher: Fetcher,
    stop: threading.Event,
    tidy: Callable[[], None] = lambda: None,
) -> None:
    """Look for what is due, again and again, until stopped; wait for a database that is away.

    `tidy` is done now and then beside it.
    """
    look_at_own = time.monotonic()
    while not stop.is_set():
        try:
            if time.monotonic() >= look_at_own:
                tidy()
                refresh_own_results(engine)
                look_at_own = time.monotonic() + _OWN_EVERY
            harvest_due(engine, fetcher, stop)
        except OperationalError as error:
            _log.error("the database does not answer, trying again: %s", error.orig)
        stop.wait(_LOOK_EVERY)


def _harvest(
    engine: Engine, held: Claim, pages: Iterator[HarvestPage], progress: Progress
) -> Outcome:
    bad: list[BadRecord] = []
    problem: HarvestProblem | None = None
    try:
        for page in pages:
            with Session(engine) as session, transaction(session):
                at = harvesting.store_page(session, held, page)
                done, expected = at.position, at.expected
            progress(done, expected)
            bad += [each for each in page.records if isinstance(each, BadRecord)]
            del bad[_BAD_SHOWN:]
    except HarvestProblem as error:
        problem = error
    except HarvestStopped:
        return Outcome(_end(engine, lambda session: harvesting.release(session, held)), bad)
    except KeyboardInterrupt:
        _end(engine, lambda session: harvesting.cancel(session, held))
        raise
    except (BankError, OperationalError):
        raise  # the lease is another worker's, or runs out
    except Exception as error:  # noqa: BLE001 -- each worker would meet it again, for ever
        _log.exception("harvest of %s", held.request.name)
        problem = HarvestProblem("unexpected", f"{type(error).__name__}; the log says more")
    ended = _end(engine, lambda session: harvesting.finish(session, held, problem, _note(bad)))
    return Outcome(ended, bad)


def _end(engine: Engine, act: Callable[[Session], Harvest]) -> Harvest:
    with Session(engine, expire_on_commit=False) as session, transaction(session):
        return act(session)


def _pausing(engine: Engine, held: Claim, stop: threading.Event) -> Pause:
    """Return what waits for a busy source while the harvest stays in our hands."""

    def pause(seconds: float) -> None:
        left = seconds
        while left > 0 and not stop.wait(min(left, _RENEW_EVERY)):
            left -= _RENEW_EVERY
            with Session(engine) as session, transaction(session):
                harvesting.renew(session, held)
        if stop.is_set():
            raise HarvestStopped(held.request.name)

    return pause


def _remove_missing(engine: Engine, source_id: UUID) -> None:
    removed = _REMOVE_AT_ONCE
    while removed == _REMOVE_AT_ONCE:
        with Session(engine) as session, transaction(session):
            removed = harvesting.remove_missing(session, source_id, _REMOVE_AT_ONCE)


def _note(bad: list[BadRecord]) -> str:
    if not bad:
        return ""
    reasons = ", ".join(f"{name}: {code}" for name, code in bad[0].errors.items())
    return f"not taken, the first: {bad[0].source_key} ({reasons})"
