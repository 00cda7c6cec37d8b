"""What every command starts from: settings, the database, the matcher, a terminal."""

from functools import cache

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine, make_url
from sqlalchemy.exc import ArgumentError, OperationalError
from sqlalchemy.orm import Session

from needsbank.app import make_opener
from needsbank.db.base import make_engine
from needsbank.db.migrations.running import check_current
from needsbank.services import vector_sets
from needsbank.services.embedded_sets import EmbeddedSets
from needsbank.services.opening import Opener
from needsbank.services.retrieval import Retrieval
from needsbank.settings import Settings, SettingsError, from_environment

console = Console(highlight=False)


@cache
def settings() -> Settings:
    """Return the settings of this process."""
    return from_environment()


def engine() -> Engine:
    """Return an engine on a database that fits this version; raise with what to do otherwise."""
    made = any_engine()
    check_current(made)
    return made


def any_engine() -> Engine:
    """Return an engine on a database that answers, of whatever version; raise `SettingsError`."""
    url = settings().database_url
    try:
        made = make_engine(url)
        with made.connect():
            return made
    except ArgumentError as error:
        raise SettingsError(
            f"NEEDSBANK_DATABASE_URL is no address of a database: {error}"
        ) from error
    except OperationalError as error:
        where = make_url(url).render_as_string(hide_password=True)
        raise SettingsError(f"NEEDSBANK_DATABASE_URL {where}: {error.orig}") from error


def opener() -> Opener:
    """Return what opens vector sets."""
    return make_opener(settings())


def retrieval() -> Retrieval:
    """Return the matcher of the encoder that the settings name, whatever a bank is searched in."""
    return opener().retrieval(None)


def active_retrieval(on: Engine) -> Retrieval:
    """Return the retrieval of the bank's active vector set, for reading."""
    with Session(on) as session:
        return opener().retrieval(vector_sets.active(session))


def embedded_sets(on: Engine) -> EmbeddedSets:
    """Return the bank's vector sets, for a process that gives vectors to texts."""
    return EmbeddedSets(opener(), on)


def progress_bar(on: Console = console) -> Progress:
    """Return a bar that shows how many are done and how long the rest takes."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeRemainingColumn(),
        console=on,
    )
