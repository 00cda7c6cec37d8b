"""`needsbank db …`."""

from needsbank.commands.surroundings import console, settings
from needsbank.db.base import make_engine
from needsbank.db.migrations.running import check_current, check_models, upgrade_to_newest


def upgrade() -> None:
    """Apply the migrations that the database lacks."""
    upgrade_to_newest(make_engine(settings().database_url))
    console.print("The database is up to date.")


def check() -> None:
    """Say whether the database has the newest migrations and the models' tables."""
    engine = make_engine(settings().database_url)
    check_current(engine)
    check_models(engine)
    console.print("The database fits this version.")
