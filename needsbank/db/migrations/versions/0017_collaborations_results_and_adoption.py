"""Collaborations, hand-overs, events, the adoption ledger and sketches.

Revision ID: 0017
Revises: 0016
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

_EVENTKIND = sa.Enum("fest", "open", name="eventkind", native_enum=False, length=40)
_LANGUAGE = sa.Enum("fi", "sv", "en", "und", name="language", native_enum=False, length=40)
_COLLABORATIONSTATE = sa.Enum(
    "under_way",
    "offered",
    "handed_over",
    "broken_off",
    name="collaborationstate",
    native_enum=False,
    length=40,
)
_PARTYROLE = sa.Enum(
    "partner",
    "team",
    "supervisor",
    "ambassador",
    "expert",
    "coordinator",
    name="partyrole",
    native_enum=False,
    length=40,
)
_PARTYSTATE = sa.Enum(
    "invited", "accepted", "declined", name="partystate", native_enum=False, length=40
)
_FEEDBACKSIDE = sa.Enum("partner", "team", name="feedbackside", native_enum=False, length=40)
_LICENCE = sa.Enum(
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
    name="licence",
    native_enum=False,
    length=40,
)
_UNCLEARABOUT = sa.Enum(
    "roles",
    "goal",
    "milestones",
    "files",
    "agreement",
    "hand_over",
    "other",
    name="unclearabout",
    native_enum=False,
    length=40,
)
_INUSE = sa.Enum("in_use", "partly", "not_in_use", name="inuse", native_enum=False, length=40)
_ADDED_ONLY = (
    "agreement_acceptances",
    "receipts",
    "feedbacks",
    "adoption_questions",
    "adoption_answers",
)
_ACTS = ("update", "delete")


def upgrade() -> None:
    _create_events()
    _create_sketches()
    _create_sketch_sources()
    _create_collaborations()
    _create_agreement_acceptances()
    _create_collaboration_parties()
    _create_feedbacks()
    _create_milestones()
    _create_results()
    _create_shared_files()
    _create_thread_notes()
    _create_unclear_parts()
    _create_programme_slots()
    _create_receipts()
    _create_uptakes()
    _create_adoption_questions()
    _create_adoption_answers()
    if op.get_bind().dialect.name == "sqlite":
        for table in _ADDED_ONLY:
            for act in _ACTS:
                op.execute(
                    f"create trigger {table}_no_{act} before {act} on {table} "
                    f"begin select raise(abort, '{table} can only be added to'); end"
                )


def downgrade() -> None:
    for table in (
        "adoption_answers",
        "adoption_questions",
        "uptakes",
        "receipts",
        "programme_slots",
        "unclear_parts",
        "thread_notes",
        "shared_files",
        "results",
        "milestones",
        "feedbacks",
        "collaboration_parties",
        "agreement_acceptances",
        "collaborations",
        "sketch_sources",
        "sketches",
        "events",
    ):
        op.drop_table(table)


def _create_events() -> None:
    op.create_table(
        "events",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("kind", _EVENTKIND, nullable=False),
        sa.Column("starts", sa.DateTime(), nullable=False),
        sa.Column("ends", sa.DateTime(), nullable=False),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("link", sa.String(length=1000), nullable=False),
        sa.Column("about", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed", sa.DateTime(), nullable=False),
        sa.Column("cancelled", sa.DateTime(), nullable=True),
        sa.Column("created_by_id", sa.Uuid(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["users.id"], name=op.f("fk_events_created_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_events")),
    )
    op.create_index("ix_events_ends", "events", ["ends"], unique=False)


def _create_sketches() -> None:
    op.create_table(
        "sketches",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("problem", sa.Text(), nullable=False),
        sa.Column("existing", sa.Text(), nullable=False),
        sa.Column("wished_change", sa.Text(), nullable=False),
        sa.Column("measures", sa.Text(), nullable=False),
        sa.Column("parties", sa.Text(), nullable=False),
        sa.Column("funding_call", sa.Text(), nullable=False),
        sa.Column("written_by_id", sa.Uuid(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.Column("updated", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["written_by_id"], ["users.id"], name=op.f("fk_sketches_written_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sketches")),
    )


def _create_sketch_sources() -> None:
    op.create_table(
        "sketch_sources",
        sa.Column("sketch_id", sa.Uuid(), nullable=False),
        sa.Column("need_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["need_id"], ["needs.id"], name=op.f("fk_sketch_sources_need_id_needs")
        ),
        sa.ForeignKeyConstraint(
            ["sketch_id"], ["sketches.id"], name=op.f("fk_sketch_sources_sketch_id_sketches")
        ),
        sa.PrimaryKeyConstraint("sketch_id", "need_id", name=op.f("pk_sketch_sources")),
    )
    op.create_index(op.f("ix_sketch_sources_need_id"), "sketch_sources", ["need_id"], unique=False)


def _create_collaborations() -> None:
    op.create_table(
        "collaborations",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("journey_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("language", _LANGUAGE, nullable=False),
        sa.Column("state", _COLLABORATIONSTATE, nullable=False),
        sa.Column("target_change", sa.Text(), nullable=False),
        sa.Column("measure", sa.String(length=200), nullable=False),
        sa.Column("baseline", sa.String(length=200), nullable=False),
        sa.Column("target", sa.String(length=200), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["journey_id"], ["journeys.id"], name=op.f("fk_collaborations_journey_id_journeys")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collaborations")),
    )
    op.create_index("ix_collaborations_journey_id", "collaborations", ["journey_id"], unique=False)
    op.create_index(
        "ix_collaborations_one_at_a_time",
        "collaborations",
        ["journey_id"],
        unique=True,
        sqlite_where=sa.text("state != 'broken_off'"),
        postgresql_where=sa.text("state != 'broken_off'"),
    )


def _create_agreement_acceptances() -> None:
    op.create_table(
        "agreement_acceptances",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("template", sa.String(length=40), nullable=False),
        sa.Column("language", _LANGUAGE, nullable=False),
        sa.Column("text_hash", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collaboration_id"],
            ["collaborations.id"],
            name=op.f("fk_agreement_acceptances_collaboration_id_collaborations"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_agreement_acceptances_user_id_users")
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_agreement_acceptances")),
        sa.UniqueConstraint(
            "collaboration_id",
            "user_id",
            "text_hash",
            name=op.f("uq_agreement_acceptances_collaboration_id_user_id_text_hash"),
        ),
        sqlite_autoincrement=True,
    )


def _create_collaboration_parties() -> None:
    op.create_table(
        "collaboration_parties",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=False),
        sa.Column("role", _PARTYROLE, nullable=False),
        sa.Column("state", _PARTYSTATE, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("invited", sa.DateTime(), nullable=False),
        sa.Column("answered", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["collaboration_id"],
            ["collaborations.id"],
            name=op.f("fk_collaboration_parties_collaboration_id_collaborations"),
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_collaboration_parties_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_collaboration_parties")),
        sa.UniqueConstraint(
            "collaboration_id",
            "user_id",
            name=op.f("uq_collaboration_parties_collaboration_id_user_id"),
        ),
    )
    op.create_index(
        op.f("ix_collaboration_parties_user_id"), "collaboration_parties", ["user_id"], unique=False
    )


def _create_feedbacks() -> None:
    op.create_table(
        "feedbacks",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("side", _FEEDBACKSIDE, nullable=False),
        sa.Column("given_by_id", sa.Uuid(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collaboration_id"],
            ["collaborations.id"],
            name=op.f("fk_feedbacks_collaboration_id_collaborations"),
        ),
        sa.ForeignKeyConstraint(
            ["given_by_id"], ["users.id"], name=op.f("fk_feedbacks_given_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedbacks")),
        sa.UniqueConstraint(
            "collaboration_id", "side", name=op.f("uq_feedbacks_collaboration_id_side")
        ),
    )


def _create_milestones() -> None:
    op.create_table(
        "milestones",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("due", sa.Date(), nullable=True),
        sa.Column("done", sa.DateTime(), nullable=True),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collaboration_id"],
            ["collaborations.id"],
            name=op.f("fk_milestones_collaboration_id_collaborations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_milestones")),
    )
    op.create_index(
        op.f("ix_milestones_collaboration_id"), "milestones", ["collaboration_id"], unique=False
    )


def _create_results() -> None:
    op.create_table(
        "results",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("handed_over", sa.Text(), nullable=False),
        sa.Column("links", sa.JSON(), nullable=False),
        sa.Column("licence", _LICENCE, nullable=False),
        sa.Column("language", _LANGUAGE, nullable=False),
        sa.Column("offered_by_id", sa.Uuid(), nullable=False),
        sa.Column("offered", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["collaboration_id"],
            ["collaborations.id"],
            name=op.f("fk_results_collaboration_id_collaborations"),
        ),
        sa.ForeignKeyConstraint(
            ["offered_by_id"], ["users.id"], name=op.f("fk_results_offered_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_results")),
        sa.UniqueConstraint("collaboration_id", name=op.f("uq_results_collaboration_id")),
    )


def _create_shared_files() -> None:
    op.create_table(
        "shared_files",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("brought_by_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("token", sa.String(length=43), nullable=False),
        sa.Column("in_result", sa.Boolean(), nullable=False),
        sa.Column("created", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["brought_by_id"], ["users.id"], name=op.f("fk_shared_files_brought_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["collaboration_id"],
            ["collaborations.id"],
            name=op.f("fk_shared_files_collaboration_id_collaborations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shared_files")),
        sa.UniqueConstraint("token", name=op.f("uq_shared_files_token")),
    )
    op.create_index(
        op.f("ix_shared_files_collaboration_id"), "shared_files", ["collaboration_id"], unique=False
    )


def _create_thread_notes() -> None:
    op.create_table(
        "thread_notes",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("author_id", sa.Uuid(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["author_id"], ["users.id"], name=op.f("fk_thread_notes_author_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["collaboration_id"],
            ["collaborations.id"],
            name=op.f("fk_thread_notes_collaboration_id_collaborations"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_thread_notes")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_thread_notes_collaboration_id"), "thread_notes", ["collaboration_id"], unique=False
    )


def _create_unclear_parts() -> None:
    op.create_table(
        "unclear_parts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("collaboration_id", sa.Uuid(), nullable=False),
        sa.Column("about", _UNCLEARABOUT, nullable=False),
        sa.Column("question", sa.Text(), nullable=False),
        sa.Column("asked_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked", sa.DateTime(), nullable=False),
        sa.Column("answer", sa.Text(), nullable=False),
        sa.Column("answered_by_id", sa.Uuid(), nullable=True),
        sa.Column("answered", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["answered_by_id"], ["users.id"], name=op.f("fk_unclear_parts_answered_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["asked_by_id"], ["users.id"], name=op.f("fk_unclear_parts_asked_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["collaboration_id"],
            ["collaborations.id"],
            name=op.f("fk_unclear_parts_collaboration_id_collaborations"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unclear_parts")),
    )
    op.create_index(
        "ix_unclear_parts_answered_asked", "unclear_parts", ["answered", "asked"], unique=False
    )
    op.create_index(
        op.f("ix_unclear_parts_collaboration_id"),
        "unclear_parts",
        ["collaboration_id"],
        unique=False,
    )


def _create_programme_slots() -> None:
    op.create_table(
        "programme_slots",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("starts", sa.DateTime(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=True),
        sa.ForeignKeyConstraint(
            ["event_id"],
            ["events.id"],
            name=op.f("fk_programme_slots_event_id_events"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["result_id"], ["results.id"], name=op.f("fk_programme_slots_result_id_results")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_programme_slots")),
    )
    op.create_index(
        op.f("ix_programme_slots_event_id"), "programme_slots", ["event_id"], unique=False
    )
    op.create_index(
        op.f("ix_programme_slots_result_id"), "programme_slots", ["result_id"], unique=False
    )


def _create_receipts() -> None:
    op.create_table(
        "receipts",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("signed_by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("content_hash", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(
            ["result_id"], ["results.id"], name=op.f("fk_receipts_result_id_results")
        ),
        sa.ForeignKeyConstraint(
            ["signed_by_id"], ["users.id"], name=op.f("fk_receipts_signed_by_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipts")),
        sa.UniqueConstraint("result_id", name=op.f("uq_receipts_result_id")),
    )


def _create_uptakes() -> None:
    op.create_table(
        "uptakes",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("result_id", sa.Uuid(), nullable=False),
        sa.Column("unit_id", sa.Uuid(), nullable=False),
        sa.Column("taken_by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["result_id"], ["results.id"], name=op.f("fk_uptakes_result_id_results")
        ),
        sa.ForeignKeyConstraint(
            ["taken_by_id"], ["users.id"], name=op.f("fk_uptakes_taken_by_id_users")
        ),
        sa.ForeignKeyConstraint(
            ["unit_id"], ["units.id"], name=op.f("fk_uptakes_unit_id_units"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_uptakes")),
        sa.UniqueConstraint("result_id", "unit_id", name=op.f("uq_uptakes_result_id_unit_id")),
    )


def _create_adoption_questions() -> None:
    op.create_table(
        "adoption_questions",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("step_seq", sa.Integer(), nullable=True),
        sa.Column("adoption_id", sa.Uuid(), nullable=True),
        sa.Column("uptake_id", sa.Uuid(), nullable=True),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=43), nullable=False),
        sa.Column("user_id", sa.Uuid(), nullable=True),
        sa.Column("address", sa.String(length=255), nullable=False),
        sa.Column("asked", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["adoption_id"],
            ["adoptions.id"],
            name=op.f("fk_adoption_questions_adoption_id_adoptions"),
        ),
        sa.ForeignKeyConstraint(
            ["step_seq"],
            ["journey_steps.seq"],
            name=op.f("fk_adoption_questions_step_seq_journey_steps"),
        ),
        sa.ForeignKeyConstraint(
            ["uptake_id"], ["uptakes.id"], name=op.f("fk_adoption_questions_uptake_id_uptakes")
        ),
        sa.ForeignKeyConstraint(
            ["user_id"], ["users.id"], name=op.f("fk_adoption_questions_user_id_users")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_adoption_questions")),
        sa.UniqueConstraint(
            "adoption_id", "months", name=op.f("uq_adoption_questions_adoption_id_months")
        ),
        sa.UniqueConstraint("code", name=op.f("uq_adoption_questions_code")),
        sa.UniqueConstraint(
            "step_seq", "months", name=op.f("uq_adoption_questions_step_seq_months")
        ),
        sa.UniqueConstraint(
            "uptake_id", "months", name=op.f("uq_adoption_questions_uptake_id_months")
        ),
    )
    op.create_index(
        op.f("ix_adoption_questions_user_id"), "adoption_questions", ["user_id"], unique=False
    )


def _create_adoption_answers() -> None:
    op.create_table(
        "adoption_answers",
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("question_id", sa.Uuid(), nullable=False),
        sa.Column("answer", _INUSE, nullable=False),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["question_id"],
            ["adoption_questions.id"],
            name=op.f("fk_adoption_answers_question_id_adoption_questions"),
        ),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_adoption_answers")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_adoption_answers_question_id"), "adoption_answers", ["question_id"], unique=False
    )
