"""The form of "same here"."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, TextAreaField

from needsbank.db.models import Unit
from needsbank.domain.supports import NOTE_MAX, SupportNeed
from needsbank.web.forms import BankForm, Required, at_most, unit_choices, unit_id


class SupportForm(BankForm):
    """Whose voice it is, and what the coordinator should know."""

    unit_id = SelectField(
        _l("For which unit do you speak?"), validators=[Required(_l("Choose your unit."))]
    )
    note = TextAreaField(
        _l("A note to the coordinator"),
        description=_l("Only you and the coordinators see it."),
        validators=[at_most(NOTE_MAX)],
    )

    def offer(self, units: Sequence[Unit]) -> None:
        """Set the units that can be chosen; a single one is chosen already."""
        self.unit_id.choices = unit_choices(units)
        if len(units) == 1 and not self.unit_id.data:
            self.unit_id.data = str(units[0].id)

    def to_command(self, need_id: UUID) -> SupportNeed:
        """Return what was chosen as a command."""
        return SupportNeed(
            need_id=need_id, unit_id=unit_id(self.unit_id.data), note=self.note.data or ""
        )
