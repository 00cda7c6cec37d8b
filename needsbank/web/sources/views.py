"""Pages of sources: what the bank is fed from, how it went, and the admins' forms."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.transaction import transaction
from needsbank.domain.errors import Invalid, NotFound
from needsbank.domain.sources import HarvestState, SourceKind, may_configure_sources
from needsbank.services import harvest_orders, sources
from needsbank.services.sources import SourceAtWork
from needsbank.web.database import db
from needsbank.web.forms import show_errors
from needsbank.web.htmx import render
from needsbank.web.security import current_actor
from needsbank.web.sources.forms import SourceForm
from needsbank.web.sources.presets import PRESETS
from needsbank.web.sources.words import line_of, next_run

bp = Blueprint("sources", __name__, url_prefix="/sources")


@bp.context_processor
def _words() -> dict[str, object]:
    return {
        "line_of": line_of,
        "next_run": next_run,
        "configures": may_configure_sources(current_actor()),
        "running": HarvestState.RUNNING,
    }


@bp.get("/")
def listed() -> Response:
    """Show all sources and how their latest harvests went."""
    rows = sources.sources_to_see(db.session, current_actor())
    return render("sources/list.html", rows=rows)


@bp.get("/<uuid:source_id>")
def show(source_id: UUID) -> Response:
    """Show one source and its harvests."""
    row = _at_work(source_id)
    harvests = sources.harvests_of(db.session, current_actor(), source_id)
    return render("sources/show.html", row=row, harvests=harvests)


@bp.get("/<uuid:source_id>/progress")
def progress(source_id: UUID) -> Response:
    """Show how far the latest harvest is; asked again until it ends."""
    return render(
        "sources/progress.html", fragment="sources/_progress.html", row=_at_work(source_id)
    )


@bp.get("/new")
def new() -> Response:
    """Show an empty form, or one that is filled in as an example."""
    preset = PRESETS.get(request.args.get("preset", ""))
    form = SourceForm.of_preset(preset) if preset else SourceForm()
    return render("sources/form.html", form=form, source=None, presets=PRESETS, chosen=preset)


@bp.post("/")
def create() -> ResponseReturnValue:
    """Add a source."""
    form = SourceForm()
    if form.validate_on_submit():
        try:
            with transaction(db.session) as session:
                added = sources.add_source(session, current_actor(), form.to_command())
        except Invalid as error:
            show_errors(form, error)
        else:
            flash(_("The source has been added."))
            return redirect(url_for("sources.show", source_id=added.id), 303)
    return render("sources/form.html", status=422, form=form, source=None, presets=PRESETS)


@bp.get("/<uuid:source_id>/edit")
def edit(source_id: UUID) -> Response:
    """Show the form with what is known."""
    source = sources.source_to_see(db.session, current_actor(), source_id)
    if source.kind is SourceKind.OWN:
        raise NotFound(source_id)
    return render("sources/form.html", form=SourceForm.of_source(source), source=source)


@bp.post("/<uuid:source_id>/edit")
def change(source_id: UUID) -> ResponseReturnValue:
    """Describe a source anew."""
    source, form = sources.source_to_see(db.session, current_actor(), source_id), SourceForm()
    if form.validate_on_submit():
        try:
            with transaction(db.session) as session:
                command = form.to_command(active=source.active)
                sources.change_source(session, current_actor(), source_id, command)
        except Invalid as error:
            show_errors(form, error)
        else:
            flash(_("Your changes are saved."))
            return redirect(url_for("sources.show", source_id=source_id), 303)
    return render("sources/form.html", status=422, form=form, source=source)


@bp.post("/<uuid:source_id>/pause")
def pause(source_id: UUID) -> ResponseReturnValue:
    """Fetch from a source no more."""
    with transaction(db.session) as session:
        sources.pause_source(session, current_actor(), source_id)
    flash(_("The source is paused. Its works stay in the bank."))
    return redirect(url_for("sources.show", source_id=source_id), 303)


@bp.post("/<uuid:source_id>/resume")
def resume(source_id: UUID) -> ResponseReturnValue:
    """Fetch from a paused source again."""
    with transaction(db.session) as session:
        sources.resume_source(session, current_actor(), source_id)
    flash(_("The source is in use again."))
    return redirect(url_for("sources.show", source_id=source_id), 303)


@bp.post("/<uuid:source_id>/harvest")
def fetch(source_id: UUID) -> ResponseReturnValue:
    """Have a source harvested soon."""
    with transaction(db.session) as session:
        harvest_orders.order_harvest(session, current_actor(), source_id)
    flash(_("The harvest begins in a moment; this page shows how far it is."))
    return redirect(url_for("sources.show", source_id=source_id), 303)


@bp.post("/<uuid:source_id>/harvest/cancel")
def cancel(source_id: UUID) -> ResponseReturnValue:
    """Stop the harvest under way."""
    with transaction(db.session) as session:
        harvest_orders.cancel_harvest(session, current_actor(), source_id)
    flash(_("The harvest is cancelled. What had come is kept."))
    return redirect(url_for("sources.show", source_id=source_id), 303)


def _at_work(source_id: UUID) -> SourceAtWork:
    for row in sources.sources_to_see(db.session, current_actor()):
        if row.source.id == source_id:
            return row
    raise NotFound(source_id)
