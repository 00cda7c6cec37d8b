"""What every command starts from: settings, the database, the matcher, a terminal."""

from functools import cache

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine

from needsbank.app import make_retrieval
from needsbank.db.base import make_engine
from needsbank.db.migrations.running import check_current
from needsbank.services.retrieval import Retrieval
from needsbank.settings import Settings, from_environment

console = Console(highlight=False)


@cache
def settings() -> Settings:
    """Return the settings of this process."""
    return from_environment()


def engine() -> Engine:
    """Return an engine on a database that fits this version; raise with what to do otherwise."""
    made = make_engine(settings().database_url)
    check_current(made)
    return made


def retrieval() -> Retrieval:
    """Return the matcher and the indexes."""
    return make_retrieval(settings())


def progress_bar() -> Progress:
    """Return a bar that shows how many are done and how long the rest takes."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=console,
    )
