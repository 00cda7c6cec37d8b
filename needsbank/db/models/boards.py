"""Workshop boards: ideas, groups, dots, the wording, and the sheet that is handed over."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import ForeignKey, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from needsbank.db.base import Model, moment_of_adding, uuid_key
from needsbank.db.models.captures import Capture
from needsbank.db.models.needs import Need
from needsbank.db.models.people import User
from needsbank.db.models.workshops import WorkshopSeries
from needsbank.domain.boards import BoardStep


class Board(Model):
    """The board of a series. Whoever knows `code` takes part, without an account."""

    __tablename__ = "boards"
    id: Mapped[uuid_key]
    series_id: Mapped[UUID] = mapped_column(ForeignKey("workshop_series.id"), unique=True)
    code: Mapped[str] = mapped_column(String(12), unique=True)
    step: Mapped[BoardStep] = mapped_column(default=BoardStep.GATHER)
    created: Mapped[moment_of_adding]
    series: Mapped[WorkshopSeries] = relationship()
    wording: Mapped["ChallengeWording | None"] = relationship(back_populates="board")
    sheet: Mapped["ChallengeSheet | None"] = relationship(back_populates="board")


class BoardParticipant(Model):
    """A person at a board, known by the key in their browser's cookie, stored hashed."""

    __tablename__ = "board_participants"
    id: Mapped[uuid_key]
    board_id: Mapped[UUID] = mapped_column(ForeignKey("boards.id"), index=True)
    key_hash: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    nickname: Mapped[str] = mapped_column(String(40), default="")
    joined: Mapped[moment_of_adding]


class IdeaGroup(Model):
    """Ideas that belong together.

    `suggested` is what the matcher proposed and nobody has changed. What was merged into another
    group is `removed`: the dots that stood on it are free again.
    """

    __tablename__ = "idea_groups"
    id: Mapped[uuid_key]
    board_id: Mapped[UUID] = mapped_column(ForeignKey("boards.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    position: Mapped[int]
    suggested: Mapped[bool] = mapped_column(default=False)
    removed: Mapped[bool] = mapped_column(default=False)
    created: Mapped[moment_of_adding]


class BoardIdea(Model):
    """An idea on a board, in a group or loose; a participant's own tells who may follow it."""

    __tablename__ = "board_ideas"
    __table_args__ = (UniqueConstraint("board_id", "capture_id"),)
    id: Mapped[uuid_key]
    board_id: Mapped[UUID] = mapped_column(ForeignKey("boards.id"))
    capture_id: Mapped[UUID] = mapped_column(ForeignKey("captures.id"), index=True)
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("idea_groups.id"), index=True)
    participant_id: Mapped[UUID | None] = mapped_column(
        ForeignKey("board_participants.id"), index=True
    )
    added: Mapped[moment_of_adding]
    capture: Mapped[Capture] = relationship()
    group: Mapped[IdeaGroup | None] = relationship()


class Dot(Model):
    """Where a person's dot stands from this turn on, or that it is taken back; only ever added."""

    __tablename__ = "dots"
    __table_args__ = (
        UniqueConstraint("participant_id", "number", "turn"),
        {"sqlite_autoincrement": True},
    )
    seq: Mapped[int] = mapped_column(primary_key=True)
    participant_id: Mapped[UUID] = mapped_column(ForeignKey("board_participants.id"))
    number: Mapped[int]
    turn: Mapped[int]
    group_id: Mapped[UUID | None] = mapped_column(ForeignKey("idea_groups.id"), index=True)
    at: Mapped[moment_of_adding]


class ChallengeWording(Model):
    """The one challenge as it is being worded."""

    __tablename__ = "challenge_wordings"
    board_id: Mapped[UUID] = mapped_column(ForeignKey("boards.id"), primary_key=True)
    group_id: Mapped[UUID] = mapped_column(ForeignKey("idea_groups.id"))
    title: Mapped[str] = mapped_column(String(200))
    problem: Mapped[str] = mapped_column(Text)
    who_suffers: Mapped[str] = mapped_column(Text, default="")
    wished_change: Mapped[str] = mapped_column(Text, default="")
    measure: Mapped[str] = mapped_column(Text, default="")
    changed: Mapped[moment_of_adding]
    board: Mapped[Board] = relationship(back_populates="wording")
    group: Mapped[IdeaGroup] = relationship()


class ChallengeSheet(Model):
    """The hand-over sheet, locked: its text (JSON) never changes, and `digest` proves it."""

    __tablename__ = "challenge_sheets"
    board_id: Mapped[UUID] = mapped_column(ForeignKey("boards.id"), primary_key=True)
    need_id: Mapped[UUID] = mapped_column(ForeignKey("needs.id"), unique=True)
    content: Mapped[str] = mapped_column(Text)
    digest: Mapped[str] = mapped_column(String(64))
    locked: Mapped[datetime]
    locked_by_id: Mapped[UUID] = mapped_column(ForeignKey("users.id"))
    board: Mapped[Board] = relationship(back_populates="sheet")
    need: Mapped[Need] = relationship()
    locked_by: Mapped[User] = relationship()
