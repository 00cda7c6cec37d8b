"""Voting with dots: three a person, placed and taken back as long as the vote is open."""

from collections import Counter
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from needsbank.db.models import Board, BoardParticipant, Dot
from needsbank.db.queries.boards import standing_dots
from needsbank.domain.boards import DOTS, BoardStep
from needsbank.domain.errors import Conflict
from needsbank.services.grouping import group_of


class NoDotsLeft(Conflict):
    """A person has placed all their dots."""


def place_dot(
    session: Session, board: Board, participant: BoardParticipant, group_id: UUID
) -> None:
    """Put one of a person's dots on a group."""
    _check_voting(board)
    group = group_of(session, board, group_id)
    placed = {dot.number for dot in _dots_of(session, board, participant)}
    free = next((number for number in range(1, DOTS + 1) if number not in placed), None)
    if free is None:
        raise NoDotsLeft("all dots are placed")
    _turn(session, participant, free, group.id)


def take_dot_back(
    session: Session, board: Board, participant: BoardParticipant, group_id: UUID
) -> None:
    """Take one of a person's dots back from a group."""
    _check_voting(board)
    mine = _dots_of(session, board, participant)
    dot = next((each for each in mine if each.group_id == group_id), None)
    if dot is None:
        raise Conflict("there is no such dot")
    _turn(session, participant, dot.number, None)


def dots_of(session: Session, board: Board, participant: BoardParticipant) -> Counter[UUID]:
    """Return where a person's dots stand, by group."""
    return Counter(
        dot.group_id for dot in _dots_of(session, board, participant) if dot.group_id is not None
    )


def _dots_of(session: Session, board: Board, participant: BoardParticipant) -> list[Dot]:
    mine = standing_dots(board.id).where(Dot.participant_id == participant.id)
    return list(session.scalars(mine.order_by(Dot.number)))


def _turn(
    session: Session, participant: BoardParticipant, number: int, group_id: UUID | None
) -> None:
    last = select(func.max(Dot.turn)).where(
        Dot.participant_id == participant.id, Dot.number == number
    )
    turn = (session.scalar(last) or 0) + 1
    session.add(Dot(participant_id=participant.id, number=number, turn=turn, group_id=group_id))
    session.flush()  # the next dot is counted with this one


def _check_voting(board: Board) -> None:
    if board.step is not BoardStep.VOTE:
        raise Conflict("the vote is not open")
