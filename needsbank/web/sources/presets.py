"""Sources to begin from, as docs/sources.md explains them."""

import json
from dataclasses import dataclass
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from needsbank.domain.languages import Language
from needsbank.domain.licences import Licence
from needsbank.domain.prior_works import PriorWorkKind
from needsbank.domain.sources import Schedule, SourceKind, TrustTier


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A filled-in form, and why one would begin from it."""

    title: LazyString
    text: LazyString
    name: str = ""
    kind: SourceKind = SourceKind.CATALOGUE
    address: str = ""
    mapping: dict[str, Any] | None = None
    licence: Licence
    trust: TrustTier
    schedule: Schedule = Schedule.MANUAL
    language: Language = Language.FI
    work_kind: PriorWorkKind

    def values(self) -> dict[str, str]:
        """Return what the form's fields begin with."""
        codes = ("kind", "licence", "trust", "schedule", "language", "work_kind")
        return {
            "name": self.name,
            "address": self.address,
            "mapping": written(self.mapping or {}),
            **{code: getattr(self, code).value for code in codes},
        }


def written(mapping: dict[str, Any]) -> str:
    """Return a mapping as people read it, a field on each line; nothing for an empty one."""
    if not mapping:
        return ""
    fields = [
        f"    {_json(name)}: {_json(each)}" for name, each in mapping.get("fields", {}).items()
    ]
    others = [
        f"  {_json(name)}: {_json(each)}" for name, each in mapping.items() if name != "fields"
    ]
    return "{\n" + ",\n".join([*others, '  "fields": {\n' + ",\n".join(fields) + "\n  }"]) + "\n}"


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


PRESETS: dict[str, Preset] = {
    "theseus": Preset(
        title=_l("Theseus: theses of universities of applied sciences"),
        text=_l("Any repository that answers to OAI-PMH is configured in this way."),
        name="Theseus",
        kind=SourceKind.OAI_PMH,
        address="https://www.theseus.fi/oai/request",
        licence=Licence.UNKNOWN,
        trust=TrustTier.REVIEWED,
        schedule=Schedule.WEEKLY,
        work_kind=PriorWorkKind.THESIS,
    ),
    "projects": Preset(
        title=_l("A catalogue of projects, as a table"),
        text=_l("CSV or Excel, brought by hand or fetched from an address."),
        mapping={
            "fields": {
                "id": {"column": "Hankekoodi"},
                "title": {"column": "Hankkeen nimi"},
                "abstract": {"column": "Tiivistelmä"},
                "kind": {
                    "column": "Tyyppi",
                    "values": {"Opinnäytetyö": "thesis", "Selvitys": "report"},
                    "otherwise": "project",
                },
                "year": {"column": "Päättyi"},
                "language": {
                    "column": "Kieli",
                    "values": {"suomi": "fi", "ruotsi": "sv", "englanti": "en"},
                },
                "url": {"column": "Verkkosivu"},
                "subjects": {"column": "Asiasanat", "separator": ","},
            }
        },
        licence=Licence.CC_BY,
        trust=TrustTier.CURATED,
        work_kind=PriorWorkKind.PROJECT,
    ),
    "innokyla": Preset(
        title=_l("Innokylä: titles and links only"),
        text=_l("For sources whose texts may be found here and read there."),
        name="Innokylä",
        mapping={
            "records": "/mallit",
            "fields": {
                "id": {"pointer": "/tunnus"},
                "title": {"pointer": "/nimi"},
                "url": {"pointer": "/osoite"},
                "subjects": {"pointer": "/aiheet"},
                "kind": {"constant": "service_model"},
            },
        },
        licence=Licence.IN_COPYRIGHT,
        trust=TrustTier.CURATED,
        work_kind=PriorWorkKind.SERVICE_MODEL,
    ),
}
