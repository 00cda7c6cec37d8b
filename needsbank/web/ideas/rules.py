"""Rules that propose catchers, kept by coordinators."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select

from needsbank.db.models import Organisation
from needsbank.db.transaction import transaction
from needsbank.domain.errors import Invalid
from needsbank.services import catching_rules
from needsbank.services.units import units_of
from needsbank.web.database import db
from needsbank.web.forms import show_errors
from needsbank.web.htmx import render
from needsbank.web.ideas.forms import RuleForm
from needsbank.web.security import current_actor

bp = Blueprint("catch_rules", __name__, url_prefix="/ideas/rules")


@bp.get("/")
def listed() -> Response:
    """Show the rules and the form that adds one."""
    return _page(_form(), status=200)


@bp.post("/")
def propose() -> ResponseReturnValue:
    """Propose a catcher for a unit."""
    form = _form()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        with transaction(db.session) as session:
            catching_rules.propose_catcher(session, current_actor(), form.to_command())
    except Invalid as error:
        show_errors(form, error)
        return _page(form, status=422)
    flash(_("New ideas of the unit are proposed to this person."))
    return redirect(url_for("catch_rules.listed"), 303)


@bp.post("/<uuid:rule_id>/drop")
def drop(rule_id: UUID) -> ResponseReturnValue:
    """Take a proposal back."""
    with transaction(db.session) as session:
        catching_rules.drop_rule(session, current_actor(), rule_id)
    flash(_("The rule is gone."))
    return redirect(url_for("catch_rules.listed"), 303)


def _form() -> RuleForm:
    form = RuleForm()
    organisations = db.session.scalars(select(Organisation.id)).all()
    form.offer(units_of(db.session, organisations), catching_rules.catchers(db.session))
    return form


def _page(form: RuleForm, *, status: int) -> Response:
    rules = catching_rules.rules(db.session, current_actor())
    return render("ideas/rules.html", status=status, form=form, rules=rules)
