"""What the bank's forms share."""

from collections.abc import Iterator, Sequence
from enum import Enum
from typing import Any, TypeVar
from uuid import UUID

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import Field as FormField
from wtforms import FieldList, Form, HiddenField, StringField
from wtforms.fields.choices import SelectChoice
from wtforms.fields.core import UnboundField
from wtforms.validators import Length, StopValidation

from needsbank.db.models import Unit
from needsbank.domain.errors import Invalid
from needsbank.services.units import in_tree_order
from needsbank.web.labels import INVALID

Code = TypeVar("Code", bound=Enum)


class Required:
    """Refuse a field with nothing but white space, saying what to do."""

    # WTForms sets the HTML attribute from this; the browser then asks too.
    field_flags = {"required": True}

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: FlaskForm, field: FormField) -> None:
        """Raise when there is nothing in the field."""
        if not str(field.data or "").strip():
            field.errors[:] = []
            raise StopValidation(self.message)


class Sent:
    """Refuse a choice that the form did not send, instead of taking its default."""

    def __init__(self, message: str) -> None:
        self.message = message

    def __call__(self, form: FlaskForm, field: FormField) -> None:
        """Raise when nothing was sent."""
        if not field.raw_data:
            raise StopValidation(self.message)


def without_nul(text: str | None) -> str | None:
    """Return text without NUL, which neither HTML nor PostgreSQL can hold."""
    return text.replace("\0", " ") if text else text


class BankForm(FlaskForm):
    """A form whose texts are fit to be stored."""

    class Meta(FlaskForm.Meta):
        """What WTForms asks while it makes the fields."""

        def bind_field(
            self, form: FlaskForm, unbound_field: UnboundField, options: dict[str, Any]
        ) -> FormField:
            """Give every text field the filter."""
            if issubclass(unbound_field.field_class, StringField):
                options["filters"] = [*options.get("filters", ()), without_nul]
            return super().bind_field(form, unbound_field, options)


class KeyField(HiddenField):
    """The key of what a row tells of, none for a new one."""

    def process_data(self, value: Any) -> None:
        """Take the key as it is sent."""
        super().process_data("" if value is None else str(value))


def at_most(length: int) -> Length:
    """Return a validator that says how long the text may be."""
    return Length(max=length, message=_l("Shorten this to at most %(max)d characters."))


def code_of(enum: type[Code], text: str | None) -> Code | None:
    """Return the enum member of a submitted code, or None for the empty choice."""
    return enum(text) if text else None


def query_code(enum: type[Code], text: str | None) -> Code | None:
    """Return the enum member that an address asks for; what is not a code asks for nothing."""
    try:
        return enum(text) if text else None
    except ValueError:
        return None


def unit_choices(units: Sequence[Unit], *, grouped: bool = True) -> list[SelectChoice]:
    """Return units as choices indented as a tree, grouped by organisation unless told not to."""
    return [
        SelectChoice(
            str(unit.id),
            "\N{NO-BREAK SPACE}" * 3 * depth + unit.name,
            optgroup=unit.organisation.name if grouped else None,
        )
        for unit, depth in in_tree_order(units)
    ]


def unit_id(text: str) -> UUID:
    """Return the id of a chosen unit."""
    return UUID(text)


def problems(form: Form) -> Iterator[tuple[FormField, str]]:
    """Give what is wrong with each field in the form's order, those of its rows too."""
    for field in form:
        if isinstance(field, FieldList):
            yield from ((field, each) for each in field.errors if not isinstance(each, dict))
            for row in field:
                yield from problems(row.form)
        elif field.errors:
            yield field, field.errors[0]


def show_errors(form: FlaskForm, error: Invalid) -> None:
    """Put a service's refusals beside the form's fields."""
    for name, code in error.errors.items():
        field: Any = form._fields.get(name)
        if field is None:
            raise error
        field.errors = [*field.errors, INVALID.get(code, INVALID["unknown"])]
