"""Decisions by route, the answers made of them, and representatives of work communities.

Revision ID: 0016
Revises: 0015
"""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_LANGUAGE = sa.Enum("fi", "sv", "en", "und", name="language", native_enum=False, length=40)
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
_ACTS = ("update", "delete")


def upgrade() -> None:
    _create_representatives()
    _create_route_decisions()
    _create_route_answers()
    if op.get_bind().dialect.name == "sqlite":
        for act in _ACTS:
            op.execute(
                f"create trigger route_decisions_no_{act} before {act} on route_decisions "
                "begin select raise(abort, 'route_decisions can only be added to'); end"
            )


def downgrade() -> None:
    for table in ("route_answers", "route_decisions", "representatives"):
        op.drop_table(table)


def _create_representatives() -> None:
    op.create_table(
        "representatives",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("email", sa.String(length=255), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("code_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("expires", sa.DateTime(), nullable=False),
        sa.Column("named_by_id", sa.Uuid(), nullable=False),
        sa.Column("named", sa.DateTime(), nullable=False),
        sa.Column("accepted", sa.DateTime(), nullable=True),
        sa.Column("ended", sa.DateTime(), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["journey_id"], ["journeys.id"], name=op.f("fk_representatives_journey_id_journeys")
        ),
        sa.ForeignKeyConstraint(
            ["named_by_id"], ["users.id"], name=op.f("fk_representatives_named_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_representatives_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_representatives")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_representatives_code_hash")),
    )
    for column in ("journey_id", "user_id"):
        op.create_index(op.f(f"ix_representatives_{column}"), "representatives", [column])
    op.create_index(
        "uq_representatives_one_at_a_time",
        "representatives",
        ["journey_id"],
        unique=True,
        sqlite_where=sa.text("ended is null"),
        postgresql_where=sa.text("ended is null"),
    )


def _create_route_decisions() -> None:
    op.create_table(
        "route_decisions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("route", _ROUTE, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("criteria", sa.JSON(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("stage_seen", _STAGE, nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["users.id"], name=op.f("fk_route_decisions_decided_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["journey_id"], ["journeys.id"], name=op.f("fk_route_decisions_journey_id_journeys")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_decisions")),
    )
    op.create_index("ix_route_decisions_journey_id_at", "route_decisions", ["journey_id", "at"])


def _create_route_answers() -> None:
    op.create_table(
        "route_answers",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("decision_id", sa.Uuid(), nullable=False),
        sa.Column("language", _LANGUAGE, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("edited_by_id", sa.Uuid(), nullable=False),
        sa.Column("edited", sa.DateTime(), nullable=False),
        sa.Column("sent", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["decision_id"],
            ["route_decisions.id"],
            name=op.f("fk_route_answers_decision_id_route_decisions"),
        ),
        sa.ForeignKeyConstraint(
            ["edited_by_id"], ["users.id"], name=op.f("fk_route_answers_edited_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route_answers")),
        sa.UniqueConstraint(
            "decision_id", "language", name=op.f("uq_route_answers_decision_id_language")
        ),
    )
