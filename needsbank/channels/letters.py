"""A mail, as it is handed to whoever sends it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One mail to one address; `key` makes it the same one however often it is sent."""

    key: str
    address: str
    language: str
    subject: str
    body: str
    stop_link: str = ""
    """Where one press ends such mails (RFC 8058)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """A few words for a channel that many read, and where to look."""

    title: str
    text: str
    link: str
