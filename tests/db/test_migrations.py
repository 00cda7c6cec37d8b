"""The history of the database can be walked forward and back, and ends at the models."""

import pytest
from alembic import command
from sqlalchemy import delete, func, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from needsbank import jobs
from needsbank.db.base import WRITE, make_engine
from needsbank.db.migrations.running import (
    OutdatedDatabase,
    check_current,
    check_models,
    configuration,
    upgrade_to_newest,
)
from needsbank.db.models import (
    AuditEntry,
    Competence,
    Embedding,
    Harvest,
    Need,
    PriorWork,
    SetState,
    Subject,
    Suggestion,
    User,
    VectorSet,
)
from needsbank.domain.licences import Licence
from needsbank.domain.roles import Role
from needsbank.services import audit, embedding, vector_sets
from tests.factories import (
    add_competence,
    add_prior_work,
    add_reference,
    add_source,
    add_suggestion,
    add_user,
)


@pytest.fixture
def unmigrated(tmp_path):
    made = make_engine(f"sqlite:///{tmp_path / 'new.db'}")
    yield made
    made.dispose()


WORKS = {
    "kept": "the space",
    "kept too": "the space",
    "changed": None,
    "never read": "an older space",
}


def add_works_of_earlier_version(engine):
    """Add prior works as step 0002 stores them, with vectors of two bytes each."""
    with engine.begin() as connection:
        for number, (title, space_id) in enumerate(WORKS.items()):
            values = {"id": f"{number:032x}", "title": title, "space": space_id, "seq": number}
            connection.execute(
                text(
                    "insert into prior_works (id, source, source_key, title, abstract, kind,"
                    " language, url, subjects, created, updated, embedded_in) values (:id, 's',"
                    " :id, :title, '', 'thesis', 'en', '', '[]', '2026-01-01', '2026-01-01',"
                    " :space)"
                ),
                values,
            )
            if space_id is not None:
                connection.execute(
                    text(
                        "insert into embeddings (seq, subject, owner_id, space_id, language,"
                        " public, text, lemmas, query_vector, document_vector, created) values"
                        " (:seq, 'prior_work', :id, :space, 'en', 1, :title, '', x'61626364',"
                        " x'61626364', '2026-01-01')"
                    ),
                    values,
                )


def walk(engine, target, step=command.downgrade):
    with engine.connect().execution_options(**{WRITE: True}) as connection, connection.begin():
        step(configuration(connection), target)


def test_an_empty_database_is_brought_up_to_date(unmigrated):
    upgrade_to_newest(unmigrated)
    check_current(unmigrated)
    assert set(User.metadata.tables) <= set(inspect(unmigrated).get_table_names())


def test_upgrading_twice_changes_nothing(unmigrated):
    upgrade_to_newest(unmigrated)
    before = inspect(unmigrated).get_table_names()
    upgrade_to_newest(unmigrated)
    assert inspect(unmigrated).get_table_names() == before


def test_the_tables_are_those_of_the_models(engine):
    check_models(engine)


def test_a_table_that_differs_from_its_model_is_noticed(engine):
    with engine.begin() as connection:
        connection.execute(text("alter table needs add column colour text"))
    with pytest.raises(OutdatedDatabase, match="colour"):
        check_models(engine)


def test_a_database_without_tables_is_outdated(unmigrated):
    with pytest.raises(OutdatedDatabase, match=r"at step none, .* run `needsbank db upgrade`"):
        check_current(unmigrated)


def test_a_database_one_step_behind_is_outdated(engine):
    walk(engine, "-1")
    with pytest.raises(OutdatedDatabase, match="needsbank db upgrade"):
        check_current(engine)


def test_walking_one_step_back_and_forth_keeps_the_rows(session, engine):
    suggestion, user = add_suggestion(session), add_user(session, Role.COORDINATOR)
    audit.record(session, user.actor, "approved", "suggestion", suggestion.id)
    session.commit()
    session.close()
    walk(engine, "-1")
    upgrade_to_newest(engine)
    check_models(engine)
    with Session(engine) as after:
        assert after.get_one(Suggestion, suggestion.id).parts == suggestion.parts
        assert after.get_one(User, user.id).actor == user.actor
        assert after.scalar(select(func.count(Need.id))) == 1


