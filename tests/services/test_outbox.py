from sqlalchemy import select

from needsbank.db.models import Message
from needsbank.db.transaction import transaction
from needsbank.domain.outbox import MessageKind, MessageState, Post
from needsbank.services.outbox import post


def ask(**values):
    return Post(**{"key": "once", "kind": MessageKind.STEP, "address": "a@b.example", **values})


def test_a_posted_message_waits(session):
    with transaction(session):
        post(session, ask(words={"stage": "caught"}))
    (message,) = session.scalars(select(Message))
    assert (message.state, message.words) == (MessageState.WAITING, {"stage": "caught"})


def test_the_same_key_is_posted_once_also_within_one_transaction(session):
    with transaction(session):
        assert post(session, ask()) is not None
        assert post(session, ask()) is None
    with transaction(session):
        assert post(session, ask()) is None
    assert len(session.scalars(select(Message)).all()) == 1
