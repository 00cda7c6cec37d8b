"""Pages of organisations."""

from uuid import UUID

from flask import Blueprint, Response, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from needsbank.db.models import Organisation
from needsbank.db.transaction import transaction
from needsbank.domain.errors import Invalid
from needsbank.domain.roles import may_manage_organisations
from needsbank.domain.unit_links import may_manage_links
from needsbank.services import organisations
from needsbank.services.units import in_tree_order
from needsbank.web.database import db
from needsbank.web.forms import show_errors
from needsbank.web.htmx import render
from needsbank.web.organisations.forms import OrganisationForm, UnitForm
from needsbank.web.security import current_actor
from needsbank.web.targets import found

bp = Blueprint("organisations", __name__, url_prefix="/organisations")


@bp.get("/")
def listed() -> Response:
    """Show all organisations."""
    rows = db.session.scalars(select(Organisation).order_by(Organisation.name)).all()
    return render(
        "organisations/list.html",
        organisations=rows,
        keeper=may_manage_organisations(current_actor()),
    )


@bp.get("/<uuid:organisation_id>")
def show(organisation_id: UUID) -> Response:
    """Show one organisation and its units."""
    return _page(_organisation(organisation_id))


@bp.get("/new")
def new() -> Response:
    """Show an empty form."""
    return render("organisations/form.html", form=OrganisationForm(), organisation=None)


@bp.post("/")
def create() -> ResponseReturnValue:
    """Add an organisation."""
    form = OrganisationForm()
    if form.validate_on_submit():
        try:
            with transaction(db.session) as session:
                added = organisations.add_organisation(session, current_actor(), form.to_command())
        except Invalid as error:
            show_errors(form, error)
        else:
            flash(_("The organisation has been added."))
            return redirect(url_for("organisations.show", organisation_id=added.id), 303)
    return render("organisations/form.html", status=422, form=form, organisation=None)


@bp.get("/<uuid:organisation_id>/edit")
def edit(organisation_id: UUID) -> Response:
    """Show the form with what is known."""
    organisation = _organisation(organisation_id)
    form = OrganisationForm(obj=organisation)
    form.sector.data, form.region.data = organisation.sector.value, organisation.region.value
    return render("organisations/form.html", form=form, organisation=organisation)


@bp.post("/<uuid:organisation_id>/edit")
def change(organisation_id: UUID) -> ResponseReturnValue:
    """Describe an organisation anew."""
    organisation, form = _organisation(organisation_id), OrganisationForm()
    if form.validate_on_submit():
        try:
            with transaction(db.session) as session:
                organisations.change_organisation(
                    session, current_actor(), organisation_id, form.to_command()
                )
        except Invalid as error:
            show_errors(form, error)
        else:
            flash(_("Your changes are saved."))
            return redirect(url_for("organisations.show", organisation_id=organisation_id), 303)
    return render("organisations/form.html", status=422, form=form, organisation=organisation)


@bp.post("/<uuid:organisation_id>/units")
def add_unit(organisation_id: UUID) -> ResponseReturnValue:
    """Add a unit to the tree."""
    organisation, form = _organisation(organisation_id), UnitForm()
    form.offer(organisation.units)
    if form.validate_on_submit():
        try:
            with transaction(db.session) as session:
                organisations.add_unit(session, current_actor(), form.to_command(organisation_id))
        except Invalid as error:
            show_errors(form, error)
        else:
            flash(_("The unit has been added."))
            return redirect(url_for("organisations.show", organisation_id=organisation_id), 303)
    return _page(_organisation(organisation_id), unit_form=form, status=422)


def _organisation(organisation_id: UUID) -> Organisation:
    return found(
        select(Organisation)
        .where(Organisation.id == organisation_id)
        .options(selectinload(Organisation.units))
    )


def _page(
    organisation: Organisation, unit_form: UnitForm | None = None, status: int = 200
) -> Response:
    keeper = may_manage_organisations(current_actor())
    if keeper and unit_form is None:
        unit_form = UnitForm(formdata=None if request.method == "GET" else request.form)
        unit_form.offer(organisation.units)
    return render(
        "organisations/show.html",
        status=status,
        organisation=organisation,
        units=in_tree_order(organisation.units),
        keeper=keeper,
        manages_links=may_manage_links(current_actor(), organisation.id),
        form=unit_form,
    )
