"""Answering by the link of a mail, and the ledger for coordinators."""

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.transaction import transaction
from needsbank.domain.adoption_ledger import InUse
from needsbank.domain.errors import Invalid
from needsbank.services import adoption_ledger
from needsbank.web.adoption_ledger.forms import InUseForm
from needsbank.web.database import db
from needsbank.web.forms import query_code, show_errors
from needsbank.web.htmx import render
from needsbank.web.security import current_actor

bp = Blueprint("adoption_ledger", __name__)


@bp.get("/in-use/<code>")
def ask(code: str) -> Response:
    """Show the question with the mail's answer chosen; nothing is recorded by looking.

    Programs that check mails for bad links open them all.
    """
    chosen = query_code(InUse, request.args.get("answer"))
    form = InUseForm(formdata=None, data={"answer": chosen.value if chosen else None})
    return _page(code, form, status=200)


@bp.post("/in-use/<code>")
def answer(code: str) -> ResponseReturnValue:
    """Record the answer."""
    form = InUseForm()
    if form.validate_on_submit():
        try:
            with transaction(db.session) as session:
                adoption_ledger.answer(session, form.to_command(code))
        except Invalid as error:
            show_errors(form, error)
        else:
            flash(_("Thank you! Your answer is recorded."))
            return redirect(url_for("adoption_ledger.ask", code=code), 303)
    return _page(code, form, status=422)


@bp.get("/coordination/in-use")
def listed() -> Response:
    """Show coordinators what was asked, and what is known."""
    rows = adoption_ledger.ledger(db.session, current_actor())
    return render("adoption_ledger/list.html", rows=rows)


def _page(code: str, form: InUseForm, *, status: int) -> Response:
    asked = adoption_ledger.asked(db.session, code)
    response = render("adoption_ledger/ask.html", status=status, asked=asked, form=form)
    # The address is a secret: no search engine keeps it.
    response.headers["X-Robots-Tag"] = "noindex"
    return response
