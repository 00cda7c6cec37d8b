"""Pages of approved pairings, for the two sides."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.models import Suggestion
from needsbank.db.queries.suggestions import pairings
from needsbank.db.transaction import transaction
from needsbank.domain.errors import Invalid, NotFound
from needsbank.domain.suggestions import Side, SuggestionState
from needsbank.services import deciding
from needsbank.web.database import db
from needsbank.web.forms import query_code, show_errors
from needsbank.web.htmx import render
from needsbank.web.pairings.answers import sides_to_answer
from needsbank.web.pairings.forms import AnswerForm
from needsbank.web.security import current_actor

bp = Blueprint("pairings", __name__, url_prefix="/pairings")


@bp.get("/")
def listed() -> Response:
    """Show the pairings that the reader's postings take part in."""
    rows = db.session.scalars(pairings(current_actor())).all()
    return render("pairings/list.html", pairings=rows)


@bp.get("/<uuid:suggestion_id>")
def show(suggestion_id: UUID) -> Response:
    """Show both sides of a pairing, and the answer form while an answer is awaited."""
    pairing = deciding.pairing_to_read(db.session, current_actor(), suggestion_id)
    return _page(pairing, AnswerForm(), status=200)


@bp.post("/<uuid:suggestion_id>/answer")
def answer(suggestion_id: UUID) -> ResponseReturnValue:
    """Accept or decline a pairing."""
    pairing, form = (
        deciding.pairing_to_read(db.session, current_actor(), suggestion_id),
        AnswerForm(),
    )
    side = query_code(Side, request.form.get("side"))
    if side is None:
        raise NotFound(suggestion_id)
    accepted = request.form.get("answer") == "accept"
    if not accepted:
        form.ask_why()
    if not form.validate_on_submit():
        return _page(pairing, form, status=422)
    try:
        with transaction(db.session) as session:
            command = form.to_command(suggestion_id, side, accepted=accepted)
            state = deciding.answer(session, current_actor(), command).state
    except Invalid as error:
        show_errors(form, error)
        return _page(pairing, form, status=422)
    if state is SuggestionState.AGREED:
        flash(_("Agreed! Both sides have said yes."))
    elif accepted:
        flash(_("Thank you. The other side has not answered yet."))
    else:
        flash(_("You declined. The coordinator sees your reason."))
    return redirect(url_for("pairings.show", suggestion_id=suggestion_id), 303)


def _page(pairing: Suggestion, form: AnswerForm, *, status: int) -> Response:
    return render(
        "pairings/show.html",
        status=status,
        pairing=pairing,
        to_answer=sides_to_answer(current_actor(), pairing),
        form=form,
    )
