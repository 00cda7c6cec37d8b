"""The form of a competence."""

from collections.abc import Mapping, Sequence

from flask_babel import lazy_gettext as _l
from wtforms import (
    DateField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    StringField,
    TextAreaField,
)
from wtforms.validators import Length, NumberRange, Optional

from needsbank.db.models import Unit
from needsbank.domain.competences import (
    DESCRIPTION_MAX,
    Capacity,
    CompetenceKind,
    DescribeCompetence,
)
from needsbank.domain.fields import Field
from needsbank.domain.languages import INTERFACE_LANGUAGES
from needsbank.domain.needs import TITLE_MAX
from needsbank.domain.references import MOST_REFERENCES
from needsbank.domain.visibility import Visibility
from needsbank.web.competences.reference_forms import ReferenceForm
from needsbank.web.forms import BankForm, Required, Sent, at_most, code_of, unit_choices, unit_id
from needsbank.web.labels import choices


def _amount(most: int) -> list[object]:
    message = _l("Type a whole number from %(min)s to %(max)s.")
    return [Optional(), NumberRange(min=1, max=most, message=message)]


class CompetenceForm(BankForm):
    """What is offered; a course round also says how much room it has."""

    kind = RadioField(
        _l("What do you offer?"),
        choices=choices(CompetenceKind),
        validators=[Required(_l("Choose what you offer."))],
    )
    title = StringField(
        _l("Name it in one sentence"),
        validators=[Required(_l("Say in a few words what you offer.")), at_most(TITLE_MAX)],
    )
    description = TextAreaField(
        _l("Tell more"),
        description=_l("What you can do, how, for whom, and what the other side gets."),
        validators=[Required(_l("Tell what you offer.")), at_most(DESCRIPTION_MAX)],
    )
    unit_id = SelectField(
        _l("Who offers it?"), validators=[Required(_l("Choose the unit that offers this."))]
    )
    field = SelectField(_l("Field"), choices=choices(Field, empty=_l("Several or none of these")))
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
    slots = IntegerField(_l("How many teams or challenges fit in"), validators=_amount(500))
    weeks = IntegerField(_l("Length in weeks"), validators=_amount(104))
    ects = IntegerField(_l("Credits (ECTS)"), validators=_amount(60))
    team_min = IntegerField(_l("Smallest team"), validators=_amount(50))
    team_max = IntegerField(_l("Largest team"), validators=_amount(50))
    starts_on = DateField(_l("Starts on"), validators=[Optional()])
    references = FieldList(
        FormField(ReferenceForm),
        # One more than may be kept is read, so that it is refused and not lost in silence.
        max_entries=MOST_REFERENCES + 1,
        validators=[Length(max=MOST_REFERENCES, message=_l("Choose the %(max)d best works."))],
    )

    def offer(self, units: Sequence[Unit]) -> None:
        """Set the units that can be chosen; a single one is chosen already."""
        self.unit_id.choices = unit_choices(units)
        if len(units) == 1 and not self.unit_id.data:
            self.unit_id.data = str(units[0].id)

    def change_rows(self, sent: Mapping[str, str]) -> str | None:
        """Add or remove a row of a reference if a button asked for it.

        Return the id of what is to have the focus then; None when no such button was pressed.
        """
        rows = self.references
        if "remove_reference" in sent:
            rows.entries = [row for row in rows if row.name != sent["remove_reference"]]
            return "add-reference"
        if "add_reference" in sent:
            if self.may_add:
                rows.append_entry()
            return f"{rows[-1].id}-title"
        return None

    @property
    def may_add(self) -> bool:
        """Whether there is room for one more reference."""
        return len(self.references) < MOST_REFERENCES

    def to_command(self) -> DescribeCompetence:
        """Return what was typed as a command."""
        return DescribeCompetence(
            kind=CompetenceKind(self.kind.data),
            title=self.title.data or "",
            description=self.description.data or "",
            unit_id=unit_id(self.unit_id.data),
            language=self.language.data or "",
            field=code_of(Field, self.field.data),
            visibility=Visibility(self.visibility.data),
            capacity=Capacity(
                slots=self.slots.data,
                weeks=self.weeks.data,
                ects=self.ects.data,
                team_min=self.team_min.data,
                team_max=self.team_max.data,
                starts_on=self.starts_on.data,
            ),
            references=tuple(
                row.form.to_command() for row in self.references if not row.form.is_blank
            ),
        )
