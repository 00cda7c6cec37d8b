"""How much mail one gets: the account's page, and the link that every mail has."""

from flask import Blueprint, Response, current_app, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user

from needsbank.db.models import Message
from needsbank.db.transaction import transaction
from needsbank.services import mail_levels
from needsbank.web.database import db
from needsbank.web.htmx import render
from needsbank.web.mail.forms import MailLevelForm
from needsbank.web.security import csrf, current_actor

bp = Blueprint("mail", __name__)


@bp.get("/account/mail")
def show() -> Response:
    """Show how much mail the reader gets."""
    return _form_page(MailLevelForm(level=current_user.mail_level.value), status=200)


@bp.post("/account/mail")
def choose() -> ResponseReturnValue:
    """Remember how much mail the reader wants."""
    form = MailLevelForm()
    if not form.validate_on_submit():
        return _form_page(form, status=422)
    with transaction(db.session) as session:
        mail_levels.choose_level(session, current_actor(), form.to_level())
    flash(_("Your choice is remembered."))
    return redirect(url_for("mail.show"), 303)


@bp.get("/mail/stop/<token>")
def stopping(token: str) -> Response:
    """Ask whether mails are to end: programs that look through mails open every link."""
    return render("mail_levels/stop.html", token=token, message=_message(token), stopped=False)


@bp.post("/mail/stop/<token>")
def stop(token: str) -> Response:
    """End mails; mail programs do this themselves by one press (RFC 8058), without a session."""
    with transaction(db.session) as session:
        mail_levels.stop_mails(session, _message(token))
    return render("mail_levels/stop.html", token=token, message=_message(token), stopped=True)


csrf.exempt(stop)


def _message(token: str) -> Message:
    return mail_levels.message_of(db.session, str(current_app.secret_key), token)


def _form_page(form: MailLevelForm, *, status: int) -> Response:
    return render("mail_levels/choose.html", status=status, form=form)
