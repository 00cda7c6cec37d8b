"""One mail each morning, for whoever wants it so."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from needsbank import due_work
from needsbank.db.models import Message
from needsbank.db.transaction import transaction
from needsbank.domain import clock
from needsbank.domain.languages import Language
from needsbank.domain.mail_levels import MailLevel, last_digest
from needsbank.domain.outbox import Channel, MessageKind, MessageState, Post
from needsbank.services.digests import gather_digests
from needsbank.services.outbox import claim_next, post
from tests.factories import add_user

EVENING = datetime(2026, 3, 28, 20, 0, tzinfo=UTC)
"""The night after which summer time begins."""


@pytest.fixture
def at(request):
    """Set the clock to a moment."""
    former = clock._clock

    def at(moment):
        clock.run_by(lambda: moment)

    yield at
    clock.run_by(former)


@pytest.fixture
def reader(session):
    return add_user(session, mail_level=MailLevel.DAILY, language=Language.FI)


def tell(session, user, key):
    words = {"act": "catch", "stage": "caught", "route": "", "reason": "", "path": "/follow/x"}
    with transaction(session):
        post(session, Post(key=key, kind=MessageKind.STEP, words=words, user_id=user.id))


def gather(session):
    with transaction(session):
        return gather_digests(session)


def states(session):
    session.rollback()
    return {each.key: each.state for each in session.scalars(select(Message))}


@pytest.mark.parametrize(
    ("moment", "due"),
    [
        (datetime(2026, 3, 28, 5, 0, tzinfo=UTC), datetime(2026, 3, 28, 5, 0, tzinfo=UTC)),
        (datetime(2026, 3, 28, 4, 59, tzinfo=UTC), datetime(2026, 3, 27, 5, 0, tzinfo=UTC)),
        (datetime(2026, 3, 29, 4, 0, tzinfo=UTC), datetime(2026, 3, 29, 4, 0, tzinfo=UTC)),
        (datetime(2026, 10, 25, 23, 0, tzinfo=UTC), datetime(2026, 10, 25, 5, 0, tzinfo=UTC)),
    ],
)
def test_a_digest_is_due_at_seven_in_finnish_time_all_year(moment, due):
    assert last_digest(moment) == due


def test_what_came_in_a_day_is_told_in_one_mail_the_next_morning(session, at, reader):
    at(EVENING)
    tell(session, reader, "a")
    tell(session, reader, "b")
    assert gather(session) == 0
    with transaction(session):
        assert claim_next(session, Channel.MAIL) is None
    at(EVENING + timedelta(hours=8, minutes=1))  # 7:01 in summer time
    assert (gather(session), gather(session)) == (1, 0)
    key = f"digest:{reader.id}:2026-03-29"
    assert states(session) == {
        "a": MessageState.GATHERED,
        "b": MessageState.GATHERED,
        key: MessageState.WAITING,
    }
    with transaction(session):
        claim = claim_next(session, Channel.MAIL)
    assert claim is not None
    assert (claim.key, len(claim.told)) == (key, 2)


def test_a_late_digest_tells_no_more_and_the_rest_waits_for_the_next(session, at, reader):
    at(EVENING)
    tell(session, reader, "a")
    at(EVENING + timedelta(hours=12))
    tell(session, reader, "b")
    assert (gather(session), gather(session)) == (1, 0)
    assert states(session)["b"] is MessageState.WAITING
    at(EVENING + timedelta(hours=33))
    assert gather(session) == 1
    assert states(session)["b"] is MessageState.GATHERED


def test_no_news_no_mail(session, at, reader):
    at(EVENING + timedelta(days=3))
    assert gather(session) == 0


def test_whoever_wants_mail_at_once_gets_no_digest(session, at):
    at(EVENING)
    tell(session, add_user(session), "a")
    at(EVENING + timedelta(days=1))
    assert gather(session) == 0
    with transaction(session):
        claim = claim_next(session, Channel.MAIL)
    assert claim is not None
    assert claim.key == "a"


def test_going_over_to_mail_at_once_sends_what_waited(session, at, reader):
    at(EVENING)
    tell(session, reader, "a")
    with transaction(session):
        reader.mail_level = MailLevel.AT_ONCE
    with transaction(session):
        assert claim_next(session, Channel.MAIL) is not None


def test_what_is_left_over_after_the_digest_waits_a_day_and_stops_nothing(session, at, reader):
    at(EVENING)
    tell(session, reader, "a")
    at(EVENING + timedelta(hours=12))
    gather(session)
    with transaction(session):
        session.scalars(
            select(Message).where(Message.key == "a")
        ).one().state = MessageState.WAITING
    assert gather(session) == 0
    at(EVENING + timedelta(hours=36))
    assert gather(session) == 1


def test_the_worker_gathers(session, engine, at, reader):
    at(EVENING)
    tell(session, reader, "a")
    at(EVENING + timedelta(hours=12))
    assert due_work.do_due(engine) == 1
    assert due_work.do_due(engine) == 0
