"""The board as participants see it on their phones, without an account."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from needsbank.db.models import Board, BoardParticipant
from needsbank.db.transaction import transaction
from needsbank.domain.boards import DOTS
from needsbank.domain.errors import Invalid, NotAllowed
from needsbank.domain.languages import Language
from needsbank.services import boards, gathering, voting
from needsbank.services.voting import NoDotsLeft
from needsbank.web.boards.forms import IdeaForm, JoinForm
from needsbank.web.database import db
from needsbank.web.forms import show_errors
from needsbank.web.htmx import render, wants_fragment
from needsbank.web.languages import current_language

bp = Blueprint("taking_part", __name__, url_prefix="/boards/<board_code>")

_THREE_MONTHS = 90 * 24 * 3600


@bp.get("")
def show(board_code: str) -> Response:
    """Show the board at its step, or what has come to it since the page was opened."""
    board = boards.board_to_join(db.session, board_code)
    if wants_fragment():
        return _part(board)
    form = IdeaForm(formdata=None)
    form.renew()
    return _page(board, form, status=200)


@bp.post("/join")
def join(board_code: str) -> ResponseReturnValue:
    """Take part; on a phone that is passed round, the next person does."""
    form = JoinForm()
    board = boards.board_to_join(db.session, board_code)
    if not form.validate_on_submit():
        return _page(board, IdeaForm(formdata=None), form, status=422)
    with transaction(db.session) as session:
        board = boards.board_to_join(session, board_code)
        key = gathering.join(session, board, form.nickname.data or "")
    return _with_key(_back(board), board, key)


@bp.post("/ideas")
def add_idea(board_code: str) -> ResponseReturnValue:
    """Put an idea on the board."""
    form = IdeaForm()
    if not form.validate_on_submit():
        return _page(boards.board_to_join(db.session, board_code), form, status=422)
    try:
        with transaction(db.session) as session:
            board, who = _participant(board_code)
            gathering.add_idea(
                session,
                board,
                who,
                form.text.data,
                key=form.idea_key,
                language=Language(current_language()),
            )
    except Invalid as error:
        show_errors(form, error)
        return _page(boards.board_to_join(db.session, board_code), form, status=422)
    flash(_("Thank you! Your idea is on the board."))
    return _back(board)


@bp.post("/dots/<uuid:group_id>")
def place_dot(board_code: str, group_id: UUID) -> ResponseReturnValue:
    """Put a dot on a group, or take one back."""
    try:
        with transaction(db.session) as session:
            board, who = _participant(board_code)
            if "back" in request.form:
                voting.take_dot_back(session, board, who, group_id)
            else:
                voting.place_dot(session, board, who, group_id)
    except NoDotsLeft:
        flash(_("You have placed all your dots. Take one back to place it elsewhere."), "info")
    return _back(boards.board_to_join(db.session, board_code))


def _participant(board_code: str) -> tuple[Board, BoardParticipant]:
    board = boards.board_to_join(db.session, board_code)
    who = gathering.participant_of(db.session, board, request.cookies.get(_cookie(board), ""))
    if who is None:
        raise NotAllowed("join the board first")
    return board, who


def _page(
    board: Board, form: IdeaForm, join_form: JoinForm | None = None, *, status: int
) -> Response:
    who = gathering.participant_of(db.session, board, request.cookies.get(_cookie(board), ""))
    placed = voting.dots_of(db.session, board, who) if who else {}
    return render(
        "boards/take_part.html",
        status=status,
        board=board,
        seen=boards.standing(db.session, board),
        participant=who,
        mine=gathering.ideas_by(db.session, who) if who else [],
        placed=placed,
        dots_left=DOTS - sum(placed.values()),
        form=form,
        join_form=join_form or JoinForm(formdata=None),
        leads=False,
        address=url_for("taking_part.show", board_code=board.code),
    )


def _part(board: Board) -> Response:
    gone = request.args.get("step") != board.step.value
    return render(
        "boards/_moved_on.html" if gone else "boards/_standing.html",
        board=board,
        seen=boards.standing(db.session, board),
        leads=False,
        address=url_for("taking_part.show", board_code=board.code),
    )


def _back(board: Board) -> AnyResponse:
    return redirect(url_for("taking_part.show", board_code=board.code), 303)


def _with_key(response: AnyResponse, board: Board, key: str) -> AnyResponse:
    response.set_cookie(
        _cookie(board),
        key,
        max_age=_THREE_MONTHS,
        path="/boards/",
        samesite="Lax",
        httponly=True,
        secure=request.is_secure,
    )
    return response


def _cookie(board: Board) -> str:
    return f"board_{board.code}"
