"""The forms of a representative: who it is, and why not."""

from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, StringField, TextAreaField

from needsbank.domain.needs import DETAIL_MAX
from needsbank.domain.representatives import EMAIL_MAX, NAME_MAX, NameRepresentative
from needsbank.web.forms import BankForm, Required, at_most


class RepresentativeForm(BankForm):
    """Who speaks for the work community."""

    name = StringField(_l("Name"), validators=[Required(_l("Give the name.")), at_most(NAME_MAX)])
    email = EmailField(
        _l("E-mail"),
        description=_l("A link to accept with one click is sent here."),
        validators=[Required(_l("Give the e-mail address.")), at_most(EMAIL_MAX)],
    )

    def to_command(self, journey_id: UUID) -> NameRepresentative:
        """Return who was named as a command."""
        return NameRepresentative(
            journey_id=journey_id, name=self.name.data or "", email=self.email.data or ""
        )


class DeclineForm(BankForm):
    """Why somebody does not represent the community."""

    reason = TextAreaField(
        _l("Why not?"),
        description=_l("The coordination team and the senders read this."),
        validators=[Required(_l("Give the reason in a sentence.")), at_most(DETAIL_MAX)],
    )
