"""`needsbank duplicates sweep`."""

from functools import partial

from sqlalchemy.orm import Session

from needsbank import jobs
from needsbank.commands.surroundings import active_retrieval, console, engine, progress_bar
from needsbank.db.models import Subject
from needsbank.db.transaction import transaction
from needsbank.services import sweeping

_NAMES = {Subject.NEED: "Asking for needs", Subject.PRIOR_WORK: "Asking for prior works"}


def sweep(*, anew: bool) -> None:
    """Look for likely duplicates of every text that has not been asked for yet, with a bar."""
    on = engine()
    bank = active_retrieval(on)
    with Session(on) as session, transaction(session):
        sweeping.begin_sweep(session, bank, anew=anew)
    found = 0
    with progress_bar() as bar:
        for subject in sweeping.SWEPT:
            with Session(on) as session:
                total = sweeping.count_to_sweep(session, bank, subject)
            if total:
                task = bar.add_task(_NAMES[subject], total=total)
                found += jobs.sweep(on, bank, subject, progress=partial(bar.advance, task))
    with Session(on) as session, transaction(session):
        sweeping.finish_sweep(session)
    console.print(f"{found} likely duplicates found; coordinators see them grouped at their desk.")
