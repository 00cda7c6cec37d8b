"""The forms of a need: posting it, and ending it."""

from collections.abc import Sequence

from flask_babel import force_locale
from flask_babel import lazy_gettext as _l
from wtforms import RadioField, SelectField, StringField, TextAreaField

from needsbank.db.models import Need, Unit
from needsbank.domain.fields import Field
from needsbank.domain.languages import INTERFACE_LANGUAGES, interface_language
from needsbank.domain.needs import (
    BY_SENDERS,
    DETAIL_MAX,
    PROBLEM_MAX,
    TITLE_MAX,
    CloseNeed,
    CloseReason,
    DescribeNeed,
    Scope,
)
from needsbank.domain.visibility import Visibility
from needsbank.web.forms import BankForm, Required, Sent, at_most, code_of, unit_choices, unit_id
from needsbank.web.labels import LABELS, choices
from needsbank.web.personal import ScreenedForm

_detail = at_most(DETAIL_MAX)


class NeedForm(ScreenedForm):
    """Three questions that must be answered, and more that help."""

    screened = ("title", "problem", "wished_change", "measure", "who_suffers", "timing", "place")

    title = StringField(
        _l("What do you need, in one sentence?"),
        description=_l("Also a question will do. Leave out names and anything about patients."),
        validators=[Required(_l("Say in a few words what you need.")), at_most(TITLE_MAX)],
    )
    problem = TextAreaField(
        _l("What is the problem?"),
        description=_l("Two sentences are enough: what happens now, and what is wrong with it."),
        validators=[Required(_l("Tell what the problem is.")), at_most(PROBLEM_MAX)],
    )
    unit_id = SelectField(
        _l("Whose need is it?"), validators=[Required(_l("Choose the unit whose need this is."))]
    )
    wished_change = TextAreaField(
        _l("What should change?"),
        validators=[_detail],
    )
    measure = TextAreaField(
        _l("How would you see that it has changed?"),
        description=_l("Something that can be counted or noticed, for example fewer extra visits."),
        validators=[_detail],
    )
    who_suffers = StringField(_l("Who suffers from it?"), validators=[_detail])
    timing = StringField(
        _l("When does it show?"),
        description=_l("For example on weekends, in the evening, when somebody is ill."),
        validators=[_detail],
    )
    place = StringField(_l("Where?"), validators=[_detail])
    field = SelectField(_l("Field"), choices=choices(Field, empty=_l("I do not know")))
    scope = SelectField(
        _l("How widely is it felt?"), choices=choices(Scope, empty=_l("I do not know"))
    )
    language = SelectField(
        _l("Language of the text"),
        choices=choices(INTERFACE_LANGUAGES, empty=_l("Recognise it for me")),
    )
    visibility = RadioField(
        _l("Who may see it?"),
        choices=choices(Visibility),
        default=Visibility.PUBLIC.value,
        validators=[Sent(_l("Choose who may see it."))],
    )

    def offer(self, units: Sequence[Unit]) -> None:
        """Set the units that can be chosen; a single one is chosen already."""
        self.unit_id.choices = unit_choices(units)
        if len(units) == 1 and not self.unit_id.data:
            self.unit_id.data = str(units[0].id)

    def to_command(self) -> DescribeNeed:
        """Return what was typed as a command."""
        return DescribeNeed(
            title=self.title.data or "",
            problem=self.problem.data or "",
            unit_id=unit_id(self.unit_id.data),
            wished_change=self.wished_change.data or "",
            who_suffers=self.who_suffers.data or "",
            measure=self.measure.data or "",
            timing=self.timing.data or "",
            place=self.place.data or "",
            language=self.language.data or "",
            field=code_of(Field, self.field.data),
            scope=code_of(Scope, self.scope.data),
            visibility=Visibility(self.visibility.data),
        )


class CloseForm(BankForm):
    """Why a need ends."""

    reason = RadioField(
        _l("How did it end?"),
        choices=choices(BY_SENDERS),
        validators=[Required(_l("Choose how it ended."))],
    )
    note = TextAreaField(
        _l("More about it"),
        description=_l("Everyone who may see the need sees this."),
        validators=[_detail],
    )

    def to_command(self, need: Need) -> CloseNeed:
        """Return what was chosen as a command, worded in the need's language."""
        reason = CloseReason(self.reason.data)
        with force_locale(interface_language(need.language).value):
            words = str(LABELS[reason])
        return CloseNeed(need_id=need.id, reason=reason, note=self.note.data or "", words=words)
