"""A record of a catalogue becomes a command, or every bad field is named."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from needsbank.domain.errors import Invalid
from needsbank.domain.languages import Language
from needsbank.domain.prior_works import (
    ABSTRACT_MAX,
    SUBJECTS_MAX,
    TITLE_MAX,
    URL_MAX,
    PriorWorkKind,
    RecordPriorWork,
    parse_prior_work,
)

KEYS = ("title", "id", "source", "abstract", "kind", "year", "language", "lang", "url", "subjects")
# Lone surrogates too: JSON can carry them, UTF-8 cannot.
texts = st.text(st.characters())
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=6,
)
rows = st.dictionaries(st.sampled_from(KEYS) | texts, json_values, max_size=10)


def parsed(**row):
    return parse_prior_work(row, source="a catalogue", latest_year=2027)


def errors_of(**row):
    with pytest.raises(Invalid) as refused:
        parsed(**row)
    return refused.value.errors


def test_a_title_is_enough():
    read = parsed(title="Keys")
    assert read == RecordPriorWork(source="a catalogue", source_key=read.source_key, title="Keys")


def test_a_work_without_an_id_is_known_by_its_title():
    assert parsed(title="Keys ").source_key == parsed(title=" Keys", year=2020).source_key
    assert parsed(title="Keys").source_key != parsed(title="Keys of homes").source_key
    assert 0 < len(parsed(title="x" * TITLE_MAX).source_key) <= 200


def test_a_full_record_is_read_field_by_field():
    assert parsed(
        id=42,
        source="Theseus",
        title="  Avainten \n hallinta ",
        abstract="Miten avaimet\tlöytyvät.",
        kind="thesis",
        year=2024,
        lang="fi",
        url="https://example.com/42",
        subjects=["avaimet", " kotihoito ", ""],
    ) == RecordPriorWork(
        source="Theseus",
        source_key="42",
        title="Avainten hallinta",
        abstract="Miten avaimet löytyvät.",
        kind=PriorWorkKind.THESIS,
        year=2024,
        language=Language.FI,
        url="https://example.com/42",
        subjects=("avaimet", "kotihoito"),
    )


def test_subjects_of_a_csv_cell_are_parted_by_semicolons():
    assert parsed(title="t", subjects="keys; home care ;").subjects == ("keys", "home care")


def test_unknown_fields_are_ignored():
    assert parsed(title="t", pages=12) == parsed(title="t")


@pytest.mark.parametrize("title", [None, "", "   ", "\0"])
def test_a_record_without_a_title_is_refused(title):
    assert errors_of(title=title) == {"title": "required"}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("title", "x" * (TITLE_MAX + 1), "too_long"),
        ("title", ["a"], "text"),
        ("title", 1.5, "text"),
        ("title", True, "text"),
        ("title", "cut \ud800 short", "text"),
        ("abstract", "x" * (ABSTRACT_MAX + 1), "too_long"),
        ("abstract", "cut \udfff short", "text"),
        ("source", "x" * 201, "too_long"),
        ("id", "x" * 201, "too_long"),
        ("kind", "poem", "unknown"),
        ("year", "last year", "year"),
        ("year", "1799", "year"),
        ("year", "2028", "year"),
        ("year", "-2020", "year"),
        ("year", "202\u0967", "year"),
        ("year", 2024.0, "text"),
        ("url", "javascript:alert(1)", "url"),
        ("url", "ftp://example.com/x", "url"),
        ("url", "https://", "url"),
        ("url", "http://[::1", "url"),
        ("url", "example.com", "url"),
        ("url", "https://example.com/" + "x" * URL_MAX, "too_long"),
        ("subjects", {"a": 1}, "list"),
        ("subjects", ["a", 1], "list"),
        ("subjects", 7, "list"),
        ("subjects", ["x"] * (SUBJECTS_MAX + 1), "too_long"),
    ],
)
def test_a_bad_field_is_named_with_a_code(field, value, code):
    assert errors_of(**{"title": "t", field: value}) == {field: code}


@pytest.mark.parametrize("year", ["1800", 1800, "2027", 2027])
def test_years_from_1800_to_the_next_are_read(year):
    assert parsed(title="t", year=year).year == int(year)


def test_a_year_of_five_thousand_digits_is_refused_like_any_other():
    assert set(errors_of(title="t", year="9" * 5000)) == {"year"}


def test_a_lone_surrogate_in_a_subject_is_refused():
    assert errors_of(title="t", subjects=["\ud800"]) == {"subjects": "text"}


def test_every_bad_field_is_named_at_once():
    assert errors_of(kind="poem", year="soon", url="x") == {
        "title": "required",
        "kind": "unknown",
        "year": "year",
        "url": "url",
    }


@given(rows)
def test_any_json_object_is_read_or_refused(row):
    try:
        command = parse_prior_work(row, source="s", latest_year=2027)
    except Invalid:
        return
    assert 0 < len(command.title) <= TITLE_MAX
    assert 0 < len(command.source_key) <= 200


@given(rows)
def test_what_is_read_can_be_stored(row):
    try:
        command = parse_prior_work(row, source="s", latest_year=2027)
    except Invalid:
        return
    for text in (command.title, command.abstract, command.source_key, command.url):
        assert "\0" not in text
    for text in (command.title, command.abstract, command.source_key, *command.subjects):
        assert text.encode("utf-8", "replace").decode() == text
