"""The front page, the search over everything, and small things that every site has."""

from flask import Blueprint, Response, redirect, request, send_from_directory, url_for
from flask import current_app as app
from flask.typing import ResponseReturnValue
from sqlalchemy import text
from sqlalchemy.orm import joinedload

from needsbank.db.models import Need
from needsbank.db.queries.competences import CompetenceFilter
from needsbank.db.queries.needs import NeedFilter, needs_to_read
from needsbank.db.queries.prior_works import PriorWorkFilter
from needsbank.db.transaction import transaction
from needsbank.domain.errors import NotFound
from needsbank.domain.languages import INTERFACE_LANGUAGES, Language
from needsbank.services.browsing import browse_competences, browse_needs, browse_prior_works
from needsbank.services.people import choose_language as remember_for_person
from needsbank.web.addresses import is_own_path
from needsbank.web.database import db, retrieval
from needsbank.web.forms import query_code
from needsbank.web.htmx import render
from needsbank.web.languages import remember
from needsbank.web.lists import wanted
from needsbank.web.security import current_actor

bp = Blueprint("front", __name__)

_NEWEST = 6
_PER_SUBJECT = 5


@bp.get("/")
def home() -> Response:
    """Show what the bank is for, and the newest needs that the reader may see."""
    newest = db.session.scalars(
        needs_to_read(current_actor(), NeedFilter())
        .options(joinedload(Need.organisation))
        .order_by(Need.created.desc(), Need.id)
        .limit(_NEWEST)
    ).all()
    return render("front/home.html", newest=newest)


@bp.get("/search")
def search() -> Response:
    """Search everything at once; the best of each subject, with a way to the rest."""
    actor, asked = current_actor(), wanted()
    found = {}
    if asked.words:
        found = {
            "needs": browse_needs(db.session, retrieval(), actor, NeedFilter(), asked),
            "competences": browse_competences(
                db.session, retrieval(), actor, CompetenceFilter(), asked
            ),
            "prior_works": browse_prior_works(db.session, retrieval(), PriorWorkFilter(), asked),
        }
    return render("front/search.html", asked=asked, found=found, most=_PER_SUBJECT)


@bp.get("/about")
def about() -> Response:
    """Tell what the bank is and how it works."""
    return render("front/about.html")


@bp.get("/language/<code>")
def choose_language(code: str) -> ResponseReturnValue:
    """Change the interface's language and remember it; then back to where the reader was."""
    language = query_code(Language, code)
    if language not in INTERFACE_LANGUAGES:
        raise NotFound(code)
    actor = current_actor()
    if actor.is_known:
        with transaction(db.session) as session:
            remember_for_person(session, actor, language)
    wanted = request.args.get("next", "")
    back = redirect(wanted if is_own_path(wanted) else url_for("front.home"), 303)
    remember(app.make_response(back), language)
    return back


@bp.get("/healthz")
def health() -> ResponseReturnValue:
    """Say that the web and its database answer."""
    db.session.execute(text("select 1"))
    return {"status": "ok"}


@bp.get("/favicon.ico")
def favicon() -> Response:
    """Give browsers the icon that they ask for unasked."""
    return send_from_directory(str(app.static_folder), "favicon.svg", mimetype="image/svg+xml")
