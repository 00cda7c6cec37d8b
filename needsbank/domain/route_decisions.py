"""Decisions by route: what each of the nine asks for, and the criteria that all share."""

from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import Any, ClassVar
from uuid import UUID

from needsbank.domain.journeys import Stage
from needsbank.domain.needs import DETAIL_MAX
from needsbank.domain.routes import Route

LINE_MAX = 200
PARKED_YEARS = 2
"""Whoever wants a matter back later than this does not want it back."""

Errors = dict[str, str]
"""A code per field, as `Invalid` takes them."""


class Criterion(Enum):
    """What the coordination team asks of every matter."""

    FEASIBLE = "feasible"
    FITS_ROUND = "fits_round"
    URGENT = "urgent"
    BENEFITS_MANY = "benefits_many"
    DEVELOPED = "developed"


class Assessment(Enum):
    """How far a criterion holds."""

    YES = "yes"
    PARTLY = "partly"
    NO = "no"


class SolutionKind(Enum):
    """What something ready is; the same codes as the subjects of texts."""

    NEED = "need"
    PRIOR_WORK = "prior_work"


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideRoute(ABC):
    """Choose how a matter goes on: always with a reason and at least one criterion looked at.

    `seen` is the stage that it was decided on.
    """

    route: ClassVar[Route]
    reason: str
    criteria: Mapping[Criterion, Assessment]
    seen: Stage

    @property
    @abstractmethod
    def details(self) -> dict[str, Any]:
        """Return what the route asks for, fit to be stored as JSON."""

    def problems(self, today: date) -> Errors:
        """Return what is missing, by field; nothing of it may be stored before that is mended."""
        found = _text("reason", self.reason, DETAIL_MAX)
        if not self.criteria:
            found["criteria"] = "assessed"
        return found | self._problems(today)

    def _problems(self, _today: date) -> Errors:
        return {}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideMinno(DecideRoute):
    """A student team of a round takes it; the community is asked for a representative."""

    route: ClassVar[Route] = Route.MINNO
    round_id: UUID | None
    representative: str

    @property
    def details(self) -> dict[str, Any]:
        """Return the round, and who the community's representative should be."""
        return {"round": str(self.round_id), "representative": self.representative.strip()}

    def _problems(self, _today: date) -> Errors:
        found = _text("representative", self.representative, LINE_MAX)
        return found if self.round_id else {"round_id": "unknown", **found}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideThesis(DecideRoute):
    """A student writes a thesis, which is public once approved: somebody must have seen that."""

    route: ClassVar[Route] = Route.THESIS
    publicity_seen: bool
    secret_annex: bool

    @property
    def details(self) -> dict[str, Any]:
        """Return whether what is secret goes into an annex of its own."""
        return {"publicity_seen": True, "secret_annex": self.secret_annex}

    def _problems(self, _today: date) -> Errors:
        return {} if self.publicity_seen else {"publicity_seen": "publicity"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideService(DecideRoute):
    """Somebody starts a new service."""

    route: ClassVar[Route] = Route.SERVICE
    starter: str

    @property
    def details(self) -> dict[str, Any]:
        """Return who starts it."""
        return {"starter": self.starter.strip()}

    def _problems(self, _today: date) -> Errors:
        return _text("starter", self.starter, LINE_MAX)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideProject(DecideRoute):
    """Several parties apply for funding."""

    route: ClassVar[Route] = Route.PROJECT
    parties: str
    funding_call: str

    @property
    def details(self) -> dict[str, Any]:
        """Return the parties and the call."""
        return {"parties": self.parties.strip(), "funding_call": self.funding_call.strip()}

    def _problems(self, _today: date) -> Errors:
        return _text("parties", self.parties, DETAIL_MAX) | _text(
            "funding_call", self.funding_call, LINE_MAX
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideAdopt(DecideRoute):
    """Something ready is taken into use."""

    route: ClassVar[Route] = Route.ADOPT
    solution: tuple[SolutionKind, UUID] | None

    @property
    def details(self) -> dict[str, Any]:
        """Return what is taken into use."""
        if self.solution is None:
            return {}
        kind, solution_id = self.solution
        return {"subject": kind.value, "solution": str(solution_id)}

    def _problems(self, _today: date) -> Errors:
        return {} if self.solution else {"solution": "unknown"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideAdvise(DecideRoute):
    """Advice is enough."""

    route: ClassVar[Route] = Route.ADVISE
    advice: str

    @property
    def details(self) -> dict[str, Any]:
        """Return the advice."""
        return {"advice": self.advice.strip()}

    def _problems(self, _today: date) -> Errors:
        return _text("advice", self.advice, DETAIL_MAX)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideRefer(DecideRoute):
    """Somebody else is the right one to answer."""

    route: ClassVar[Route] = Route.REFER
    refer_to: str

    @property
    def details(self) -> dict[str, Any]:
        """Return who that is."""
        return {"refer_to": self.refer_to.strip()}

    def _problems(self, _today: date) -> Errors:
        return _text("refer_to", self.refer_to, LINE_MAX)


@dataclass(frozen=True, slots=True, kw_only=True)
class DecidePark(DecideRoute):
    """It waits, and comes back by itself on a day."""

    route: ClassVar[Route] = Route.PARK
    returns_on: date | None

    @property
    def details(self) -> dict[str, Any]:
        """Return the day."""
        return {"returns_on": self.returns_on.isoformat() if self.returns_on else ""}

    def _problems(self, today: date) -> Errors:
        if self.returns_on is None:
            return {"returns_on": "required"}
        # The 29th of February has no like in most years.
        latest = date(today.year + PARKED_YEARS, today.month, min(today.day, 28))
        return {} if today < self.returns_on <= latest else {"returns_on": "returns_on"}


@dataclass(frozen=True, slots=True, kw_only=True)
class DecideDecline(DecideRoute):
    """No: the reason says why."""

    route: ClassVar[Route] = Route.DECLINE

    @property
    def details(self) -> dict[str, Any]:
        """Return nothing: the reason suffices."""
        return {}


def _text(name: str, text: str, most: int) -> Errors:
    if not text.strip():
        return {name: "required"}
    return {name: "too_long"} if len(text.strip()) > most else {}
