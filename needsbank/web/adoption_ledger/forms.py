"""The form behind the link of a mail that asks whether something is in use."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, TextAreaField

from needsbank.domain.adoption_ledger import WHY_MAX, AnswerQuestion, InUse
from needsbank.web.forms import BankForm, Required, at_most
from needsbank.web.labels import choices


class InUseForm(BankForm):
    """Whether it is in use, and why not quite."""

    answer = RadioField(
        _l("Is it in use?"), choices=choices(InUse), validators=[Required(_l("Choose one."))]
    )
    why = TextAreaField(
        _l("Why not, or not quite?"),
        description=_l(
            "Needed if it is not fully in use. Where the need is public, others can read this as"
            " a lesson. Name nobody."
        ),
        validators=[at_most(WHY_MAX)],
    )

    def to_command(self, code: str) -> AnswerQuestion:
        """Return what was chosen as a command."""
        return AnswerQuestion(code=code, answer=InUse(self.answer.data), why=self.why.data or "")
