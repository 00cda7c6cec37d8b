"""Reads of workshop boards: what stands on them, and where the dots are."""

from uuid import UUID

from sqlalchemy import Select, and_, false, func, select
from sqlalchemy.orm import aliased, contains_eager, joinedload

from needsbank.db.models import (
    Board,
    BoardIdea,
    BoardParticipant,
    Capture,
    Dot,
    IdeaGroup,
    Journey,
    Unit,
    WorkshopSeries,
)
from needsbank.db.queries.workshops import holds
from needsbank.domain.journeys import Stage
from needsbank.domain.roles import Actor

_LOADING = (
    joinedload(Board.series).joinedload(WorkshopSeries.unit).joinedload(Unit.organisation),
    joinedload(Board.wording),
    joinedload(Board.sheet),
)


def board_of_series(series_id: UUID) -> Select[Board]:
    """Return the board of a series, with what is worded and locked."""
    return select(Board).where(Board.series_id == series_id).options(*_LOADING)


def board_to_lead(actor: Actor, series_id: UUID) -> Select[Board]:
    """Return the board of a series if the actor is one of its ambassadors, or coordinates."""
    found = board_of_series(series_id)
    if actor.coordinates:
        return found
    return found.join(Board.series).where(holds(actor) if actor.is_known else false())


def board_of_code(code: str) -> Select[Board]:
    """Return the board that a participant's link leads to."""
    return select(Board).where(Board.code == code).options(*_LOADING)


def ideas_on(board_id: UUID) -> Select[BoardIdea]:
    """Return the ideas that are in hand at a board, oldest first; not what was taken back."""
    return (
        select(BoardIdea)
        .join(BoardIdea.capture)
        .join(Capture.journey)
        .where(BoardIdea.board_id == board_id, Journey.stage == Stage.IN_WORKSHOP)
        .options(contains_eager(BoardIdea.capture).contains_eager(Capture.journey))
        .order_by(BoardIdea.added, BoardIdea.id)
    )


def groups_on(board_id: UUID) -> Select[IdeaGroup]:
    """Return the groups of a board, in the order in which they were made."""
    return (
        select(IdeaGroup)
        .where(IdeaGroup.board_id == board_id, ~IdeaGroup.removed)
        .order_by(IdeaGroup.position, IdeaGroup.id)
    )


def standing_dots(board_id: UUID) -> Select[Dot]:
    """Return where each dot of a board stands now; those taken back stand nowhere."""
    later = aliased(Dot)
    return (
        select(Dot)
        .join(BoardParticipant, BoardParticipant.id == Dot.participant_id)
        .join(IdeaGroup, and_(IdeaGroup.id == Dot.group_id, ~IdeaGroup.removed))
        .outerjoin(
            later,
            and_(
                later.participant_id == Dot.participant_id,
                later.number == Dot.number,
                later.turn > Dot.turn,
            ),
        )
        .where(BoardParticipant.board_id == board_id, later.seq.is_(None))
    )


def dots_by_group(board_id: UUID) -> Select[UUID, int]:
    """Return how many dots each group of a board has now."""
    standing = standing_dots(board_id).with_only_columns(Dot.group_id, Dot.seq).subquery()
    return select(standing.c.group_id, func.count()).group_by(standing.c.group_id)


def caught_ideas_of(unit_id: UUID) -> Select[Capture]:
    """Return the ideas of a unit that somebody has caught and that go nowhere yet, oldest first."""
    return (
        select(Capture)
        .join(Capture.journey)
        .where(Capture.unit_id == unit_id, Journey.stage == Stage.CAUGHT)
        .options(contains_eager(Capture.journey))
        .order_by(Capture.created, Capture.id)
    )
