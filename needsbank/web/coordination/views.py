"""The coordinator's desk: the queue, a need's suggestions, one suggestion, the log."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from needsbank.db.models import AuditEntry, Suggestion
from needsbank.db.queries.needs import need_to_read
from needsbank.db.transaction import transaction
from needsbank.domain.suggestions import ALLOWED, UNDECIDED, SuggestionState
from needsbank.services import deciding
from needsbank.services.queueing import queue_page
from needsbank.services.suggesting import missing_of
from needsbank.web.coordination.desk import need_desk
from needsbank.web.coordination.forms import DecisionForm
from needsbank.web.database import db
from needsbank.web.htmx import render
from needsbank.web.lists import wanted
from needsbank.web.security import current_actor
from needsbank.web.targets import found

bp = Blueprint("coordination", __name__, url_prefix="/coordination")

_LOG_PAGE = 50


@bp.get("/")
def queue() -> Response:
    """Show open needs that wait for a verdict, the most pressing first."""
    return render(
        "coordination/queue.html", queue=queue_page(db.session, current_actor(), wanted().page)
    )


@bp.get("/needs/<uuid:need_id>")
def need(need_id: UUID) -> Response:
    """Show a need with all that a decision on it takes, and the form of the decision."""
    return need_desk(found(need_to_read(current_actor(), need_id)))


@bp.get("/suggestions/<uuid:suggestion_id>")
def suggestion(suggestion_id: UUID) -> Response:
    """Show one suggestion with why it was made, and ask for a verdict."""
    shown = deciding.suggestion_to_review(db.session, current_actor(), suggestion_id)
    form = DecisionForm(seen=shown.state.value)
    return _page(shown, form, status=200)


@bp.post("/suggestions/<uuid:suggestion_id>/decision")
def decide(suggestion_id: UUID) -> ResponseReturnValue:
    """Record a verdict and go back to the need's suggestions."""
    form = DecisionForm()
    if not form.validate_on_submit():
        shown = deciding.suggestion_to_review(db.session, current_actor(), suggestion_id)
        return _page(shown, form, status=422)
    with transaction(db.session) as session:
        decided = deciding.decide(session, current_actor(), form.to_command(suggestion_id))
        need_id, state = decided.need_id, decided.state
    flash(
        {
            SuggestionState.APPROVED: _("Approved. Both sides now see the pairing."),
            SuggestionState.REJECTED: _("Rejected. Nobody was contacted."),
            SuggestionState.DEFERRED: _("Deferred. It stays in the queue."),
        }[state]
    )
    return redirect(url_for("coordination.need", need_id=need_id), 303)


@bp.get("/log")
def log() -> Response:
    """Show who did what, newest first."""
    page = wanted().page
    entries = db.session.scalars(
        select(AuditEntry)
        .options(joinedload(AuditEntry.actor))
        .order_by(AuditEntry.seq.desc())
        .limit(_LOG_PAGE + 1)
        .offset((page - 1) * _LOG_PAGE)
    ).all()
    return render(
        "coordination/log.html",
        entries=entries[:_LOG_PAGE],
        number=page,
        more=len(entries) > _LOG_PAGE,
    )


def _page(shown: Suggestion, form: DecisionForm, *, status: int) -> Response:
    possible = {state.value for state in ALLOWED[shown.state]}
    form.verdict.choices = [each for each in form.verdict.choices if each.value in possible]
    open_to_verdict = bool(form.verdict.choices) and not shown.answers
    return render(
        "coordination/suggestion.html",
        status=status,
        suggestion=shown,
        undecided=shown.state in UNDECIDED,
        missing=missing_of(shown.need, shown.competence),
        form=form if open_to_verdict else None,
    )
