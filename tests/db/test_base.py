"""Column types keep what they promise: aware moments, enums by value, foreign keys that hold."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError, StatementError

from needsbank.db.models import Membership, PriorWork, Suggestion
from needsbank.domain.languages import Language
from needsbank.domain.roles import Role
from tests.factories import (
    add_need,
    add_organisation,
    add_prior_work,
    add_suggestion,
    add_user,
    reread,
)


def test_a_naive_moment_is_refused(session):
    with pytest.raises(StatementError, match="a moment needs a time zone"):
        add_need(session, opened=datetime(2026, 1, 1))  # noqa: DTZ001 -- the mistake itself


def test_a_moment_comes_back_aware_and_in_utc(session):
    helsinki = timezone(timedelta(hours=2))
    need = add_need(session, opened=datetime(2026, 1, 1, 12, 30, tzinfo=helsinki))
    opened = reread(session, need).opened
    assert opened == datetime(2026, 1, 1, 10, 30, tzinfo=UTC)
    assert opened.tzinfo is UTC


def test_no_moment_stays_none(session):
    assert reread(session, add_need(session, opened=None)).opened is None


def test_moments_of_two_zones_are_in_their_real_order(session):
    utc, later_zone = UTC, timezone(timedelta(hours=5))
    second = add_prior_work(session, created=datetime(2026, 1, 1, 10, tzinfo=utc))
    first = add_prior_work(session, created=datetime(2026, 1, 1, 14, tzinfo=later_zone))
    found = session.scalars(select(PriorWork).order_by(PriorWork.created)).all()
    assert [work.id for work in found] == [first.id, second.id]


def test_enums_are_stored_by_value(session):
    add_prior_work(session, language=Language.OTHER)
    assert session.execute(text("select language from prior_works")).scalar() == "und"


def test_lists_are_stored_as_readable_json(session):
    add_prior_work(session, subjects=["työ", "hoiva"])
    assert session.execute(text("select subjects from prior_works")).scalar() == '["työ", "hoiva"]'


def test_evidence_that_was_not_looked_for_is_null(session):
    suggestion = add_suggestion(session, evidence=None)
    found = session.scalars(select(Suggestion.id).where(Suggestion.evidence.is_(None))).all()
    assert found == [suggestion.id]


def test_a_row_cannot_name_what_is_not_there(session):
    user = add_user(session)
    session.add(Membership(user_id=user.id, organisation_id=user.id, role=Role.MEMBER))
    with pytest.raises(IntegrityError, match="FOREIGN KEY"):
        session.flush()


def test_one_role_of_one_person_in_one_organisation_is_one_row(session):
    organisation = add_organisation(session)
    user = add_user(session, Role.MEMBER, organisation=organisation)
    session.add(Membership(user_id=user.id, organisation_id=organisation.id, role=Role.MEMBER))
    with pytest.raises(IntegrityError, match="UNIQUE"):
        session.flush()


def test_the_database_is_written_ahead_and_kept_through_a_power_cut(session):
    assert session.execute(text("pragma journal_mode")).scalar() == "wal"
    assert session.execute(text("pragma synchronous")).scalar() == 2
