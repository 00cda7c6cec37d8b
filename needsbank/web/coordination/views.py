"""The coordinator's desk: the queue, a need's suggestions, one suggestion, the log."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload

from matching import says_enough
from needsbank.db.models import AuditEntry, Suggestion
from needsbank.db.queries.needs import need_to_read
from needsbank.db.queries.suggestions import suggestions_of_need
from needsbank.db.transaction import transaction
from needsbank.domain.suggestions import ALLOWED, UNDECIDED, SuggestionState
from needsbank.services import deciding
from needsbank.services.adopting import adoptable
from needsbank.services.queueing import queue_page
from needsbank.services.reading import fingerprint
from needsbank.services.suggesting import missing_of
from needsbank.services.supporting import supports_of_need
from needsbank.services.texts import document_of
from needsbank.services.voicing import units_without_account
from needsbank.web.coordination.forms import DecisionForm
from needsbank.web.database import db, retrieval
from needsbank.web.htmx import render
from needsbank.web.lists import wanted
from needsbank.web.needs.answer import answer_to
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
    """Show a need, whether it is known already, its voices, and the suggestions by kind."""
    actor = current_actor()
    shown = found(need_to_read(actor, need_id))
    answer = answer_to(shown)
    hits = answer.hits if answer else []
    suggestions = db.session.scalars(suggestions_of_need(need_id)).all()
    return render(
        "coordination/need.html",
        need=shown,
        answer=answer,
        adoptable=adoptable(db.session, actor, shown, [hit.found for hit in hits]),
        need_seen=fingerprint(shown),
        matcher_version=retrieval().matcher.version,
        supports=supports_of_need(db.session, actor, need_id),
        units_without_account=units_without_account(db.session, [need_id]).get(need_id, 0),
        suggestions=suggestions,
        says_enough=says_enough(document_of(shown)),
    )


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
