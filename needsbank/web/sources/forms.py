"""The form of a source."""

import json
from enum import Enum
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString
from wtforms import Field as FormField
from wtforms import RadioField, SelectField, StringField, TextAreaField
from wtforms.validators import ValidationError

from needsbank.db.models import Source
from needsbank.domain.errors import Invalid
from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence
from needsbank.domain.prior_works import PriorWorkKind
from needsbank.domain.sources import DescribeSource, Schedule, SourceKind, TrustTier
from needsbank.sources.mapping import parse_mapping
from needsbank.web.forms import BankForm, Required, Sent, at_most
from needsbank.web.labels import choices
from needsbank.web.sources.presets import Preset, written
from needsbank.web.sources.words import about_mapping

_CODES = ("kind", "licence", "trust", "schedule", "language", "work_kind")


class ReadableMapping:
    """Refuse a mapping that says nothing, or something that the bank does not know."""

    def __call__(self, form: BankForm, field: FormField) -> None:
        """Raise with each place that is wrong."""
        if not (field.data or "").strip():
            return
        try:
            parse_mapping(field.data)
        except Invalid as error:
            raise ValidationError(about_mapping(error.errors)) from error


def _choice(label: LazyString, codes: type[Enum], default: Enum | None = None) -> SelectField:
    """Return a field that always has a value, the first of the codes unless told otherwise."""
    return SelectField(
        label,
        choices=choices(codes),
        default=default.value if default else None,
        validators=[Required(_l("Choose one from the list."))],
    )


class SourceForm(BankForm):
    """Where prior works come from, how often, and what may be shown of them."""

    name = StringField(
        _l("Name of the source"),
        description=_l("Readers see it with every work."),
        validators=[Required(_l("Type the source's name.")), at_most(200)],
    )
    kind = RadioField(
        _l("How the works come"),
        choices=choices((SourceKind.OAI_PMH, SourceKind.CATALOGUE)),
        validators=[Sent(_l("Choose how the works come."))],
    )
    address = StringField(
        _l("Web address"),
        description=_l(
            "The base address of OAI-PMH, or of the catalogue file."
            " A catalogue that people bring as files needs none."
        ),
        validators=[at_most(1000)],
    )
    prefix = StringField(
        _l("Metadata prefix"),
        default="oai_dc",
        description=_l("oai_dc is understood everywhere; qdc tells more where there is one."),
    )
    set_spec = StringField(
        _l("Set"), description=_l("Only this part of the repository; everything if empty.")
    )
    mapping = TextAreaField(
        _l("Mapping"),
        description=_l(
            "JSON that says in which column, or where in the JSON, each field stands."
            " Not needed where the file names its fields as the bank does."
        ),
        validators=[ReadableMapping()],
        render_kw={"spellcheck": "false", "autocapitalize": "off"},
    )
    licence = SelectField(
        _l("Licence of works that name none"),
        description=_l("In copyright or not known: title, year and link are shown, not the text."),
        choices=choices(Licence, empty=_l("Choose")),
        validators=[Required(_l("Choose the licence."))],
    )
    trust = _choice(_l("How well it is looked after"), TrustTier, default=TrustTier.CURATED)
    schedule = _choice(_l("How often it is fetched"), Schedule)
    language = _choice(_l("Language of works that name none"), Language)
    work_kind = _choice(_l("Kind of works that name none"), PriorWorkKind)

    @classmethod
    def of_preset(cls, preset: Preset) -> "SourceForm":
        """Return a form that is filled in as an example."""
        return cls(formdata=None, data={**preset.values(), "prefix": "oai_dc"})

    @classmethod
    def of_source(cls, source: Source) -> "SourceForm":
        """Return a form that holds what is known."""
        texts = {name: getattr(source, name) for name in ("name", "address", "prefix", "set_spec")}
        codes = {name: getattr(source, name).value for name in _CODES}
        return cls(formdata=None, data={**texts, **codes, "mapping": written(source.mapping)})

    def to_command(self, *, active: bool = True) -> DescribeSource:
        """Return what was typed as a command; of the other kind's fields nothing is kept."""
        kind = SourceKind(self.kind.data)
        harvested = kind is SourceKind.OAI_PMH
        return DescribeSource(
            name=self.name.data or "",
            kind=kind,
            address=self.address.data or "",
            prefix=(self.prefix.data or "").strip() if harvested else "",
            set_spec=(self.set_spec.data or "").strip() if harvested else "",
            mapping={} if harvested else self._mapping(),
            licence=Licence(self.licence.data),
            trust=TrustTier(self.trust.data),
            schedule=Schedule(self.schedule.data),
            language=Language(self.language.data),
            work_kind=PriorWorkKind(self.work_kind.data),
            active=active,
        )

    def _mapping(self) -> dict[str, Any]:
        text = (self.mapping.data or "").strip()
        mapping: dict[str, Any] = json.loads(text) if text else {}
        return mapping
