"""The forms of an organisation and its units."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from needsbank.db.models import Unit
from needsbank.domain.organisations import AddUnit, DescribeOrganisation, Region, Sector
from needsbank.web.forms import BankForm, Required, at_most, unit_choices, unit_id
from needsbank.web.labels import choices


class OrganisationForm(BankForm):
    """What an organisation is."""

    name = StringField(
        _l("Name"), validators=[Required(_l("Type the organisation's name.")), at_most(200)]
    )
    sector = SelectField(
        _l("Sector"),
        choices=choices(Sector, empty=_l("Choose")),
        validators=[Required(_l("Choose the sector."))],
    )
    region = SelectField(
        _l("Region"),
        choices=choices(Region, empty=_l("Choose")),
        validators=[Required(_l("Choose the region."))],
    )
    business_id = StringField(
        _l("Business ID"), description=_l("For example 1234567-1; may be left empty.")
    )
    about = TextAreaField(_l("About the organisation"), validators=[at_most(2000)])

    def to_command(self) -> DescribeOrganisation:
        """Return what was typed as a command."""
        return DescribeOrganisation(
            name=self.name.data or "",
            sector=Sector(self.sector.data),
            region=Region(self.region.data),
            business_id=self.business_id.data or "",
            about=self.about.data or "",
        )


class UnitForm(BankForm):
    """A new unit and its place in the tree."""

    name = StringField(
        _l("Name of the unit"), validators=[Required(_l("Type the unit's name.")), at_most(200)]
    )
    parent = SelectField(_l("Part of"))

    def offer(self, units: Sequence[Unit]) -> None:
        """Set the units that the new one can be a part of."""
        top = SelectChoice("", _l("Directly under the organisation"))
        self.parent.choices = [top, *unit_choices(units, grouped=False)]

    def to_command(self, organisation_id: UUID) -> AddUnit:
        """Return what was typed as a command."""
        parent_id = unit_id(self.parent.data) if self.parent.data else None
        return AddUnit(
            organisation_id=organisation_id, name=self.name.data or "", parent_id=parent_id
        )
