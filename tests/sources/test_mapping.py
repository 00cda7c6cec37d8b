"""Mappings: what they read from a record, and what is told about wrong ones."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needsbank.domain.errors import Invalid
from needsbank.sources.mapping import MOST_CHARACTERS, Format, mapping_of, parse_mapping

TITLE = {"title": {"column": "Name"}}


def errors(mapping):
    text = mapping if isinstance(mapping, str) else json.dumps(mapping)
    with pytest.raises(Invalid) as refused:
        parse_mapping(text)
    return refused.value.errors


def read(fields, record):
    return mapping_of({"fields": {**TITLE, **fields}}).read(record)


def test_a_field_comes_from_a_column_a_pointer_or_is_always_the_same():
    fields = {
        "abstract": {"pointer": "/texts/0/body"},
        "kind": {"constant": "project"},
        "url": {"pointer": "/links/a~1b/m~0n"},
    }
    record = {
        "Name": "Keys",
        "texts": [{"body": "How keys are found."}],
        "links": {"a/b": {"m~n": "https://example.com/1"}},
    }
    assert read(fields, record) == {
        "title": "Keys",
        "abstract": "How keys are found.",
        "kind": "project",
        "url": "https://example.com/1",
    }


@pytest.mark.parametrize("pointer", ["/nothing", "/list/7", "/list/01", "/list/-", "/text/0"])
def test_a_pointer_that_leads_nowhere_finds_nothing(pointer):
    record = {"Name": "x", "list": ["a"], "text": "abc"}
    assert read({"abstract": {"pointer": pointer}}, record)["abstract"] is None


def test_the_empty_pointer_is_the_record_itself():
    assert read({"abstract": {"pointer": ""}}, {"Name": "x"})["abstract"] == {"Name": "x"}


@pytest.mark.parametrize(
    ("word", "code"),
    [
        ("Opinnäytetyö", "thesis"),
        ("  OPINNÄYTETYÖ ", "thesis"),
        ("Hanke", "other"),
        ("", "other"),
        (None, "other"),
    ],
)
def test_the_catalogues_own_words_become_codes(word, code):
    place = {"column": "Laji", "values": {"opinnäytetyö": "thesis"}, "otherwise": "other"}
    assert read({"kind": place}, {"Name": "x", "Laji": word})["kind"] == code


def test_a_word_that_is_not_named_stays_and_is_told_with_its_row():
    place = {"column": "Laji", "values": {"opinnäytetyö": "thesis"}}
    assert read({"kind": place}, {"Name": "x", "Laji": "Hanke"})["kind"] == "Hanke"


@pytest.mark.parametrize(
    ("said", "year"),
    [
        ("2024", "2024"),
        ("2024-05-01", "2024"),
        (" 2024-05-01T10:00:00 ", "2024"),
        ("2024-x", "2024-x"),
    ],
)
def test_a_date_is_read_as_its_year(said, year):
    assert read({"year": {"column": "Alkoi"}}, {"Name": "x", "Alkoi": said})["year"] == year


def test_lists_are_split_where_they_are_written_as_one_text():
    place = {"column": "Sanat", "separator": "|"}
    assert read({"subjects": place}, {"Name": "x", "Sanat": "a;b|c"})["subjects"] == ["a;b", "c"]
    assert read({"subjects": place}, {"Name": "x", "Sanat": ["a|b"]})["subjects"] == ["a|b"]
    default = {"column": "Sanat"}
    assert read({"subjects": default}, {"Name": "x", "Sanat": "a;b"})["subjects"] == ["a", "b"]


def test_how_the_file_is_written_may_be_said():
    mapping = mapping_of({"format": "json", "records": "/a/0", "sheet": "Works", "fields": TITLE})
    assert (mapping.format, mapping.records, mapping.sheet) == (Format.JSON, ("a", "0"), "Works")
    assert mapping.columns == {"Name"}


@pytest.mark.parametrize(
    ("mapping", "expected"),
    [
        ("", {"mapping:1:1": "json"}),
        ('{"fields": {},\n "a" 1}', {"mapping:2:6": "json"}),
        ("[" * 10_000, {"mapping": "json"}),
        ("[]", {"mapping": "object"}),
        (" " * (MOST_CHARACTERS + 1), {"mapping": "too_long"}),
        ('{"fields": {"title": {"column": "a", "column": "b"}}}', {"mapping.column": "twice"}),
        ('{"fields": {"title": {"constant": "\\ud800"}}}', {"mapping": "text"}),
        ('{"fields": {"title": {"constant": "\\u0000"}}}', {"mapping": "text"}),
        ({}, {"fields": "required"}),
        ({"fields": []}, {"fields": "object"}),
        ({"fields": {}}, {"fields.title": "required"}),
        ({"fields": {"title": "Name"}}, {"fields.title": "object"}),
        ({"fields": {"title": {}}}, {"fields.title": "one_place"}),
        ({"fields": {"title": {"column": "a", "constant": "b"}}}, {"fields.title": "one_place"}),
        ({"fields": {"title": {"column": 7}}}, {"fields.title.column": "text"}),
        ({"fields": {"title": {"column": " "}}}, {"fields.title.column": "required"}),
        ({"fields": {"title": {"pointer": "a/b"}}}, {"fields.title.pointer": "pointer"}),
        ({"fields": {"title": {"pointer": "/a~2"}}}, {"fields.title.pointer": "pointer"}),
        ({"fields": {"title": {"column": "a", "otherwise": "b"}}},
            {"fields.title.otherwise": "unknown_field"},
        ),
        ({"fields": {**TITLE, "author": {"column": "a"}}}, {"fields.author": "unknown_field"}),
        ({"fields": {**TITLE, "kind": {"constant": "book"}}}, {"fields.kind.constant": "kind"}),
        (
            {"fields": {**TITLE, "kind": {"column": "a", "values": {"x": "book"}, "otherwise": 1}}},
            {"fields.kind.values.x": "kind", "fields.kind.otherwise": "kind"},
        ),
        (
            {"fields": {**TITLE, "language": {"column": "a", "values": []}}},
            {"fields.language.values": "object"},
        ),
        (
            {"fields": {**TITLE, "licence": {"constant": "free"}}},
            {"fields.licence.constant": "licence"},
        ),
        (
            {"fields": {**TITLE, "subjects": {"column": "a", "separator": ""}}},
            {"fields.subjects.separator": "separator"},
        ),
        ({"fields": TITLE, "format": "xml"}, {"format": "format"}),
        ({"fields": TITLE, "format": []}, {"format": "format"}),
        ({"fields": TITLE, "records": "works"}, {"records": "pointer"}),
        ({"fields": TITLE, "sheet": 1}, {"sheet": "text"}),
        ({"fields": TITLE, "colour": 1}, {"mapping.colour": "unknown_field"}),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told_with_its_place(mapping, expected):
    assert errors(mapping) == expected


_json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


@given(_json)
def test_any_json_is_a_mapping_or_is_refused_in_words(found):
    try:
        mapping = mapping_of(found)
    except Invalid as refused:
        told = refused.errors
    else:
        told = {"title": str(mapping.places["title"])}
    assert told


@given(st.text(), _json)
def test_any_pointer_and_any_record_give_a_value_or_nothing(pointer, record):
    try:
        mapping = mapping_of({"fields": {"title": {"pointer": pointer}}})
    except Invalid:
        return
    mapping.read({"record": record})
