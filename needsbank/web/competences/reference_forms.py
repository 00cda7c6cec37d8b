"""A row of the competence's form: one work that was done before."""

from contextlib import suppress
from enum import Enum
from typing import Any
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field, IntegerField, SelectField, StringField, TextAreaField
from wtforms.validators import Optional, ValidationError

from needsbank.domain.addresses import is_web_address
from needsbank.domain.clock import now
from needsbank.domain.references import (
    DESCRIPTION_MAX,
    EARLIEST_YEAR,
    TITLE_MAX,
    URL_MAX,
    DescribeReference,
    ReferenceKind,
)
from needsbank.web.forms import BankForm, KeyField, Required, at_most
from needsbank.web.labels import choices


def _known_year(_form: FlaskForm, field: Field) -> None:
    latest = now().year + 1
    if field.data is not None and not EARLIEST_YEAR <= field.data <= latest:
        message = _l("Type a year from %(min)d to %(max)d.", min=EARLIEST_YEAR, max=latest)
        raise ValidationError(message)


def _web_address(_form: FlaskForm, field: Field) -> None:
    if not is_web_address(field.data):
        raise ValidationError(_l("Type the whole address, with https:// at its beginning."))


def _code(value: Any) -> str:
    return value.value if isinstance(value, Enum) else str(value)


class ReferenceForm(BankForm):
    """One work; a row in which nothing was typed is no work."""

    class Meta(BankForm.Meta):
        """The form around it holds the token."""

        csrf = False

    id = KeyField()
    title = StringField(
        _l("Title"), validators=[Required(_l("Say what it was called.")), at_most(TITLE_MAX)]
    )
    kind = SelectField(_l("What it was"), choices=choices(ReferenceKind), coerce=_code)
    year = IntegerField(_l("Year"), validators=[Optional(), _known_year])
    description = TextAreaField(
        _l("What was done"),
        description=_l("A sentence or two: for whom, how, and what came of it."),
        validators=[at_most(DESCRIPTION_MAX)],
    )
    url = StringField(
        _l("Address on the web"), validators=[Optional(), at_most(URL_MAX), _web_address]
    )

    @property
    def is_blank(self) -> bool:
        """Whether nothing was typed; a kind alone is chosen already."""
        typed = (self.title, self.year, self.description, self.url)
        return not any(str(text).strip() for each in typed for text in each.raw_data or ())

    def validate(self, extra_validators: Any = None) -> bool:
        """Hold what was typed to the rules; nothing is always right."""
        return self.is_blank or bool(super().validate(extra_validators))

    def to_command(self) -> DescribeReference:
        """Return what was typed as a part of the command."""
        known = None
        with suppress(ValueError):  # no id, or none of ours: a new one
            known = UUID(self.id.data or "")
        return DescribeReference(
            id=known,
            kind=ReferenceKind(self.kind.data),
            title=self.title.data or "",
            description=self.description.data or "",
            year=self.year.data,
            url=(self.url.data or "").strip(),
        )
