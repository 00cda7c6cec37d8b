"""The forms of ideas: throwing one, and what its catcher does with it."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from wtforms import DateField, HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms import Field as FormField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import ValidationError

from needsbank.db.models import Unit, User
from needsbank.domain.captures import NAME_MAX, TEXT_MAX, Naming, ThrowIdea
from needsbank.domain.catching import (
    HandOn,
    JoinIdea,
    LetGo,
    PromiseAnswer,
    ProposeCatcher,
    TakeToCoordination,
    TargetKind,
)
from needsbank.domain.fields import Field
from needsbank.domain.journeys import Stage
from needsbank.domain.languages import Language
from needsbank.domain.needs import DETAIL_MAX, PROBLEM_MAX, TITLE_MAX, DescribeNeed, Scope
from needsbank.domain.visibility import Visibility
from needsbank.web.forms import BankForm, Required, at_most, code_of, unit_choices
from needsbank.web.labels import choices

_reason = (Required(_l("Tell why; the sender reads this.")), at_most(DETAIL_MAX))


class ThrowForm(BankForm):
    """One box; the rest may be left as it is."""

    key = HiddenField()
    text = TextAreaField(
        _l("What should be better?"),
        description=_l("One sentence is enough. Leave out names and anything about patients."),
        validators=[Required(_l("Write a sentence first.")), at_most(TEXT_MAX)],
        render_kw={"maxlength": TEXT_MAX, "autocomplete": "off"},
    )
    scope = RadioField(
        _l("How widely is it felt?"), choices=choices(Scope, empty=_l("I do not know")), default=""
    )
    naming = RadioField(
        _l("Who may see your name?"), choices=choices(Naming), default=Naming.NOBODY.value
    )
    name = StringField(
        _l("Your name"),
        description=_l("Asked only if you chose to tell it."),
        validators=[at_most(NAME_MAX)],
        render_kw={"autocomplete": "name"},
    )

    @property
    def device_key(self) -> UUID:
        """Return the key that makes the idea one; what is not a key gets a new one."""
        try:
            return UUID(self.key.data or "")
        except ValueError:
            return uuid4()

    def to_command(self, code: str, language: Language) -> ThrowIdea:
        """Return what was written as a command."""
        return ThrowIdea(
            key=self.device_key,
            code=code,
            text=self.text.data or "",
            language=language,
            scope=code_of(Scope, self.scope.data),
            naming=Naming(self.naming.data),
            name=self.name.data or "",
        )


class SeenForm(BankForm):
    """A form that remembers at which stage its reader saw the idea."""

    seen = HiddenField()

    @property
    def seen_stage(self) -> Stage:
        """Return the stage that the reader saw; anything else is no stage to act from."""
        return Stage(self.seen.data) if self.seen.data in _STAGES else Stage.WITHDRAWN


_STAGES = {stage.value for stage in Stage}


class LetGoForm(SeenForm):
    """Why an idea is given back."""

    reason = TextAreaField(_l("Why do you let go of it?"), validators=[*_reason])

    def to_command(self, capture_id: UUID) -> LetGo:
        """Return what was typed as a command."""
        return LetGo(capture_id=capture_id, reason=self.reason.data or "", seen=self.seen_stage)


class HandOnForm(SeenForm):
    """Who goes on with an idea."""

    catcher_id = SelectField(
        _l("Who goes on with it?"), validators=[Required(_l("Choose a person."))]
    )

    def offer(self, people: Sequence[User], besides: UUID | None) -> None:
        """Set the people who can be chosen."""
        self.catcher_id.choices = [SelectChoice("", _l("Choose a person"))] + [
            SelectChoice(str(person.id), person.name) for person in people if person.id != besides
        ]

    def to_command(self, capture_id: UUID) -> HandOn:
        """Return what was chosen as a command."""
        chosen = UUID(self.catcher_id.data)
        return HandOn(capture_id=capture_id, catcher_id=chosen, seen=self.seen_stage)


class PromiseForm(BankForm):
    """By when the sender gets an answer."""

    by = DateField(
        _l("The sender gets an answer by"),
        validators=[Required(_l("Choose a day that is still to come."))],
    )

    def to_command(self, capture_id: UUID) -> PromiseAnswer:
        """Return what was chosen as a command."""
        return PromiseAnswer(capture_id=capture_id, by=self.by.data)


class JoinForm(SeenForm):
    """What an idea goes on as a part of."""

    target = RadioField(
        _l("What does it belong with?"),
        validators=[Required(_l("Choose what it belongs with."))],
        validate_choice=False,
    )
    # Two reasons stand on one page.
    reason = TextAreaField(
        _l("Why do they belong together?"), id="reason-to-join", validators=[*_reason]
    )

    def validate_target(self, field: FormField) -> None:
        """Refuse what is not a kind with a key."""
        kind, _, key = str(field.data).partition(":")
        try:
            TargetKind(kind), UUID(key)
        except ValueError as error:
            raise ValidationError(_l("Choose what it belongs with.")) from error

    def to_command(self, capture_id: UUID) -> JoinIdea:
        """Return what was chosen as a command."""
        kind, _, target_id = str(self.target.data).partition(":")
        return JoinIdea(
            capture_id=capture_id,
            kind=TargetKind(kind),
            target_id=UUID(target_id),
            reason=self.reason.data or "",
            seen=self.seen_stage,
        )


class WordForm(SeenForm):
    """An idea worded as a need."""

    title = StringField(
        _l("What is needed, in one sentence?"),
        validators=[Required(_l("Say in a few words what is needed.")), at_most(TITLE_MAX)],
    )
    problem = TextAreaField(
        _l("What is the problem?"),
        validators=[Required(_l("Tell what the problem is.")), at_most(PROBLEM_MAX)],
    )
    wished_change = TextAreaField(_l("What should change?"), validators=[at_most(DETAIL_MAX)])
    field = SelectField(_l("Field"), choices=choices(Field, empty=_l("I do not know")))
    visibility = RadioField(
        _l("Who may see it?"),
        choices=choices(Visibility),
        default=Visibility.PUBLIC.value,
    )

    def to_command(
        self, capture_id: UUID, unit_id: UUID, scope: Scope | None
    ) -> TakeToCoordination:
        """Return what was typed as a command."""
        need = DescribeNeed(
            title=self.title.data or "",
            problem=self.problem.data or "",
            wished_change=self.wished_change.data or "",
            unit_id=unit_id,
            field=code_of(Field, self.field.data),
            scope=scope,
            visibility=Visibility(self.visibility.data),
        )
        return TakeToCoordination(capture_id=capture_id, need=need, seen=self.seen_stage)


class RuleForm(BankForm):
    """Who is proposed as the catcher of a unit's ideas."""

    unit_id = SelectField(
        _l("Unit"),
        description=_l("Counts for the units below it too, unless they have a rule of their own."),
        validators=[Required(_l("Choose a unit."))],
    )
    field = SelectField(_l("Field"), choices=choices(Field, empty=_l("Any field")))
    catcher_id = SelectField(_l("Catcher"), validators=[Required(_l("Choose a person."))])

    def offer(self, units: Sequence[Unit], people: Sequence[User]) -> None:
        """Set the units and people that can be chosen."""
        self.unit_id.choices = unit_choices(units)
        self.catcher_id.choices = [SelectChoice(str(each.id), each.name) for each in people]

    def to_command(self) -> ProposeCatcher:
        """Return what was chosen as a command."""
        return ProposeCatcher(
            unit_id=UUID(self.unit_id.data),
            catcher_id=UUID(self.catcher_id.data),
            field=code_of(Field, self.field.data),
        )
