"""Pages of INNO workshops: one's own, asking for them, one series, its calendar and its sheet."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.models import WorkshopSeries
from needsbank.db.transaction import transaction
from needsbank.domain.errors import Invalid, NotAllowed
from needsbank.domain.languages import Language
from needsbank.domain.roles import may_post_need
from needsbank.domain.workshops import HELD, SeriesState
from needsbank.services import challenge_sheets, workshop_requests
from needsbank.services.calendars import calendar_text
from needsbank.services.workshop_calendar import event_of
from needsbank.web.database import db
from needsbank.web.forms import show_errors
from needsbank.web.htmx import render
from needsbank.web.languages import current_language
from needsbank.web.security import current_actor
from needsbank.web.workshops.forms import ReasonForm, RequestForm

bp = Blueprint("workshops", __name__, url_prefix="/workshops")


@bp.get("/")
def listed() -> Response:
    """Show the reader's own workshops, and to coordinators the requests that wait for them."""
    actor = current_actor()
    waiting = workshop_requests.waiting(db.session, actor) if actor.coordinates else []
    return render(
        "workshops/list.html",
        mine=workshop_requests.own_series(db.session, actor),
        waiting=waiting,
        may_ask=any(may_post_need(actor, org) for org, _role in actor.roles),
    )


@bp.get("/new")
def new() -> Response:
    """Show the form that asks for workshops."""
    return _form_page(RequestForm(formdata=None), status=200)


@bp.post("/")
def create() -> ResponseReturnValue:
    """Ask for workshops."""
    form = RequestForm()
    _offer(form)
    if not form.validate_on_submit():
        return _form_page(form, status=422)
    try:
        with transaction(db.session) as session:
            series_id = workshop_requests.ask(session, current_actor(), form.to_command()).id
    except Invalid as error:
        show_errors(form, _beside_times(error))
        return _form_page(form, status=422)
    flash(_("Thank you! A coordinator names the ambassadors and confirms a time."))
    return redirect(url_for("workshops.show", series_id=series_id), 303)


@bp.get("/<uuid:series_id>")
def show(series_id: UUID) -> Response:
    """Show a request, and the workshops that became of it."""
    return _series_page(series_id, ReasonForm(formdata=None), status=200)


@bp.post("/<uuid:series_id>/decline")
def decline(series_id: UUID) -> ResponseReturnValue:
    """Say no to a request."""
    form = ReasonForm()
    if not form.validate_on_submit():
        return _series_page(series_id, form, status=422)
    with transaction(db.session) as session:
        workshop_requests.decline(session, current_actor(), series_id, form.reason.data)
    flash(_("The request is declined. Who asked has been told."))
    return redirect(url_for("workshops.listed"), 303)


@bp.post("/<uuid:series_id>/withdraw")
def withdraw(series_id: UUID) -> ResponseReturnValue:
    """Take one's own request back."""
    with transaction(db.session) as session:
        workshop_requests.withdraw(session, current_actor(), series_id)
    flash(_("Your request is taken back."))
    return redirect(url_for("workshops.listed"), 303)


@bp.get("/<uuid:series_id>/workshops.ics")
def calendar(series_id: UUID) -> Response:
    """Give the workshops to the reader's calendar, moved and called off ones as they are now."""
    series = workshop_requests.readable(db.session, current_actor(), series_id)
    address = url_for("workshops.show", series_id=series_id, _external=True)
    language = Language(current_language())
    events = [replace(event_of(each, series, language), url=address) for each in series.workshops]
    called_off = series.state is SeriesState.CANCELLED
    text = calendar_text(events, method="CANCEL" if called_off else "PUBLISH")
    response = make_response(text)
    response.content_type = "text/calendar; charset=utf-8"
    response.headers["Content-Disposition"] = 'attachment; filename="inno-paja.ics"'
    return response


@bp.get("/<uuid:series_id>/sheet")
def sheet(series_id: UUID) -> Response:
    """Show the hand-over sheet, as it was locked."""
    locked = challenge_sheets.sheet_to_read(db.session, current_actor(), series_id)
    content = challenge_sheets.content_of(locked)
    return render(
        "workshops/sheet.html",
        series_id=series_id,
        sheet=locked,
        content=content,
        workshops=[
            (each["number"], each["theme"], datetime.fromisoformat(each["starts"]))
            for each in content["workshops"]
        ],
        unchanged=challenge_sheets.is_unchanged(locked),
    )


def _offer(form: RequestForm) -> None:
    units = workshop_requests.units_to_ask_for(db.session, current_actor())
    if not units:
        raise NotAllowed("only those who post needs ask for workshops")
    form.offer(units)


def _form_page(form: RequestForm, *, status: int) -> Response:
    _offer(form)
    return render("workshops/form.html", status=status, form=form)


def _beside_times(error: Invalid) -> Invalid:
    """Return an error of the three times as one of the first, beside which it is shown."""
    return Invalid(
        {"day_1" if name == "times" else name: code for name, code in error.errors.items()}
    )


def _series_page(series_id: UUID, form: ReasonForm, *, status: int) -> Response:
    actor = current_actor()
    series = workshop_requests.readable(db.session, actor, series_id)
    return render(
        "workshops/show.html",
        status=status,
        series=series,
        form=form,
        holidays=_holidays(series),
        holds=actor.coordinates or any(a.user_id == actor.user_id for a in series.ambassadors),
        asked=series.requester_id == actor.user_id,
        held=series.state in HELD,
        started=series.state in {SeriesState.UNDER_WAY, SeriesState.DONE},
    )


def _holidays(series: WorkshopSeries) -> dict[UUID, str]:
    if series.state is not SeriesState.ASKED:
        return {}
    return workshop_requests.holidays_among(series, Language(current_language()))
