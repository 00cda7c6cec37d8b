"""Messages (viestit) that leave the bank: written with what they tell of, sent after it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
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
    """Not sent, for a reason that `Trouble` names."""
    GATHERED = "gathered"
    """Told in a digest, whose own message says how that went."""


class Trouble(Enum):
    """Why a message has not left, or may not have."""

    NOT_REACHED = "not_reached"
    """Whoever takes messages on does not answer, or says to come back later: tried again."""
    REFUSED = "refused"
    """The recipient, or the whole message, is refused for good."""
    UNREADABLE = "unreadable"
    """It could not be put into words: a mistake of ours."""
    NO_ANSWER = "no_answer"
    """It was handed over, and nobody said that it was taken."""
    WORKER_GONE = "worker_gone"
    """The worker that was sending it ended."""
    DISABLED = "disabled"
    """The recipient's account is closed."""
    NO_ADDRESS = "no_address"
    NOT_WANTED = "not_wanted"
    """The recipient wants no mail; they read it on their own page."""
    UNSUBSCRIBED = "unsubscribed"
    """The address asked for no more mail."""
    WEBHOOK_GONE = "webhook_gone"
    LEFT = "left"
    """A person decided that it stays unsent."""


class MessageKind(Enum):
    """What a message tells; each kind has a template `mail/KIND.txt`."""

    STEP = "step"
    """A followed matter has moved: {act, stage, route, reason, path}."""
    DIGEST = "digest"
    """What a person was told since the last one: {count, path}, and the messages themselves."""
    MERGED = "merged"
    """The reader's need became part of a challenge: {due, path}."""
    OBJECTED = "objected"
    """A sender objects to a merge that the reader made: {text, path}."""
    UNMERGED = "unmerged"
    """The reader's need stands by itself again: {text, path}."""
    NEED_ADOPTED = "need_adopted"
    """The reader's need was closed by something ready: {text, path}."""
    WEBHOOK_TRIED = "webhook_tried"
    """An admin tries a channel: {path}."""
    MORNING = "morning"
    """What waits, for a channel: {thrown, in_coordination, path}."""
    NEWS = "news"
    """Something has happened, for a channel: {event, path}."""
    STILL_CURRENT = "still_current"
    """Whether an own posting is still current: {subject: need or competence, path}."""
    EXPIRED = "expired"
    """An own posting has ended, since nobody said that it is current: {subject, path}."""
    PROPOSED = "proposed"
    """An idea is proposed to a catcher, or handed on to one: {unit, by, path}."""
    ESCALATED = "escalated"
    """Nobody caught an idea in time; coordinators' leads are told: {unit, path}."""
    CONFIRM_MAIL = "confirm_mail"
    """Whoever asked to be told of an idea by mail confirms the address: {path}."""
    WORKSHOPS_CONFIRMED = "workshops_confirmed"
    """Three workshops are agreed: {unit, ambassadors, times, place, path}."""
    WORKSHOP_MOVED = "workshop_moved"
    """One has another time or place: {unit, number, time, place, path}."""
    WORKSHOP_CALLED_OFF = "workshop_called_off"
    """One is not held: {unit, number, reason, path}."""
    WORKSHOPS_CANCELLED = "workshops_cancelled"
    """None of them is held: {unit, reason, path}."""
    WORKSHOPS_DECLINED = "workshops_declined"
    """The request was answered with a no: {unit, reason, path}."""
    ANSWER = "answer"
    """The answer to a sender, as it was edited: {route, text, path}."""
    TO_ANSWER = "to_answer"
    """A matter that somebody has in hand was decided on: {title, route, path}."""
    REPRESENT = "represent"
    """Somebody is asked to speak for their work community: {name, title, route, by, path}."""
    RETURNED = "returned"
    """A parked matter waits for the coordination team again: {title, path}."""
    INVITED_TO_COLLABORATION = "invited_to_collaboration"
    """Somebody is asked to take a role: {title, role, path}."""
    THREAD_NOTE = "thread_note"
    """A party wrote to the others, who read it behind the link: {title, path}."""
    UNCLEAR_PART = "unclear_part"
    """A party tells coordinators that something is unclear: {title, about, path}."""
    UNCLEAR_ANSWERED = "unclear_answered"
    """A coordinator answered what was unclear: {title, about, path}."""
    RESULT_OFFERED = "result_offered"
    """A result waits for the partner's signature: {title, path}."""
    RESULT_SIGNED = "result_signed"
    """The partner signed for a result: {title, path}."""
    ADOPTION_ASKED = "adoption_asked"
    """Is it in use? {title, months, path}; the answers are the link with ?answer=CODE."""


LEASE = timedelta(minutes=5)
"""How long a worker may take to send one message, many times what it takes."""
_BACK_OFF = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=6),
    timedelta(hours=12),
    timedelta(hours=24),
    timedelta(hours=24),
)
"""Waits between tries: almost three days in all, so that a mail server may rest at a weekend."""


def wait_after(attempts: int) -> timedelta | None:
    """Return how long to wait after so many tries that failed; None to give up."""
    return _BACK_OFF[attempts - 1] if attempts <= len(_BACK_OFF) else None


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
    webhook_id: UUID | None = None
    not_before: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A message in a worker's hands, with all that it takes to put it into words."""

    message_id: UUID
    token: UUID
    key: str
    kind: MessageKind
    channel: Channel
    language: Language
    words: Words
    address: str
    """The mail address, or a webhook's secret one."""
    has_account: bool
    told: tuple["Told", ...] = ()
    """What a digest tells of."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One of the messages that a digest gathers."""

    kind: MessageKind
    words: Words


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """How it went: sent without trouble, or not, and whether trying again can help."""

    trouble: Trouble | None = None
    detail: str = ""
    """What the other side said, never what the message says."""
