"""A source of prior work: where records come from, how often, and what may be shown of them."""

import json
import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum
from typing import Any
from urllib.parse import urlsplit

from needsbank.domain.addresses import is_web_address
from needsbank.domain.errors import IllegalTransition, Invalid
from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence
from needsbank.domain.prior_works import PriorWorkKind
from needsbank.domain.roles import Actor

NAME_MAX = 200
ADDRESS_MAX = 1000
PREFIX_MAX = 40
SET_MAX = 200
MAPPING_MAX = 20_000
"""Characters of a mapping written as JSON."""


class SourceKind(Enum):
    """How records come in."""

    OAI_PMH = "oai_pmh"
    CATALOGUE = "catalogue"
    OWN = "own"
    """The bank's own finished collaborations; there is one such source, made by the bank."""


class TrustTier(Enum):
    """How well a source looks after what it tells, the best first."""

    REVIEWED = "reviewed"
    CURATED = "curated"
    OPEN = "open"
    """Anybody may add to it."""


class Schedule(Enum):
    """How often a source is harvested without being asked."""

    MANUAL = "manual"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"

    @property
    def period(self) -> timedelta | None:
        """Return the time from one harvest to the next, None when only people start one."""
        return _PERIODS[self]


_PERIODS = {
    Schedule.MANUAL: None,
    Schedule.DAILY: timedelta(days=1),
    Schedule.WEEKLY: timedelta(weeks=1),
    Schedule.MONTHLY: timedelta(days=30),
}


class HarvestState(Enum):
    """How far a harvest got."""

    RUNNING = "running"
    COMPLETE = "complete"
    PARTIAL = "partial"
    """Something was stored, but not all there is."""
    FAILED = "failed"
    """Nothing could be read."""
    CANCELLED = "cancelled"
    """A person stopped it."""


HARVEST_STEPS: dict[HarvestState, frozenset[HarvestState]] = {
    HarvestState.RUNNING: frozenset(HarvestState) - {HarvestState.RUNNING},
    HarvestState.COMPLETE: frozenset(),
    # These two have a checkpoint, from which they may go on.
    HarvestState.PARTIAL: frozenset({HarvestState.RUNNING}),
    HarvestState.CANCELLED: frozenset({HarvestState.RUNNING}),
    HarvestState.FAILED: frozenset(),
}


def check_harvest_step(current: HarvestState, target: HarvestState) -> None:
    """Raise `IllegalTransition` unless a harvest in `current` may move to `target`."""
    if target not in HARVEST_STEPS[current]:
        raise IllegalTransition(current, target)


def is_due(schedule: Schedule, started: datetime | None, moment: datetime) -> bool:
    """Whether a source whose last harvest began at `started` is to be harvested by now."""
    if schedule.period is None:
        return False
    return started is None or moment - started >= schedule.period


def may_configure_sources(actor: Actor) -> bool:
    """Whether the actor may add and change sources, and have them harvested."""
    return actor.administers


def may_see_sources(actor: Actor) -> bool:
    """Whether the actor may see which sources there are and how their harvests went."""
    return actor.administers or actor.coordinates


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribeSource:
    """Put a source in the bank, or describe it anew.

    `licence`, `language` and `work_kind` count for records that do not say it themselves.
    `prefix` and `set_spec` are OAI-PMH's metadataPrefix and set; `mapping` tells how to read a
    catalogue, which may have no `address` when its files are brought by people.
    """

    name: str
    kind: SourceKind
    address: str = ""
    prefix: str = "oai_dc"
    set_spec: str = ""
    mapping: dict[str, Any] = field(default_factory=dict)
    licence: Licence
    trust: TrustTier = TrustTier.CURATED
    schedule: Schedule = Schedule.MANUAL
    language: Language = Language.OTHER
    work_kind: PriorWorkKind = PriorWorkKind.OTHER
    active: bool = True


_PREFIX = re.compile(r"[A-Za-z0-9\-_.!~*'()]+")
_SET = re.compile(r"[A-Za-z0-9\-_.!~*'()]+(:[A-Za-z0-9\-_.!~*'()]+)*")


def check_source(command: DescribeSource) -> None:
    """Raise `Invalid` with a code for each field that cannot be stored."""
    errors = {
        "name": _text_error(command.name.strip(), NAME_MAX, required=True),
        "kind": "unknown" if command.kind is SourceKind.OWN else "",
        "address": _address_error(command),
        "mapping": _mapping_error(command.mapping),
    }
    if command.kind is SourceKind.OAI_PMH:
        errors["prefix"] = _word_error(command.prefix, _PREFIX, PREFIX_MAX, required=True)
        errors["set_spec"] = _word_error(command.set_spec, _SET, SET_MAX, required=False)
    if not command.address.strip() and command.schedule.period is not None:
        errors["schedule"] = "needs_address"
    errors = {name: code for name, code in errors.items() if code}
    if errors:
        raise Invalid(errors)


def _text_error(text: str, most: int, *, required: bool) -> str:
    if not text:
        return "required" if required else ""
    return "too_long" if len(text) > most else ""


def _word_error(text: str, allowed: re.Pattern[str], most: int, *, required: bool) -> str:
    error = _text_error(text, most, required=required)
    return error or ("characters" if text and not allowed.fullmatch(text) else "")


def _address_error(command: DescribeSource) -> str:
    address = command.address.strip()
    required = command.kind is SourceKind.OAI_PMH
    error = _text_error(address, ADDRESS_MAX, required=required)
    if error or not address:
        return error
    # A password in an address would be shown to all who see sources.
    if not is_web_address(address) or "@" in urlsplit(address).netloc:
        return "url"
    # The protocol's own arguments come after the base address.
    return "base_url" if required and set(address) & set("?#") else ""


def _mapping_error(mapping: dict[str, Any]) -> str:
    try:
        written = json.dumps(mapping)
    except (TypeError, ValueError, RecursionError):
        return "json"
    return "too_long" if len(written) > MAPPING_MAX else ""
