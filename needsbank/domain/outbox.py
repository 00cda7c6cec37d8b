"""Messages (viestit) that leave the bank: written with what they tell of, sent after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from uuid import UUID

from needsbank.domain.languages import Language

Words = Mapping[str, str | int]
"""What a message's template is filled with: ids, codes, and people's own words."""


class Channel(Enum):
    """Which way a message leaves."""

    MAIL = "mail"
    TEAMS = "teams"
    SLACK = "slack"


class MessageState(Enum):
    """Where a message is on its way out."""

    WAITING = "waiting"
    SENDING = "sending"
    """A worker holds it; nobody knows yet whether it has left."""
    SENT = "sent"
    UNCERTAIN = "uncertain"
    """Its worker died while sending: a person decides whether it is sent again."""
    DEAD = "dead"
    """Given up after many tries: a person decides what becomes of it."""
    CANCELLED = "cancelled"


class MessageKind(Enum):
    """What a message tells; each kind has a template `mail/KIND.txt`."""

    STEP = "step"
    """A followed matter has moved: {act, stage, reason, path}."""
    PROPOSED = "proposed"
    """An idea is proposed to a catcher, or handed on to one: {unit, by, path}."""
    ESCALATED = "escalated"
    """Nobody caught an idea in time; coordinators' leads are told: {unit, path}."""
    CONFIRM_MAIL = "confirm_mail"
    """Whoever asked to be told of an idea by mail confirms the address: {path}."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """Send a message to a person with an account, or to an address.

    `key` makes it one: posting the same key again changes nothing. `path` in the words is the
    page that the message leads to, without the host.
    """

    key: str
    kind: MessageKind
    words: Words = field(default_factory=dict)
    user_id: UUID | None = None
    address: str = ""
    language: Language = Language.FI
    channel: Channel = Channel.MAIL
    not_before: datetime | None = None
