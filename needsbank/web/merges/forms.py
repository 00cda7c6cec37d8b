"""The forms of merging: wording a challenge, taking it apart, objecting."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField
from wtforms.fields.choices import SelectChoice

from needsbank.db.models import Need
from needsbank.domain.merging import MergeNeeds, ObjectToMerge, UndoMerge
from needsbank.domain.needs import DETAIL_MAX, PROBLEM_MAX, TITLE_MAX
from needsbank.domain.notices import TEXT_MAX
from needsbank.web.forms import BankForm, Required, at_most


class MergeForm(BankForm):
    """The challenge in words that all its senders can share, and who speaks for it."""

    lead_id = RadioField(
        _l("Who speaks for the challenge?"),
        description=_l("Pairings are offered to this sender. All are told and may object."),
        validators=[Required(_l("Choose who speaks for the challenge."))],
    )
    title = StringField(
        _l("The challenge in one sentence"),
        description=_l("In words that every sender can call their own."),
        validators=[Required(_l("Say the challenge in one sentence.")), at_most(TITLE_MAX)],
    )
    problem = TextAreaField(
        _l("What is the problem?"),
        validators=[Required(_l("Tell what the problem is.")), at_most(PROBLEM_MAX)],
    )
    wished_change = TextAreaField(_l("What should change?"), validators=[at_most(DETAIL_MAX)])

    def offer(self, needs: Sequence[Need]) -> None:
        """Set the needs whose senders can speak for the challenge; the first does unless told."""
        self.lead_id.choices = [
            SelectChoice(str(need.id), f"{need.organisation.name}: {need.title}") for need in needs
        ]
        self.lead_id.data = self.lead_id.data or str(needs[0].id)

    def to_command(self, need_ids: Sequence[UUID]) -> MergeNeeds:
        """Return what was typed as a command."""
        return MergeNeeds(
            source_ids=tuple(need_ids),
            lead_id=UUID(self.lead_id.data),
            title=self.title.data or "",
            problem=self.problem.data or "",
            wished_change=self.wished_change.data or "",
        )


class UndoForm(BankForm):
    """Why a challenge is taken apart."""

    reason = TextAreaField(
        _l("Reason"),
        description=_l("The senders read this."),
        validators=[Required(_l("Say why the needs part again.")), at_most(TEXT_MAX)],
    )

    def to_command(self, challenge_id: UUID) -> UndoMerge:
        """Return what was typed as a command."""
        return UndoMerge(challenge_id=challenge_id, reason=self.reason.data or "")


class ObjectionForm(BankForm):
    """Why a need does not belong to a challenge."""

    reason = TextAreaField(
        _l("Why does your need not belong there?"),
        description=_l("The coordinator reads this and decides."),
        validators=[Required(_l("Say why your need does not belong there.")), at_most(TEXT_MAX)],
    )

    def to_command(self, need_id: UUID) -> ObjectToMerge:
        """Return what was typed as a command."""
        return ObjectToMerge(need_id=need_id, reason=self.reason.data or "")
