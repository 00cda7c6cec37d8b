"""The showcase page of a result, and "Otamme käyttöön"."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, send_file, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.transaction import transaction
from needsbank.domain.errors import Invalid, NotFound
from needsbank.domain.shared_files import MEDIA_TYPES, FileKind
from needsbank.services import adoption_ledger, collaborations, events, results, uptakes
from needsbank.web.collaborations.files import store
from needsbank.web.database import db
from needsbank.web.forms import show_errors, unit_id
from needsbank.web.htmx import render
from needsbank.web.results.forms import UptakeForm
from needsbank.web.security import current_actor

bp = Blueprint("results", __name__, url_prefix="/results")


@bp.get("/")
def listed() -> Response:
    """Show what has been handed over, the latest first."""
    found = results.results_to_show(db.session, current_actor())
    return render("results/list.html", results=found)


@bp.get("/<uuid:result_id>")
def show(result_id: UUID) -> Response:
    """Show a result: what it is, on what terms, who has it in use."""
    return _page(result_id, UptakeForm(formdata=None), status=200)


@bp.get("/<uuid:result_id>/files/<uuid:file_id>")
def fetch(result_id: UUID, file_id: UUID) -> Response:
    """Send a file that was handed over, to whoever may read of the result."""
    result = results.result_to_read(db.session, current_actor(), result_id)
    file = next((f for f in result.collaboration.files if f.id == file_id and f.in_result), None)
    if file is None:
        raise NotFound(file_id)
    return send_file(
        store().path(file.token),
        mimetype=MEDIA_TYPES[FileKind(file.kind)],
        as_attachment=True,
        download_name=file.name,
        conditional=False,
        etag=False,
        max_age=0,
    )


@bp.post("/<uuid:result_id>/take-up")
def take_up(result_id: UUID) -> ResponseReturnValue:
    """Count a unit of the reader's among those that take the result into use."""
    form = _form(result_id)
    if not form.validate_on_submit():
        return _page(result_id, form, status=422)
    try:
        with transaction(db.session) as session:
            uptakes.take_up(session, current_actor(), result_id, unit_id(form.unit_id.data))
    except Invalid as error:
        show_errors(form, error)
        return _page(result_id, form, status=422)
    flash(_("Good! We ask in three months how it has gone."))
    return redirect(url_for("results.show", result_id=result_id), 303)


@bp.post("/<uuid:result_id>/units/<uuid:unit_id>/take-back")
def take_back(result_id: UUID, unit_id: UUID) -> ResponseReturnValue:
    """Undo a mistaken press."""
    with transaction(db.session) as session:
        uptakes.take_back_uptake(session, current_actor(), result_id, unit_id)
    flash(_("Taken back."))
    return redirect(url_for("results.show", result_id=result_id), 303)


def _form(result_id: UUID) -> UptakeForm:
    form = UptakeForm()
    actor = current_actor()
    result = results.result_to_read(db.session, actor, result_id)
    form.offer(uptakes.units_to_take_up(db.session, actor, result))
    return form


def _page(result_id: UUID, form: UptakeForm, *, status: int) -> Response:
    actor = current_actor()
    result = results.result_to_read(db.session, actor, result_id)
    units = uptakes.units_to_take_up(db.session, actor, result)
    form.offer(units)
    return render(
        "results/show.html",
        status=status,
        result=result,
        files=[each for each in result.collaboration.files if each.in_result],
        form=form,
        may_take_up=bool(units),
        own=uptakes.own_uptakes(db.session, actor, result),
        units=results.units_with(db.session, actor, result),
        standing=adoption_ledger.standing_of_result(db.session, result),
        slots=events.slots_of_result(db.session, result.id),
        is_party=bool(collaborations.accepted(result.collaboration, actor.user_id))
        if actor.is_known
        else False,
    )
