"""The form of taking a result into use."""

from collections.abc import Sequence

from flask_babel import lazy_gettext as _l
from wtforms import SelectField

from needsbank.db.models import Unit
from needsbank.web.forms import BankForm, Required, unit_choices


class UptakeForm(BankForm):
    """Which unit takes a result into use."""

    unit_id = SelectField(
        _l("Which unit?"),
        description=_l("Others see the unit's name. We ask later by mail how it went."),
        validators=[Required(_l("Choose one from the list."))],
    )

    def offer(self, units: Sequence[Unit]) -> None:
        """Set the units that the reader can speak for."""
        self.unit_id.choices = unit_choices(units)
