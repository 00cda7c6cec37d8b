"""Vector sets: several encoders' vectors beside each other, one set searched.

`embedded_in` named the one space that held a text; now it has a bit for each set that does. The
space that holds most of what stands in a bank becomes its active set, and no text is read again.

Revision ID: 0003
Revises: 0002
"""

from collections import Counter
from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_OWNERS = ("needs", "competences", "prior_works")
_FIRST_BIT = 1
_STATES = sa.Enum("building", "active", "retired", name="setstate", native_enum=False, length=40)
_SETS = sa.table(
    "vector_sets",
    sa.column("bit", sa.Integer),
    sa.column("space_id", sa.String),
    sa.column("state", sa.String),
    sa.column("dim", sa.Integer),
    sa.column("description", sa.JSON),
    sa.column("created", sa.DateTime),
    sa.column("completed", sa.DateTime),
    sa.column("activated", sa.DateTime),
)


def upgrade() -> None:
    op.create_table(
        "vector_sets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bit", sa.Integer(), nullable=False),
        sa.Column("space_id", sa.String(length=64), nullable=False),
        sa.Column("spec", sa.String(length=1000), nullable=True),
        sa.Column("state", _STATES, nullable=False),
        sa.Column("dim", sa.Integer(), nullable=False),
        sa.Column("description", sa.JSON(), nullable=False),
        sa.Column("probes", sa.LargeBinary(), nullable=True),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("completed", sa.DateTime(), nullable=True),
        sa.Column("activated", sa.DateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vector_sets")),
        sa.UniqueConstraint("bit", name=op.f("uq_vector_sets_bit")),
        sa.UniqueConstraint("space_id", name=op.f("uq_vector_sets_space_id")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        "ix_vector_sets_one_active",
        "vector_sets",
        ["state"],
        unique=True,
        sqlite_where=sa.text("state = 'active'"),
        postgresql_where=sa.text("state = 'active'"),
    )
    space_id = _most_used_space()
    # Not through a copy of the table: dropping the original would delete what refers to it.
    for table in _OWNERS:
        op.drop_index(f"ix_{table}_embedded_in", table)
        op.execute(f"alter table {table} rename column embedded_in to embedded_in_space")
        op.add_column(table, sa.Column("embedded_in", sa.Integer(), nullable=True))
        if space_id is not None:
            marking = sa.text(
                f"update {table} set embedded_in = :bit where embedded_in_space = :space"  # noqa: S608 -- our own names
            )
            op.execute(marking.bindparams(bit=_FIRST_BIT, space=space_id))
        op.drop_column(table, "embedded_in_space")
        op.create_index(f"ix_{table}_embedded_in", table, ["embedded_in"])
    if space_id is not None:
        _add_active_set(space_id)
    # What other encoders have left is in no set; an empty string is no space.
    leftover = sa.text("delete from embeddings where space_id != :space")
    op.execute(leftover.bindparams(space=space_id or ""))


def downgrade() -> None:
    active = op.get_bind().execute(
        sa.text("select bit, space_id from vector_sets where state = 'active'")
    )
    bit, space_id = active.one_or_none() or (0, None)
    for table in _OWNERS:
        op.drop_index(f"ix_{table}_embedded_in", table)
        op.execute(f"alter table {table} rename column embedded_in to embedded_in_sets")
        op.add_column(table, sa.Column("embedded_in", sa.String(length=64), nullable=True))
        marking = sa.text(
            f"update {table} set embedded_in = :space where (embedded_in_sets & :bit) != 0"  # noqa: S608 -- our own names
        )
        op.execute(marking.bindparams(bit=bit, space=space_id))
        op.drop_column(table, "embedded_in_sets")
        op.create_index(f"ix_{table}_embedded_in", table, ["embedded_in"])
    op.drop_table("vector_sets")


def _most_used_space() -> str | None:
    used: Counter[str] = Counter()
    for table in _OWNERS:
        counted = sa.text(
            f"select embedded_in, count(*) from {table}"  # noqa: S608 -- our own names
            " where embedded_in is not null group by embedded_in"
        )
        for space_id, count in op.get_bind().execute(counted):
            used[space_id] += count
    return used.most_common(1)[0][0] if used else None


def _add_active_set(space_id: str) -> None:
    """Add the set without its encoder's name and probes: who first embeds in it knows them."""
    length = sa.text("select length(query_vector) from embeddings where space_id = :space limit 1")
    size = op.get_bind().scalar(length.bindparams(space=space_id)) or 0
    moment = datetime.now(UTC).replace(tzinfo=None)
    op.bulk_insert(
        _SETS,
        [
            {
                "bit": _FIRST_BIT,
                "space_id": space_id,
                "state": "active",
                "dim": size // 2,
                "description": {},
                "created": moment,
                "completed": moment,
                "activated": moment,
            }
        ],
    )
