"""The open event calendar and MINNO Fests with their programme."""

from collections.abc import Sequence
from uuid import UUID

from flask import Blueprint, Response, flash, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.models import Event
from needsbank.db.transaction import transaction
from needsbank.domain.errors import Invalid, NotAllowed
from needsbank.services import events, results
from needsbank.services.calendars import calendar_text
from needsbank.web.database import db
from needsbank.web.events.forms import EventForm, SlotForm, as_typed
from needsbank.web.forms import show_errors
from needsbank.web.htmx import render
from needsbank.web.security import current_actor

bp = Blueprint("events", __name__, url_prefix="/events")


@bp.get("/")
def listed() -> Response:
    """Show what is to come, and what has been."""
    return render(
        "events/list.html",
        coming=events.coming_events(db.session),
        past=events.past_events(db.session),
    )


@bp.get("/calendar.ics")
def feed() -> Response:
    """Give all events to calendars that subscribe."""
    whole = [*events.past_events(db.session)[::-1], *events.coming_events(db.session)]
    return _calendar(whole, "tarvepankki")


@bp.get("/<uuid:event_id>")
def show(event_id: UUID) -> Response:
    """Show an event and its programme."""
    return _page(event_id, SlotForm(formdata=None), status=200)


@bp.get("/<uuid:event_id>/event.ics")
def one(event_id: UUID) -> Response:
    """Give one event to a calendar."""
    return _calendar([events.event_to_read(db.session, event_id)], "tapahtuma")


@bp.get("/new")
def new() -> Response:
    """Show the form of a new event."""
    return render("events/form.html", form=EventForm(formdata=None), event=None)


@bp.post("/")
def create() -> ResponseReturnValue:
    """Announce an event."""
    form = EventForm()
    if form.validate_on_submit():
        try:
            with transaction(db.session) as session:
                event_id = events.add_event(session, current_actor(), form.to_command()).id
        except Invalid as error:
            show_errors(form, error)
        else:
            flash(_("The event is in the calendar."))
            return redirect(url_for("events.show", event_id=event_id), 303)
    return render("events/form.html", status=422, form=form, event=None)


@bp.get("/<uuid:event_id>/edit")
def edit(event_id: UUID) -> Response:
    """Show the form of an event as it stands."""
    event = events.event_to_read(db.session, event_id)
    form = EventForm(
        formdata=None,
        data={
            **{name: getattr(event, name) for name in ("title", "place", "link", "about")},
            "kind": event.kind.value,
            "starts": as_typed(event.starts),
            "ends": as_typed(event.ends),
        },
    )
    return render("events/form.html", form=form, event=event)


@bp.post("/<uuid:event_id>/edit")
def change(event_id: UUID) -> ResponseReturnValue:
    """Describe an event anew."""
    event, form = events.event_to_read(db.session, event_id), EventForm()
    if form.validate_on_submit():
        try:
            with transaction(db.session) as session:
                events.change_event(session, current_actor(), event_id, form.to_command())
        except Invalid as error:
            show_errors(form, error)
        else:
            flash(_("The event is changed. Calendars that follow it are told."))
            return redirect(url_for("events.show", event_id=event_id), 303)
    return render("events/form.html", status=422, form=form, event=event)


@bp.post("/<uuid:event_id>/cancel")
def cancel(event_id: UUID) -> ResponseReturnValue:
    """Call an event off."""
    with transaction(db.session) as session:
        events.cancel_event(session, current_actor(), event_id)
    flash(_("The event is called off. Calendars that follow it are told."))
    return redirect(url_for("events.show", event_id=event_id), 303)


@bp.post("/<uuid:event_id>/programme")
def add_slot(event_id: UUID) -> ResponseReturnValue:
    """Add a moment to the programme."""
    form = SlotForm()
    form.offer(results.results_to_show(db.session, current_actor()))
    if form.validate_on_submit():
        try:
            with transaction(db.session) as session:
                events.add_slot(session, current_actor(), event_id, form.to_command())
        except Invalid as error:
            show_errors(form, error)
        else:
            flash(_("It is in the programme."))
            return redirect(url_for("events.show", event_id=event_id), 303)
    return _page(event_id, form, status=422)


@bp.post("/<uuid:event_id>/programme/<uuid:slot_id>/remove")
def remove_slot(event_id: UUID, slot_id: UUID) -> ResponseReturnValue:
    """Take a moment out of the programme."""
    with transaction(db.session) as session:
        events.remove_slot(session, current_actor(), event_id, slot_id)
    flash(_("It is no longer in the programme."))
    return redirect(url_for("events.show", event_id=event_id), 303)


def _page(event_id: UUID, form: SlotForm, *, status: int) -> Response:
    actor = current_actor()
    event = events.event_to_read(db.session, event_id)
    shown = results.readable_ids(db.session, actor, [slot.result_id for slot in event.slots])
    if actor.coordinates:
        form.offer(results.results_to_show(db.session, actor))
        form.starts.data = form.starts.data or as_typed(event.starts)
    elif status != 200:
        raise NotAllowed(event_id)
    return render("events/show.html", status=status, event=event, readable=shown, form=form)


def _calendar(whole: Sequence[Event], name: str) -> Response:
    address = request.host_url.rstrip("/")
    text = calendar_text(
        [
            events.calendar_event(each, address + url_for("events.show", event_id=each.id))
            for each in whole
        ]
    )
    response = make_response(text)
    response.mimetype = "text/calendar"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.ics"'
    return response
