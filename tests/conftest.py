"""A fresh bank for each test: real migrations, real pages, a matcher that counts words."""

import hashlib
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings as hypothesis_settings
from jinja2 import FileSystemBytecodeCache
from sqlalchemy import Engine, event
from sqlalchemy.orm import Session
from sqlalchemy.pool import Pool

from matching import (
    DuplicateDetector,
    FakeEncoder,
    Matcher,
    probe_vectors,
    write_standard_directory,
)
from needsbank.app import create_app, engine_of
from needsbank.cli import main
from needsbank.commands import surroundings
from needsbank.db.base import make_engine
from needsbank.db.migrations.running import upgrade_to_newest
from needsbank.db.transaction import transaction
from needsbank.services import vector_sets
from needsbank.services.retrieval import Retrieval
from needsbank.settings import Settings

ROOT = Path(__file__).parents[1]

Queries = list[str]


@dataclass(frozen=True)
class Outcome:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str


# A busy machine is no reason to fail.
hypothesis_settings.register_profile("bank", deadline=None)
hypothesis_settings.load_profile("bank")


@pytest.fixture(scope="session")
def fake_matcher() -> Matcher:
    return Matcher.load(ROOT / "data" / "matcher", FakeEncoder())


@pytest.fixture(scope="session")
def fake_detector(fake_matcher: Matcher) -> DuplicateDetector:
    return DuplicateDetector.load(ROOT / "data" / "matcher", fake_matcher)


@pytest.fixture(scope="session")
def empty_bank(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated database whose first vector set is the fake encoder's, else empty; made once."""
    path = tmp_path_factory.mktemp("template") / "bank.db"
    engine = make_engine(f"sqlite:///{path}")
    upgrade_to_newest(engine)
    add_first_set(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("pragma wal_checkpoint(truncate)")
    engine.dispose()
    return path


@pytest.fixture
def settings(tmp_path: Path, empty_bank: Path) -> Settings:
    """Settings of a bank of this test's own, whose database is migrated and empty."""
    instance = tmp_path / "instance"
    instance.mkdir()
    shutil.copyfile(empty_bank, instance / "bank.db")
    return Settings(
        database_url=f"sqlite:///{instance / 'bank.db'}",
        secret_key="a secret of tests, long enough",
        instance=instance,
        encoder="fake",
        secure_cookies=False,
    )


@pytest.fixture
def engine(settings: Settings) -> Iterator[Engine]:
    made = make_engine(settings.database_url)
    yield made
    made.dispose()


@pytest.fixture
def session(engine: Engine) -> Iterator[Session]:
    """A session whose objects stay readable after a commit."""
    with Session(engine, expire_on_commit=False) as opened:
        yield opened


@pytest.fixture
def retrieval(
    fake_matcher: Matcher, fake_detector: DuplicateDetector, settings: Settings
) -> Retrieval:
    return Retrieval(fake_matcher, fake_detector, settings.instance / "index")


@pytest.fixture(scope="session")
def standard_directory(pytestconfig: pytest.Config) -> Path:
    """The built-in encoder written out; kept between runs until the code that writes it changes."""
    modules = sorted((ROOT / "matching").glob("*.py"))
    code = hashlib.sha256(b"".join(module.read_bytes() for module in modules)).hexdigest()
    kept = pytestconfig.cache.mkdir("standard_directory")
    folder = kept / code[:12]
    if not folder.exists():
        for former in kept.iterdir():
            shutil.rmtree(former, ignore_errors=True)
        write_standard_directory(folder)
    return folder


@pytest.fixture(scope="session")
def compiled_templates(tmp_path_factory: pytest.TempPathFactory) -> FileSystemBytecodeCache:
    """Templates that each app would otherwise compile anew."""
    return FileSystemBytecodeCache(str(tmp_path_factory.mktemp("templates")))


@pytest.fixture
def app(
    settings: Settings, retrieval: Retrieval, compiled_templates: FileSystemBytecodeCache
) -> Iterator[Flask]:
    made = create_app(settings, retrieval)
    made.jinja_env.bytecode_cache = compiled_templates
    yield made
    dispose(made)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """A browser that nobody has signed in with and that asks for English."""
    return browser(app)


def add_first_set(engine: Engine) -> None:
    """Make a bank as it is once its worker has started: searched by the fake encoder."""
    encoder = FakeEncoder()
    with Session(engine) as session, transaction(session):
        vector_sets.add_first(session, encoder.spec, encoder, probe_vectors(encoder))


def browser(app: Flask, language: str = "en") -> FlaskClient:
    """Return a new browser of a reader of a language."""
    made = app.test_client()
    made.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    return made


def dispose(app: Flask) -> None:
    """Close the app's connections to its database."""
    engine_of(app).dispose()


@pytest.fixture
def count_queries(engine: Engine) -> Callable[..., AbstractContextManager[Queries]]:
    """Collect the statements that an engine runs inside the block."""

    @contextmanager
    def counting(on: Engine = engine) -> Iterator[Queries]:
        seen: Queries = []

        def remember(_connection, _cursor, statement, *_rest):
            if statement.split()[0] != "BEGIN":
                seen.append(statement)

        event.listen(on, "before_cursor_execute", remember)
        try:
            yield seen
        finally:
            event.remove(on, "before_cursor_execute", remember)

    return counting


@pytest.fixture
def environment(settings):
    """The variables that lead a command to this test's bank."""
    return {
        **{name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ},
        "NEEDSBANK_INSTANCE": str(settings.instance),
        "NEEDSBANK_ENCODER": "fake",
        "COLUMNS": "100",
    }


@pytest.fixture
def run(environment):
    """Run a command in this process, as its own process would."""
    opened = []

    def remember(connection, _record):
        opened.append(connection)

    def run(*words, **variables):
        surroundings.settings.cache_clear()
        given = dict.fromkeys(os.environ.keys() - environment.keys()) | environment | variables
        ended = CliRunner().invoke(main, words, env=given, catch_exceptions=False)
        return Outcome(ended.exit_code, ended.stdout, ended.stderr)

    event.listen(Pool, "connect", remember)
    yield run
    event.remove(Pool, "connect", remember)
    surroundings.settings.cache_clear()
    for connection in opened:
        connection.close()
