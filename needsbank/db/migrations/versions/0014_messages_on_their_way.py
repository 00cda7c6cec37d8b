"""What sending takes: troubles, digests, webhooks, mail levels and refusals; calendar feeds.

Revision ID: 0014
Revises: 0013
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

_CHANNEL = sa.Enum("mail", "teams", "slack", name="channel", native_enum=False, length=40)
_LANGUAGE = sa.Enum("fi", "sv", "en", "und", name="language", native_enum=False, length=40)
_MAILLEVEL = sa.Enum("at_once", "daily", "never", name="maillevel", native_enum=False, length=40)
_TROUBLE = sa.Enum(
    "not_reached",
    "refused",
    "unreadable",
    "no_answer",
    "worker_gone",
    "disabled",
    "no_address",
    "not_wanted",
    "unsubscribed",
    "webhook_gone",
    "left",
    name="trouble",
    native_enum=False,
    length=40,
)


def upgrade() -> None:
    op.add_column(
        "users", sa.Column("mail_level", _MAILLEVEL, nullable=False, server_default="at_once")
    )
    op.create_table(
        "mail_refusals",
        sa.Column("address_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("address_hash", name=op.f("pk_mail_refusals")),
    )
    _create_calendar_feeds()
    _create_webhooks()
    _widen_messages()


def downgrade() -> None:
    with op.batch_alter_table("messages") as batch:
        batch.drop_index(op.f("ix_messages_webhook_id"))
        batch.drop_index(op.f("ix_messages_digest_id"))
        batch.drop_constraint(op.f("fk_messages_webhook_id_webhooks"), type_="foreignkey")
        batch.drop_constraint(op.f("fk_messages_digest_id_messages"), type_="foreignkey")
        for column in ("webhook_id", "digest_id", "seen", "trouble"):
            batch.drop_column(column)
    for table in ("webhooks", "calendar_feeds", "mail_refusals"):
        op.drop_table(table)
    op.drop_column("users", "mail_level")


def _create_calendar_feeds() -> None:
    op.create_table(
        "calendar_feeds",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=43), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("revoked", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"],
            ["users.id"],
            name=op.f("fk_calendar_feeds_user_id_users"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_calendar_feeds")),
        sa.UniqueConstraint("code", name=op.f("uq_calendar_feeds_code")),
    )
    op.create_index(op.f("ix_calendar_feeds_user_id"), "calendar_feeds", ["user_id"], unique=False)


def _create_webhooks() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("channel", _CHANNEL, nullable=False),
        sa.Column("url", sa.String(length=2000), nullable=False),
        sa.Column("language", _LANGUAGE, nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("added_by_id", sa.Uuid(), nullable=True),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("removed", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["added_by_id"],
            ["users.id"],
            name=op.f("fk_webhooks_added_by_id_users"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhooks")),
    )


def _widen_messages() -> None:
    with op.batch_alter_table("messages") as batch:
        batch.add_column(sa.Column("trouble", _TROUBLE, nullable=True))
        batch.add_column(sa.Column("seen", sa.DateTime(), nullable=True))
        batch.add_column(sa.Column("digest_id", sa.Uuid(), nullable=True))
        batch.add_column(sa.Column("webhook_id", sa.Uuid(), nullable=True))
        batch.create_foreign_key(
            op.f("fk_messages_digest_id_messages"),
            "messages",
            ["digest_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch.create_foreign_key(
            op.f("fk_messages_webhook_id_webhooks"),
            "webhooks",
            ["webhook_id"],
            ["id"],
            ondelete="SET NULL",
        )
        batch.create_index(op.f("ix_messages_digest_id"), ["digest_id"], unique=False)
        batch.create_index(op.f("ix_messages_webhook_id"), ["webhook_id"], unique=False)
