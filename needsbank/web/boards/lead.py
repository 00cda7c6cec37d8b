"""The board as who holds the workshops leads it: step by step, and what is done at each."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import ngettext

from needsbank.db.models import Board
from needsbank.db.transaction import transaction
from needsbank.domain.boards import STEPS, BoardStep
from needsbank.domain.errors import Invalid
from needsbank.domain.languages import Language
from needsbank.services import boards, challenge_sheets, gathering, grouping, wording
from needsbank.services.boards import Standing
from needsbank.web.boards.forms import GroupForm, HandOverForm, PaperForm, WordingForm
from needsbank.web.boards.known import known_of
from needsbank.web.database import db, retrieval
from needsbank.web.forms import BankForm, query_code, show_errors
from needsbank.web.htmx import render, wants_fragment
from needsbank.web.labels import INVALID
from needsbank.web.languages import current_language
from needsbank.web.qr import qr_of
from needsbank.web.security import current_actor

bp = Blueprint("boards", __name__, url_prefix="/workshops/<uuid:series_id>/board")


@bp.get("")
def show(series_id: UUID) -> Response:
    """Show the board at its step, or what has come to it since the page was opened."""
    board = boards.board_to_lead(db.session, current_actor(), series_id)
    if wants_fragment():
        seen = boards.standing(db.session, board)
        address = url_for("boards.show", series_id=series_id)
        gone = request.args.get("step") != board.step.value
        part = "boards/_moved_on.html" if gone else "boards/_standing.html"
        return render(part, board=board, seen=seen, leads=True, address=address)
    return _page(series_id, status=200)


@bp.post("/open")
def open_(series_id: UUID) -> ResponseReturnValue:
    """Open the board when the first workshop begins."""
    with transaction(db.session) as session:
        boards.open_board(session, current_actor(), series_id)
    return _back(series_id)


@bp.post("/step")
def step(series_id: UUID) -> ResponseReturnValue:
    """Move the board a step on or back."""
    target = query_code(BoardStep, request.form.get("target"))
    seen = query_code(BoardStep, request.form.get("seen"))
    if target is None or seen is None:
        raise Invalid({"step": "unknown"})
    try:
        with transaction(db.session) as session:
            boards.move_board(session, current_actor(), series_id, target, seen)
    except Invalid:
        flash(_("There are no ideas on the board yet."), "error")
    return _back(series_id)


@bp.post("/paper")
def add_from_paper(series_id: UUID) -> ResponseReturnValue:
    """Put ideas on the board that were written on paper."""
    form = PaperForm()

    def act(board: Board) -> str:
        added = gathering.add_from_paper(
            db.session, current_actor(), board, form.paper.data, Language(current_language())
        )
        return _added(len(added))

    return _acted(series_id, form, act)


@bp.post("/caught")
def take_caught(series_id: UUID) -> ResponseReturnValue:
    """Take ideas to the workshop that were caught before."""
    chosen = request.form.getlist("capture", type=UUID)
    try:
        with transaction(db.session) as session:
            board = boards.board_to_lead(session, current_actor(), series_id)
            taken = gathering.take_caught(session, current_actor(), board, chosen)
    except Invalid as error:
        full = error.errors["ideas"] == "full"
        flash(str(INVALID["full"]) if full else _("Choose an idea."), "error")
        return _back(series_id)
    flash(_added(len(taken)))
    return _back(series_id)


@bp.post("/suggest")
def suggest(series_id: UUID) -> ResponseReturnValue:
    """Have the matcher group the loose ideas."""
    board = boards.board_to_lead(db.session, current_actor(), series_id)
    # Comparing takes a moment: no phone waits for it.
    suggested = grouping.suggestion(db.session, retrieval().matcher, board)
    with transaction(db.session) as session:
        board = boards.board_to_lead(session, current_actor(), series_id)
        made = grouping.apply_suggestion(session, board, suggested)
    if made:
        flash(ngettext("%(num)d group is suggested.", "%(num)d groups are suggested.", made))
    else:
        flash(_("No two loose ideas are alike enough. Group them by hand."), "info")
    return _back(series_id)


@bp.post("/groups")
def make_group(series_id: UUID) -> ResponseReturnValue:
    """Make an empty group."""
    form = GroupForm()

    def act(board: Board) -> str:
        grouping.make_group(db.session, board, form.name.data)
        return str(_("The group is made. Move ideas into it."))

    return _acted(series_id, form, act)


@bp.post("/groups/<uuid:group_id>")
def change_group(series_id: UUID, group_id: UUID) -> ResponseReturnValue:
    """Rename a group, or make it part of another one."""
    into = request.form.get("into", type=UUID)
    try:
        with transaction(db.session) as session:
            board = boards.board_to_lead(session, current_actor(), series_id)
            if "merge" in request.form:
                grouping.merge_groups(session, board, group_id, into or group_id)
            else:
                grouping.rename_group(session, board, group_id, request.form.get("name", ""))
    except Invalid as error:
        flash(str(INVALID[next(iter(error.errors.values()))]), "error")
    return redirect(url_for("boards.show", series_id=series_id, _anchor="groups"), 303)


@bp.post("/ideas/<uuid:idea_id>")
def move_idea(series_id: UUID, idea_id: UUID) -> ResponseReturnValue:
    """Put an idea into a group, or let it loose."""
    target = request.form.get("group", type=UUID)
    with transaction(db.session) as session:
        board = boards.board_to_lead(session, current_actor(), series_id)
        grouping.move_idea(session, board, idea_id, target)
    return redirect(url_for("boards.show", series_id=series_id, _anchor="groups"), 303)


@bp.post("/wording")
def word(series_id: UUID) -> ResponseReturnValue:
    """Say the challenge."""
    form = WordingForm()
    board = boards.board_to_lead(db.session, current_actor(), series_id)
    form.offer(boards.standing(db.session, board).by_dots, board.wording)

    def act(board: Board) -> str:
        wording.word(db.session, board, form.to_command())
        return str(_("The wording is kept."))

    return _acted(series_id, form, act)


@bp.post("/hand-over")
def hand_over(series_id: UUID) -> ResponseReturnValue:
    """Take the challenge to the coordination team and lock the sheet."""
    form = HandOverForm()
    if not form.validate_on_submit():
        return _page(series_id, form, status=422)
    with transaction(db.session) as session:
        challenge_sheets.hand_over(session, current_actor(), series_id, form.to_command())
    flash(_("The challenge is with the coordination team. The sheet is locked."))
    return redirect(url_for("workshops.sheet", series_id=series_id), 303)


def _acted(series_id: UUID, form: BankForm, act: Callable[[Board], str]) -> ResponseReturnValue:
    """Check a form, act on the board in one transaction, and return to it."""
    if not form.validate_on_submit():
        return _page(series_id, form, status=422)
    try:
        with transaction(db.session) as session:
            words = act(boards.board_to_lead(session, current_actor(), series_id))
    except Invalid as error:
        show_errors(form, error)
        return _page(series_id, form, status=422)
    flash(words)
    return _back(series_id)


def _added(number: int) -> str:
    return str(ngettext("%(num)d idea was added.", "%(num)d ideas were added.", number))


def _back(series_id: UUID) -> ResponseReturnValue:
    return redirect(url_for("boards.show", series_id=series_id), 303)


def _page(series_id: UUID, sent: BankForm | None = None, *, status: int) -> Response:
    board = boards.board_to_lead(db.session, current_actor(), series_id)
    seen = boards.standing(db.session, board)
    address = url_for("taking_part.show", board_code=board.code, _external=True)
    return render(
        "boards/lead.html",
        status=status,
        board=board,
        seen=seen,
        steps=STEPS,
        place=STEPS.index(board.step) if board.step in STEPS else len(STEPS),
        leads=True,
        sent=sent,
        address=url_for("boards.show", series_id=series_id),
        taking_part=address,
        qr=qr_of(address),
        **_of_step(board, seen, sent),
    )


def _of_step(board: Board, seen: Standing, sent: BankForm | None) -> dict[str, Any]:
    """Return what the page of the board's step is given beside the board."""

    def form_of(cls: type[BankForm], **values: object) -> BankForm:
        return sent if isinstance(sent, cls) else cls(formdata=None, **values)

    match board.step:
        case BoardStep.GATHER:
            return {
                "paper": form_of(PaperForm),
                "caught": gathering.caught_ideas(db.session, board),
            }
        case BoardStep.GROUP:
            return {"group_form": form_of(GroupForm)}
        case BoardStep.COMPARE:
            return {"known": known_of(seen)}
        case BoardStep.WORD:
            words = form_of(WordingForm, obj=board.wording)
            if isinstance(words, WordingForm):
                words.offer(seen.by_dots, board.wording)
                if sent is None and board.wording is not None:
                    words.group_id.data = str(board.wording.group_id)
            return {"wording": words, "hand_over": form_of(HandOverForm)}
        case _:
            return {}
