"""Pages of prior works."""

from uuid import UUID

from flask import Blueprint, Response, request
from sqlalchemy import select

from needsbank.db.models import PriorWork, Subject
from needsbank.db.queries.prior_works import PriorWorkFilter
from needsbank.domain.languages import Language
from needsbank.domain.prior_works import PriorWorkKind
from needsbank.services.adoptions import adopters_of
from needsbank.services.browsing import browse_prior_works
from needsbank.web.database import db, retrieval
from needsbank.web.forms import query_code
from needsbank.web.htmx import render
from needsbank.web.lists import wanted
from needsbank.web.security import current_actor
from needsbank.web.targets import found

bp = Blueprint("prior_works", __name__, url_prefix="/prior-works")


@bp.get("/")
def listed() -> Response:
    """Show prior works, all or those that words and filters ask for."""
    narrowed = PriorWorkFilter(
        kind=query_code(PriorWorkKind, request.args.get("kind")),
        language=query_code(Language, request.args.get("language")),
    )
    asked = wanted()
    page = browse_prior_works(db.session, retrieval(), narrowed, asked)
    return render("prior_works/list.html", page=page, narrowed=narrowed, asked=asked)


@bp.get("/<uuid:work_id>")
def show(work_id: UUID) -> Response:
    """Show one prior work."""
    work = found(select(PriorWork).where(PriorWork.id == work_id))
    adopters = adopters_of(db.session, current_actor(), Subject.PRIOR_WORK, work.id)
    return render("prior_works/show.html", work=work, adopters=adopters)
