"""Pages of competences: the list, one competence with the needs for it, posting and changing."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.models import Competence
from needsbank.db.queries.competences import CompetenceFilter, competence_to_read
from needsbank.db.transaction import transaction
from needsbank.domain.competences import CompetenceKind
from needsbank.domain.errors import Invalid, NotAllowed
from needsbank.domain.fields import Field
from needsbank.domain.languages import Language
from needsbank.domain.organisations import Region, Sector
from needsbank.services import competences
from needsbank.services.browsing import browse_competences
from needsbank.services.currency import confirm_competence
from needsbank.services.suggesting import needs_for
from needsbank.web.competences.forms import CompetenceForm
from needsbank.web.database import db, retrieval
from needsbank.web.forms import query_code, show_errors
from needsbank.web.htmx import render
from needsbank.web.lists import wanted
from needsbank.web.security import current_actor
from needsbank.web.targets import found, found_own, is_own

bp = Blueprint("competences", __name__, url_prefix="/competences")


@bp.get("/")
def listed() -> Response:
    """Show the competences that the reader may see."""
    narrowed = CompetenceFilter(
        kind=query_code(CompetenceKind, request.args.get("kind")),
        sector=query_code(Sector, request.args.get("sector")),
        region=query_code(Region, request.args.get("region")),
        field=query_code(Field, request.args.get("field")),
        language=query_code(Language, request.args.get("language")),
        ended=request.args.get("ended") == "1",
    )
    asked = wanted()
    page = browse_competences(db.session, retrieval(), current_actor(), narrowed, asked)
    return render("competences/list.html", page=page, narrowed=narrowed, asked=asked)


@bp.get("/<uuid:competence_id>")
def show(competence_id: UUID) -> Response:
    """Show one competence, and to its author the open needs that it would suit."""
    actor = current_actor()
    competence = found(competence_to_read(actor, competence_id))
    mine = is_own(competence)
    needs = needs_for(db.session, retrieval(), actor, competence) if mine else []
    return render("competences/show.html", competence=competence, mine=mine, needs=needs)


@bp.get("/new")
def new() -> Response:
    """Show an empty form."""
    return _form_page(_form(), status=200)


@bp.post("/")
def create() -> ResponseReturnValue:
    """Offer a competence, or keep it as a draft."""
    form = _form()
    if focus := form.change_rows(request.form):
        return _form_page(form, status=200, focus=focus)
    if not form.validate_on_submit():
        return _form_page(form, status=422)
    draft_only = "draft" in request.form
    try:
        with transaction(db.session) as session:
            competence = competences.draft_competence(session, current_actor(), form.to_command())
            if not draft_only:
                competences.open_competence(session, current_actor(), competence.id)
    except Invalid as error:
        show_errors(form, error)
        return _form_page(form, status=422)
    flash(_("Saved as a draft.") if draft_only else _("Thank you! Your competence is on offer."))
    return redirect(url_for("competences.show", competence_id=competence.id), 303)


@bp.get("/<uuid:competence_id>/edit")
def edit(competence_id: UUID) -> Response:
    """Show the form with what the competence says now."""
    competence = _own(competence_id)
    return _form_page(_form(competence), status=200, competence=competence)


@bp.post("/<uuid:competence_id>/edit")
def change(competence_id: UUID) -> ResponseReturnValue:
    """Say a competence anew."""
    competence, form = _own(competence_id), _form()
    if focus := form.change_rows(request.form):
        return _form_page(form, status=200, competence=competence, focus=focus)
    if not form.validate_on_submit():
        return _form_page(form, status=422, competence=competence)
    try:
        with transaction(db.session) as session:
            competences.change_competence(
                session, current_actor(), competence_id, form.to_command()
            )
    except Invalid as error:
        show_errors(form, error)
        return _form_page(form, status=422, competence=competence)
    flash(_("Your changes are saved."))
    return redirect(url_for("competences.show", competence_id=competence_id), 303)


@bp.post("/<uuid:competence_id>/open")
def open_(competence_id: UUID) -> ResponseReturnValue:
    """Put a competence on offer."""
    with transaction(db.session) as session:
        competences.open_competence(session, current_actor(), competence_id)
    flash(_("The competence is on offer."))
    return redirect(url_for("competences.show", competence_id=competence_id), 303)


@bp.post("/<uuid:competence_id>/confirm")
def confirm(competence_id: UUID) -> ResponseReturnValue:
    """Say that a competence is still on offer."""
    with transaction(db.session) as session:
        confirm_competence(session, current_actor(), competence_id)
    flash(_("Thank you. We ask again in half a year."))
    return redirect(url_for("competences.show", competence_id=competence_id), 303)


@bp.post("/<uuid:competence_id>/close")
def close(competence_id: UUID) -> ResponseReturnValue:
    """Stop offering a competence."""
    with transaction(db.session) as session:
        competences.close_competence(session, current_actor(), competence_id)
    flash(_("The competence is no longer on offer. You can put it back at any time."))
    return redirect(url_for("competences.show", competence_id=competence_id), 303)


def _own(competence_id: UUID) -> Competence:
    return found_own(competence_to_read(current_actor(), competence_id))


def _form(competence: Competence | None = None) -> CompetenceForm:
    form = CompetenceForm(obj=competence)
    if competence is not None and request.method == "GET":
        for name in ("kind", "field", "language", "visibility"):
            value = getattr(competence, name)
            form[name].data = value.value if value else ""
        form.unit_id.data = str(competence.unit_id)
    units = competences.units_to_post_competences(db.session, current_actor())
    if not units:
        raise NotAllowed("posting competences")
    form.offer(units)
    return form


def _form_page(
    form: CompetenceForm,
    *,
    status: int,
    competence: Competence | None = None,
    focus: str | None = None,
) -> Response:
    return render(
        "competences/form.html",
        fragment="competences/_references.html",
        status=status,
        form=form,
        competence=competence,
        focus=focus,
    )
