"""The worked examples of docs/sources.md do what the document says."""

import json
import re

import pytest

from needsbank.domain.licences import Licence
from needsbank.domain.sources import SourceKind
from needsbank.sources.catalogues import Defaults, read_catalogue
from needsbank.sources.mapping import FIELDS, mapping_of
from needsbank.web.sources.presets import PRESETS
from tests.conftest import ROOT

DOCUMENT = (ROOT / "docs" / "sources.md").read_text(encoding="utf-8")
SECTIONS = {
    "projects": "## Example: a catalogue of projects as CSV",
    "innokyla": "## Example: Innokylä, links only",
}


def section(heading):
    """Return what stands under a heading."""
    (found,) = re.findall(rf"^{re.escape(heading)}$(.*?)(?=^## |\Z)", DOCUMENT, re.M | re.S)
    return found


def blocks(code):
    """Return the example rows and the mapping of an example."""
    rows, mapping = re.findall(r"^```\w+\n(.*?)^```$", section(SECTIONS[code]), re.M | re.S)
    return rows, json.loads(mapping)


def works(tmp_path, code):
    rows, mapping = blocks(code)
    path, preset = tmp_path / "example", PRESETS[code]
    path.write_text(rows, encoding="utf-8")
    reads = read_catalogue(
        path,
        source=preset.name or "Hankkeet",
        latest_year=2026,
        mapping=mapping_of(mapping),
        defaults=Defaults(preset.licence, preset.language, preset.work_kind),
    )
    return [each.record for each in reads]


def test_the_project_catalogue_is_read_as_told(tmp_path):
    assert [
        (w.source_key, w.title, w.kind.value, w.year, w.language.value, w.subjects)
        for w in works(tmp_path, "projects")
    ] == [
        (
            "H-17",
            "Sijaisten perehdytys kotihoidossa",
            "project",
            2024,
            "fi",
            ("perehdytys", "kotihoito"),
        ),
        ("H-18", "Hemvårdens nycklar", "report", 2023, "sv", ("nycklar",)),
        ("H-19", "Yövuoron kuormitus", "thesis", 2022, "fi", ()),
    ]


def test_innokyla_is_a_list_of_titles_and_links(tmp_path):
    found = works(tmp_path, "innokyla")
    assert [(w.title, w.url) for w in found] == [
        ("Kotihoidon optimointi", "https://example.org/malli/1"),
        ("Digitaalinen avainkaappi", "https://example.org/malli/2"),
    ]
    assert {(w.abstract, w.kind.value, w.licence) for w in found} == {
        ("", "service_model", Licence.IN_COPYRIGHT)
    }


@pytest.mark.parametrize("code", SECTIONS)
def test_the_form_s_examples_are_the_document_s(code):
    assert PRESETS[code].mapping == blocks(code)[1]


def test_theseus_is_configured_as_told():
    told = section("## Example: Theseus")
    preset = PRESETS["theseus"]
    assert f"`{preset.address}`" in told
    assert preset.kind is SourceKind.OAI_PMH
    assert "not reachable" in told


def test_every_field_and_code_of_a_mapping_is_told():
    told = section("## Catalogues and mappings")
    for code in (*FIELDS, *(licence.value for licence in Licence)):
        assert f"`{code}`" in told, code
