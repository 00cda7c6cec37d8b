"""Delivery: what waits in the outbox leaves, one message after another.

A message is claimed in one short transaction, put into words and handed over outside any, and
marked in another. How safe that is against a worker that ends anywhere: `services.outbox`.
"""

import logging
import threading
import time
from collections.abc import Mapping
from typing import Protocol

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from needsbank.db.transaction import transaction
from needsbank.domain.outbox import Channel, Claim, MessageState, Outcome, Trouble
from needsbank.services import outbox

_IDLE_SECONDS = 2.0
_RETRY_SECONDS = 1.0
_RETRIES = 30
"""Of marking what has left, while the database does not answer: less than a lease."""

_log = logging.getLogger(__name__)


class Way(Protocol):
    """One channel's way out."""

    def prepare(self) -> Outcome | None:
        """See to it that sending can begin; return why it cannot."""

    def send(self, claim: Claim) -> Outcome:
        """Put a message into words and hand it over."""

    def rest(self) -> None:
        """Let go of what was prepared."""


Ways = Mapping[Channel, Way]


def deliver_waiting(engine: Engine, ways: Ways, stop: threading.Event | None = None) -> int:
    """Send what is due until nothing is, a channel does not answer, or `stop` is set.

    Return how many messages were dealt with.
    """
    done, open_ways = 0, dict(ways)
    try:
        while open_ways and not (stop and stop.is_set()):
            with Session(engine) as session:
                channel = outbox.next_channel(session, open_ways)
            if channel is None:
                break
            outcome = _deliver_next(engine, channel, open_ways[channel])
            done += outcome is not None
            if outcome is not None and outcome.trouble is Trouble.NOT_REACHED:
                del open_ways[channel]  # the others wait until it is back
    finally:
        for way in ways.values():
            way.rest()
    return done


def work(engine: Engine, ways: Ways, stop: threading.Event) -> None:
    """Send what becomes due until stopped; a database that does not answer is waited for."""
    while not stop.is_set():
        try:
            deliver_waiting(engine, ways, stop)
        except OperationalError as error:
            _log.error("the database does not answer, trying again: %s", error.orig)
        stop.wait(_IDLE_SECONDS)


def _deliver_next(engine: Engine, channel: Channel, way: Way) -> Outcome | None:
    # Connecting takes longest: done before the claim, so that a claim is held for a moment only.
    trouble = way.prepare()
    with Session(engine) as session, transaction(session):
        claim = outbox.claim_next(session, channel)
    if claim is None:
        return None
    outcome = trouble or way.send(claim)
    state = _marked(engine, claim, outcome)
    if outcome.trouble is not None:
        _log.warning(
            "message %s (%s): %s, now %s",
            claim.message_id,
            claim.kind.value,
            outcome.trouble.value,
            state.value if state else "somebody else's",
        )
    return outcome


def _marked(engine: Engine, claim: Claim, outcome: Outcome) -> MessageState | None:
    for left in reversed(range(_RETRIES)):
        try:
            with Session(engine) as session, transaction(session):
                return outbox.finish(session, claim, outcome)
        except OperationalError as error:
            if not left:
                raise
            _log.error("message %s cannot be marked yet: %s", claim.message_id, error.orig)
            time.sleep(_RETRY_SECONDS)
    return None
