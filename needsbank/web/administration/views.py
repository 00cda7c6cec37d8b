"""The admin's page of matcher versions: what training gave, take into use, go back."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.models import VersionState
from needsbank.db.transaction import transaction
from needsbank.services import matcher_versions
from needsbank.web.database import db, retrieval
from needsbank.web.htmx import render
from needsbank.web.security import current_actor

bp = Blueprint("administration", __name__, url_prefix="/administration")


@bp.get("/matcher")
def matcher() -> Response:
    """Show the version in use, and the trained ones with their reports."""
    versions = matcher_versions.all_versions(db.session)
    in_use = [each for each in versions if each.state is VersionState.ACTIVE]
    return render(
        "administration/matcher.html",
        versions=versions,
        in_use=in_use[0] if in_use else None,
        shipped=retrieval().matcher.base_version,
        fitting={each.id for each in versions if matcher_versions.fits(each, retrieval().matcher)},
    )


@bp.post("/matcher/<uuid:version_id>/promotion")
def promote(version_id: UUID) -> ResponseReturnValue:
    """Take a trained version into use."""
    searching = retrieval().matcher
    with transaction(db.session) as session:
        matcher_versions.promote(session, current_actor(), searching, version_id)
    flash(_("The trained version is in use. Needs are matched again in the background."))
    return redirect(url_for("administration.matcher"), 303)


@bp.post("/matcher/<uuid:version_id>/rollback")
def roll_back(version_id: UUID) -> ResponseReturnValue:
    """Go back from a trained version to the shipped one."""
    with transaction(db.session) as session:
        matcher_versions.roll_back(session, current_actor(), version_id)
    flash(_("The shipped version is in use again. Needs are matched again in the background."))
    return redirect(url_for("administration.matcher"), 303)
