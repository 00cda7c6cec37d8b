"""Matcher versions trained on a bank's own decisions.

Revision ID: 0004
Revises: 0003
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_STATES = sa.Enum(
    "candidate", "active", "retired", name="versionstate", native_enum=False, length=40
)


def upgrade() -> None:
    op.create_table(
        "matcher_versions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.String(length=80), nullable=False),
        sa.Column("base", sa.String(length=80), nullable=False),
        sa.Column("space_id", sa.String(length=64), nullable=False),
        sa.Column("state", _STATES, nullable=False),
        sa.Column("report", sa.JSON(), nullable=False),
        sa.Column("made", sa.DateTime(), nullable=False),
        sa.Column("promoted", sa.DateTime(), nullable=True),
        sa.Column("promoted_by_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["promoted_by_id"], ["users.id"], name=op.f("fk_matcher_versions_promoted_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matcher_versions")),
        sa.UniqueConstraint("version", name=op.f("uq_matcher_versions_version")),
    )
    op.create_index(
        "ix_matcher_versions_one_active",
        "matcher_versions",
        ["state"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )


def downgrade() -> None:
    op.drop_table("matcher_versions")