def test_history_is_guarded_again_after_walking_back_and_forth(session, engine):
    suggestion, user = add_suggestion(session), add_user(session)
    audit.record(session, user.actor, "approved", "suggestion", suggestion.id)
    session.commit()
    session.close()
    walk(engine, "-1")
    upgrade_to_newest(engine)
    with pytest.raises(IntegrityError, match="can only be added to"), Session(engine) as after:
        after.execute(delete(AuditEntry))


def test_what_an_earlier_version_has_embedded_stands_in_one_active_set(unmigrated):
    walk(unmigrated, "0002", command.upgrade)
    add_works_of_earlier_version(unmigrated)
    upgrade_to_newest(unmigrated)
    check_models(unmigrated)
    with Session(unmigrated) as session:
        (only,) = session.scalars(select(VectorSet))
        assert (only.space_id, only.state, only.dim, only.spec) == (
            "the space",
            SetState.ACTIVE,
            2,
            None,
        )
        into = vector_sets.active(session)
        assert into is not None
        pending = embedding.pending(session, Subject.PRIOR_WORK, into, 10)
        assert [each.document.title for each in pending] == ["changed", "never read"]
        rows = session.execute(select(Embedding.text, Embedding.query_vector)).all()
        assert [tuple(row) for row in rows] == [("kept", b"abcd"), ("kept too", b"abcd")]


def test_a_bank_that_has_embedded_nothing_gets_no_set(unmigrated):
    walk(unmigrated, "0002", command.upgrade)
    upgrade_to_newest(unmigrated)
    with Session(unmigrated) as session:
        assert vector_sets.active(session) is None


def test_walking_back_from_vector_sets_leaves_the_active_one(engine, session):
    active = vector_sets.active(session)
    assert active is not None
    both, second_only = (
        add_prior_work(session, embedded_in=0b11),
        add_prior_work(session, embedded_in=0b10),
    )
    ids = [both.id.hex, second_only.id.hex]
    session.close()
    walk(engine, "0002")
    with engine.connect() as connection:
        held = dict(connection.execute(text("select id, embedded_in from prior_works")).all())
    assert [held[each] for each in ids] == [active.space_id, None]
    upgrade_to_newest(engine)
    with Session(engine) as after:
        assert vector_sets.active(after) == active


def test_walking_back_from_references_leaves_nothing_that_the_version_before_cannot_read(
    engine, session, retrieval
):
    competence = add_competence(session)
    add_reference(session, competence)
    for subject in Subject:
        jobs.embed_pending(engine, retrieval, subject)
    subjects = select(Embedding.subject).order_by(Embedding.key)
    session.rollback()
    assert session.scalars(subjects).all() == [Subject.COMPETENCE, Subject.REFERENCE]
    session.close()
    walk(engine, "0004")
    with engine.connect() as connection:
        left = connection.execute(text("select subject from embeddings")).scalars().all()
        held = connection.execute(text("select embedded_in from competences")).scalars().all()
    assert (left, held) == (["competence"], [1])
    upgrade_to_newest(engine)
    check_models(engine)
    with Session(engine) as after:
        assert after.get_one(Competence, competence.id).references == []
        assert after.scalars(select(Embedding.belongs_to)).all() == [None]


def test_walking_back_from_sources_keeps_their_works(engine, session):
    source = add_source(session)
    work = add_prior_work(session, source_id=source.id, seen_in=1, licence=Licence.CC_BY)
    session.add(Harvest(source_id=source.id, full=True))
    session.commit()
    session.close()
    walk(engine, "0006")
    with engine.connect() as connection:
        assert connection.execute(text("select title from prior_works")).scalars().all() == [
            work.title
        ]
    upgrade_to_newest(engine)
    check_models(engine)
    with Session(engine) as after:
        (kept,) = after.scalars(select(PriorWork))
        assert (kept.id, kept.source_id, kept.seen_in, kept.licence) == (work.id, None, None, None)
        assert kept.shows_text


def test_walking_back_to_the_beginning_leaves_nothing(engine):
    walk(engine, "base")
    assert inspect(engine).get_table_names() == ["alembic_version"]
    upgrade_to_newest(engine)
    check_models(engine)


def test_a_step_that_fails_leaves_the_database_as_it_was(unmigrated):
    with unmigrated.begin() as connection:
        connection.execute(text("create table users (id int)"))
    with pytest.raises(Exception, match="users already exists"):
        upgrade_to_newest(unmigrated)
    assert inspect(unmigrated).get_table_names() == ["users"]
