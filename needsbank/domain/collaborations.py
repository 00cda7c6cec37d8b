"""A collaboration (yhteistyö): who works on a matter in which role, and its life as tables."""

from dataclasses import dataclass
from datetime import date
from enum import Enum
from uuid import UUID

from needsbank.domain.competences import CompetenceKind
from needsbank.domain.errors import IllegalTransition

TEXT_MAX = 4000
LINE_MAX = 200


class CollaborationState(Enum):
    """Where a collaboration is on its way."""

    UNDER_WAY = "under_way"
    OFFERED = "offered"
    """The result waits for the partner's signature."""
    HANDED_OVER = "handed_over"
    BROKEN_OFF = "broken_off"


ALLOWED: dict[CollaborationState, frozenset[CollaborationState]] = {
    CollaborationState.UNDER_WAY: frozenset(
        {CollaborationState.OFFERED, CollaborationState.BROKEN_OFF}
    ),
    CollaborationState.OFFERED: frozenset(
        {
            CollaborationState.UNDER_WAY,
            CollaborationState.HANDED_OVER,
            CollaborationState.BROKEN_OFF,
        }
    ),
    CollaborationState.HANDED_OVER: frozenset(),
    CollaborationState.BROKEN_OFF: frozenset(),
}
OPEN = frozenset({CollaborationState.UNDER_WAY, CollaborationState.OFFERED})
"""While there is something to do together."""


def check_transition(current: CollaborationState, target: CollaborationState) -> None:
    """Raise `IllegalTransition` unless a collaboration may move from one state to another."""
    if target not in ALLOWED[current]:
        raise IllegalTransition(current, target)


class PartyRole(Enum):
    """What a person does in a collaboration."""

    PARTNER = "partner"
    """Speaks for the work community, and signs for the result."""
    TEAM = "team"
    SUPERVISOR = "supervisor"
    AMBASSADOR = "ambassador"
    EXPERT = "expert"
    """A company's, or another's, who helps with what they know."""
    COORDINATOR = "coordinator"


class PartyState(Enum):
    """Whether a person has taken the role that they were asked to take."""

    INVITED = "invited"
    ACCEPTED = "accepted"
    DECLINED = "declined"


class Use(Enum):
    """What a party does in the workspace."""

    INVITE = "invite"
    SET_GOAL = "set_goal"
    WORK = "work"
    """Write, bring files, keep the milestones, ask what is unclear."""
    OFFER = "offer"
    """Offer the result to the partner."""
    SIGN = "sign"
    BREAK_OFF = "break_off"


_EVERYONE = frozenset(PartyRole)
_MAKERS = frozenset({PartyRole.TEAM, PartyRole.SUPERVISOR, PartyRole.EXPERT, PartyRole.AMBASSADOR})
USES: dict[Use, frozenset[PartyRole]] = {
    Use.INVITE: _EVERYONE,
    Use.SET_GOAL: _EVERYONE,
    Use.WORK: _EVERYONE,
    Use.OFFER: _MAKERS,
    Use.SIGN: frozenset({PartyRole.PARTNER}),
    Use.BREAK_OFF: _MAKERS | {PartyRole.PARTNER, PartyRole.COORDINATOR},
}
"""Which roles may do what, once they are accepted."""
COORDINATORS_USES = frozenset({Use.INVITE, Use.SET_GOAL, Use.WORK, Use.BREAK_OFF})
"""What the bank's coordinators may do in any collaboration, party to it or not."""

ROLE_OF: dict[CompetenceKind, PartyRole] = {
    CompetenceKind.STUDENT_TEAM: PartyRole.TEAM,
    CompetenceKind.COURSE_ROUND: PartyRole.SUPERVISOR,
    CompetenceKind.RESEARCHER: PartyRole.TEAM,
    CompetenceKind.COMPANY: PartyRole.EXPERT,
    CompetenceKind.FACILITY: PartyRole.EXPERT,
}
"""The role that whoever posted a competence is first asked to take."""


class UnclearAbout(Enum):
    """Which part of a collaboration somebody does not understand."""

    ROLES = "roles"
    GOAL = "goal"
    MILESTONES = "milestones"
    FILES = "files"
    AGREEMENT = "agreement"
    HAND_OVER = "hand_over"
    OTHER = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class SetGoal:
    """Say what should change, and how it is seen that it has."""

    target_change: str
    measure: str = ""
    baseline: str = ""
    target: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """Ask a person with an account to take a role."""

    email: str
    role: PartyRole


@dataclass(frozen=True, slots=True, kw_only=True)
class AddMilestone:
    """Agree on something that is to be done by a day."""

    title: str
    due: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAbout:
    """Tell the coordinators that something is unclear."""

    about: UnclearAbout
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcceptAgreement:
    """Accept the text that was on the screen, known by its hash."""

    collaboration_id: UUID
    language: str
    text_hash: str
