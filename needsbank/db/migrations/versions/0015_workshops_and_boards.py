"""INNO workshops and their boards.

Revision ID: 0015
Revises: 0014
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

_STATE = sa.Enum(
    "asked",
    "confirmed",
    "under_way",
    "done",
    "cancelled",
    "declined",
    name="seriesstate",
    native_enum=False,
    length=40,
)
_STEP = sa.Enum(
    "gather",
    "group",
    "compare",
    "vote",
    "word",
    "handed_over",
    name="boardstep",
    native_enum=False,
    length=40,
)
_TABLES = (
    "workshop_series",
    "possible_times",
    "series_ambassadors",
    "workshops",
    "boards",
    "board_participants",
    "idea_groups",
    "board_ideas",
    "dots",
    "challenge_wordings",
    "challenge_sheets",
)
_ONLY_ADDED = ("dots", "challenge_sheets")
_ACTS = ("update", "delete")


def upgrade() -> None:
    _create_workshop_series()
    _create_possible_times()
    _create_series_ambassadors()
    _create_workshops()
    _create_boards()
    _create_board_participants()
    _create_idea_groups()
    _create_board_ideas()
    _create_dots()
    _create_challenge_wordings()
    _create_challenge_sheets()
    if op.get_bind().dialect.name == "sqlite":
        for table in _ONLY_ADDED:
            for act in _ACTS:
                op.execute(
                    f"create trigger {table}_no_{act} before {act} on {table} "
                    f"begin select raise(abort, '{table} can only be added to'); end"
                )


def downgrade() -> None:
    for table in reversed(_TABLES):
        op.drop_table(table)


def _create_workshop_series() -> None:
    op.create_table(
        "workshop_series",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("requester_id", sa.Uuid(), nullable=False),
        sa.Column("state", _STATE, nullable=False),
        sa.Column("team_size", sa.Integer(), nullable=False),
        sa.Column("wishes", sa.Text(), nullable=False),
        sa.Column("hours_granted", sa.Integer(), nullable=False),
        sa.Column("granted_by", sa.String(length=120), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["requester_id"], ["users.id"], name=op.f("fk_workshop_series_requester_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_workshop_series_unit_id_units")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshop_series")),
    )
    op.create_index(
        op.f("ix_workshop_series_requester_id"), "workshop_series", ["requester_id"], unique=False
    )
    op.create_index(
        "ix_workshop_series_state_created", "workshop_series", ["state", "created"], unique=False
    )
    op.create_index(
        op.f("ix_workshop_series_unit_id"), "workshop_series", ["unit_id"], unique=False
    )


def _create_possible_times() -> None:
    op.create_table(
        "possible_times",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("starts", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["workshop_series.id"],
            name=op.f("fk_possible_times_series_id_workshop_series"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_possible_times")),
        sa.UniqueConstraint("series_id", "starts", name=op.f("uq_possible_times_series_id_starts")),
    )


def _create_series_ambassadors() -> None:
    op.create_table(
        "series_ambassadors",
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["workshop_series.id"],
            name=op.f("fk_series_ambassadors_series_id_workshop_series"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_series_ambassadors_user_id_users")
        ),
        sa.PrimaryKeyConstraint("series_id", "user_id", name=op.f("pk_series_ambassadors")),
    )
    op.create_index(
        op.f("ix_series_ambassadors_user_id"), "series_ambassadors", ["user_id"], unique=False
    )


def _create_workshops() -> None:
    op.create_table(
        "workshops",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("theme", sa.String(length=120), nullable=False),
        sa.Column("starts", sa.DateTime(), nullable=False),
        sa.Column("ends", sa.DateTime(), nullable=False),
        sa.Column("place", sa.String(length=300), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"],
            ["workshop_series.id"],
            name=op.f("fk_workshops_series_id_workshop_series"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_workshops")),
        sa.UniqueConstraint("series_id", "number", name=op.f("uq_workshops_series_id_number")),
    )
    op.create_index("ix_workshops_starts", "workshops", ["starts"], unique=False)


def _create_boards() -> None:
    op.create_table(
        "boards",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("series_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=12), nullable=False),
        sa.Column("step", _STEP, nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["series_id"], ["workshop_series.id"], name=op.f("fk_boards_series_id_workshop_series")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_boards")),
        sa.UniqueConstraint("code", name=op.f("uq_boards_code")),
        sa.UniqueConstraint("series_id", name=op.f("uq_boards_series_id")),
    )


def _create_board_participants() -> None:
    op.create_table(
        "board_participants",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("board_id", sa.Uuid(), nullable=False),
        sa.Column("key_hash", sa.LargeBinary(length=32), nullable=False),
        sa.Column("nickname", sa.String(length=40), nullable=False),
        sa.Column("joined", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.id"], name=op.f("fk_board_participants_board_id_boards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_participants")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_board_participants_key_hash")),
    )
    op.create_index(
        op.f("ix_board_participants_board_id"), "board_participants", ["board_id"], unique=False
    )


def _create_idea_groups() -> None:
    op.create_table(
        "idea_groups",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("board_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("suggested", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.id"], name=op.f("fk_idea_groups_board_id_boards")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idea_groups")),
    )
    op.create_index(op.f("ix_idea_groups_board_id"), "idea_groups", ["board_id"], unique=False)


def _create_board_ideas() -> None:
    op.create_table(
        "board_ideas",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("board_id", sa.Uuid(), nullable=False),
        sa.Column("capture_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("participant_id", sa.Uuid(), nullable=True),
        sa.Column("added", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.id"], name=op.f("fk_board_ideas_board_id_boards")
        ),
        sa.ForeignKeyConstraint(
            ["capture_id"], ["captures.id"], name=op.f("fk_board_ideas_capture_id_captures")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"], ["idea_groups.id"], name=op.f("fk_board_ideas_group_id_idea_groups")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["board_participants.id"],
            name=op.f("fk_board_ideas_participant_id_board_participants"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_board_ideas")),
        sa.UniqueConstraint(
            "board_id", "capture_id", name=op.f("uq_board_ideas_board_id_capture_id")
        ),
    )
    op.create_index(op.f("ix_board_ideas_capture_id"), "board_ideas", ["capture_id"], unique=False)
    op.create_index(op.f("ix_board_ideas_group_id"), "board_ideas", ["group_id"], unique=False)
    op.create_index(
        op.f("ix_board_ideas_participant_id"), "board_ideas", ["participant_id"], unique=False
    )


def _create_dots() -> None:
    op.create_table(
        "dots",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("participant_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["group_id"], ["idea_groups.id"], name=op.f("fk_dots_group_id_idea_groups")
        ),
        sa.ForeignKeyConstraint(
            ["participant_id"],
            ["board_participants.id"],
            name=op.f("fk_dots_participant_id_board_participants"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_dots")),
        sa.UniqueConstraint(
            "participant_id", "number", "turn", name=op.f("uq_dots_participant_id_number_turn")
        ),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_dots_group_id"), "dots", ["group_id"], unique=False)


def _create_challenge_wordings() -> None:
    op.create_table(
        "challenge_wordings",
        sa.Column("board_id", sa.Uuid(), nullable=False),
        sa.Column("group_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("who_suffers", sa.Text(), nullable=False),
        sa.Column("wished_change", sa.Text(), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("changed", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.id"], name=op.f("fk_challenge_wordings_board_id_boards")
        ),
        sa.ForeignKeyConstraint(
            ["group_id"],
            ["idea_groups.id"],
            name=op.f("fk_challenge_wordings_group_id_idea_groups"),
        ),
        sa.PrimaryKeyConstraint("board_id", name=op.f("pk_challenge_wordings")),
    )


def _create_challenge_sheets() -> None:
    op.create_table(
        "challenge_sheets",
        sa.Column("board_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("locked", sa.DateTime(), nullable=False),
        sa.Column("locked_by_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["board_id"], ["boards.id"], name=op.f("fk_challenge_sheets_board_id_boards")
        ),
        sa.ForeignKeyConstraint(
            ["locked_by_id"], ["users.id"], name=op.f("fk_challenge_sheets_locked_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_challenge_sheets_need_id_needs")
        ),
        sa.PrimaryKeyConstraint("board_id", name=op.f("pk_challenge_sheets")),
        sa.UniqueConstraint("need_id", name=op.f("uq_challenge_sheets_need_id")),
    )
