"""The board of a series: opened, read, and moved from step to step by who holds the workshops."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from needsbank.db.models import Board, BoardIdea, BoardParticipant, IdeaGroup
from needsbank.db.queries import boards as queries
from needsbank.db.queries.boards import (
    board_of_code,
    board_of_series,
    dots_by_group,
    groups_on,
    ideas_on,
)
from needsbank.domain.boards import CODE_LENGTH, CODE_LETTERS, BoardStep, check_step
from needsbank.domain.errors import Conflict, Invalid, NotFound
from needsbank.domain.roles import Actor
from needsbank.domain.workshops import SeriesState
from needsbank.services import audit
from needsbank.services.grouping import stand_alone
from needsbank.services.workshop_requests import lead_to
from needsbank.services.workshop_series import held_series


@dataclass(frozen=True, slots=True)
class Standing:
    """What stands on a board: each group with its ideas and dots, and the loose ideas."""

    groups: Sequence[tuple[IdeaGroup, Sequence[BoardIdea], int]]
    loose: Sequence[BoardIdea]
    participants: int

    @property
    def ideas(self) -> int:
        """Return how many ideas there are."""
        return len(self.loose) + sum(len(ideas) for _, ideas, _ in self.groups)

    @property
    def by_dots(self) -> Sequence[tuple[IdeaGroup, Sequence[BoardIdea], int]]:
        """Return the groups, those with most dots first."""
        return sorted(self.groups, key=lambda each: (-each[2], each[0].position))

    @property
    def most_dots(self) -> int:
        """Return the dots of the group that has most."""
        return max((dots for _, _, dots in self.groups), default=0)


def open_board(session: Session, actor: Actor, series_id: UUID) -> Board:
    """Open the board of a series, or return it if it is open; the series is then under way."""
    series = held_series(session, actor, series_id)
    board = session.scalar(board_of_series(series_id))
    if board is not None:
        return board
    if series.state is not SeriesState.CONFIRMED:
        raise Conflict("only confirmed workshops have a board")
    lead_to(session, actor, series, SeriesState.UNDER_WAY, "begin")
    code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
    board = Board(series=series, code=code, step=BoardStep.GATHER)
    session.add(board)
    session.flush()  # ideas name the board's key
    return board


def board_to_lead(session: Session, actor: Actor, series_id: UUID) -> Board:
    """Return the board of a series whose workshops the actor holds."""
    board = session.scalar(queries.board_to_lead(actor, series_id))
    if board is None:
        held_series(session, actor, series_id)  # says why not
        raise NotFound(series_id)
    return board


def board_to_join(session: Session, code: str) -> Board:
    """Return the board of a link; NotFound when there is none."""
    board = session.scalar(board_of_code(code.strip().upper()))
    if board is None:
        raise NotFound(code)
    return board


def move_board(
    session: Session, actor: Actor, series_id: UUID, target: BoardStep, seen: BoardStep
) -> Board:
    """Move the board a step on or back. Ideas left alone stand by themselves from then on."""
    board = board_to_lead(session, actor, series_id)
    if board.step is not seen:
        raise Conflict("moved meanwhile")
    if target is BoardStep.HANDED_OVER:
        raise Conflict("handing over is an act of its own")
    check_step(board.step, target)
    if target is not BoardStep.GATHER and not standing(session, board).ideas:
        raise Invalid({"step": "no_ideas"})
    if target is BoardStep.COMPARE and board.step is BoardStep.GROUP:
        stand_alone(session, board)
    board.step = target
    audit.record(session, actor, "move_board", "workshop_series", series_id, step=target.value)
    return board


def standing(session: Session, board: Board) -> Standing:
    """Return what stands on a board now."""
    by_group: dict[UUID | None, list[BoardIdea]] = {}
    for idea in session.scalars(ideas_on(board.id)):
        by_group.setdefault(idea.group_id, []).append(idea)
    groups = session.scalars(groups_on(board.id)).all()
    dots = {row[0]: row[1] for row in session.execute(dots_by_group(board.id))}
    people = select(func.count(BoardParticipant.id)).where(BoardParticipant.board_id == board.id)
    return Standing(
        groups=[(each, by_group.get(each.id, []), dots.get(each.id, 0)) for each in groups],
        loose=by_group.get(None, []),
        participants=session.scalar(people) or 0,
    )
