"""The form of a verdict on a pair of texts: what was seen, and one of three buttons."""

from flask_wtf import FlaskForm
from wtforms import FloatField, IntegerField, StringField
from wtforms.validators import AnyOf, InputRequired, Length, NumberRange

from needsbank.domain.errors import Invalid
from needsbank.domain.verdicts import JudgePair, PairVerdict
from needsbank.web.forms import BankForm

SEEN = ("rank", "probability", "matcher_version", "need_seen", "other_seen")
_LAST_RANK = 50


class SeenForm(BankForm):
    """What was on the screen; nobody types any of it."""

    rank = IntegerField(validators=[InputRequired(), NumberRange(1, _LAST_RANK)])
    probability = FloatField(validators=[InputRequired(), NumberRange(0, 1)])
    matcher_version = StringField(validators=[InputRequired(), Length(max=80)])
    need_seen = StringField(validators=[InputRequired(), Length(max=64)])
    other_seen = StringField(validators=[InputRequired(), Length(max=64)])


class VerdictForm(SeenForm):
    """A verdict beside it."""

    verdict = StringField(validators=[AnyOf([each.value for each in PairVerdict])])

    def to_command(self) -> JudgePair:
        """Return what was pressed as a command."""
        return JudgePair(
            verdict=PairVerdict(self.verdict.data),
            rank=self.rank.data,
            probability=self.probability.data,
            matcher_version=self.matcher_version.data or "",
            need_seen=self.need_seen.data or "",
            other_seen=self.other_seen.data or "",
        )


def check(form: FlaskForm) -> None:
    """Raise `Invalid` when the form is not as our page sent it."""
    if not form.validate_on_submit():
        raise Invalid({name: str(errors[0]) for name, errors in form.errors.items()})
