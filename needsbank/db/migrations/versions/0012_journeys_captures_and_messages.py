"""Journeys of matters, ideas as they were thrown, and the outbox.

Revision ID: 0012
Revises: 0011
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_MESSAGEKIND = sa.Enum("step", name="messagekind", native_enum=False, length=40)
_CHANNEL = sa.Enum("mail", "teams", "slack", name="channel", native_enum=False, length=40)
_LANGUAGE = sa.Enum("fi", "sv", "en", "und", name="language", native_enum=False, length=40)
_MESSAGESTATE = sa.Enum(
    "waiting",
    "sending",
    "sent",
    "uncertain",
    "dead",
    "cancelled",
    name="messagestate",
    native_enum=False,
    length=40,
)
_STAGE = sa.Enum(
    "thrown",
    "caught",
    "in_workshop",
    "in_coordination",
    "decided",
    "awaiting_partner",
    "under_way",
    "handed_over",
    "adopted",
    "in_use",
    "partly_in_use",
    "not_in_use",
    "parked",
    "answered",
    "joined",
    "broken_off",
    "closed",
    "withdrawn",
    name="stage",
    native_enum=False,
    length=40,
)
_ROUTE = sa.Enum(
    "minno",
    "thesis",
    "service",
    "project",
    "adopt",
    "advise",
    "refer",
    "park",
    "decline",
    name="route",
    native_enum=False,
    length=40,
)
_SCOPE = sa.Enum(
    "own_work", "team", "area", "organisation", name="scope", native_enum=False, length=40
)
_ACT = sa.Enum(
    "catch",
    "let_go",
    "take_to_workshop",
    "leave_workshop",
    "take_to_coordination",
    "send_back",
    "join",
    "separate",
    "decide",
    "reconsider",
    "answer_and_start",
    "answer_and_adopt",
    "answer_and_park",
    "answer_and_end",
    "return",
    "accept",
    "decline",
    "agree",
    "hand_over",
    "break_off",
    "adopt",
    "use",
    "use_partly",
    "leave_unused",
    "close",
    "withdraw",
    "restore",
    "reopen",
    name="act",
    native_enum=False,
    length=40,
)
_ACTS = ("update", "delete")


def upgrade() -> None:
    _create_messages()
    _create_journeys()
    _create_captures()
    _create_journey_steps()
    if op.get_bind().dialect.name == "sqlite":
        for act in _ACTS:
            op.execute(
                f"create trigger journey_steps_no_{act} before {act} on journey_steps "
                "begin select raise(abort, 'journey_steps can only be added to'); end"
            )


def downgrade() -> None:
    for table in ("journey_steps", "captures", "journeys", "messages"):
        op.drop_table(table)


def _create_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.String(length=160), nullable=False),
        sa.Column("kind", _MESSAGEKIND, nullable=False),
        sa.Column("channel", _CHANNEL, nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("language", _LANGUAGE, nullable=False),
        sa.Column("words", sa.JSON(), nullable=False),
        sa.Column("state", _MESSAGESTATE, nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("not_before", sa.DateTime(), nullable=False),
        sa.Column("lease_until", sa.DateTime(), nullable=True),
        sa.Column("token", sa.Uuid(), nullable=True),
        sa.Column("error", sa.String(length=300), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("sent", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_messages_user_id_users"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
        sa.UniqueConstraint("key", name=op.f("uq_messages_key")),
    )
    op.create_index(
        "ix_messages_state_not_before", "messages", ["state", "not_before"], unique=False
    )
    op.create_index(op.f("ix_messages_user_id"), "messages", ["user_id"], unique=False)


def _create_journeys() -> None:
    op.create_table(
        "journeys",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("stage", _STAGE, nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("route", _ROUTE, nullable=True),
        sa.Column("need_id", sa.Uuid(), nullable=True),
        sa.Column("into_id", sa.Uuid(), nullable=True),
        sa.Column("holder_id", sa.Uuid(), nullable=True),
        sa.Column("due", sa.DateTime(), nullable=True),
        sa.Column("escalated", sa.DateTime(), nullable=True),
        sa.Column("returns_on", sa.Date(), nullable=True),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["holder_id"], ["users.id"], name=op.f("fk_journeys_holder_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["into_id"], ["journeys.id"], name=op.f("fk_journeys_into_id_journeys")
        ),
        sa.ForeignKeyConstraint(["need_id"], ["needs.id"], name=op.f("fk_journeys_need_id_needs")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_journeys")),
        sa.UniqueConstraint("need_id", name=op.f("uq_journeys_need_id")),
    )
    op.create_index(op.f("ix_journeys_holder_id"), "journeys", ["holder_id"], unique=False)
    op.create_index(op.f("ix_journeys_into_id"), "journeys", ["into_id"], unique=False)
    op.create_index("ix_journeys_stage_due", "journeys", ["stage", "due"], unique=False)


def _create_captures() -> None:
    op.create_table(
        "captures",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("follow_code", sa.String(length=43), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("language", _LANGUAGE, nullable=False),
        sa.Column("scope", _SCOPE, nullable=True),
        sa.Column("anonymous", sa.Boolean(), nullable=False),
        sa.Column("sender_name", sa.String(length=120), nullable=False),
        sa.Column("sender_id", sa.Uuid(), nullable=True),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["journey_id"], ["journeys.id"], name=op.f("fk_captures_journey_id_journeys")
        ),
        sa.ForeignKeyConstraint(
            ["sender_id"], ["users.id"], name=op.f("fk_captures_sender_id_users")
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["units.id"], name=op.f("fk_captures_unit_id_units")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_captures")),
        sa.UniqueConstraint("follow_code", name=op.f("uq_captures_follow_code")),
        sa.UniqueConstraint("journey_id", name=op.f("uq_captures_journey_id")),
        sa.UniqueConstraint("key", name=op.f("uq_captures_key")),
    )
    op.create_index(op.f("ix_captures_sender_id"), "captures", ["sender_id"], unique=False)
    op.create_index(op.f("ix_captures_unit_id"), "captures", ["unit_id"], unique=False)


def _create_journey_steps() -> None:
    op.create_table(
        "journey_steps",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("act", _ACT, nullable=True),
        sa.Column("stage", _STAGE, nullable=False),
        sa.Column("route", _ROUTE, nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["actor_id"], ["users.id"], name=op.f("fk_journey_steps_actor_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["journey_id"], ["journeys.id"], name=op.f("fk_journey_steps_journey_id_journeys")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_journey_steps")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_journey_steps_journey_id"), "journey_steps", ["journey_id"], unique=False
    )
