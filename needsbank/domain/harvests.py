"""What a harvest asks a source for, and what comes back: page by page, whatever the protocol."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from needsbank.domain.errors import BankError
from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence
from needsbank.domain.prior_works import PriorWorkKind, RecordPriorWork


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What to read, as plain values, since reading takes place outside transactions.

    `licence`, `language` and `work_kind` count for records that do not say it themselves. With
    `since`, only what has changed from that moment on is wanted. `token` and `position` are the
    checkpoint of a harvest that goes on: what the source wanted to hear, and how many records
    have been dealt with.
    """

    name: str
    address: str
    licence: Licence
    prefix: str = "oai_dc"
    set_spec: str = ""
    mapping: dict[str, Any] = field(default_factory=dict)
    language: Language = Language.OTHER
    work_kind: PriorWorkKind = PriorWorkKind.OTHER
    since: datetime | None = None
    token: str | None = None
    position: int = 0


@dataclass(frozen=True, slots=True)
class Deleted:
    """A record that its source says is gone."""

    source_key: str


@dataclass(frozen=True, slots=True)
class BadRecord:
    """A record that cannot be stored: its key, if it has one, and a code per field."""

    source_key: str
    errors: dict[str, str]


Record = RecordPriorWork | Deleted | BadRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class HarvestPage:
    """Some records, and what is needed to go on behind them.

    `moment` is when the list was drawn up, by the source's clock or ours, whichever is earlier.
    `expected` is how many records the source says the whole list has. The last page has no
    `token`; a source without tokens goes on by position.
    """

    records: tuple[Record, ...]
    moment: datetime
    token: str | None = None
    expected: int | None = None


class HarvestProblem(BankError):
    """Why a harvest cannot go on: a code for machines and pages, a line for people.

    After one that `may_pass`, the next harvest goes on from the checkpoint; after any other it
    begins anew.
    """

    def __init__(self, code: str, detail: str, *, may_pass: bool = False) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = " ".join(detail.split())[:500]
        self.may_pass = may_pass


class HarvestStopped(BankError):
    """The worker was asked to end; another one goes on from the checkpoint."""
