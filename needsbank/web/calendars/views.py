"""Calendar feeds: the account's page of secret addresses, and what calendars read there."""

from dataclasses import replace
from urllib.parse import urljoin
from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.transaction import transaction
from needsbank.services import calendar_feeds
from needsbank.services.calendars import calendar_text
from needsbank.web.database import db
from needsbank.web.htmx import render
from needsbank.web.security import current_actor

bp = Blueprint("calendars", __name__)


@bp.get("/account/calendars")
def feeds() -> Response:
    """Show the reader's secret addresses."""
    found = calendar_feeds.feeds_of(db.session, current_actor())
    return render("calendars/feeds.html", feeds=found, most=calendar_feeds.MOST)


@bp.post("/account/calendars")
def make() -> ResponseReturnValue:
    """Make a new address."""
    with transaction(db.session) as session:
        calendar_feeds.make_feed(session, current_actor())
    flash(_("Here is your new address."))
    return redirect(url_for("calendars.feeds"), 303)


@bp.post("/account/calendars/<uuid:feed_id>/revoke")
def revoke(feed_id: UUID) -> ResponseReturnValue:
    """End an address."""
    with transaction(db.session) as session:
        calendar_feeds.revoke_feed(session, current_actor(), feed_id)
    flash(_("That address works no more."))
    return redirect(url_for("calendars.feeds"), 303)


@bp.get("/calendar/<token>.ics")
def read(token: str) -> Response:
    """Give a calendar what is in its owner's."""
    host = request.host_url
    events = calendar_feeds.events_of(db.session, token)
    text = calendar_text(replace(each, url=urljoin(host, each.url)) for each in events)
    response = Response(text, content_type="text/calendar; charset=utf-8")
    response.headers["X-Robots-Tag"] = "noindex"
    return response
