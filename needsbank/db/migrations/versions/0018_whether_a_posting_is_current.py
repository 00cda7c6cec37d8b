"""Postings know when they were last current, and how a need's change would be seen.

Revision ID: 0018
Revises: 0017
"""

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_LAST_SAID = {
    "needs": "update needs set current_as_of = coalesce(opened, updated)",
    "competences": "update competences set current_as_of = updated",
}
_BEFORE = "2026-01-01 00:00:00"


def upgrade() -> None:
    op.add_column("needs", sa.Column("measure", sa.Text(), nullable=False, server_default=""))
    for table, last_said in _LAST_SAID.items():
        moment = sa.Column("current_as_of", sa.DateTime(), nullable=False, server_default=_BEFORE)
        op.add_column(table, moment)
        op.add_column(table, sa.Column("asked_current", sa.DateTime(), nullable=True))
        op.execute(last_said)
        op.create_index(_index_of(table), table, ["state", "current_as_of"])


def downgrade() -> None:
    for table in _LAST_SAID:
        op.drop_index(_index_of(table), table)
        op.drop_column(table, "asked_current")
        op.drop_column(table, "current_as_of")
    op.drop_column("needs", "measure")


def _index_of(table: str) -> str:
    return f"ix_{table}_state_current_as_of"
