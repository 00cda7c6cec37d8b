"""The forms of the follow page."""

from flask_babel import lazy_gettext as _l
from wtforms import EmailField, StringField, TextAreaField

from needsbank.domain.captures import NAME_MAX, TEXT_MAX
from needsbank.web.forms import BankForm, Required, at_most


class NameForm(BankForm):
    """The sender's name."""

    name = StringField(
        _l("Your name"),
        description=_l("Seen by whoever works on the idea."),
        validators=[Required(_l("Type your name.")), at_most(NAME_MAX)],
        render_kw={"autocomplete": "name"},
    )


class LineForm(BankForm):
    """More about the idea."""

    text = TextAreaField(
        _l("More about it"),
        description=_l("What you wrote first stays as it was."),
        validators=[Required(_l("Write something first.")), at_most(TEXT_MAX)],
    )


class MailForm(BankForm):
    """Where to tell."""

    email = EmailField(
        _l("E-mail"),
        description=_l("We send a link to confirm it. The address is used for this idea only."),
        validators=[Required(_l("Type your e-mail address.")), at_most(255)],
        render_kw={"autocomplete": "email"},
    )
