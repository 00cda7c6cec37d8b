"""Taking what exists into use for a need, and taking that back."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.models import Subject
from needsbank.db.transaction import transaction
from needsbank.services import adopting
from needsbank.web.adoptions.forms import AdoptionForm
from needsbank.web.database import db
from needsbank.web.htmx import render
from needsbank.web.security import current_actor
from needsbank.web.targets import is_own

bp = Blueprint("adoptions", __name__, url_prefix="/needs/<uuid:need_id>/adopt")

_SOLUTIONS = f"{Subject.NEED.value}, {Subject.PRIOR_WORK.value}"


@bp.get(f"/<any({_SOLUTIONS}):subject>/<uuid:solution_id>")
def ask(need_id: UUID, subject: str, solution_id: UUID) -> Response:
    """Show what would be taken into use, where it is and whom to ask."""
    return _page(need_id, Subject(subject), solution_id, AdoptionForm(), status=200)


@bp.post(f"/<any({_SOLUTIONS}):subject>/<uuid:solution_id>")
def adopt(need_id: UUID, subject: str, solution_id: UUID) -> ResponseReturnValue:
    """End the need as adopted."""
    form = AdoptionForm()
    if not form.validate_on_submit():
        return _page(need_id, Subject(subject), solution_id, form, status=422)
    with transaction(db.session) as session:
        command = form.to_command(need_id, solution_id)
        adopting.adopt(session, current_actor(), Subject(subject), command)
    flash(_("The need has ended: something ready is taken into use."))
    return redirect(url_for("needs.show", need_id=need_id), 303)


@bp.post("/take-back")
def take_back(need_id: UUID) -> ResponseReturnValue:
    """Open the need again."""
    with transaction(db.session) as session:
        adopting.take_back(session, current_actor(), need_id)
    flash(_("The adoption is undone, and the need is open again."))
    return redirect(url_for("needs.show", need_id=need_id), 303)


def _page(
    need_id: UUID, subject: Subject, solution_id: UUID, form: AdoptionForm, *, status: int
) -> Response:
    need, solution = adopting.to_adopt(db.session, current_actor(), subject, need_id, solution_id)
    return render(
        "adoptions/ask.html",
        status=status,
        need=need,
        solution=solution,
        subject=subject,
        mine=is_own(need),
        form=form,
    )
