"""Links and posters of units."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import force_locale
from flask_babel import gettext as _

from needsbank.db.models import Organisation
from needsbank.db.transaction import transaction
from needsbank.domain.languages import INTERFACE_LANGUAGES
from needsbank.services import unit_links
from needsbank.web.database import db
from needsbank.web.htmx import render
from needsbank.web.languages import current_language
from needsbank.web.qr import qr_of
from needsbank.web.security import current_actor

bp = Blueprint("unit_links", __name__, url_prefix="/unit-links")


@bp.get("/<uuid:organisation_id>")
def listed(organisation_id: UUID) -> Response:
    """Show an organisation's units and the link of each."""
    units = unit_links.links_of(db.session, current_actor(), organisation_id)
    return render(
        "ideas/links.html",
        organisation=db.session.get_one(Organisation, organisation_id),
        units=units,
    )


@bp.post("/units/<uuid:unit_id>")
def make(unit_id: UUID) -> ResponseReturnValue:
    """Give a unit a new link in place of the one that it has."""
    with transaction(db.session) as session:
        link = unit_links.make_link(session, current_actor(), unit_id)
        organisation_id = link.unit.organisation_id
    flash(_("The new link works. A former one does not any more: change the posters."))
    return redirect(url_for("unit_links.listed", organisation_id=organisation_id), 303)


@bp.post("/units/<uuid:unit_id>/revoke")
def revoke(unit_id: UUID) -> ResponseReturnValue:
    """Have a unit's link stop working."""
    with transaction(db.session) as session:
        organisation_id = unit_links.revoke_link(session, current_actor(), unit_id)
    flash(_("The link does not work any more."))
    return redirect(url_for("unit_links.listed", organisation_id=organisation_id), 303)


@bp.get("/units/<uuid:unit_id>/poster")
def poster(unit_id: UUID) -> str | Response:
    """Show a unit's poster to be printed, in the language that its people read."""
    link = unit_links.link_for_poster(db.session, current_actor(), unit_id)
    codes = [language.value for language in INTERFACE_LANGUAGES]
    wanted = request.args.get("language")
    address = url_for("throwing.show", code=link.code, _external=True)
    with force_locale(wanted if wanted in codes else current_language()):
        return render("ideas/poster.html", link=link, address=address, picture=qr_of(address))
