"""The admin's page of messages: what waits, what did not leave, and what becomes of it."""

from uuid import UUID

from flask import Blueprint, Response, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.transaction import transaction
from needsbank.domain.outbox import Trouble
from needsbank.services import undelivered
from needsbank.web.database import db
from needsbank.web.htmx import render
from needsbank.web.message_words import subject_of
from needsbank.web.security import current_actor

bp = Blueprint("messages", __name__, url_prefix="/administration/messages")

SET_UP = "NEEDSBANK_MAIL_IS_SET_UP"
"""Whether mails can leave, in the app's configuration."""


@bp.get("/")
def listed() -> Response:
    """Show how many messages are where, and those that a person is to decide on."""
    actor = current_actor()
    undecided = undelivered.undecided(db.session, actor)
    return render(
        "messages/list.html",
        counts=undelivered.count_by_state(db.session, actor),
        messages=[(each, subject_of(each)) for each in undecided],
        unreached=any(each.trouble is Trouble.NOT_REACHED for each in undecided),
        mail_is_set_up=current_app.config[SET_UP],
    )


@bp.post("/<uuid:message_id>/send-again")
def send_again(message_id: UUID) -> ResponseReturnValue:
    """Have one sent anew."""
    with transaction(db.session) as session:
        undelivered.send_again(session, current_actor(), message_id)
    flash(_("It is sent again."))
    return redirect(url_for("messages.listed"), 303)


@bp.post("/send-again")
def send_unreached_again() -> ResponseReturnValue:
    """Have everything sent anew that nobody answered to."""
    with transaction(db.session) as session:
        undelivered.send_unreached_again(session, current_actor())
    flash(_("What nobody answered to is sent again."))
    return redirect(url_for("messages.listed"), 303)


@bp.post("/<uuid:message_id>/leave")
def leave(message_id: UUID) -> ResponseReturnValue:
    """Leave one as it is."""
    with transaction(db.session) as session:
        undelivered.leave(session, current_actor(), message_id)
    flash(_("It is left as it is."))
    return redirect(url_for("messages.listed"), 303)
