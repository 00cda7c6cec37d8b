"""Two working days without a catch: the lead is told once, and the sender sees it."""

from contextlib import contextmanager
from datetime import UTC, datetime

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank.db.models import Message
from needsbank.db.transaction import transaction
from needsbank.domain import clock
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.outbox import MessageKind
from needsbank.domain.roles import ANONYMOUS, Role
from needsbank.due_work import do_due
from needsbank.services import escalating, following
from needsbank.services.capturing import throw
from needsbank.services.catching import catch
from tests.factories import add_unit_link, add_user, reread, throwing


@contextmanager
def at(*moment: int):
    """Let it be a moment, in UTC."""
    year, month, day, hour = moment
    wanted = datetime(year, month, day, hour, tzinfo=UTC)
    with clock.moved(wanted - datetime.now(UTC)):
        yield


@pytest.fixture
def lead(session):
    return add_user(session, Role.LEAD)


@pytest.fixture
def link(session):
    return add_unit_link(session)


@pytest.fixture
def thrown_at(session, link):
    """Throw an idea at a moment."""

    def thrown(*moment):
        with at(*moment), transaction(session):
            return throw(session, ANONYMOUS, throwing(link.code))

    return thrown


def told(session):
    session.rollback()
    return session.scalars(select(Message).where(Message.kind == MessageKind.ESCALATED)).all()


@pytest.mark.parametrize(
    ("thrown", "still_in_time", "late"),
    [
        # A weekend: Friday 20 November 2026 to Tuesday.
        ((2026, 11, 20, 10), (2026, 11, 24, 9), (2026, 11, 24, 11)),
        # Midsummer 2026: Eve on Friday 19 June.
        ((2026, 6, 18, 10), (2026, 6, 23, 9), (2026, 6, 23, 11)),
        # An ordinary week.
        ((2026, 11, 16, 10), (2026, 11, 18, 9), (2026, 11, 18, 11)),
    ],
)
def test_the_lead_is_told_after_two_working_days(
    session, engine, lead, thrown_at, thrown, still_in_time, late
):
    idea = thrown_at(*thrown)
    with at(*still_in_time):
        assert do_due(engine) == 0
    with at(*late):
        assert do_due(engine) == 1
        assert do_due(engine) == 0
    (message,) = told(session)
    assert message.user_id == lead.id
    assert message.words == {"unit": idea.unit.name, "path": f"/ideas/{idea.id}"}


def test_the_sender_sees_that_somebody_else_was_told(session, engine, lead, thrown_at):
    idea = thrown_at(2026, 11, 16, 10)
    with at(2026, 11, 18, 11):
        do_due(engine)
    reread(session, idea.journey)
    seen = following.followed(session, idea.follow_code)
    assert [(step.act, step.stage) for step in seen.steps] == [
        (None, Stage.THROWN),
        (Act.ESCALATE, Stage.THROWN),
    ]
    assert idea.journey.escalated is not None


def test_a_worker_that_dies_in_the_middle_leaves_it_to_the_next_one(
    session, engine, lead, thrown_at
):
    thrown_at(2026, 11, 16, 10)
    with at(2026, 11, 18, 11):
        with Session(engine) as dying:
            escalating.escalate(dying)
            dying.flush()
        assert told(session) == []
        assert do_due(engine) == 1
        assert do_due(engine) == 0
    assert len(told(session)) == 1


def test_without_a_lead_every_coordinator_is_told(session, engine, thrown_at):
    people = {add_user(session, Role.COORDINATOR).id for _ in range(2)}
    add_user(session, Role.AMBASSADOR)
    thrown_at(2026, 11, 16, 10)
    with at(2026, 11, 18, 11):
        do_due(engine)
    assert {message.user_id for message in told(session)} == people


def test_what_was_caught_in_time_is_not_told(session, engine, lead, thrown_at):
    idea = thrown_at(2026, 11, 16, 10)
    with at(2026, 11, 17, 10), transaction(session):
        catch(session, add_user(session, Role.AMBASSADOR).actor, idea.id, Stage.THROWN)
    with at(2026, 12, 24, 10):
        assert do_due(engine) == 0
    assert told(session) == []


def test_many_late_ideas_are_all_told_in_parts(session, engine, lead, thrown_at, monkeypatch):
    monkeypatch.setattr(escalating, "AT_ONCE", 2)
    for _ in range(5):
        thrown_at(2026, 11, 16, 10)
    with at(2026, 11, 18, 11):
        assert do_due(engine) == 5
    assert len(told(session)) == 5
