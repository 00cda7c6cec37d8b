"""Verdicts on pairs of texts, voices for needs, and what was taken into use.

Revision ID: 0008
Revises: 0007
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
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
_VERDICTS = sa.Enum("same", "partly", "no", name="pairverdict", native_enum=False, length=40)
_ACTS = ("update", "delete")


def upgrade() -> None:
    _create_judgements()
    _create_supports()
    _create_adoptions()
    if op.get_bind().dialect.name == "sqlite":
        for act in _ACTS:
            op.execute(
                f"create trigger pair_judgements_no_{act} before {act} on pair_judgements "
                "begin select raise(abort, 'pair_judgements can only be added to'); end"
            )


def downgrade() -> None:
    for table in ("adoptions", "supports", "pair_judgements"):
        op.drop_table(table)


def _create_judgements() -> None:
    op.create_table(
        "pair_judgements",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("judged_by_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("subject", _SUBJECTS, nullable=False),
        sa.Column("other_id", sa.Uuid(), nullable=False),
        sa.Column("verdict", _VERDICTS, nullable=True),
        sa.Column("need_fingerprint", sa.String(length=64), nullable=False),
        sa.Column("other_fingerprint", sa.String(length=64), nullable=False),
        sa.Column("rank_seen", sa.Integer(), nullable=False),
        sa.Column("probability", sa.Double(), nullable=False),
        sa.Column("matcher_version", sa.String(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["judged_by_id"], ["users.id"], name=op.f("fk_pair_judgements_judged_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_pair_judgements_need_id_needs")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_pair_judgements")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_pair_judgements_need_id"), "pair_judgements", ["need_id"])
    op.create_index(
        "ix_pair_judgements_other_id_subject", "pair_judgements", ["other_id", "subject"]
    )


def _create_supports() -> None:
    op.create_table(
        "supports",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("supporter_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["needs.id"],
            name=op.f("fk_supports_need_id_needs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["supporter_id"],
            ["users.id"],
            name=op.f("fk_supports_supporter_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_supports_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supports")),
        sa.UniqueConstraint(
            "need_id", "supporter_id", name=op.f("uq_supports_need_id_supporter_id")
        ),
    )
    op.create_index(op.f("ix_supports_supporter_id"), "supports", ["supporter_id"])


def _create_adoptions() -> None:
    op.create_table(
        "adoptions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("subject", _SUBJECTS, nullable=False),
        sa.Column("solution_id", sa.Uuid(), nullable=False),
        sa.Column("adopted_by_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("ended", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["need_id"],
            ["needs.id"],
            name=op.f("fk_adoptions_need_id_needs"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["adopted_by_id"], ["users.id"], name=op.f("fk_adoptions_adopted_by_id_users")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_adoptions_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoptions")),
    )
    live = sa.text("ended is null")
    op.create_index(
        "ix_adoptions_one_at_a_time",
        "adoptions",
        ["need_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )
    op.create_index("ix_adoptions_solution_id_subject", "adoptions", ["solution_id", "subject"])
