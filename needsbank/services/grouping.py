"""Grouping the ideas of a board: the matcher suggests, people decide."""

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from matching import Matcher, groups_alike
from needsbank.db.models import Board, BoardIdea, IdeaGroup
from needsbank.db.queries.boards import groups_on, ideas_on
from needsbank.domain.boards import GROUP_NAME_MAX, MOST_GROUPS, BoardStep
from needsbank.domain.errors import Conflict, Invalid, NotFound

Suggested = Sequence[Sequence[UUID]]
"""The keys of ideas that belong together, the most typical first."""

_NAME_UP_TO = 60
"""Characters of an idea that name the group it leads."""


def suggestion(session: Session, matcher: Matcher, board: Board) -> Suggested:
    """Return which of the loose ideas belong together; slow, so outside of any transaction."""
    loose = [idea for idea in session.scalars(ideas_on(board.id)) if idea.group_id is None]
    alike = groups_alike(matcher, [idea.capture.text for idea in loose])
    return [[loose[place].id for place in group] for group in alike]


def apply_suggestion(session: Session, board: Board, suggested: Suggested) -> int:
    """Make the suggested groups of those ideas that are still loose; return how many groups."""
    _check_grouping(board)
    loose = {idea.id: idea for idea in session.scalars(ideas_on(board.id)) if idea.group_id is None}
    made = 0
    for ids in suggested:
        ideas = [loose[each] for each in ids if each in loose]
        if len(ideas) > 1:
            group = _new_group(session, board, ideas[0].capture.text, suggested=True)
            for idea in ideas:
                idea.group_id = group.id
            made += 1
    return made


def make_group(session: Session, board: Board, name: str) -> IdeaGroup:
    """Make an empty group."""
    _check_grouping(board)
    if len(session.scalars(groups_on(board.id)).all()) >= MOST_GROUPS:
        raise Invalid({"name": "full"})
    return _new_group(session, board, _named(name), suggested=False)


def rename_group(session: Session, board: Board, group_id: UUID, name: str) -> IdeaGroup:
    """Call a group by another name."""
    _check_grouping(board)
    group = group_of(session, board, group_id)
    group.name, group.suggested = _named(name), False
    return group


def merge_groups(session: Session, board: Board, group_id: UUID, into_id: UUID) -> IdeaGroup:
    """Make one group of two; the other one's name stays."""
    _check_grouping(board)
    group, into = group_of(session, board, group_id), group_of(session, board, into_id)
    if group is into:
        raise Invalid({"into": "same"})
    for idea in session.scalars(select(BoardIdea).where(BoardIdea.group_id == group.id)):
        idea.group_id = into.id
    group.removed, into.suggested = True, False
    return into


def move_idea(session: Session, board: Board, idea_id: UUID, group_id: UUID | None) -> BoardIdea:
    """Put an idea into a group, or let it loose."""
    _check_grouping(board)
    idea = session.scalar(ideas_on(board.id).where(BoardIdea.id == idea_id))
    if idea is None:
        raise NotFound(idea_id)
    if group_id is not None:
        group_of(session, board, group_id).suggested = False
    left = session.get(IdeaGroup, idea.group_id) if idea.group_id else None
    idea.group_id = group_id
    session.flush()  # the group that it left is counted without it
    if left is not None:
        left.suggested = False
        left.removed = not _size(session, left)
    return idea


def stand_alone(session: Session, board: Board) -> None:
    """Make a group of each idea that is loose, so that none is lost, and drop empty groups."""
    for group in session.scalars(groups_on(board.id)).all():
        group.removed = not _size(session, group)
    for idea in session.scalars(ideas_on(board.id)).all():
        if idea.group_id is None:
            group = _new_group(session, board, idea.capture.text, suggested=False)
            idea.group_id = group.id


def group_of(session: Session, board: Board, group_id: UUID) -> IdeaGroup:
    """Return a group that stands on the board; NotFound for any other."""
    group = session.scalar(groups_on(board.id).where(IdeaGroup.id == group_id))
    if group is None:
        raise NotFound(group_id)
    return group


def _check_grouping(board: Board) -> None:
    if board.step is not BoardStep.GROUP:
        raise Conflict("ideas are not being grouped")


def _new_group(session: Session, board: Board, name: str, *, suggested: bool) -> IdeaGroup:
    last = select(func.max(IdeaGroup.position)).where(IdeaGroup.board_id == board.id)
    group = IdeaGroup(
        board_id=board.id,
        name=_shortened(name),
        position=(session.scalar(last) or 0) + 1,
        suggested=suggested,
    )
    session.add(group)
    session.flush()  # ideas name its key
    return group


def _size(session: Session, group: IdeaGroup) -> int:
    held = select(func.count(BoardIdea.id)).where(BoardIdea.group_id == group.id)
    return session.scalar(held) or 0


def _named(name: str) -> str:
    if not name.strip():
        raise Invalid({"name": "required"})
    if len(name.strip()) > GROUP_NAME_MAX:
        raise Invalid({"name": "too_long"})
    return name.strip()


def _shortened(text: str) -> str:
    """Return the beginning of a text, at a word's end."""
    flat = " ".join(text.split())
    if len(flat) <= _NAME_UP_TO:
        return flat
    return flat[:_NAME_UP_TO].rsplit(" ", 1)[0] + "\N{HORIZONTAL ELLIPSIS}"
