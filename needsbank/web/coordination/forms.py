"""The form of a coordinator's verdict."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, TextAreaField
from wtforms.validators import ValidationError

from needsbank.domain.needs import DETAIL_MAX
from needsbank.domain.suggestions import DecideSuggestion, SuggestionState, Verdict
from needsbank.web.forms import BankForm, Required, at_most
from needsbank.web.labels import choices


class DecisionForm(BankForm):
    """A verdict with its reason; `seen` is the state that the coordinator decided on."""

    verdict = RadioField(
        _l("Your verdict"), choices=choices(Verdict), validators=[Required(_l("Choose a verdict."))]
    )
    reason = TextAreaField(
        _l("Reason"),
        description=_l("One sentence. It stays in the log; the sides see it if you approve."),
        validators=[Required(_l("Give the reason for your verdict.")), at_most(DETAIL_MAX)],
    )
    seen = HiddenField(validators=[Required(_l("Reload the page and decide again."))])

    def to_command(self, suggestion_id: UUID) -> DecideSuggestion:
        """Return what was chosen as a command."""
        return DecideSuggestion(
            suggestion_id=suggestion_id,
            verdict=Verdict(self.verdict.data),
            reason=self.reason.data or "",
            seen=SuggestionState(self.seen.data),
        )

    def validate_seen(self, field: HiddenField) -> None:
        """Refuse a state that does not exist."""
        if field.data not in {state.value for state in SuggestionState}:
            raise ValidationError(_l("Reload the page and decide again."))
