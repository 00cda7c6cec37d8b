"""What a unit's link or poster leads to: one box on a phone, without an account."""

import hashlib
import secrets
from typing import Any
from uuid import UUID, uuid4

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    jsonify,
    redirect,
    request,
    send_from_directory,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_wtf.csrf import generate_csrf
from sqlalchemy.exc import IntegrityError

from needsbank.db.models import Capture, Need, UnitLink
from needsbank.db.transaction import transaction
from needsbank.domain.captures import TEXT_MAX, PersonalDataFound, SaySameHere, checked_text
from needsbank.domain.errors import Invalid, TooManyAttempts
from needsbank.domain.languages import Language
from needsbank.domain.personal_data import Screened, rewritten, screen
from needsbank.domain.roles import ANONYMOUS
from needsbank.services.answering import Hit, answer_text
from needsbank.services.capturing import throw as throw_idea
from needsbank.services.capturing import thrown_before
from needsbank.services.field_guessing import likely_field
from needsbank.services.unit_links import link_to_throw
from needsbank.services.voicing import say_same_here, teams_behind
from needsbank.web import throttle
from needsbank.web.database import db, retrieval
from needsbank.web.forms import show_errors
from needsbank.web.htmx import render
from needsbank.web.ideas.forms import ThrowForm
from needsbank.web.languages import current_language
from needsbank.web.security import current_actor
from needsbank.web.throttle import Budget

bp = Blueprint("throwing", __name__, url_prefix="/i")

MOST_SIMILAR = 3
PER_LINK = 60
PER_ADDRESS = 30
"""Ideas and voices within a quarter of an hour; a whole hospital may have one address."""
_DEVICE = "device"
_DEVICE_SECONDS = 365 * 24 * 3600


@bp.get("/<code>")
def show(code: str) -> Response:
    """Show the box."""
    return _page(link_to_throw(db.session, code), ThrowForm(), status=200)


@bp.post("/<code>")
def throw(code: str) -> ResponseReturnValue:
    """Take an idea in; the same key again is answered like the first time."""
    form = ThrowForm()
    before = thrown_before(db.session, form.device_key)
    if before is not None:
        return _received(before)
    link = link_to_throw(db.session, code)
    if not form.validate_on_submit():
        return _page(link, form, status=422)
    try:
        return _received(_throw(code, form))
    except PersonalDataFound as refusal:
        return _warned(link, form, refusal.screened)
    except Invalid as error:
        show_errors(form, error)
        return _page(link, form, status=422)
    except TooManyAttempts as error:
        response = _page(link, form, status=429)
        response.headers["Retry-After"] = str(error.retry_after)
        return response


@bp.post("/<code>/similar")
def similar(code: str) -> Response:
    """Show what everybody may know of already, and what in the text is about a person."""
    link = link_to_throw(db.session, code)
    text = request.form.get("text", "").replace("\0", " ")[:TEXT_MAX]
    hits = _similar(text)
    needs = [hit.found for hit in hits if isinstance(hit.found, Need)]
    return render(
        "ideas/similar.html",
        fragment="ideas/_similar.html",
        link=link,
        hits=hits,
        teams=teams_behind(db.session, needs),
        finds=screen(text).excerpts,
    )


@bp.post("/<code>/same/<uuid:need_id>")
def same_here(code: str, need_id: UUID) -> ResponseReturnValue:
    """Count a unit's voice for a need that says the same already."""
    device = request.cookies.get(_DEVICE) or request.remote_addr or ""
    hashed = hashlib.sha256(f"{current_app.secret_key!r}{device}".encode()).hexdigest()
    with transaction(db.session) as session:
        throttle.check(session, *_budgets(code))
        need = say_same_here(session, SaySameHere(code=code, need_id=need_id, device=hashed))
        throttle.spend(session, *_budgets(code))
        title = need.title
    flash(_("Thank you! Your team's voice is counted for: %(title)s", title=title))
    return redirect(url_for("throwing.show", code=code), 303)


@bp.get("/token")
def token() -> Response:
    """Give a fresh token to a page whose own may be older than its session."""
    return jsonify(token=generate_csrf())


@bp.get("/worker.js")
def worker() -> Response:
    """Serve the service worker from where it may look after every unit's page."""
    folder = f"{current_app.static_folder}/js"
    return send_from_directory(folder, "idea_worker.js", mimetype="text/javascript")


def _throw(code: str, form: ThrowForm) -> Capture:
    checked_text(form.text.data or "")
    throttle.check(db.session, *_budgets(code))
    field = likely_field(_hits(form.text.data or ""))
    command = form.to_command(code, Language(current_language()))
    try:
        with transaction(db.session) as session:
            capture = throw_idea(session, current_actor(), command, field)
            throttle.spend(session, *_budgets(code))
    except IntegrityError:
        # The same key came at the same moment by another request: that one is the idea.
        before = thrown_before(db.session, command.key)
        if before is None:
            raise
        return before
    return capture


def _received(capture: Capture) -> ResponseReturnValue:
    address = url_for("follow.show", code=capture.follow_code)
    if request.accept_mimetypes.best == "application/json":
        return jsonify(address=address), 201
    return redirect(f"{address}?new=1", 303)


def _warned(link: UnitLink, form: ThrowForm, screened: Screened) -> Response:
    typed = form.text.data
    form.text.data = rewritten(screened, Language(current_language()))
    return _page(link, form, status=422, finds=screened.excerpts, typed=typed)


def _page(link: UnitLink, form: ThrowForm, *, status: int, **more: Any) -> Response:
    form.key.data = form.key.data or str(uuid4())
    response = render(
        "ideas/throw.html", status=status, link=link, form=form, answered=status, **more
    )
    if _DEVICE not in request.cookies:
        # Only so that one device counts once: it is read by this page alone.
        response.set_cookie(
            _DEVICE,
            secrets.token_urlsafe(16),
            max_age=_DEVICE_SECONDS,
            path=bp.url_prefix,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure,
        )
    return response


def _similar(text: str) -> list[Hit]:
    return [hit for hit in _hits(text) if not hit.weak][:MOST_SIMILAR]


def _hits(text: str) -> list[Hit]:
    return list(answer_text(db.session, retrieval(), ANONYMOUS, "", text).hits)


def _budgets(code: str) -> tuple[Budget, Budget]:
    address = request.remote_addr or ""
    return Budget("idea-link", code, PER_LINK), Budget("idea-address", address, PER_ADDRESS)
