"""Personal data in what people type: told before anything is stored, with a wording without it."""

from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from wtforms import BooleanField

from needsbank.domain.languages import Language
from needsbank.domain.personal_data import PersonalKind, Screened, rewritten, screen
from needsbank.web.forms import BankForm
from needsbank.web.languages import current_language

NEVER_STORED = frozenset(
    {PersonalKind.IDENTITY_CODE, PersonalKind.BANK_ACCOUNT, PersonalKind.BIRTH_DATE}
)
"""What no text of the bank has a use for; anything else its author may answer for."""


class ScreenedForm(BankForm):
    """A form that stores nothing about a person who has not been asked."""

    screened: tuple[str, ...] = ()
    """Names of the fields that others will read."""
    keep = BooleanField(
        _l("It may stay as it is: it tells nothing private, and nothing of patients or clients.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.finds: dict[str, Screened] = {}

    def validate(self, extra_validators: Any = None) -> bool:
        """Check the fields, and that nobody is told of who should not be."""
        valid = bool(super().validate(extra_validators))
        self.look_for_people()
        for name in self.finds:
            self[name].errors = [
                *self[name].errors,
                _("Somebody's personal data seems to be here."),
            ]
        return valid and not self.finds

    def look_for_people(self) -> None:
        """Find the personal data that the author has not answered for."""
        looked_at = {name: screen(self[name].data or "") for name in self.screened}
        self.finds = {
            name: screened
            for name, screened in looked_at.items()
            if any(not self.keep.data or find.kind in NEVER_STORED for find in screened.finds)
        }

    @property
    def may_be_kept(self) -> bool:
        """Whether everything that was found is such as its author may answer for."""
        kinds = {find.kind for screened in self.finds.values() for find in screened.finds}
        return not kinds & NEVER_STORED

    def rewrite(self) -> None:
        """Put neutral words in place of what was found, for the author to read through."""
        self.look_for_people()
        for name, screened in self.finds.items():
            self[name].data = rewritten(screened, Language(current_language()))
        self.finds = {}
