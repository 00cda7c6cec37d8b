"""`needsbank db …`."""

from needsbank.commands.surroundings import any_engine, console
from needsbank.db.migrations.running import check_current, check_models, upgrade_to_newest


def upgrade() -> None:
    """Apply the migrations that the database lacks."""
    upgrade_to_newest(any_engine())
    console.print("The database is up to date.")


def check() -> None:
    """Say whether the database has the newest migrations and the models' tables."""
    engine = any_engine()
    check_current(engine)
    check_models(engine)
    console.print("The database fits this version.")
