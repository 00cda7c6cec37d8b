"""Decisions, answers and the audit log can only be added to, whoever holds the database.

Revision ID: 0002
Revises: 0001
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_TABLES = ("decisions", "answers", "audit_entries")
_ACTS = ("update", "delete")


def upgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in _TABLES:
        for act in _ACTS:
            op.execute(
                f"create trigger {table}_no_{act} before {act} on {table} "
                f"begin select raise(abort, '{table} can only be added to'); end"
            )


def downgrade() -> None:
    if op.get_bind().dialect.name != "sqlite":
        return
    for table in _TABLES:
        for act in _ACTS:
            op.execute(f"drop trigger {table}_no_{act}")
