"""Which analyser made the lemmas of a text.

Revision ID: 0006
Revises: 0005
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Nobody knows of the rows that are there: the worker makes their lemmas anew.
    column = sa.Column("analyser", sa.String(length=60), server_default="", nullable=False)
    op.add_column("embeddings", column)
    name = op.f("ix_embeddings_space_id_analyser")
    op.create_index(name, "embeddings", ["space_id", "analyser"])


def downgrade() -> None:
    op.drop_index(op.f("ix_embeddings_space_id_analyser"), "embeddings")
    op.drop_column("embeddings", "analyser")
