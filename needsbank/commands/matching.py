"""`needsbank embed`, `suggest`, `search` and `work`."""

import os
import signal
import threading
import time
from collections.abc import Callable
from functools import partial

from rich.table import Table
from sqlalchemy import Engine
from sqlalchemy.orm import Session

from needsbank import delivery, due_work, harvest_jobs, jobs
from needsbank.app import make_fetcher, make_ways
from needsbank.commands.surroundings import (
    active_retrieval,
    console,
    embedded_sets,
    engine,
    progress_bar,
    settings,
)
from needsbank.db.models import Subject
from needsbank.db.queries.competences import CompetenceFilter
from needsbank.db.queries.needs import NeedFilter
from needsbank.db.queries.prior_works import PriorWorkFilter
from needsbank.domain.roles import ANONYMOUS
from needsbank.services import browsing, embedding, evidence, suggesting
from needsbank.services.retrieval import Retrieval
from needsbank.services.shared_files import sweep_files
from needsbank.sources.file_store import FileStore
from needsbank.sources.uploads import Uploads

_GIVES_WAY = 10
"""How much less of a busy processor the worker asks for than the web processes."""

_LET_END = 5.0
"""Seconds."""

Part = Callable[[Engine, threading.Event], None]
"""Of the worker: runs until the event is set."""

_NAMES = {
    Subject.NEED: "Reading needs",
    Subject.COMPETENCE: "Reading competences",
    Subject.REFERENCE: "Reading what competences have done",
    Subject.PRIOR_WORK: "Reading prior works",
}


def embed() -> None:
    """Give vectors to every text that lacks them, with a bar."""
    on = engine()
    embed_all(on, embedded_sets(on).active())


def suggest() -> None:
    """Suggest for every open need that lacks it, and compare sentences, with bars."""
    on = engine()
    bank = active_retrieval(on)
    match_all(on, bank)
    find_all_evidence(on, bank)


def embed_all(on: Engine, bank: Retrieval) -> None:
    """Embed what is pending and save the indexes."""
    jobs.refresh_lemmas(on, bank)
    with progress_bar() as bar:
        for subject in Subject:
            with Session(on) as session:
                total = embedding.count_pending(session, subject, bank.set)
            if total:
                task = bar.add_task(_NAMES[subject], total=total)
                jobs.embed_pending(on, bank, subject, progress=partial(bar.advance, task))
    jobs.save_snapshots(on, bank)


def match_all(on: Engine, bank: Retrieval) -> None:
    """Suggest for every need that waits; the evidence is found later, need by need."""
    with Session(on) as session:
        total = suggesting.count_to_match(session, bank)
    if total:
        with progress_bar() as bar:
            task = bar.add_task("Matching needs", total=total)
            jobs.suggest_pending(on, bank, progress=partial(bar.advance, task))


def find_all_evidence(on: Engine, bank: Retrieval) -> None:
    """Compare the sentences of every suggestion that waits for it."""
    with Session(on) as session:
        total = evidence.count_lacking_evidence(session)
    if total:
        with progress_bar() as bar:
            task = bar.add_task("Comparing sentences", total=total)
            jobs.find_missing_evidence(on, bank, progress=partial(bar.advance, task))


def search(words: str, most: int) -> None:
    """Show what everybody may read that is about the words."""
    on, asked = engine(), browsing.Wanted(words=words)
    bank = active_retrieval(on)
    bank.matcher.represent_query(words)  # loads the model, so that the time below is the search's
    started = time.perf_counter()
    with Session(on) as session:
        needs = browsing.browse_needs(session, bank, ANONYMOUS, NeedFilter(), asked)
        competences = browsing.browse_competences(
            session, bank, ANONYMOUS, CompetenceFilter(), asked
        )
        works = browsing.browse_prior_works(session, bank, PriorWorkFilter(), asked)
        elapsed = time.perf_counter() - started
        _show("Needs", needs.total, [(n.language.value, n.title) for n in needs.rows[:most]])
        _show(
            "Competences",
            competences.total,
            [(c.language.value, c.title) for c in competences.rows[:most]],
        )
        _show("Prior works", works.total, [(w.language.value, w.title) for w in works.rows[:most]])
    console.print(f"{elapsed * 1000:.0f} ms")


def _show(title: str, total: int, rows: list[tuple[str, str]]) -> None:
    table = Table(title=f"{title} ({total})", title_justify="left", show_header=False)
    for row in rows:
        table.add_row(*row)
    console.print(table)


def work() -> None:
    """Do background work until a signal asks to stop, giving way to what people wait for."""
    os.nice(_GIVES_WAY)
    stop = threading.Event()
    for signal_number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(signal_number, lambda *_: stop.set())
    on = engine()
    beside = [
        threading.Thread(target=_beside, args=(each, on, stop), name=each.__name__, daemon=True)
        for each in (_harvest, _do_due, _deliver)
    ]
    for thread in beside:
        thread.start()
    try:
        jobs.work(on, embedded_sets(on), stop)
    finally:
        stop.set()
        for thread in beside:
            # What is silent just now, as a slow source, must not hold us up: leases run out.
            thread.join(_LET_END)


def _beside(part: Part, on: Engine, stop: threading.Event) -> None:
    try:
        part(on, stop)
    finally:
        stop.set()  # should it end by a mistake of ours, the worker ends too and is noticed


def _harvest(on: Engine, stop: threading.Event) -> None:
    brought = Uploads(settings().instance / "uploads")
    harvest_jobs.work(on, make_fetcher(settings()), stop, brought.drop_old)


def _do_due(on: Engine, stop: threading.Event) -> None:
    shared = FileStore(settings().instance / "files")
    due_work.work(on, stop, (partial(sweep_files, store=shared),))


def _deliver(on: Engine, stop: threading.Event) -> None:
    delivery.work(on, make_ways(settings()), stop)
