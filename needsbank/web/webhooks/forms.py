"""The form of a channel that is told that something has happened."""

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import SelectField, SelectMultipleField, StringField
from wtforms.validators import ValidationError
from wtforms.widgets import CheckboxInput

from needsbank.domain.languages import INTERFACE_LANGUAGES, Language
from needsbank.domain.outbox import Channel
from needsbank.domain.webhooks import (
    NAME_MAX,
    URL_MAX,
    WEBHOOK_CHANNELS,
    DescribeWebhook,
    WebhookEvent,
)
from needsbank.web.forms import BankForm, Required, at_most
from needsbank.web.labels import choices


class Some:
    """Refuse a choice of nothing."""

    def __call__(self, form: BankForm, field: Any) -> None:
        """Raise when nothing is chosen."""
        if not field.data:
            raise ValidationError(_l("Choose at least one."))


class WebhookForm(BankForm):
    """Where to, in which language, and of what."""

    name = StringField(
        _l("Name of the channel"),
        description=_l("For this page only."),
        validators=[Required(_l("Type the channel's name.")), at_most(NAME_MAX)],
    )
    channel = SelectField(
        _l("Service"),
        choices=choices(WEBHOOK_CHANNELS),
        validators=[Required(_l("Choose one from the list."))],
    )
    url = StringField(
        _l("Secret address"),
        description=_l(
            "From a workflow of Teams, or an incoming webhook of Slack. Whoever has it can write "
            "to the channel, so it is not shown again."
        ),
        validators=[Required(_l("Paste the address.")), at_most(URL_MAX)],
        render_kw={"autocomplete": "off", "spellcheck": "false"},
    )
    language = SelectField(
        _l("Language"),
        choices=choices(INTERFACE_LANGUAGES),
        validators=[Required(_l("Choose one from the list."))],
    )
    events = SelectMultipleField(
        _l("What is told"),
        description=_l("That it happened and where to look; never a title or a text."),
        choices=choices(WebhookEvent),
        option_widget=CheckboxInput(),
        validators=[Some()],
    )

    def to_command(self) -> DescribeWebhook:
        """Return what was typed."""
        return DescribeWebhook(
            name=self.name.data or "",
            channel=Channel(self.channel.data),
            url=(self.url.data or "").strip(),
            language=Language(self.language.data),
            events=frozenset(WebhookEvent(each) for each in self.events.data or ()),
        )
