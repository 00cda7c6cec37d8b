"""When workshops are held: confirming a request, moving a workshop, calling off."""

from collections.abc import Callable, Sequence
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.models import Workshop, WorkshopSeries
from needsbank.db.transaction import transaction
from needsbank.domain.errors import Conflict, Invalid
from needsbank.domain.languages import Language
from needsbank.domain.workshops import Clash, PlannedWorkshop, SeriesState
from needsbank.services import workshop_requests, workshop_series
from needsbank.services.workshop_series import ClashesUnseen
from needsbank.web.database import db
from needsbank.web.forms import show_errors
from needsbank.web.htmx import render
from needsbank.web.languages import current_language
from needsbank.web.security import current_actor
from needsbank.web.workshops.forms import MoveForm, PlanForm, ReasonForm

bp = Blueprint("workshop_times", __name__, url_prefix="/workshops/<uuid:series_id>")


@bp.get("/confirm")
def planning(series_id: UUID) -> Response:
    """Show the form that makes three workshops of a request."""
    series = _asked_for(series_id)
    form = PlanForm(formdata=None)
    form.place.data, form.times.data = series.place, str(series.times[0].id)
    form.theme_1.data = _("Gathering ideas")
    form.theme_2.data = _("Grouping ideas, and what is known already")
    form.theme_3.data = _("Voting, and wording one challenge")
    return _plan_page(series, form, status=200)


@bp.post("/confirm")
def confirm(series_id: UUID) -> ResponseReturnValue:
    """Show the plan and what clashes with it; at the second press, make the workshops."""
    series, form = _asked_for(series_id), PlanForm()
    form.offer(series, workshop_series.ambassadors(db.session))
    if not form.validate_on_submit():
        return _plan_page(series, form, status=422)
    try:
        command = form.to_command(series)
        clashes, mark = workshop_series.clashes_of_plan(
            db.session, current_actor(), command, _language()
        )
        shown = " ".join(each.starts.isoformat() for each in command.workshops)
        if "send" not in request.form or (mark, shown) != (command.seen, form.shown.data):
            form.seen.data, form.shown.data = mark, shown
            return _plan_page(series, form, command.workshops, clashes, status=200)
        with transaction(db.session) as session:
            workshop_series.confirm(session, current_actor(), command, _language())
    except Invalid as error:
        show_errors(form, error)
        return _plan_page(series, form, status=422)
    flash(_("The workshops are confirmed. Who asked and the ambassadors have been told."))
    return redirect(url_for("workshops.show", series_id=series_id), 303)


@bp.get("/<int:number>/move")
def moving(series_id: UUID, number: int) -> Response:
    """Ask when and where a workshop is held instead."""
    series, workshop = _held(series_id, number)
    form = MoveForm(formdata=None)
    form.show(workshop)
    return _move_page(series, workshop, form, status=200)


@bp.post("/<int:number>/move")
def move(series_id: UUID, number: int) -> ResponseReturnValue:
    """Move a workshop; what clashes with the new time is shown first."""
    form = MoveForm()
    series, workshop = _held(series_id, number)
    if not form.validate_on_submit():
        return _move_page(series, workshop, form, status=422)
    try:
        command = form.to_command(series_id, number)
        with transaction(db.session) as session:
            workshop_series.move_workshop(session, current_actor(), command, _language())
    except Invalid as error:
        show_errors(form, error)
        return _move_page(series, workshop, form, status=422)
    except ClashesUnseen:
        clashes, form.seen.data = workshop_series.clashes_of_move(
            db.session, current_actor(), command, _language()
        )
        return _move_page(*_held(series_id, number), form, clashes, status=200)
    flash(_("The workshop is moved. Everybody concerned has been told."))
    return redirect(url_for("workshops.show", series_id=series_id), 303)


@bp.get("/<int:number>/call-off")
def calling_off(series_id: UUID, number: int) -> Response:
    """Ask why a workshop is not held."""
    _held(series_id, number)
    return _reason_page(series_id, number, ReasonForm(formdata=None), status=200)


@bp.post("/<int:number>/call-off")
def call_off(series_id: UUID, number: int) -> ResponseReturnValue:
    """Call one workshop off."""
    form = ReasonForm()
    _held(series_id, number)

    def act() -> None:
        workshop_series.call_off(db.session, current_actor(), series_id, number, form.reason.data)

    return _called_off(series_id, number, form, act)


@bp.get("/cancel")
def cancelling(series_id: UUID) -> Response:
    """Ask why none of the workshops is held."""
    workshop_requests.readable(db.session, current_actor(), series_id)
    return _reason_page(series_id, 0, ReasonForm(formdata=None), status=200)


@bp.post("/cancel")
def cancel(series_id: UUID) -> ResponseReturnValue:
    """Call the whole series off."""
    form = ReasonForm()
    workshop_requests.readable(db.session, current_actor(), series_id)

    def act() -> None:
        workshop_series.cancel(db.session, current_actor(), series_id, form.reason.data)

    return _called_off(series_id, 0, form, act)


def _called_off(
    series_id: UUID, number: int, form: ReasonForm, act: Callable[[], None]
) -> ResponseReturnValue:
    if not form.validate_on_submit():
        return _reason_page(series_id, number, form, status=422)
    with transaction(db.session):
        act()
    flash(_("It is called off. Everybody concerned has been told."))
    return redirect(url_for("workshops.show", series_id=series_id), 303)


def _language() -> Language:
    return Language(current_language())


def _asked_for(series_id: UUID) -> WorkshopSeries:
    series = workshop_requests.readable(db.session, current_actor(), series_id)
    if series.state is not SeriesState.ASKED:
        raise Conflict("answered already")
    return series


def _held(series_id: UUID, number: int) -> tuple[WorkshopSeries, Workshop]:
    return workshop_series.held_workshop(db.session, current_actor(), series_id, number)


def _plan_page(
    series: WorkshopSeries,
    form: PlanForm,
    planned: Sequence[PlannedWorkshop] = (),
    clashes: Sequence[Clash] = (),
    *,
    status: int,
) -> Response:
    form.offer(series, workshop_series.ambassadors(db.session))
    return render(
        "workshops/confirm.html",
        status=status,
        series=series,
        form=form,
        planned=planned,
        clashes=clashes,
        holidays=workshop_requests.holidays_among(series, _language()),
    )


def _move_page(
    series: WorkshopSeries,
    workshop: Workshop,
    form: MoveForm,
    clashes: Sequence[Clash] = (),
    *,
    status: int,
) -> Response:
    return render(
        "workshops/move.html",
        status=status,
        series=series,
        workshop=workshop,
        form=form,
        clashes=clashes,
    )


def _reason_page(series_id: UUID, number: int, form: ReasonForm, *, status: int) -> Response:
    return render(
        "workshops/call_off.html", status=status, series_id=series_id, number=number, form=form
    )
