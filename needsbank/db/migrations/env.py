"""Alembic's entry: runs the steps on the connection that `running` opened."""

from typing import Literal

from alembic import context

from needsbank.db import models
from needsbank.db.base import UtcDateTime


def render_item(kind: str, thing: object, _context: object) -> str | Literal[False]:
    """Write our own types into steps as what the database sees: a step never changes."""
    return "sa.DateTime()" if kind == "type" and isinstance(thing, UtcDateTime) else False


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=models.User.metadata,
    # SQLite cannot alter most things; Alembic then copies the table.
    render_as_batch=True,
    compare_type=True,
    render_item=render_item,
)
context.run_migrations()
