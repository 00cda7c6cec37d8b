"""The forms of workshops: asking for them, planning, moving and calling them off."""

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    HiddenField,
    IntegerField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
    TimeField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, NumberRange, Optional
from wtforms.widgets import CheckboxInput, ListWidget

from needsbank.db.models import Unit, User, Workshop, WorkshopSeries
from needsbank.domain.errors import Invalid
from needsbank.domain.workshops import (
    FINNISH_TIME,
    LARGEST_TEAM,
    LONGEST_MINUTES,
    MOST_HOURS,
    NAME_MAX,
    PLACE_MAX,
    REASON_MAX,
    THEME_MAX,
    TIMES,
    USUAL_MINUTES,
    WISHES_MAX,
    WORKSHOPS,
    AskForWorkshops,
    ConfirmSeries,
    MoveWorkshop,
    PlannedWorkshop,
    a_week_apart,
    finnish_moment,
)
from needsbank.web.forms import BankForm, Required, Sent, at_most, unit_choices, unit_id
from needsbank.web.languages import moment


def _whole(most: int, least: int = 1) -> list[object]:
    message = _l("Type a whole number from %(min)s to %(max)s.", min=least, max=most)
    return [InputRequired(message), NumberRange(min=least, max=most, message=message)]


def _day(label: str) -> DateField:
    return DateField(label, validators=[InputRequired(_l("Choose a day."))])


def _time(label: str) -> TimeField:
    return TimeField(label, validators=[InputRequired(_l("Choose a time."))])


class RequestForm(BankForm):
    """What a work community wishes of its workshops."""

    unit_id = SelectField(
        _l("For which unit?"),
        validators=[Required(_l("Choose the unit that the workshops are for."))],
    )
    team_size = IntegerField(_l("How many people take part?"), validators=_whole(LARGEST_TEAM))
    hours_granted = IntegerField(
        _l("Working hours granted for each participant"),
        description=_l("Three workshops of two hours take six."),
        validators=_whole(MOST_HOURS),
    )
    granted_by = StringField(
        _l("Who granted the hours?"),
        description=_l("The supervisor's name and title."),
        validators=[Required(_l("Tell who granted the hours.")), at_most(NAME_MAX)],
    )
    day_1, time_1 = _day(_l("First possible day")), _time(_l("First possible time"))
    day_2, time_2 = _day(_l("Second possible day")), _time(_l("Second possible time"))
    day_3, time_3 = _day(_l("Third possible day")), _time(_l("Third possible time"))
    place = StringField(
        _l("Place, or a link to a video meeting"),
        validators=[Required(_l("Tell where the workshops are held.")), at_most(PLACE_MAX)],
    )
    wishes = TextAreaField(
        _l("Wishes"),
        description=_l("What should the ambassadors know of your work and your team?"),
        validators=[at_most(WISHES_MAX)],
    )

    def offer(self, units: Sequence[Unit]) -> None:
        """Set the units that can be chosen; a single one is chosen already."""
        self.unit_id.choices = unit_choices(units)
        if len(units) == 1 and not self.unit_id.data:
            self.unit_id.data = str(units[0].id)

    def to_command(self) -> AskForWorkshops:
        """Return what was typed as a command; raise `Invalid` beside an hour that is none."""
        return AskForWorkshops(
            unit_id=unit_id(self.unit_id.data),
            team_size=self.team_size.data,
            times=tuple(self._moment(number) for number in range(1, TIMES + 1)),
            hours_granted=self.hours_granted.data,
            granted_by=self.granted_by.data or "",
            place=self.place.data or "",
            wishes=self.wishes.data or "",
        )

    def _moment(self, number: int) -> datetime:
        return _moment_of(self, f"day_{number}", f"time_{number}")


