"""The form of how much mail one wants."""

from flask_babel import lazy_gettext as _l
from wtforms import RadioField

from needsbank.domain.mail_levels import MailLevel
from needsbank.web.forms import BankForm, Sent
from needsbank.web.labels import choices


class MailLevelForm(BankForm):
    """One of three."""

    level = RadioField(
        _l("When do you want mail?"),
        description=_l("Whatever you choose: all that you are told stands on My page."),
        choices=choices(MailLevel),
        validators=[Sent(_l("Choose when you want mail."))],
    )

    def to_level(self) -> MailLevel:
        """Return what was chosen."""
        return MailLevel(self.level.data)
