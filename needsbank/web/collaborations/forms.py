"""The forms of a collaboration's workspace."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf.file import FileField, FileRequired
from wtforms import (
    DateField,
    EmailField,
    RadioField,
    SelectField,
    SelectMultipleField,
    StringField,
    TextAreaField,
)
from wtforms.fields.choices import SelectChoice
from wtforms.validators import Optional, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from needsbank.db.models import SharedFile
from needsbank.domain.addresses import is_web_address
from needsbank.domain.collaborations import (
    LINE_MAX,
    TEXT_MAX,
    AddMilestone,
    AskAbout,
    Invite,
    PartyRole,
    SetGoal,
    UnclearAbout,
)
from needsbank.domain.handing_over import LINKS_MAX, TERMS, GiveFeedback, OfferResult
from needsbank.domain.languages import INTERFACE_LANGUAGES, Language
from needsbank.domain.licences import Licence
from needsbank.web.forms import BankForm, Required, at_most
from needsbank.web.labels import choices


class GoalForm(BankForm):
    """What should change, and how it is seen."""

    target_change = TextAreaField(
        _l("What should change?"),
        description=_l("For whom, and in what way."),
        validators=[Required(_l("Say what should change.")), at_most(TEXT_MAX)],
    )
    measure = StringField(
        _l("How do you see it?"),
        description=_l("For example: minutes a day spent looking for keys."),
        validators=[at_most(LINE_MAX)],
    )
    baseline = StringField(_l("How it is now"), validators=[at_most(LINE_MAX)])
    target = StringField(_l("How it should be"), validators=[at_most(LINE_MAX)])

    def to_command(self) -> SetGoal:
        """Return what was typed as a command."""
        return SetGoal(
            target_change=self.target_change.data or "",
            measure=self.measure.data or "",
            baseline=self.baseline.data or "",
            target=self.target.data or "",
        )


class InviteForm(BankForm):
    """Who is asked to take which role."""

    email = EmailField(
        _l("E-mail"),
        description=_l("The address of their account in the bank."),
        validators=[Required(_l("Write the e-mail address.")), at_most(255)],
    )
    role = SelectField(
        _l("Role"),
        choices=choices(PartyRole),
        validators=[Required(_l("Choose one from the list."))],
    )

    def to_command(self) -> Invite:
        """Return what was typed as a command."""
        return Invite(email=self.email.data or "", role=PartyRole(self.role.data))


class DeclineForm(BankForm):
    """Why a role is not taken."""

    reason = TextAreaField(
        _l("Why not?"),
        description=_l("The other parties' coordinator reads this."),
        validators=[Required(_l("Say why you decline.")), at_most(TEXT_MAX)],
    )


class MilestoneForm(BankForm):
    """What is to be done, and by when."""

    title = StringField(
        _l("What is to be done?"),
        validators=[Required(_l("Say what is to be done.")), at_most(LINE_MAX)],
    )
    due = DateField(_l("By when"), validators=[Optional()])

    def to_command(self) -> AddMilestone:
        """Return what was typed as a command."""
        return AddMilestone(title=self.title.data or "", due=self.due.data)


class NoteForm(BankForm):
    """A note to the other parties."""

    text = TextAreaField(
        _l("Write to the others"),
        description=_l("Everybody who takes part reads this. No client or patient data here."),
        validators=[Required(_l("Write something first.")), at_most(TEXT_MAX)],
    )


class SharedFileForm(BankForm):
    """A file for the other parties."""

    file = FileField(
        _l("File"),
        description=_l("PDF, Word, Excel, PowerPoint, ODT, PNG, JPG, TXT or CSV; at most 20 MB."),
        validators=[FileRequired(_l("Choose a file."))],
    )


class UnclearForm(BankForm):
    """What is unclear."""

    about = SelectField(
        _l("What is unclear?"),
        choices=choices(UnclearAbout),
        validators=[Required(_l("Choose one from the list."))],
    )
    question = TextAreaField(
        _l("Your question"),
        description=_l("The coordinators get it at once, and answer here."),
        validators=[Required(_l("Write your question.")), at_most(TEXT_MAX)],
    )

    def to_command(self) -> AskAbout:
        """Return what was typed as a command."""
        return AskAbout(about=UnclearAbout(self.about.data), question=self.question.data or "")


class AnswerForm(BankForm):
    """A coordinator's answer."""

    answer = TextAreaField(
        _l("Your answer"),
        description=_l("All parties read it."),
        validators=[Required(_l("Write the answer.")), at_most(TEXT_MAX)],
    )


