"""The form of a side's answer."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from needsbank.domain.needs import DETAIL_MAX
from needsbank.domain.suggestions import AnswerSuggestion, Side
from needsbank.web.forms import BankForm, Required, at_most


class AnswerForm(BankForm):
    """Yes or no to a pairing; which of them, and for which side, the pressed button says."""

    reason = TextAreaField(
        _l("A few words to the other side and the coordinator"),
        description=_l("Needed only if you decline."),
        validators=[at_most(DETAIL_MAX)],
    )

    def ask_why(self) -> None:
        """Have the words be required: the other side wants to know why it is a no."""
        asked = Required(_l("Say in a few words why you decline."))
        self.reason.validators = [asked, *self.reason.validators]

    def to_command(self, suggestion_id: UUID, side: Side, *, accepted: bool) -> AnswerSuggestion:
        """Return what was typed as a command."""
        return AnswerSuggestion(
            suggestion_id=suggestion_id,
            side=side,
            accepted=accepted,
            reason=self.reason.data or "",
        )
