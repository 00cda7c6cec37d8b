"""Taking the worded challenge to coordination: a need, the ideas behind it, and a locked sheet."""

import hashlib
import json
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session, joinedload

from matching import detect_language
from needsbank.db.models import Board, ChallengeSheet, ChallengeWording, Need, WorkshopSeries
from needsbank.domain.boards import BoardStep, HandOver, check_step
from needsbank.domain.clock import now
from needsbank.domain.errors import Conflict, NotFound
from needsbank.domain.journeys import Act, Stage
from needsbank.domain.languages import content_language
from needsbank.domain.needs import NeedState
from needsbank.domain.roles import Actor
from needsbank.domain.workshops import SeriesState
from needsbank.services import audit, journeys
from needsbank.services.boards import Standing, board_to_lead, standing
from needsbank.services.workshop_requests import lead_to, readable


def hand_over(session: Session, actor: Actor, series_id: UUID, command: HandOver) -> ChallengeSheet:
    """Make a need of the challenge and put it before the coordination team.

    The ideas of the chosen group go on as part of it. Those of the others go back to whoever has
    them in hand if a reason is given, which their senders read; else they stay in the workshop.
    """
    board = board_to_lead(session, actor, series_id)
    check_step(board.step, BoardStep.HANDED_OVER)
    wording = board.wording
    if wording is None or wording.group.removed:
        raise Conflict("the challenge has not been worded")
    seen = standing(session, board)
    series = readable(session, actor, series_id)
    need = _need(series, wording, command)
    session.add(need)
    session.flush()  # the journey and the sheet name its key
    journey = journeys.begin(session, actor, Stage.IN_COORDINATION, need_id=need.id)
    journey.holder_id = actor.person_id
    for group, ideas, _ in seen.groups:
        for idea in ideas:
            mine = idea.capture.journey
            if group.id == wording.group_id:
                journeys.join(session, actor, mine, journey, reason=wording.title)
            elif command.back_reason.strip():
                journeys.move(session, actor, mine, Act.LEAVE_WORKSHOP, reason=command.back_reason)
    board.step = BoardStep.HANDED_OVER
    lead_to(session, actor, series, SeriesState.DONE, "hand_over")
    audit.record(session, actor, "draft", "need", need.id)
    return _locked(session, actor, board, need, _content(series, wording, seen, command))


def sheet_to_read(session: Session, actor: Actor, series_id: UUID) -> ChallengeSheet:
    """Return the locked sheet of a series that the actor may read."""
    readable(session, actor, series_id)
    sheet = session.scalar(
        select(ChallengeSheet)
        .join(ChallengeSheet.board)
        .where(Board.series_id == series_id)
        .options(joinedload(ChallengeSheet.locked_by))
    )
    if sheet is None:
        raise NotFound(series_id)
    return sheet


def content_of(sheet: ChallengeSheet) -> dict[str, Any]:
    """Return what a sheet says."""
    content: dict[str, Any] = json.loads(sheet.content)
    return content


def is_unchanged(sheet: ChallengeSheet) -> bool:
    """Whether a sheet still says what was locked."""
    return _digest(sheet.content) == sheet.digest


def _need(series: WorkshopSeries, wording: ChallengeWording, command: HandOver) -> Need:
    moment = now()
    return Need(
        author_id=series.requester_id,
        organisation_id=series.unit.organisation_id,
        unit_id=series.unit_id,
        title=wording.title,
        problem=wording.problem,
        who_suffers=wording.who_suffers,
        wished_change=wording.wished_change,
        measure=wording.measure,
        language=content_language(detect_language(f"{wording.title}. {wording.problem}")),
        scope=command.scope,
        visibility=command.visibility,
        state=NeedState.OPEN,
        opened=moment,
    )


def _content(
    series: WorkshopSeries, wording: ChallengeWording, seen: Standing, command: HandOver
) -> dict[str, Any]:
    return {
        "organisation": series.unit.organisation.name,
        "unit": series.unit.name,
        "team_size": series.team_size,
        "participants": seen.participants,
        "ambassadors": [each.user.name for each in series.ambassadors],
        "workshops": [
            {"number": each.number, "theme": each.theme, "starts": each.starts.isoformat()}
            for each in series.workshops
            if not each.cancelled
        ],
        "title": wording.title,
        "problem": wording.problem,
        "who_suffers": wording.who_suffers,
        "wished_change": wording.wished_change,
        "measure": wording.measure,
        "visibility": command.visibility.value,
        "groups": [
            {
                "name": group.name,
                "chosen": group.id == wording.group_id,
                "dots": dots,
                "ideas": [idea.capture.text for idea in ideas],
            }
            for group, ideas, dots in seen.by_dots
        ],
    }


def _locked(
    session: Session, actor: Actor, board: Board, need: Need, content: dict[str, Any]
) -> ChallengeSheet:
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    sheet = ChallengeSheet(
        board=board,
        need=need,
        content=text,
        digest=_digest(text),
        locked=now(),
        locked_by_id=actor.person_id,
    )
    session.add(sheet)
    session.flush()  # what cannot be locked is not handed over
    return sheet


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
