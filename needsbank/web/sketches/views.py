"""Jatka hankkeeksi: pages on which a coordinator bundles needs into a project sketch."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.models import Need
from needsbank.db.transaction import transaction
from needsbank.domain.errors import NotFound
from needsbank.domain.sketches import FEWEST_UNITS
from needsbank.services import sketches
from needsbank.web.database import db, retrieval
from needsbank.web.htmx import render
from needsbank.web.security import current_actor
from needsbank.web.sketches.forms import SketchForm

bp = Blueprint("sketches", __name__, url_prefix="/coordination/sketches")


@bp.get("/")
def listed() -> Response:
    """Show the sketches."""
    return render("sketches/list.html", sketches=sketches.sketches(db.session, current_actor()))


@bp.get("/new")
def new() -> Response:
    """Show the needs chosen so far, others like them, and the form once units are enough."""
    chosen = _chosen(request.args.getlist("need", type=UUID))
    form = SketchForm(formdata=None)
    if chosen:
        form.title.data, form.problem.data = chosen[0].title, chosen[0].problem
        wishes = dict.fromkeys(need.wished_change for need in chosen if need.wished_change)
        form.wished_change.data = "\n".join(wishes)
    return _new_page(form, chosen, status=200)


@bp.post("/")
def create() -> ResponseReturnValue:
    """Store a sketch of the chosen needs."""
    chosen = _chosen(request.form.getlist("need", type=UUID))
    form = SketchForm()
    units = sketches.units_of_needs(db.session, chosen)
    if len(units) < FEWEST_UNITS or not form.validate_on_submit():
        return _new_page(form, chosen, status=422)
    with transaction(db.session) as session:
        command = form.to_command([need.id for need in chosen])
        sketch_id = sketches.write_sketch(session, current_actor(), command).id
    flash(_("The sketch is stored. You can print it and go on writing it."))
    return redirect(url_for("sketches.show", sketch_id=sketch_id), 303)


@bp.get("/<uuid:sketch_id>")
def show(sketch_id: UUID) -> Response:
    """Show a sketch as one page to print."""
    sketch = sketches.sketch_to_read(db.session, current_actor(), sketch_id)
    grown = sketches.grown_from(db.session, current_actor(), sketch)
    return render("sketches/show.html", sketch=sketch, grown=grown)


@bp.get("/<uuid:sketch_id>/edit")
def edit(sketch_id: UUID) -> Response:
    """Show the form of a sketch as it stands."""
    sketch = sketches.sketch_to_read(db.session, current_actor(), sketch_id)
    form = SketchForm(formdata=None, obj=sketch)
    return render("sketches/edit.html", sketch=sketch, form=form)


@bp.post("/<uuid:sketch_id>/edit")
def change(sketch_id: UUID) -> ResponseReturnValue:
    """Word a sketch anew."""
    form = SketchForm()
    if not form.validate_on_submit():
        sketch = sketches.sketch_to_read(db.session, current_actor(), sketch_id)
        return render("sketches/edit.html", status=422, sketch=sketch, form=form)
    with transaction(db.session) as session:
        sketches.change_sketch(session, current_actor(), sketch_id, form.to_command())
    flash(_("The sketch is stored. You can print it and go on writing it."))
    return redirect(url_for("sketches.show", sketch_id=sketch_id), 303)


def _chosen(need_ids: Sequence[UUID]) -> list[Need]:
    chosen = sketches.needs_to_bundle(db.session, current_actor(), need_ids)
    if not chosen:
        raise NotFound
    return chosen


def _new_page(form: SketchForm, chosen: Sequence[Need], *, status: int) -> Response:
    actor = current_actor()
    grown = sketches.grown(db.session, chosen)
    return render(
        "sketches/new.html",
        status=status,
        form=form,
        grown=grown,
        fewest=FEWEST_UNITS,
        alike=sketches.candidates(db.session, retrieval(), actor, chosen),
    )
