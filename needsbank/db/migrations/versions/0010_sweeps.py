"""What sweeps for duplicates have found.

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

_SUBJECTS = sa.Enum(
    "need",
    "competence",
    "reference",
    "prior_work",
    name="subject",
    native_enum=False,
    length=40,
)


def upgrade() -> None:
    op.create_table(
        "sweep_positions",
        sa.Column("subject", _SUBJECTS, nullable=False),
        sa.Column("matcher_version", sa.String(length=80), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("moved", sa.DateTime(), nullable=False),
        sa.Column("finished", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("subject", name=op.f("pk_sweep_positions")),
    )
    op.create_table(
        "swept_pairs",
        sa.Column("subject", _SUBJECTS, nullable=False),
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("other_subject", _SUBJECTS, nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.PrimaryKeyConstraint(
            "subject", "owner_id", "other_subject", "other_id", name=op.f("pk_swept_pairs")
        ),
    )
    op.create_index(op.f("ix_swept_pairs_other_id"), "swept_pairs", ["other_id"])


def downgrade() -> None:
    op.drop_table("swept_pairs")
    op.drop_table("sweep_positions")
