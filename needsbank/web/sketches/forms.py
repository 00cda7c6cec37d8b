"""The form of a project sketch: one page."""

from collections.abc import Sequence
from uuid import UUID

from flask_babel import lazy_gettext as _l
from wtforms import StringField, TextAreaField

from needsbank.domain.needs import TITLE_MAX
from needsbank.domain.sketches import SECTION_MAX, WriteSketch
from needsbank.web.forms import BankForm, Required, at_most


class SketchForm(BankForm):
    """The sections of a sketch."""

    title = StringField(
        _l("What is the project called?"),
        validators=[Required(_l("Name the project.")), at_most(TITLE_MAX)],
    )
    problem = TextAreaField(
        _l("What problem do these units share?"),
        validators=[Required(_l("Say what the shared problem is.")), at_most(SECTION_MAX)],
    )
    existing = TextAreaField(
        _l("What exists already?"),
        description=_l("Prior work, results and lessons that the project would build on."),
        validators=[at_most(SECTION_MAX)],
    )
    wished_change = TextAreaField(_l("What should change?"), validators=[at_most(SECTION_MAX)])
    measures = TextAreaField(_l("How would the change be seen?"), validators=[at_most(SECTION_MAX)])
    parties = TextAreaField(_l("Possible parties"), validators=[at_most(SECTION_MAX)])
    funding_call = TextAreaField(_l("Funding call"), validators=[at_most(SECTION_MAX)])

    def to_command(self, need_ids: Sequence[UUID] = ()) -> WriteSketch:
        """Return what was typed as a command."""
        return WriteSketch(
            title=self.title.data or "",
            problem=self.problem.data or "",
            existing=self.existing.data or "",
            wished_change=self.wished_change.data or "",
            measures=self.measures.data or "",
            parties=self.parties.data or "",
            funding_call=self.funding_call.data or "",
            need_ids=tuple(need_ids),
        )
