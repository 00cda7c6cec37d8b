"""The catchers' desk: the queue of ideas, one idea, and what can be done with it."""

from collections.abc import Callable
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.models import Capture, Need
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.errors import Invalid
from needsbank.domain.working_days import last_day
from needsbank.services import catching, following
from needsbank.services.answering import answer_text
from needsbank.services.catching_rules import catchers
from needsbank.services.idea_queue import AT_MOST, idea_queue, shown_name
from needsbank.web.database import db, retrieval
from needsbank.web.forms import BankForm, show_errors
from needsbank.web.htmx import render
from needsbank.web.ideas.forms import (
    HandOnForm,
    JoinForm,
    LetGoForm,
    PromiseForm,
    SeenForm,
    WordForm,
)
from needsbank.web.security import current_actor

bp = Blueprint("ideas", __name__, url_prefix="/ideas")

_TARGETS = 6


@bp.get("/")
def listed() -> Response:
    """Show what waits for a catcher, and what the reader has in hand."""
    unit_id = request.args.get("unit", type=UUID)
    queue = idea_queue(db.session, current_actor(), unit_id)
    return render(
        "ideas/list.html", queue=queue, unit_id=unit_id, now=now(), last_day=last_day, most=AT_MOST
    )


@bp.get("/<uuid:capture_id>")
def show(capture_id: UUID) -> Response:
    """Show one idea, its way so far, and what the reader can do with it."""
    return _page(_idea(capture_id), status=200)


@bp.post("/<uuid:capture_id>/catch")
def catch(capture_id: UUID) -> ResponseReturnValue:
    """Take an idea in hand."""
    form = SeenForm()
    return _done(
        capture_id,
        form,
        lambda: catching.catch(db.session, current_actor(), capture_id, form.seen_stage),
        _("You have it. The sender sees your name and gets an answer within ten working days."),
    )


@bp.post("/<uuid:capture_id>/hand-on")
def hand_on(capture_id: UUID) -> ResponseReturnValue:
    """Have somebody else go on with an idea."""
    form = HandOnForm()
    form.offer(catchers(db.session), None)
    return _done(
        capture_id,
        form,
        lambda: catching.hand_on(db.session, current_actor(), form.to_command(capture_id)),
        _("Handed on. The new catcher and the sender are told."),
    )


@bp.post("/<uuid:capture_id>/let-go")
def let_go(capture_id: UUID) -> ResponseReturnValue:
    """Give an idea back to the queue."""
    form = LetGoForm()
    return _done(
        capture_id,
        form,
        lambda: catching.let_go(db.session, current_actor(), form.to_command(capture_id)),
        _("The idea waits for another catcher."),
    )


@bp.post("/<uuid:capture_id>/promise")
def promise(capture_id: UUID) -> ResponseReturnValue:
    """Promise the sender an answer by a day."""
    form = PromiseForm()
    return _done(
        capture_id,
        form,
        lambda: catching.promise_answer(db.session, current_actor(), form.to_command(capture_id)),
        _("The sender sees the day that you promised."),
    )


@bp.post("/<uuid:capture_id>/join")
def join(capture_id: UUID) -> ResponseReturnValue:
    """Have an idea go on as part of a need or another idea."""
    form = JoinForm()
    return _done(
        capture_id,
        form,
        lambda: catching.join_idea(db.session, current_actor(), form.to_command(capture_id)),
        _("They go on together. The sender follows the other one from now on."),
    )


@bp.get("/<uuid:capture_id>/word")
def word(capture_id: UUID) -> Response:
    """Show the form that makes a need of an idea."""
    capture = _idea(capture_id)
    form = WordForm(problem=capture.text, seen=capture.journey.stage.value)
    if capture.field:
        form.field.data = capture.field.value
    return render("ideas/word.html", idea=capture, form=form)


@bp.post("/<uuid:capture_id>/word")
def take_to_coordination(capture_id: UUID) -> ResponseReturnValue:
    """Put an idea, worded as a need, before the coordination team."""
    capture, form = _idea(capture_id), WordForm()
    if not form.validate_on_submit():
        return render("ideas/word.html", status=422, idea=capture, form=form)
    command = form.to_command(capture_id, capture.unit_id, capture.scope)
    with transaction(db.session) as session:
        catching.take_to_coordination(session, current_actor(), command)
    flash(_("Thank you! The coordination team has it now, and the sender is told."))
    return redirect(url_for("ideas.show", capture_id=capture_id), 303)


def _idea(capture_id: UUID) -> Capture:
    return catching.idea_to_catch(db.session, current_actor(), capture_id)


def _done(
    capture_id: UUID, form: BankForm, use_case: Callable[[], Capture], told: str
) -> ResponseReturnValue:
    capture = _idea(capture_id)
    if not form.validate_on_submit():
        return _page(capture, status=422, refused=form)
    try:
        with transaction(db.session):
            use_case()
    except Invalid as error:
        show_errors(form, error)
        return _page(_idea(capture_id), status=422, refused=form)
    flash(told)
    return redirect(url_for("ideas.show", capture_id=capture_id), 303)


def _page(capture: Capture, *, status: int, refused: BankForm | None = None) -> Response:
    """Render an idea; the form that was refused stays as it was sent, the others are fresh."""
    actor, seen = current_actor(), capture.journey.stage.value
    fresh = (HandOnForm, LetGoForm, PromiseForm, JoinForm)
    forms = {
        form.__name__: refused if isinstance(refused, form) else form(formdata=None, seen=seen)
        for form in fresh
    }
    hand = forms["HandOnForm"]
    hand.offer(catchers(db.session), capture.journey.holder_id)
    mine = capture.journey.holder_id == actor.user_id or actor.coordinates
    in_hand = mine and capture.journey.stage in catching.IN_HAND
    return render(
        "ideas/show.html",
        status=status,
        idea=capture,
        followed=following.followed(db.session, capture.follow_code),
        name=shown_name(actor, capture),
        in_hand=in_hand,
        forms=forms,
        refused=refused,
        targets=_targets(capture) if in_hand else [],
        seen=seen,
        last_day=last_day,
    )


def _targets(capture: Capture) -> list[tuple[str, str, str, str]]:
    """Return what an idea may belong with: code, text, language, whose."""
    answer = answer_text(db.session, retrieval(), current_actor(), "", capture.text)
    needs = [hit.found for hit in answer.clear if isinstance(hit.found, Need)][:_TARGETS]
    found = [
        (f"need:{need.id}", need.title, need.language.value, need.organisation.name)
        for need in needs
    ]
    queue = idea_queue(db.session, current_actor())
    others = [each for each in (*queue.mine, *queue.waiting) if each.id != capture.id][:_TARGETS]
    return found + [
        (f"idea:{each.id}", each.text, each.language.value, each.unit.name) for each in others
    ]
