"""The outbox's claims where rows are locked one by one.

`NEEDSBANK_TEST_POSTGRESQL` names an empty database of a PostgreSQL server (with psycopg installed),
for example postgresql+psycopg://app@127.0.0.1:5499/postgres; without it these tests are skipped.
"""

import os
import threading
from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from needsbank import delivery
from needsbank.db.base import Model, make_engine
from needsbank.db.models import Message, User
from needsbank.db.transaction import transaction
from needsbank.domain import clock
from needsbank.domain.mail_levels import MailLevel
from needsbank.domain.outbox import LEASE, Channel, MessageKind, MessageState, Outcome, Post
from needsbank.services.digests import gather_digests
from needsbank.services.outbox import claim_next, doubt_abandoned, finish, post

URL = os.environ.get("NEEDSBANK_TEST_POSTGRESQL", "")

pytestmark = pytest.mark.skipif(not URL, reason="no PostgreSQL is named")


@pytest.fixture
def postgresql():
    pytest.importorskip("psycopg")
    engine = make_engine(URL)
    Model.metadata.create_all(engine)
    yield engine
    Model.metadata.drop_all(engine)
    engine.dispose()


def tell(engine, count):
    with Session(engine) as session, transaction(session):
        for number in range(count):
            post(
                session,
                Post(key=f"k{number}", kind=MessageKind.STEP, address="a@b.example"),
            )


class Counting:
    """A way that remembers what it was given."""

    def __init__(self):
        self.sent = []

    def prepare(self):
        """Be ready."""
        return

    def send(self, claim):
        """Remember."""
        self.sent.append(claim.key)
        return Outcome()

    def rest(self):
        """Do nothing."""


def test_two_claims_at_once_are_of_two_messages(postgresql):
    tell(postgresql, 2)
    with Session(postgresql) as one, Session(postgresql) as other, transaction(one):
        first = claim_next(one, Channel.MAIL)
        # The first claim is not committed: whoever waited for it would wait for ever.
        with transaction(other):
            second = claim_next(other, Channel.MAIL)
            assert claim_next(other, Channel.MAIL) is None
    assert first is not None
    assert second is not None
    assert {first.key, second.key} == {"k0", "k1"}


def test_four_workers_send_each_message_once(postgresql):
    tell(postgresql, 100)
    ways = [Counting() for _ in range(4)]
    threads = [
        threading.Thread(target=delivery.deliver_waiting, args=(postgresql, {Channel.MAIL: way}))
        for way in ways
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    sent = [key for way in ways for key in way.sent]
    assert sorted(sent) == sorted(f"k{number}" for number in range(100))


def test_an_abandoned_message_is_doubted_and_may_still_be_told_as_sent(postgresql):
    tell(postgresql, 1)
    with Session(postgresql) as session:
        with transaction(session):
            claim = claim_next(session, Channel.MAIL)
        assert claim is not None
        with clock.moved(LEASE + timedelta(seconds=1)), transaction(session):
            assert doubt_abandoned(session) == 1
        with transaction(session):
            assert finish(session, claim, Outcome()) is MessageState.SENT


def test_a_digest_is_gathered(postgresql):
    with Session(postgresql) as session:
        with transaction(session):
            user = User(email="a@b.example", name="A", mail_level=MailLevel.DAILY)
            session.add(user)
            session.flush()
            post(session, Post(key="k", kind=MessageKind.STEP, user_id=user.id))
        with transaction(session):
            assert claim_next(session, Channel.MAIL) is None
        with clock.moved(timedelta(days=1, seconds=1)), transaction(session):
            assert (gather_digests(session), gather_digests(session)) == (1, 0)
        states = {each.kind: each.state for each in session.scalars(select(Message))}
    assert states == {
        MessageKind.STEP: MessageState.GATHERED,
        MessageKind.DIGEST: MessageState.WAITING,
    }
