"""The form of a side's answer."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import TextAreaField

from needsbank.domain.needs import DETAIL_MAX
from needsbank.domain.suggestions import AnswerSuggestion, Side
from needsbank.web.forms import BankForm, at_most


class AnswerForm(BankForm):
    """Yes or no to a pairing; which of them, and for which side, the pressed button says."""

    reason = TextAreaField(
        _l("A few words to the other side and the coordinator"),
        description=_l("Needed only if you decline."),
        validators=[at_most(DETAIL_MAX)],
    )

    def to_command(self, suggestion_id: UUID, side: Side, *, accepted: bool) -> AnswerSuggestion:
        """Return what was typed as a command."""
        return AnswerSuggestion(
            suggestion_id=suggestion_id,
            side=side,
            accepted=accepted,
            reason=self.reason.data or "",
        )
