"""Links of units, voices without an account, rules of catching, what senders add and ask.

Revision ID: 0013
Revises: 0012
"""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

_FIELD = sa.Enum(
    "health_social",
    "education",
    "technology",
    "ict",
    "business",
    "culture",
    "environment",
    "construction",
    "hospitality",
    "safety",
    name="field",
    native_enum=False,
    length=40,
)
_ACTS = ("update", "delete")


def upgrade() -> None:
    _create_links()
    _create_catching()
    _widen_captures()
    if op.get_bind().dialect.name == "sqlite":
        for act in _ACTS:
            op.execute(
                f"create trigger capture_lines_no_{act} before {act} on capture_lines "
                "begin select raise(abort, 'capture_lines can only be added to'); end"
            )


def downgrade() -> None:
    for table in ("capture_lines", "mail_requests", "unit_voices", "unit_links", "catch_rules"):
        op.drop_table(table)
    with op.batch_alter_table("captures") as captures:
        captures.drop_index("ix_captures_proposed_id")
        captures.drop_column("proposed_id")
        captures.drop_column("field")


def _create_links() -> None:
    op.create_table(
        "unit_links",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("revoked", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["users.id"], name=op.f("fk_unit_links_made_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_unit_links_unit_id_units"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_links")),
        sa.UniqueConstraint("code", name=op.f("uq_unit_links_code")),
    )
    op.create_index(
        "ix_unit_links_unit_id_revoked", "unit_links", ["unit_id", "revoked"], unique=False
    )
    op.create_table(
        "unit_voices",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("device", sa.String(length=64), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_unit_voices_need_id_needs"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_unit_voices_unit_id_units"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unit_voices")),
        sa.UniqueConstraint(
            "need_id", "unit_id", "device", name=op.f("uq_unit_voices_need_id_unit_id_device")
        ),
    )


def _create_catching() -> None:
    op.create_table(
        "catch_rules",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("field", _FIELD, nullable=True),
        sa.Column("catcher_id", sa.Uuid(), nullable=False),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["catcher_id"],
            ["users.id"],
            name=op.f("fk_catch_rules_catcher_id_users"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["made_by_id"], ["users.id"], name=op.f("fk_catch_rules_made_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_catch_rules_unit_id_units"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_catch_rules")),
    )
    op.create_index(op.f("ix_catch_rules_unit_id"), "catch_rules", ["unit_id"], unique=False)
    op.create_table(
        "capture_lines",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("capture_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name=op.f("fk_capture_lines_capture_id_captures")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_capture_lines")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_capture_lines_capture_id"), "capture_lines", ["capture_id"], unique=False
    )
    op.create_table(
        "mail_requests",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("capture_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("code", sa.String(length=43), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("confirmed", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name=op.f("fk_mail_requests_capture_id_captures")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail_requests")),
        sa.UniqueConstraint("code", name=op.f("uq_mail_requests_code")),
    )
    op.create_index(
        op.f("ix_mail_requests_capture_id"), "mail_requests", ["capture_id"], unique=False
    )


def _widen_captures() -> None:
    proposed = sa.ForeignKey("users.id", name="fk_captures_proposed_id_users")
    with op.batch_alter_table("captures") as captures:
        captures.add_column(sa.Column("field", _FIELD, nullable=True))
        captures.add_column(sa.Column("proposed_id", sa.Uuid(), proposed, nullable=True))
        captures.create_index("ix_captures_proposed_id", ["proposed_id"])
