"""The way of webhooks: a short text with a link, as Teams and Slack take it.

The address is a secret: what is stored and logged of a failure never holds it.
"""

import json
from typing import Any

from needsbank.channels.letters import Note
from needsbank.channels.rendering import Unreadable, one_line, rendered
from needsbank.domain.outbox import Channel, Claim, Outcome, Trouble
from needsbank.sources.fetch_errors import BadStatus, Blocked, FetchError, Unanswered
from needsbank.sources.fetching import Fetcher, Limits

_LIMITS = Limits(most_bytes=10_000, seconds=30, redirects=0)
_LATER = frozenset({408, 425, 429})


class Webhooks:
    """Sends messages to one kind of channel; `public_url` is what links begin with."""

    def __init__(self, fetcher: Fetcher, channel: Channel, public_url: str) -> None:
        self.fetcher = fetcher
        self.channel = channel
        self.public_url = public_url

    def prepare(self) -> Outcome | None:
        """Do nothing: each channel is somewhere else."""
        return None

    def send(self, claim: Claim) -> Outcome:
        """Put a message into words and hand it over."""
        try:
            body = json.dumps(_payload(self.channel, self._note(claim))).encode()
        except Unreadable as error:
            return Outcome(trouble=Trouble.UNREADABLE, detail=one_line(str(error)))
        try:
            self.fetcher.post_json(claim.address, body, _LIMITS)
        except FetchError as error:
            return _outcome(error)
        return Outcome()

    def rest(self) -> None:
        """Do nothing: no connection is kept."""

    def _note(self, claim: Claim) -> Note:
        link = f"{self.public_url}/{str(claim.words.get('path', '')).lstrip('/')}"
        text = rendered(claim.kind, claim.language, {**claim.words, "link": link})
        return Note(title=text.subject, text=text.body.strip(), link=link)


def _payload(channel: Channel, note: Note) -> dict[str, Any]:
    return _card(note) if channel is Channel.TEAMS else {"text": _slack_text(note)}


def _card(note: Note) -> dict[str, Any]:
    """Return what a Workflow of Teams posts: an Adaptive Card."""
    content = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": [
            {"type": "TextBlock", "text": note.title, "weight": "Bolder", "wrap": True},
            {"type": "TextBlock", "text": note.text, "wrap": True},
        ],
        "actions": [{"type": "Action.OpenUrl", "title": "Tarvepankki", "url": note.link}],
    }
    kind = "application/vnd.microsoft.card.adaptive"
    return {
        "type": "message",
        "attachments": [{"contentType": kind, "contentUrl": None, "content": content}],
    }


def _slack_text(note: Note) -> str:
    plain = f"{note.title}\n{note.text}"
    for mark, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        plain = plain.replace(mark, written)
    return f"{plain}\n<{note.link}>"


def _outcome(error: FetchError) -> Outcome:
    if isinstance(error, BadStatus):
        later = error.status in _LATER or error.status >= 500
        trouble = Trouble.NOT_REACHED if later else Trouble.REFUSED
        return Outcome(trouble=trouble, detail=f"HTTP status {error.status}")
    if isinstance(error, Unanswered):
        return Outcome(trouble=Trouble.NO_ANSWER, detail=error.code)
    lasting = isinstance(error, Blocked)
    return Outcome(trouble=Trouble.REFUSED if lasting else Trouble.NOT_REACHED, detail=error.code)
