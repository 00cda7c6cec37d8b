"""The form of an adoption."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from needsbank.domain.adoptions import AdoptSolution
from needsbank.domain.needs import DETAIL_MAX
from needsbank.web.forms import BankForm, at_most


class AdoptionForm(BankForm):
    """What there is to say of it."""

    note = TextAreaField(
        _l("More about it"),
        description=_l("Everyone who may see the need sees this."),
        validators=[at_most(DETAIL_MAX)],
    )

    def to_command(self, need_id: UUID, solution_id: UUID) -> AdoptSolution:
        """Return what was said as a command."""
        return AdoptSolution(need_id=need_id, solution_id=solution_id, note=self.note.data or "")
