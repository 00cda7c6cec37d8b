"""What competences have done before, each with vectors of its own.

Revision ID: 0005
Revises: 0004
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_KINDS = sa.Enum(
    "project",
    "course",
    "publication",
    "thesis",
    "other",
    name="referencekind",
    native_enum=False,
    length=40,
)
_LANGUAGES = sa.Enum("fi", "sv", "en", "und", name="language", native_enum=False, length=40)


def upgrade() -> None:
    op.create_table(
        "competence_references",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("competence_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("kind", _KINDS, nullable=False),
        sa.Column("title", sa.String(length=300), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=True),
        sa.Column("url", sa.String(length=1000), nullable=False),
        sa.Column("language", _LANGUAGES, nullable=False),
        sa.Column("embedded_in", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["competence_id"],
            ["competences.id"],
            name=op.f("fk_competence_references_competence_id_competences"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_competence_references")),
    )
    for column in ("competence_id", "embedded_in"):
        name = op.f(f"ix_competence_references_{column}")
        op.create_index(name, "competence_references", [column])
    op.add_column("embeddings", sa.Column("belongs_to", sa.Integer(), nullable=True))


def downgrade() -> None:
    # The version before knows no such subject.
    op.execute("delete from embeddings where subject = 'reference'")
    op.drop_column("embeddings", "belongs_to")
    op.drop_table("competence_references")
