"""The private follow page: what became of an idea, for whoever has its secret link."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from needsbank.db.models import Capture
from needsbank.db.transaction import transaction
from needsbank.domain.captures import MOST_LINES, PersonalDataFound
from needsbank.domain.clock import now
from needsbank.domain.errors import Invalid
from needsbank.domain.languages import INTERFACE_LANGUAGES, Language
from needsbank.domain.personal_data import rewritten
from needsbank.domain.working_days import last_day
from needsbank.services import following
from needsbank.web import throttle
from needsbank.web.database import db
from needsbank.web.follow.forms import LineForm, MailForm, NameForm
from needsbank.web.forms import BankForm, show_errors
from needsbank.web.htmx import render
from needsbank.web.languages import COOKIE, current_language
from needsbank.web.security import current_actor
from needsbank.web.throttle import Budget

bp = Blueprint("follow", __name__, url_prefix="/follow")

PER_ADDRESS = 20
"""Mails that one address may have sent within a quarter of an hour."""


@bp.after_request
def _keep_private(response: Response) -> Response:
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


@bp.get("/<code>")
def show(code: str) -> Response:
    """Show what has become of an idea."""
    return _page(code, status=200)


@bp.post("/<code>/name")
def tell_name(code: str) -> ResponseReturnValue:
    """Have the sender be named."""
    form = NameForm()
    return _done(
        code,
        form,
        lambda: following.tell_name(db.session, code, form.name.data),
        _("Your name is told to whoever works on the idea."),
    )


@bp.post("/<code>/lines")
def add_line(code: str) -> ResponseReturnValue:
    """Add to what the idea says."""
    form = LineForm()
    return _done(
        code,
        form,
        lambda: following.add_line(db.session, code, form.text.data),
        _("Added. Whoever works on the idea sees it."),
    )


@bp.post("/<code>/withdraw")
def withdraw(code: str) -> ResponseReturnValue:
    """Take the idea back."""
    return _done(
        code,
        BankForm(),
        lambda: following.withdraw(db.session, code),
        _("You took the idea back. Nobody works on it. You can undo this at any time."),
    )


@bp.post("/<code>/restore")
def restore(code: str) -> ResponseReturnValue:
    """Undo the withdrawal."""
    return _done(
        code,
        BankForm(),
        lambda: following.restore(db.session, code),
        _("The idea waits for a catcher again."),
    )


@bp.post("/<code>/mail")
def ask_for_mail(code: str) -> ResponseReturnValue:
    """Send the link by which an address is confirmed."""
    form = MailForm()
    budget = Budget("mail-address", request.remote_addr or "", PER_ADDRESS)

    def asked() -> None:
        throttle.check(db.session, budget)
        following.ask_for_mail(db.session, code, form.email.data)
        throttle.spend(db.session, budget)

    told = _("We sent you a link. Open it, and we tell you of each step by mail.")
    return _done(code, form, asked, told)


@bp.post("/<code>/mail/stop")
def stop_mail(code: str) -> ResponseReturnValue:
    """Tell nothing by mail any more."""
    return _done(
        code,
        BankForm(),
        lambda: following.stop_mail(db.session, code),
        _("No more mail. Your address is forgotten."),
    )


@bp.get("/mail/<code>")
def confirming(code: str) -> Response:
    """Ask for a press of a button: programs that look at mails open links by themselves."""
    asked = following.mail_request(db.session, code)
    with _in_language_of(asked.capture):
        return render("follow/confirm.html", asked=asked)


@bp.post("/mail/<code>")
def confirm(code: str) -> ResponseReturnValue:
    """Confirm an address."""
    with transaction(db.session) as session:
        capture = following.confirm_mail(session, code)
        to = capture.follow_code
        with _in_language_of(capture):
            told = _("Confirmed: each step is told to you by mail.")
    flash(told)
    return redirect(url_for("follow.show", code=to), 303)


def _done(
    code: str, form: BankForm, use_case: Callable[[], object], told: str
) -> ResponseReturnValue:
    if not form.validate_on_submit():
        return _page(code, status=422, refused=form)
    try:
        with transaction(db.session):
            use_case()
    except PersonalDataFound as refusal:
        form.text.data = rewritten(refusal.screened, Language(current_language()))
        return _page(code, status=422, refused=form, finds=refusal.screened.excerpts)
    except Invalid as error:
        show_errors(form, error)
        return _page(code, status=422, refused=form)
    flash(told)
    return redirect(url_for("follow.show", code=code), 303)


def _page(
    code: str,
    *,
    status: int,
    refused: BankForm | None = None,
    finds: object = (),
) -> Response:
    seen = following.followed(db.session, code)
    fresh = (NameForm, LineForm, MailForm)
    forms = {
        form.__name__: refused if isinstance(refused, form) else form(formdata=None)
        for form in fresh
    }
    with _in_language_of(seen.capture):
        return render(
            "follow/show.html",
            status=status,
            followed=seen,
            idea=seen.capture,
            forms=forms,
            refused=refused,
            finds=finds,
            may_withdraw=following.may_withdraw(seen.capture),
            most_lines=MOST_LINES,
            now=now(),
            last_day=last_day,
            address=url_for("follow.show", code=code, _external=True),
            is_new=request.args.get("new") == "1",
        )


@contextmanager
def _in_language_of(capture: Capture) -> Iterator[None]:
    """Word a page in the sender's language, unless its reader has chosen another one."""
    chosen = COOKIE in request.cookies or current_actor().is_known
    if chosen or capture.language not in INTERFACE_LANGUAGES:
        yield
        return
    with force_locale(capture.language.value):
        yield
