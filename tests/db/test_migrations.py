"""The history of the database can be walked forward and back, and ends at the models."""

import pytest
from alembic import command
from sqlalchemy import delete, func, inspect, select, text
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from needsbank.db.base import WRITE, make_engine
from needsbank.db.migrations.running import (
    OutdatedDatabase,
    check_current,
    check_models,
    configuration,
    upgrade_to_newest,
)
from needsbank.db.models import AuditEntry, Need, Suggestion, User
from needsbank.domain.roles import Role
from needsbank.services import audit
from tests.factories import add_suggestion, add_user


@pytest.fixture
def unmigrated(tmp_path):
    made = make_engine(f"sqlite:///{tmp_path / 'new.db'}")
    yield made
    made.dispose()


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
