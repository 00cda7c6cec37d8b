"""What people are told, and needs that became one challenge.

Revision ID: 0009
Revises: 0008
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

_KINDS = sa.Enum(
    "merged",
    "objected",
    "unmerged",
    "adopted",
    name="noticekind",
    native_enum=False,
    length=40,
)


def upgrade() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("kind", _KINDS, nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("other_need_id", sa.Uuid(), nullable=True),
        sa.Column("prior_work_id", sa.Uuid(), nullable=True),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due", sa.DateTime(), nullable=True),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("seen", sa.DateTime(), nullable=True),
        _to("notices", "user_id", "users"),
        _to("notices", "need_id", "needs"),
        _to("notices", "other_need_id", "needs"),
        _to("notices", "prior_work_id", "prior_works", ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notices")),
    )
    op.create_index(op.f("ix_notices_user_id_seen"), "notices", ["user_id", "seen"])
    op.create_table(
        "merges",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("challenge_id", sa.Uuid(), nullable=False),
        sa.Column("merged_by_id", sa.Uuid(), nullable=False),
        sa.Column("merged", sa.DateTime(), nullable=False),
        sa.Column("object_by", sa.DateTime(), nullable=False),
        sa.Column("undone", sa.DateTime(), nullable=True),
        sa.Column("undone_by_id", sa.Uuid(), nullable=True),
        sa.Column("undo_reason", sa.Text(), nullable=False),
        _to("merges", "challenge_id", "needs"),
        _to("merges", "merged_by_id", "users"),
        _to("merges", "undone_by_id", "users"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_merges")),
        sa.UniqueConstraint("challenge_id", name=op.f("uq_merges_challenge_id")),
    )
    op.create_table(
        "merge_sources",
        sa.Column("merge_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False),
        sa.Column("objection", sa.Text(), nullable=False),
        sa.Column("objected", sa.DateTime(), nullable=True),
        _to("merge_sources", "merge_id", "merges"),
        _to("merge_sources", "need_id", "needs"),
        sa.PrimaryKeyConstraint("merge_id", "need_id", name=op.f("pk_merge_sources")),
    )
    op.create_index(
        "uq_merge_sources_standing",
        "merge_sources",
        ["need_id"],
        unique=True,
        sqlite_where=sa.text("standing"),
        postgresql_where=sa.text("standing"),
    )


def downgrade() -> None:
    # The version before knows no merges: what they hid is seen again, challenges stay as needs.
    for table in ("merge_sources", "merges", "notices"):
        op.drop_table(table)


def _to(table: str, column: str, other: str, ondelete: str | None = None) -> sa.Constraint:
    name = op.f(f"fk_{table}_{column}_{other}")
    return sa.ForeignKeyConstraint([column], [f"{other}.id"], name=name, ondelete=ondelete)
