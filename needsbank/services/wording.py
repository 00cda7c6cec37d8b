"""Wording one challenge out of a group: who suffers, what should change, how it would be seen."""

from sqlalchemy.orm import Session

from needsbank.db.models import Board, ChallengeWording
from needsbank.domain.boards import MEASURE_MAX, BoardStep, WordChallenge
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, Invalid
from needsbank.domain.needs import DETAIL_MAX, PROBLEM_MAX, TITLE_MAX
from needsbank.services.grouping import group_of

_REQUIRED = (("title", TITLE_MAX), ("problem", PROBLEM_MAX))
_OTHERS = (
    ("who_suffers", DETAIL_MAX),
    ("wished_change", DETAIL_MAX),
    ("measure", MEASURE_MAX),
)


def word(session: Session, board: Board, command: WordChallenge) -> ChallengeWording:
    """Say the challenge of a board, or say it anew."""
    if board.step is not BoardStep.WORD:
        raise Conflict("the challenge is not being worded")
    _check(command)
    group = group_of(session, board, command.group_id)
    wording = board.wording or ChallengeWording(board=board)
    wording.group_id = group.id
    for name, _ in (*_REQUIRED, *_OTHERS):
        setattr(wording, name, getattr(command, name).strip())
    wording.changed = now()
    session.add(wording)
    session.flush()  # whoever hands over reads its group
    return wording


def _check(command: WordChallenge) -> None:
    errors = {name: "required" for name, _ in _REQUIRED if not getattr(command, name).strip()} | {
        name: "too_long"
        for name, most in (*_REQUIRED, *_OTHERS)
        if len(getattr(command, name).strip()) > most
    }
    if errors:
        raise Invalid(errors)
