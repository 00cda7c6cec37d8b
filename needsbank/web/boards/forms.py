"""The forms of boards: an idea, paper, groups, the wording and the hand-over."""

from collections.abc import Sequence
from uuid import UUID, uuid4

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, RadioField, SelectField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from needsbank.db.models import BoardIdea, ChallengeWording, IdeaGroup
from needsbank.domain.boards import (
    GROUP_NAME_MAX,
    IDEA_MAX,
    MEASURE_MAX,
    NICKNAME_MAX,
    HandOver,
    WordChallenge,
)
from needsbank.domain.needs import DETAIL_MAX, PROBLEM_MAX, TITLE_MAX, Scope
from needsbank.domain.visibility import Visibility
from needsbank.domain.workshops import REASON_MAX
from needsbank.web.forms import BankForm, Required, Sent, at_most, code_of
from needsbank.web.labels import choices

_PAPER_MAX = 20_000


class JoinForm(BankForm):
    """What a participant is called, if they like."""

    nickname = StringField(
        _l("What shall we call you?"),
        description=_l("A nickname will do. The coordinators see it, others do not."),
        validators=[at_most(NICKNAME_MAX)],
    )


class IdeaForm(BankForm):
    """One idea; the key makes it one, however often it is sent."""

    text = TextAreaField(
        _l("What would make your work better?"),
        description=_l("One idea at a time. Leave out names and other personal data."),
        validators=[Required(_l("Write your idea.")), at_most(IDEA_MAX)],
    )
    key = HiddenField()

    def renew(self) -> None:
        """Give the next idea a key of its own."""
        self.key.data = str(uuid4())

    @property
    def idea_key(self) -> UUID:
        """Return the key that was sent, or a new one for what is none."""
        try:
            return UUID(self.key.data or "")
        except ValueError:
            return uuid4()


class PaperForm(BankForm):
    """Ideas that were written on paper."""

    paper = TextAreaField(
        _l("Ideas from paper"),
        description=_l("One idea a line. Leave out names and other personal data."),
        validators=[Required(_l("Type at least one idea.")), at_most(_PAPER_MAX)],
    )


class GroupForm(BankForm):
    """What a group is called."""

    name = StringField(
        _l("Name of the group"),
        validators=[Required(_l("Give the group a name.")), at_most(GROUP_NAME_MAX)],
    )


class WordingForm(BankForm):
    """The one challenge, by guiding questions."""

    group_id = SelectField(
        _l("Which group becomes the challenge?"), validators=[Required(_l("Choose a group."))]
    )
    title = StringField(
        _l("The challenge in one sentence"),
        description=_l("A question that begins with “How” often works best."),
        validators=[Required(_l("Say the challenge in one sentence.")), at_most(TITLE_MAX)],
    )
    problem = TextAreaField(
        _l("What is the problem?"),
        validators=[Required(_l("Tell what the problem is.")), at_most(PROBLEM_MAX)],
    )
    who_suffers = TextAreaField(_l("Who suffers from it?"), validators=[at_most(DETAIL_MAX)])
    wished_change = TextAreaField(_l("What should change?"), validators=[at_most(DETAIL_MAX)])
    measure = TextAreaField(
        _l("How would we see it?"),
        description=_l("Something that can be counted or noticed in half a year."),
        validators=[at_most(MEASURE_MAX)],
    )

    def offer(
        self,
        groups: Sequence[tuple[IdeaGroup, Sequence[BoardIdea], int]],
        wording: ChallengeWording | None,
    ) -> None:
        """Set the groups that can be chosen, those with most dots first."""
        self.group_id.choices = [
            SelectChoice(str(group.id), f"{group.name} ({dots})") for group, _ideas, dots in groups
        ]
        if not self.is_submitted() and wording is None and groups:
            self.group_id.data = str(groups[0][0].id)

    def to_command(self) -> WordChallenge:
        """Return what was typed as a command."""
        return WordChallenge(
            group_id=UUID(self.group_id.data),
            title=self.title.data or "",
            problem=self.problem.data or "",
            who_suffers=self.who_suffers.data or "",
            wished_change=self.wished_change.data or "",
            measure=self.measure.data or "",
        )


class HandOverForm(BankForm):
    """Who may read the challenge, how wide it is felt, and what of the other ideas."""

    visibility = RadioField(
        _l("Who may see the challenge?"),
        choices=choices(Visibility),
        default=Visibility.NETWORK.value,
        validators=[Sent(_l("Choose who may see it."))],
    )
    scope = SelectField(
        _l("How widely is it felt?"), choices=choices(Scope, empty=_l("I cannot say"))
    )
    back_reason = TextAreaField(
        _l("Why do the other ideas not go on now?"),
        description=_l(
            "Their writers read this, and an ambassador keeps the ideas in hand."
            " Left empty, the ideas stay on the board."
        ),
        validators=[at_most(REASON_MAX)],
    )

    def to_command(self) -> HandOver:
        """Return what was chosen as a command."""
        return HandOver(
            visibility=Visibility(self.visibility.data),
            scope=code_of(Scope, self.scope.data),
            back_reason=self.back_reason.data or "",
        )
