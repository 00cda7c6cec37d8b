"""The admin's page of channels in Teams and Slack: add, try, turn on and off, remove."""

from urllib.parse import urlsplit
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.transaction import transaction
from needsbank.domain.errors import Invalid
from needsbank.domain.webhooks import WebhookEvent
from needsbank.services import webhooks
from needsbank.web.database import db
from needsbank.web.forms import show_errors
from needsbank.web.htmx import render
from needsbank.web.security import current_actor
from needsbank.web.webhooks.forms import WebhookForm

bp = Blueprint("webhooks", __name__, url_prefix="/administration/channels")


@bp.get("/")
def listed() -> Response:
    """Show every channel, how its last message went, and a form for another."""
    return _page(WebhookForm(), status=200)


@bp.post("/")
def create() -> ResponseReturnValue:
    """Add a channel, turned off."""
    form = WebhookForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        with transaction(db.session) as session:
            webhooks.add_webhook(session, current_actor(), form.to_command())
    except Invalid as error:
        show_errors(form, error)
        return _page(form, status=422)
    flash(_("The channel has been added. Try it, then turn it on."))
    return redirect(url_for("webhooks.listed"), 303)


@bp.post("/<uuid:webhook_id>/try")
def try_(webhook_id: UUID) -> ResponseReturnValue:
    """Send a greeting."""
    with transaction(db.session) as session:
        webhooks.try_webhook(session, current_actor(), webhook_id)
    flash(_("A greeting is on its way. Load this page again in a moment to see how it went."))
    return redirect(url_for("webhooks.listed"), 303)


@bp.post("/<uuid:webhook_id>/on")
def turn_on(webhook_id: UUID) -> ResponseReturnValue:
    """Tell a channel what it asks for from now on."""
    with transaction(db.session) as session:
        webhooks.turn(session, current_actor(), webhook_id, on=True)
    flash(_("The channel is on."))
    return redirect(url_for("webhooks.listed"), 303)


@bp.post("/<uuid:webhook_id>/off")
def turn_off(webhook_id: UUID) -> ResponseReturnValue:
    """Tell a channel nothing more."""
    with transaction(db.session) as session:
        webhooks.turn(session, current_actor(), webhook_id, on=False)
    flash(_("The channel is off."))
    return redirect(url_for("webhooks.listed"), 303)


@bp.post("/<uuid:webhook_id>/remove")
def remove(webhook_id: UUID) -> ResponseReturnValue:
    """Remove a channel."""
    with transaction(db.session) as session:
        webhooks.remove_webhook(session, current_actor(), webhook_id)
    flash(_("The channel has been removed, and its address forgotten."))
    return redirect(url_for("webhooks.listed"), 303)


def _page(form: WebhookForm, *, status: int) -> Response:
    found = webhooks.webhooks(db.session, current_actor())
    return render(
        "webhooks/list.html",
        status=status,
        form=form,
        events={event.value: event for event in WebhookEvent},
        channels=[(each, urlsplit(each.url).hostname) for each in found],
        latest=webhooks.latest_messages(db.session, found),
    )
