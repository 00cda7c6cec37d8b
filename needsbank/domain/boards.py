"""The workshop board (pajataulu): from many ideas to one challenge, step by step."""

from dataclasses import dataclass
from enum import Enum
from uuid import UUID

from needsbank.domain.errors import IllegalTransition
from needsbank.domain.needs import Scope
from needsbank.domain.visibility import Visibility

IDEA_MAX = 1000
GROUP_NAME_MAX = 120
NICKNAME_MAX = 40
MEASURE_MAX = 1000
DOTS = 3
"""That each person may put on groups."""
MOST_IDEAS = 120
"""Of a board: more could not be read in a workshop."""
MOST_PARTICIPANTS = 80
MOST_GROUPS = 40
CODE_LETTERS = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Without those that are mistaken for one another on a wall."""
CODE_LENGTH = 12


class BoardStep(Enum):
    """What is done at the board now; the ambassador moves it on, and back."""

    GATHER = "gather"
    GROUP = "group"
    COMPARE = "compare"
    """What is known already of each group."""
    VOTE = "vote"
    WORD = "word"
    HANDED_OVER = "handed_over"


STEPS = tuple(BoardStep)[:-1]
"""Those that the board is moved through; handing over is an act of its own and the end."""

ALLOWED: dict[BoardStep, frozenset[BoardStep]] = {
    BoardStep.GATHER: frozenset({BoardStep.GROUP}),
    BoardStep.GROUP: frozenset({BoardStep.GATHER, BoardStep.COMPARE}),
    BoardStep.COMPARE: frozenset({BoardStep.GROUP, BoardStep.VOTE}),
    BoardStep.VOTE: frozenset({BoardStep.COMPARE, BoardStep.WORD}),
    BoardStep.WORD: frozenset({BoardStep.VOTE, BoardStep.HANDED_OVER}),
    BoardStep.HANDED_OVER: frozenset(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WordChallenge:
    """Say the one challenge: what it is, who suffers, what should change, how that is seen."""

    group_id: UUID
    title: str
    problem: str
    who_suffers: str = ""
    wished_change: str = ""
    measure: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class HandOver:
    """Take the challenge to coordination.

    `back_reason` is why the ideas of other groups leave the workshop; without one they stay in it.
    """

    visibility: Visibility
    scope: Scope | None = None
    back_reason: str = ""


def check_step(current: BoardStep, target: BoardStep) -> None:
    """Raise `IllegalTransition` unless a board at `current` may be moved to `target`."""
    if target not in ALLOWED[current]:
        raise IllegalTransition(current, target)


def lines_of(paper: str) -> list[str]:
    """Return the ideas of a text typed from paper: one a line, bullets and numbers left out."""
    lines = (line.strip().lstrip("-–•*·").strip() for line in paper.splitlines())
    return list(dict.fromkeys(line for line in lines if line))