class PlanForm(BankForm):
    """Who holds the workshops, when they are, and what each is about."""

    ambassadors = SelectMultipleField(
        _l("Who holds the workshops?"),
        description=_l("The first of those chosen takes the ideas in hand."),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validators=[Sent(_l("Name at least one ambassador."))],
    )
    times = RadioField(
        _l("When does the first one begin?"), validators=[Required(_l("Choose a time."))]
    )
    minutes = IntegerField(
        _l("Minutes for each workshop"),
        default=USUAL_MINUTES,
        validators=_whole(LONGEST_MINUTES, 30),
    )
    place = StringField(
        _l("Place, or a link to a video meeting"),
        validators=[Required(_l("Tell where the workshops are held.")), at_most(PLACE_MAX)],
    )
    theme_1, theme_2, theme_3 = (
        StringField(
            _l("Theme of workshop %(number)d", number=number),
            validators=[Required(_l("Say what the workshop is about.")), at_most(THEME_MAX)],
        )
        for number in range(1, WORKSHOPS + 1)
    )
    day_2, day_3 = (
        DateField(_l("Another day for workshop %(number)d", number=number), validators=[Optional()])
        for number in (2, 3)
    )
    time_2, time_3 = (
        TimeField(
            _l("Another time for workshop %(number)d", number=number), validators=[Optional()]
        )
        for number in (2, 3)
    )
    seen = HiddenField()
    shown = HiddenField()

    def offer(self, series: WorkshopSeries, people: Sequence[User]) -> None:
        """Set the ambassadors and the times that can be chosen."""
        self.ambassadors.choices = [SelectChoice(str(each.id), each.name) for each in people]
        self.times.choices = [
            SelectChoice(str(time.id), moment(time.starts)) for time in series.times
        ]

    def to_command(self, series: WorkshopSeries) -> ConfirmSeries:
        """Return the plan as a command; raise `Invalid` beside an hour that is none."""
        first = next(time.starts for time in series.times if str(time.id) == self.times.data)
        return ConfirmSeries(
            series_id=series.id,
            ambassador_ids=tuple(UUID(key) for key in self.ambassadors.data),
            workshops=tuple(
                PlannedWorkshop(
                    starts=self._moved(number, starts),
                    theme=self[f"theme_{number}"].data or "",
                )
                for number, starts in enumerate(a_week_apart(first), 1)
            ),
            minutes=self.minutes.data,
            place=self.place.data or "",
            seen=self.seen.data or "",
        )

    def _moved(self, number: int, starts: datetime) -> datetime:
        if number == 1:
            return starts
        local = starts.astimezone(FINNISH_TIME)
        day, clock = self[f"day_{number}"].data, self[f"time_{number}"].data
        if not (day or clock):
            return starts
        return _named(f"time_{number}", day or local.date(), clock or local.time())


class MoveForm(BankForm):
    """When and where one workshop is held instead."""

    day = _day(_l("Day"))
    time = _time(_l("Time"))
    place = StringField(
        _l("Place, or a link to a video meeting"),
        validators=[Required(_l("Tell where the workshop is held.")), at_most(PLACE_MAX)],
    )
    seen = HiddenField()

    def show(self, workshop: Workshop) -> None:
        """Fill in when and where the workshop is now."""
        local = workshop.starts.astimezone(FINNISH_TIME)
        self.day.data, self.time.data = local.date(), local.time()
        self.place.data = workshop.place

    def to_command(self, series_id: UUID, number: int) -> MoveWorkshop:
        """Return what was typed as a command; raise `Invalid` beside an hour that is none."""
        return MoveWorkshop(
            series_id=series_id,
            number=number,
            starts=_moment_of(self, "day", "time"),
            place=self.place.data or "",
            seen=self.seen.data or "",
        )


class ReasonForm(BankForm):
    """Why workshops are declined, called off or cancelled."""

    reason = TextAreaField(
        _l("Reason"),
        description=_l("Everybody concerned reads this."),
        validators=[Required(_l("Say why.")), at_most(REASON_MAX)],
    )


def _moment_of(form: BankForm, day: str, clock: str) -> datetime:
    return _named(clock, form[day].data, form[clock].data)


def _named(field: str, day: date, clock: time) -> datetime:
    try:
        return finnish_moment(day, clock)
    except Invalid as error:
        raise Invalid({field: error.errors["time"]}) from error
