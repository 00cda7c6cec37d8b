"""Sources of prior work, their harvests, and which work came from where under which licence.

Revision ID: 0007
Revises: 0006
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _enum(name: str, *values: str) -> sa.Enum:
    return sa.Enum(*values, name=name, native_enum=False, length=40)


_SOURCE_KINDS = _enum("sourcekind", "oai_pmh", "catalogue", "own")
_LICENCES = _enum(
    "licence",
    "cc0",
    "public_domain",
    "cc_by",
    "cc_by_sa",
    "cc_by_nd",
    "cc_by_nc",
    "cc_by_nc_sa",
    "cc_by_nc_nd",
    "in_copyright",
    "unknown",
)
_TRUST = _enum("trusttier", "reviewed", "curated", "open")
_SCHEDULES = _enum("schedule", "manual", "daily", "weekly", "monthly")
_LANGUAGES = _enum("language", "fi", "sv", "en", "und")
_WORK_KINDS = _enum(
    "priorworkkind",
    "thesis",
    "project",
    "report",
    "article",
    "service_model",
    "product",
    "other",
)
_STATES = _enum("harveststate", "running", "complete", "partial", "failed", "cancelled")
_COUNTS = ("pages", "seen", "added", "changed", "removed", "rejected", "repeated", "position")


def upgrade() -> None:
    op.create_table(
        "sources",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("kind", _SOURCE_KINDS, nullable=False),
        sa.Column("address", sa.String(length=1000), nullable=False),
        sa.Column("prefix", sa.String(length=40), nullable=False),
        sa.Column("set_spec", sa.String(length=200), nullable=False),
        sa.Column("mapping", sa.JSON(), nullable=False),
        sa.Column("licence", _LICENCES, nullable=False),
        sa.Column("trust", _TRUST, nullable=False),
        sa.Column("schedule", _SCHEDULES, nullable=False),
        sa.Column("language", _LANGUAGES, nullable=False),
        sa.Column("work_kind", _WORK_KINDS, nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("moved", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sources")),
        sa.UniqueConstraint("name", name=op.f("uq_sources_name")),
    )
    _one("ix_sources_one_own", "sources", "kind", "kind = 'own'")
    op.create_table(
        "harvests",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source_id", sa.Uuid(), nullable=False),
        sa.Column("full", sa.Boolean(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=True),
        sa.Column("until", sa.DateTime(), nullable=True),
        sa.Column("state", _STATES, nullable=False),
        sa.Column("started", sa.DateTime(), nullable=False),
        sa.Column("finished", sa.DateTime(), nullable=True),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in _COUNTS),
        sa.Column("problem", sa.String(length=40), nullable=True),
        sa.Column("detail", sa.String(length=500), nullable=False),
        sa.Column("expected", sa.Integer(), nullable=True),
        sa.Column("token", sa.String(length=4000), nullable=True),
        sa.Column("lease", sa.Uuid(), nullable=True),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["source_id"],
            ["sources.id"],
            name=op.f("fk_harvests_source_id_sources"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_harvests")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_harvests_source_id_id"), "harvests", ["source_id", "id"])
    _one("ix_harvests_one_running", "harvests", "source_id", "state = 'running'")
    with op.batch_alter_table("prior_works") as works:
        works.add_column(sa.Column("source_id", sa.Uuid(), nullable=True))
        works.add_column(sa.Column("seen_in", sa.Integer(), nullable=True))
        works.add_column(sa.Column("licence", _LICENCES, nullable=True))
        works.create_foreign_key(
            op.f("fk_prior_works_source_id_sources"), "sources", ["source_id"], ["id"]
        )
        works.create_index(op.f("ix_prior_works_source_id_seen_in"), ["source_id", "seen_in"])


def downgrade() -> None:
    with op.batch_alter_table("prior_works") as works:
        works.drop_index(op.f("ix_prior_works_source_id_seen_in"))
        works.drop_constraint(op.f("fk_prior_works_source_id_sources"), type_="foreignkey")
        for column in ("licence", "seen_in", "source_id"):
            works.drop_column(column)
    op.drop_table("harvests")
    op.drop_table("sources")


def _one(name: str, table: str, column: str, where: str) -> None:
    condition = sa.text(where)
    op.create_index(
        name, table, [column], unique=True, sqlite_where=condition, postgresql_where=condition
    )
