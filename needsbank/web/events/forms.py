"""The forms of events and their programme, in Finnish time."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from flask_babel import lazy_gettext as _l
from wtforms import DateTimeLocalField, SelectField, StringField, TextAreaField, URLField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, ValidationError

from needsbank.db.models import Result
from needsbank.domain.addresses import is_web_address
from needsbank.domain.events import ABOUT_MAX, AddSlot, DescribeEvent, EventKind
from needsbank.web.forms import BankForm, Required, at_most
from needsbank.web.labels import choices

_FINNISH_TIME = ZoneInfo("Europe/Helsinki")


class EventForm(BankForm):
    """What happens, when and where."""

    title = StringField(
        _l("What happens?"), validators=[Required(_l("Name the event.")), at_most(200)]
    )
    kind = SelectField(
        _l("Kind of event"),
        choices=choices(EventKind),
        validators=[Required(_l("Choose one from the list."))],
    )
    starts = DateTimeLocalField(
        _l("Begins"), validators=[InputRequired(_l("Say when the event begins."))]
    )
    ends = DateTimeLocalField(
        _l("Ends"), validators=[InputRequired(_l("Say when the event ends."))]
    )
    place = StringField(_l("Place"), validators=[at_most(200)])
    link = URLField(_l("Link for taking part from afar"), validators=[at_most(1000)])
    about = TextAreaField(_l("What is it about?"), validators=[at_most(ABOUT_MAX)])

    def validate_link(self, field: URLField) -> None:
        """Refuse what is no full web address."""
        if field.data and not is_web_address(field.data):
            raise ValidationError(_l("Give full web addresses that begin with https://."))

    def to_command(self) -> DescribeEvent:
        """Return what was typed as a command."""
        return DescribeEvent(
            title=self.title.data or "",
            kind=EventKind(self.kind.data),
            starts=aware(self.starts.data),
            ends=aware(self.ends.data),
            place=self.place.data or "",
            link=self.link.data or "",
            about=self.about.data or "",
        )


class SlotForm(BankForm):
    """A moment of the programme."""

    starts = DateTimeLocalField(_l("When?"), validators=[InputRequired(_l("Say when it begins."))])
    result_id = SelectField(_l("Which result is shown?"))
    title = StringField(
        _l("Or what else?"),
        description=_l("For example: coffee, opening words."),
        validators=[at_most(200)],
    )

    def offer(self, results: Sequence[Result]) -> None:
        """Set the results to choose from."""
        listed = [SelectChoice(str(each.id), each.title) for each in results]
        self.result_id.choices = [SelectChoice("", _l("None")), *listed]

    def to_command(self) -> AddSlot:
        """Return what was typed as a command."""
        return AddSlot(
            starts=aware(self.starts.data),
            title=self.title.data or "",
            result_id=UUID(self.result_id.data) if self.result_id.data else None,
        )


def aware(typed: datetime) -> datetime:
    """Return a typed moment, which is meant in Finnish time."""
    return typed.replace(tzinfo=_FINNISH_TIME)


def as_typed(moment: datetime) -> datetime:
    """Return a stored moment as it would be typed."""
    return moment.astimezone(_FINNISH_TIME).replace(tzinfo=None)
