"""Gathering ideas at a board: from phones, from paper, and those that were caught before."""

import hashlib
import secrets
from collections.abc import Collection, Sequence
from uuid import UUID, uuid4

from sqlalchemy import func, select
from sqlalchemy.orm import Session, contains_eager, joinedload

from needsbank.db.models import Board, BoardIdea, BoardParticipant, Capture, SeriesAmbassador
from needsbank.db.queries.boards import caught_ideas_of
from needsbank.domain.boards import (
    IDEA_MAX,
    MOST_IDEAS,
    MOST_PARTICIPANTS,
    NICKNAME_MAX,
    BoardStep,
    lines_of,
)
from needsbank.domain.errors import Conflict, Invalid
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.languages import Language
from needsbank.domain.personal_data import screen
from needsbank.domain.roles import ANONYMOUS, Actor
from needsbank.services import journeys


def join(session: Session, board: Board, nickname: str = "") -> str:
    """Let a person take part; return the key that their browser keeps."""
    if board.step is BoardStep.HANDED_OVER:
        raise Conflict("the workshops are over")
    people = select(func.count(BoardParticipant.id)).where(BoardParticipant.board_id == board.id)
    if (session.scalar(people) or 0) >= MOST_PARTICIPANTS:
        raise Conflict("the board is full")
    key = secrets.token_urlsafe(24)
    session.add(
        BoardParticipant(
            board_id=board.id, key_hash=_hash(key), nickname=nickname.strip()[:NICKNAME_MAX]
        )
    )
    return key


def participant_of(session: Session, board: Board, key: str) -> BoardParticipant | None:
    """Return who a browser's key belongs to at this board."""
    if not key:
        return None
    mine = BoardParticipant.board_id == board.id, BoardParticipant.key_hash == _hash(key)
    return session.scalar(select(BoardParticipant).where(*mine))


def add_idea(
    session: Session,
    board: Board,
    participant: BoardParticipant,
    text: str,
    *,
    key: UUID,
    language: Language,
) -> BoardIdea:
    """Put a participant's idea on the board; the same key twice is the same idea."""
    _check_room(session, board, 1, "text")
    known = session.scalar(
        select(BoardIdea)
        .join(BoardIdea.capture)
        .where(Capture.key == key, BoardIdea.participant_id == participant.id)
    )
    if known is not None:
        return known
    return _add(
        session,
        ANONYMOUS,
        board,
        checked(text),
        key=key,
        language=language,
        name=participant.nickname,
        participant=participant,
    )


def add_from_paper(
    session: Session, actor: Actor, board: Board, paper: str, language: Language
) -> list[BoardIdea]:
    """Put ideas on the board that were written on paper: one a line."""
    lines = lines_of(paper)
    if not lines:
        raise Invalid({"paper": "required"})
    _check_room(session, board, len(lines), "paper")
    return [
        _add(session, actor, board, checked(line, "paper"), key=uuid4(), language=language)
        for line in lines
    ]


def caught_ideas(session: Session, board: Board) -> Sequence[Capture]:
    """Return the unit's caught ideas that could be taken to this workshop."""
    return session.scalars(caught_ideas_of(board.series.unit_id)).all()


def take_caught(
    session: Session, actor: Actor, board: Board, capture_ids: Collection[UUID]
) -> list[BoardIdea]:
    """Take ideas of the unit that were caught before to the workshop; their senders are told."""
    chosen = [each for each in caught_ideas(session, board) if each.id in capture_ids]
    if not chosen:
        raise Invalid({"ideas": "required"})
    _check_room(session, board, len(chosen), "ideas")
    taken = []
    for capture in chosen:
        journeys.move(session, actor, capture.journey, Act.TAKE_TO_WORKSHOP)
        idea = _known(session, board, capture) or BoardIdea(board_id=board.id, capture=capture)
        session.add(idea)
        taken.append(idea)
    return taken


def ideas_by(session: Session, participant: BoardParticipant) -> Sequence[BoardIdea]:
    """Return what a participant has written, newest first, wherever it has gone."""
    return session.scalars(
        select(BoardIdea)
        .join(BoardIdea.capture)
        .where(BoardIdea.participant_id == participant.id)
        .options(contains_eager(BoardIdea.capture).options(joinedload(Capture.journey)))
        .order_by(BoardIdea.added.desc(), BoardIdea.id)
    ).all()


def checked(text: str, field: str = "text") -> str:
    """Return an idea's text as it is stored; every idea of a board passes here.

    Raises `Invalid` for one that is empty, too long or tells of a person.
    """
    stored = text.strip()
    if not stored:
        raise Invalid({field: "required"})
    if len(stored) > IDEA_MAX:
        raise Invalid({field: "too_long"})
    if screen(stored).finds:
        raise Invalid({field: "personal"})
    return stored


def _add(
    session: Session,
    actor: Actor,
    board: Board,
    text: str,
    *,
    key: UUID,
    language: Language,
    name: str = "",
    participant: BoardParticipant | None = None,
) -> BoardIdea:
    journey = journeys.begin(session, actor, Stage.IN_WORKSHOP)
    journey.holder_id = _first_ambassador(session, board)
    capture = Capture(
        journey=journey,
        key=key,
        follow_code=secrets.token_urlsafe(32),
        unit_id=board.series.unit_id,
        text=text,
        language=language,
        sender_name=name,
    )
    idea = BoardIdea(
        board_id=board.id,
        capture=capture,
        participant_id=participant.id if participant else None,
    )
    session.add(idea)
    session.flush()  # the next one is counted with this one
    return idea


def _check_room(session: Session, board: Board, more: int, field: str) -> None:
    if board.step is not BoardStep.GATHER:
        raise Conflict("ideas are no longer gathered")
    there = select(func.count(BoardIdea.id)).where(BoardIdea.board_id == board.id)
    if (session.scalar(there) or 0) + more > MOST_IDEAS:
        raise Invalid({field: "full"})


def _first_ambassador(session: Session, board: Board) -> UUID | None:
    return session.scalar(
        select(SeriesAmbassador.user_id)
        .where(SeriesAmbassador.series_id == board.series_id)
        .order_by(SeriesAmbassador.position)
        .limit(1)
    )


def _known(session: Session, board: Board, capture: Capture) -> BoardIdea | None:
    """Return an idea that was at this board before, and left it."""
    return session.scalar(
        select(BoardIdea).where(BoardIdea.board_id == board.id, BoardIdea.capture_id == capture.id)
    )


def _hash(key: str) -> bytes:
    return hashlib.sha256(key.encode("utf-8", "replace")).digest()
