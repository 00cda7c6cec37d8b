"""A trained version is taken into use by an admin, followed by processes, and given up again."""

import time

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from needsbank import jobs
from needsbank.db.models import AuditEntry, Need, Subject, VersionState
from needsbank.db.transaction import transaction
from needsbank.domain.errors import Conflict, NotAllowed, NotFound
from needsbank.domain.roles import Role
from needsbank.services import matcher_versions, suggesting
from needsbank.services.active_set import ActiveRetrieval
from needsbank.services.embedded_sets import EmbeddedSets
from tests.factories import add_competence, add_need, add_user, reread
from tests.second_space import opener_of
from tests.trained_version import add_trained

SECONDS = 60


@pytest.fixture
def admin(session):
    return add_user(session, Role.ADMIN).actor


@pytest.fixture
def trained(session, settings, fake_matcher):
    return add_trained(session, settings, fake_matcher)


@pytest.fixture
def promote(session, admin, fake_matcher):
    def promote(version):
        session.rollback()
        with transaction(session):
            matcher_versions.promote(session, admin, fake_matcher, version.id)

    return promote


@pytest.fixture
def roll_back(session, admin):
    def roll_back(version):
        session.rollback()
        with transaction(session):
            matcher_versions.roll_back(session, admin, version.id)

    return roll_back


def acts(session):
    return [(e.act, e.subject_id, e.actor_id) for e in session.scalars(select(AuditEntry))]


def ask_until(session, source, trained):
    """Ask as requests do, until the trained version answers or time is up."""
    deadline = time.monotonic() + SECONDS
    while True:
        session.rollback()
        found = source.current(session)
        if found.set.trained == trained or time.monotonic() > deadline:
            return found
        time.sleep(0.01)


def test_an_admin_takes_a_version_into_use_and_goes_back(
    session, trained, promote, roll_back, admin
):
    promote(trained)
    assert reread(session, trained).state is VersionState.ACTIVE
    assert (trained.promoted_by_id, trained.promoted is not None) == (admin.user_id, True)
    roll_back(trained)
    assert reread(session, trained).state is VersionState.RETIRED
    assert acts(session) == [
        ("promote", trained.id, admin.user_id),
        ("roll_back", trained.id, admin.user_id),
    ]


def test_one_version_is_in_use_at_a_time(session, settings, fake_matcher, trained, promote):
    newer = add_trained(session, settings, fake_matcher, words=5.0)
    promote(trained)
    promote(newer)
    assert reread(session, trained).state is VersionState.RETIRED
    assert reread(session, newer).state is VersionState.ACTIVE
    promote(trained)
    assert reread(session, newer).state is VersionState.RETIRED


def test_the_database_holds_no_two_active_versions(session, settings, fake_matcher):
    add_trained(session, settings, fake_matcher, state=VersionState.ACTIVE)
    with pytest.raises(IntegrityError):
        add_trained(session, settings, fake_matcher, words=5.0, state=VersionState.ACTIVE)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMIN])
def test_all_other_roles_are_refused(session, fake_matcher, trained, role):
    actor = add_user(session, role).actor
    with pytest.raises(NotAllowed):
        matcher_versions.promote(session, actor, fake_matcher, trained.id)
    with pytest.raises(NotAllowed):
        matcher_versions.roll_back(session, actor, trained.id)


@pytest.mark.parametrize("values", [{"base": "m1-of-before"}, {"space_id": "another"}])
def test_what_was_trained_for_something_else_is_refused(
    session, settings, fake_matcher, promote, values
):
    other = add_trained(session, settings, fake_matcher, **values)
    with pytest.raises(Conflict):
        promote(other)
    assert reread(session, other).state is VersionState.CANDIDATE
    assert acts(session) == []


def test_what_is_in_use_is_not_taken_twice_nor_given_up_twice(trained, promote, roll_back):
    promote(trained)
    with pytest.raises(Conflict):
        promote(trained)
    roll_back(trained)
    with pytest.raises(Conflict):
        roll_back(trained)


def test_a_version_that_is_not_there(session, trained, promote):
    session.delete(trained)
    session.commit()
    with pytest.raises(NotFound):
        promote(trained)


def test_running_processes_follow_and_come_back(session, settings, trained, promote, roll_back):
    source = ActiveRetrieval(opener_of(settings))
    shipped = source.current(session).matcher.version
    promote(trained)
    assert ask_until(session, source, trained.version).matcher.version == trained.version
    roll_back(trained)
    assert ask_until(session, source, None).matcher.version == shipped


def test_needs_are_matched_again_by_the_version_in_use(
    session, engine, settings, trained, promote, roll_back
):
    sets = EmbeddedSets(opener_of(settings), engine)
    add_need(session, title="Lost keys of homes", problem="Keys of homes are lost by substitutes.")
    add_competence(session, title="Keys of homes", description="We find lost keys of homes.")

    def work():
        session.rollback()
        retrieval = sets.active()
        for subject in Subject:
            jobs.embed_pending(engine, retrieval, subject)
        waiting = suggesting.count_to_match(session, retrieval)
        jobs.suggest_pending(engine, retrieval)
        session.rollback()
        return waiting, session.scalars(select(Need.matched_with)).all()

    shipped = sets.active().matcher.version
    assert work() == (1, [shipped])
    promote(trained)
    assert work() == (1, [trained.version])
    assert work() == (0, [trained.version])
    roll_back(trained)
    assert work() == (1, [shipped])


def test_without_its_files_the_shipped_version_matches_and_the_log_says_so(
    session, settings, trained, promote, caplog
):
    promote(trained)
    (settings.instance / "matcher" / trained.version / "manifest.json").unlink()
    source = ActiveRetrieval(opener_of(settings))
    found = source.current(session)
    assert found.matcher.version == trained.base
    assert trained.version in caplog.text
    assert source.current(session) is found


def test_a_version_of_another_space_waits_until_that_is_searched(session, settings, fake_matcher):
    active = VersionState.ACTIVE
    add_trained(session, settings, fake_matcher, state=active, space_id="another")
    found = ActiveRetrieval(opener_of(settings)).current(session)
    assert (found.set.trained, found.matcher.version) == (None, fake_matcher.version)


def test_the_newest_version_stands_first(session, settings, fake_matcher, trained):
    newer = add_trained(session, settings, fake_matcher, words=5.0)
    assert list(matcher_versions.all_versions(session)) == [newer, trained]
