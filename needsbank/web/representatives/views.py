"""Naming a representative, and the page that their secret link leads to.

Mail scanners open links: only a button accepts.
"""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from needsbank.db.models import Journey
from needsbank.db.transaction import transaction
from needsbank.domain.clock import now
from needsbank.domain.errors import Invalid
from needsbank.domain.journeys import Stage
from needsbank.services import representing
from needsbank.services.matters import title_of
from needsbank.web.database import db
from needsbank.web.forms import show_errors
from needsbank.web.htmx import render
from needsbank.web.representatives.forms import DeclineForm, RepresentativeForm
from needsbank.web.security import current_actor

bp = Blueprint("representatives", __name__)


@bp.get("/matters/<uuid:journey_id>/representative")
def naming(journey_id: UUID) -> Response:
    """Ask who speaks for the work community, and show who was asked."""
    return _naming_page(_to_represent(journey_id), RepresentativeForm(formdata=None), status=200)


@bp.post("/matters/<uuid:journey_id>/representative")
def name(journey_id: UUID) -> ResponseReturnValue:
    """Name a representative, who is asked by mail."""
    form = RepresentativeForm()
    if not form.validate_on_submit():
        return _naming_page(_to_represent(journey_id), form, status=422)
    try:
        with transaction(db.session) as session:
            command = form.to_command(journey_id)
            representing.name_representative(session, current_actor(), command)
    except Invalid as error:
        show_errors(form, error)
        return _naming_page(_to_represent(journey_id), form, status=422)
    flash(_("Thank you. A link to accept with one click has been sent."))
    return redirect(url_for("representatives.naming", journey_id=journey_id), 303)


@bp.get("/accept/<code>")
def invited(code: str) -> Response:
    """Show what the representative is asked for; nothing is accepted by looking."""
    return _invitation_page(code, DeclineForm(formdata=None), status=200)


@bp.post("/accept/<code>")
def accept(code: str) -> ResponseReturnValue:
    """Accept for the work community."""
    with transaction(db.session) as session:
        representing.accept(session, code)
    flash(_("Thank you! The work can begin. You will hear from us soon."))
    return redirect(url_for("representatives.invited", code=code), 303)


@bp.post("/accept/<code>/decline")
def decline(code: str) -> ResponseReturnValue:
    """Decline with a reason."""
    form = DeclineForm()
    if not form.validate_on_submit():
        return _invitation_page(code, form, status=422)
    with transaction(db.session) as session:
        representing.decline(session, code, form.reason.data or "")
    flash(_("Thank you for telling. The coordination team looks for another way."))
    return redirect(url_for("representatives.invited", code=code), 303)


def _to_represent(journey_id: UUID) -> Journey:
    return representing.matter_to_represent(db.session, current_actor(), journey_id)


def _naming_page(journey: Journey, form: RepresentativeForm, *, status: int) -> Response:
    title, language_of_title = title_of(db.session, journey)
    return render(
        "representatives/naming.html",
        status=status,
        journey=journey,
        asked=representing.representative_of(db.session, journey),
        is_time=journey.stage is Stage.AWAITING_PARTNER,
        form=form,
        title=title,
        language_of_title=language_of_title,
    )


def _invitation_page(code: str, form: DeclineForm, *, status: int) -> Response:
    invited = representing.invitation(db.session, code)
    title, language_of_title = title_of(db.session, invited.journey)
    return render(
        "representatives/invited.html",
        status=status,
        code=code,
        invited=invited,
        is_open=invited.journey.stage is Stage.AWAITING_PARTNER and invited.ended is None,
        too_old=invited.expires <= now(),
        form=form,
        title=title,
        language_of_title=language_of_title,
    )