class ResultForm(BankForm):
    """What is handed over."""

    title = StringField(
        _l("What is the result called?"),
        validators=[Required(_l("Give the result a name.")), at_most(LINE_MAX)],
    )
    summary = TextAreaField(
        _l("What is it, in a few sentences?"),
        description=_l("So that somebody elsewhere understands what it does and for whom."),
        validators=[Required(_l("Tell what it is.")), at_most(TEXT_MAX)],
    )
    handed_over = TextAreaField(
        _l("What do you hand over?"),
        description=_l("Reports, drawings, code, instructions; what the partner signs for."),
        validators=[Required(_l("Say what you hand over.")), at_most(TEXT_MAX)],
    )
    links = TextAreaField(
        _l("Links"),
        description=_l("One on each line, at most 10."),
        validators=[at_most(TEXT_MAX)],
    )
    file_ids = SelectMultipleField(
        _l("Files that are handed over"),
        widget=ListWidget(prefix_label=False),
        option_widget=CheckboxInput(),
        validate_choice=True,
    )
    licence = SelectField(
        _l("What may others do with it?"),
        description=_l("CC BY lets everybody use it as long as its makers are named."),
        choices=choices(TERMS),
        validators=[Required(_l("Choose one from the list."))],
    )
    language = SelectField(
        _l("Language of the result"),
        choices=choices(INTERFACE_LANGUAGES),
        validators=[Required(_l("Choose one from the list."))],
    )

    def offer(self, files: Sequence[SharedFile]) -> None:
        """Set the files to choose from."""
        self.file_ids.choices = [SelectChoice(str(each.id), each.name) for each in files]

    def validate_links(self, field: TextAreaField) -> None:
        """Refuse what is no full web address."""
        links = _lines(field.data)
        if len(links) > LINKS_MAX:
            raise ValidationError(_l("Give at most 10 links."))
        if not all(is_web_address(each) for each in links):
            raise ValidationError(_l("Give full web addresses that begin with https://."))

    def to_command(self) -> OfferResult:
        """Return what was typed as a command."""
        return OfferResult(
            title=self.title.data or "",
            summary=self.summary.data or "",
            handed_over=self.handed_over.data or "",
            links=tuple(_lines(self.links.data)),
            file_ids=tuple(UUID(each) for each in self.file_ids.data or ()),
            licence=Licence(self.licence.data),
            language=Language(self.language.data),
        )


class BreakOffForm(BankForm):
    """Why the work ends without a result."""

    reason = TextAreaField(
        _l("Why does the work end?"),
        description=_l("Where the need is public, others can read this as a lesson. Name nobody."),
        validators=[Required(_l("Say why the work ends.")), at_most(TEXT_MAX)],
    )


class FeedbackForm(BankForm):
    """How it went."""

    score = RadioField(
        _l("How did it go?"),
        choices=[
            SelectChoice("5", _l("5 – very well")),
            *(SelectChoice(each, each) for each in ("4", "3", "2")),
            SelectChoice("1", _l("1 – badly")),
        ],
        validators=[Required(_l("Choose a number."))],
    )
    words = TextAreaField(
        _l("In your own words"),
        description=_l("The other side reads this when both have answered, or after 14 days."),
        validators=[at_most(TEXT_MAX)],
    )

    def to_command(self) -> GiveFeedback:
        """Return what was chosen as a command."""
        return GiveFeedback(score=int(self.score.data), words=self.words.data or "")


def _lines(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]
