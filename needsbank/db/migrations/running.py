"""Alembic, configured in code: applying steps and checking that none is missing."""

from pathlib import Path

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine

from needsbank.db import models
from needsbank.db.base import WRITE
from needsbank.domain.errors import BankError


class OutdatedDatabase(BankError):
    """The database and this version of the bank do not fit; the message says what to run."""


def configuration(connection: Connection | None = None) -> Config:
    """Return Alembic's configuration, bound to a connection if one is given."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent))
    config.attributes["connection"] = connection
    return config


def upgrade_to_newest(engine: Engine) -> None:
    """Apply what is missing, all of it or nothing."""
    with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        command.upgrade(configuration(connection), "head")


def check_current(engine: Engine) -> None:
    """Raise `OutdatedDatabase` unless the newest step has been applied."""
    newest = ScriptDirectory.from_config(configuration()).get_current_head()
    with engine.connect() as connection:
        applied = MigrationContext.configure(connection).get_current_revision()
    if applied != newest:
        raise OutdatedDatabase(
            f"the database is at step {applied or 'none'}, this version needs {newest}:"
            " run `needsbank db upgrade`"
        )


def check_models(engine: Engine) -> None:
    """Raise `OutdatedDatabase` when the tables differ from the models."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, models.User.metadata)
    if differences:
        raise OutdatedDatabase(f"the tables differ from the models: {differences}")
