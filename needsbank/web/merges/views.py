"""Pages of merging: making a challenge of several needs, objecting to it, taking it apart."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.models import Merge, Need
from needsbank.db.queries.merges import merges_by_urgency
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.errors import Invalid, NotFound
from needsbank.domain.merging import MOST_SOURCES
from needsbank.services import merging
from needsbank.web.database import db, retrieval
from needsbank.web.forms import show_errors
from needsbank.web.htmx import render
from needsbank.web.merges.forms import MergeForm, ObjectionForm, UndoForm
from needsbank.web.security import current_actor

bp = Blueprint("merges", __name__)


@bp.get("/coordination/merges/")
def listed() -> Response:
    """Show challenges and what they are made of, those with objections first."""
    return render("merges/list.html", merges=db.session.execute(merges_by_urgency()).all())


@bp.get("/coordination/merges/new")
def new() -> Response:
    """Show the needs chosen so far, others like them, and the form once there are two."""
    form = MergeForm(formdata=None)
    chosen = _chosen(request.args.getlist("need", type=UUID))
    if len(chosen) > 1:
        form.offer(chosen)
        form.title.data, form.problem.data = chosen[0].title, chosen[0].problem
        form.wished_change.data = chosen[0].wished_change
    return _new_page(form, chosen, status=200)


@bp.post("/coordination/merges/")
def create() -> ResponseReturnValue:
    """Merge the chosen needs."""
    form, chosen = MergeForm(), _chosen(request.form.getlist("need", type=UUID))
    if len(chosen) < 2:
        return _new_page(form, chosen, status=422)
    form.offer(chosen)
    if not form.validate_on_submit():
        return _new_page(form, chosen, status=422)
    try:
        with transaction(db.session) as session:
            command = form.to_command([need.id for need in chosen])
            challenge_id = merging.merge_needs(session, current_actor(), command).challenge_id
    except Invalid as error:
        show_errors(form, error)
        return _new_page(form, chosen, status=422)
    flash(_("The needs are one challenge now. Their senders have been told."))
    return redirect(url_for("merges.show", challenge_id=challenge_id), 303)


@bp.get("/coordination/merges/<uuid:challenge_id>")
def show(challenge_id: UUID) -> Response:
    """Show what a challenge is made of, who objects, and how to take it apart."""
    merge = merging.merge_to_review(db.session, current_actor(), challenge_id)
    return _merge_page(merge, UndoForm(formdata=None), status=200)


@bp.post("/coordination/merges/<uuid:challenge_id>/undo")
def undo(challenge_id: UUID) -> ResponseReturnValue:
    """Take a challenge apart."""
    form = UndoForm()
    if not form.validate_on_submit():
        merge = merging.merge_to_review(db.session, current_actor(), challenge_id)
        return _merge_page(merge, form, status=422)
    with transaction(db.session) as session:
        merging.undo_merge(session, current_actor(), form.to_command(challenge_id))
    flash(_("The needs stand by themselves again, as they were. Their senders have been told."))
    return redirect(url_for("merges.show", challenge_id=challenge_id), 303)


@bp.get("/needs/<uuid:need_id>/objection")
def objecting(need_id: UUID) -> Response:
    """Show a sender what their need has become part of, and ask why it should not."""
    return _objection_page(need_id, ObjectionForm(formdata=None), status=200)


@bp.post("/needs/<uuid:need_id>/objection")
def object_(need_id: UUID) -> ResponseReturnValue:
    """Record a sender's objection."""
    form = ObjectionForm()
    if not form.validate_on_submit():
        return _objection_page(need_id, form, status=422)
    with transaction(db.session) as session:
        merging.object_to_merge(session, current_actor(), form.to_command(need_id))
    flash(_("Your objection has been sent to the coordinator. You will be told what follows."))
    return redirect(url_for("merges.objecting", need_id=need_id), 303)


def _chosen(need_ids: Sequence[UUID]) -> list[Need]:
    return merging.needs_to_merge(db.session, current_actor(), need_ids)


def _new_page(form: MergeForm, chosen: Sequence[Need], *, status: int) -> Response:
    if not chosen:
        raise NotFound
    alike = merging.candidates(db.session, retrieval(), current_actor(), chosen)
    more = alike[: MOST_SOURCES - len(chosen)]
    return render("merges/new.html", status=status, form=form, chosen=chosen, alike=more)


def _merge_page(merge: Merge, form: UndoForm, *, status: int) -> Response:
    return render("merges/show.html", status=status, merge=merge, form=form)


def _objection_page(need_id: UUID, form: ObjectionForm, *, status: int) -> Response:
    source = merging.own_source(db.session, current_actor(), need_id)
    in_time = now() <= source.merge.object_by
    return render("merges/objection.html", status=status, source=source, form=form, in_time=in_time)
