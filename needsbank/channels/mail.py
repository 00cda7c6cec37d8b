"""The way of mails: into words, with links that lead back, and to the mail server."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from needsbank.channels.letters import Letter
from needsbank.channels.rendering import Text, Unreadable, footer, one_line, rendered, spoken
from needsbank.channels.smtp import Smtp
from needsbank.domain.outbox import Claim, Outcome, Trouble, Words

StopLink = Callable[[UUID], str]
"""Gives the path where one press ends mails like a message."""


class Mail:
    """Sends messages as mails; `public_url` is what links begin with."""

    def __init__(self, smtp: Smtp, public_url: str, stop_link: StopLink) -> None:
        self.smtp = smtp
        self.public_url = public_url
        self.stop_link = stop_link

    def prepare(self) -> Outcome | None:
        """Connect to the mail server; return why that fails."""
        return self.smtp.prepare()

    def send(self, claim: Claim) -> Outcome:
        """Put a message into words and hand it over."""
        try:
            letter = self.letter(claim)
        except Unreadable as error:
            return Outcome(trouble=Trouble.UNREADABLE, detail=one_line(str(error)))
        return self.smtp.send(letter)

    def rest(self) -> None:
        """Let the connection go."""
        self.smtp.rest()

    def letter(self, claim: Claim) -> Letter:
        """Return a message in words; raise `Unreadable`."""
        stop = self.public_url + self.stop_link(claim.message_id)
        text = self._text(claim)
        below = footer(
            claim.language,
            {"home": self.public_url, "stop": stop, "has_account": claim.has_account},
        )
        return Letter(
            key=claim.key,
            address=claim.address,
            language=spoken(claim.language).value,
            subject=text.subject,
            body=f"{text.body}\n-- \n{below}",
            stop_link=stop,
        )

    def _text(self, claim: Claim) -> Text:
        words: dict[str, Any] = {
            **claim.words,
            "link": self._full(claim.words),
            "told": [
                {
                    "subject": rendered(
                        each.kind, claim.language, {**each.words, "link": ""}
                    ).subject,
                    "link": self._full(each.words),
                }
                for each in claim.told
            ],
        }
        return rendered(claim.kind, claim.language, words)

    def _full(self, words: Words) -> str:
        return f"{self.public_url}/{str(words.get('path', '')).lstrip('/')}"
