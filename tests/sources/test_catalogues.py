"""Catalogue files are read a record at a time; what is bad is told with its line."""

import gzip
import json
import tracemalloc

import pytest

from needsbank.domain.prior_works import RecordPriorWork
from needsbank.sources.catalogues import (
    LONGEST_LINE,
    BadRow,
    UnreadableFile,
    file_hash,
    read_catalogue,
)

CSV = "title,id,year,subjects\nKeys,1,2024,a;b\nMeals,2,,\n"
JSONL = '{"title": "Keys", "id": 1}\n{"title": "Meals", "id": 2}\n'


@pytest.fixture
def written(tmp_path):
    """Write a file and return its path."""

    def write(name, content):
        path = tmp_path / name
        content = content.encode() if isinstance(content, str) else content
        path.write_bytes(gzip.compress(content) if name.endswith(".gz") else content)
        return path

    return write


def records(path):
    return [each.record for each in read_catalogue(path, source="a catalogue", latest_year=2027)]


def titles(path):
    """Return titles of good records and (line, errors) of bad ones."""
    return [
        (each.line, each.errors) if isinstance(each, BadRow) else each.title
        for each in records(path)
    ]


def test_a_csv_may_be_separated_by_semicolons_as_finnish_spreadsheets_do(written):
    content = 'title;abstract;subjects\nAvaimet;Yksi, kaksi;"a; b"\n'
    (work,) = records(written("works.csv", content))
    assert (work.title, work.abstract, work.subjects) == ("Avaimet", "Yksi, kaksi", ("a", "b"))


def test_a_broken_csv_names_the_line(written):
    with pytest.raises(UnreadableFile, match="line 3"):
        records(written("works.csv", 'title\nKeys\n"Meals" are"late\n'))


@pytest.mark.parametrize("ending", ["csv", "csv.gz", "jsonl", "ndjson", "jsonl.gz"])
def test_both_kinds_of_file_are_read_plain_and_packed(written, ending):
    content = CSV if "csv" in ending else JSONL
    assert titles(written(f"works.{ending}", content)) == ["Keys", "Meals"]


def test_a_csv_row_is_read_field_by_field(written):
    (first, _) = records(written("works.csv", CSV))
    assert first == RecordPriorWork(
        source="a catalogue", source_key="1", title="Keys", year=2024, subjects=("a", "b")
    )


@pytest.mark.parametrize(("name", "content"), [("a.csv", CSV), ("a.jsonl", JSONL)])
def test_a_byte_order_mark_is_no_part_of_the_text(written, name, content):
    assert titles(written(name, b"\xef\xbb\xbf" + content.encode())) == ["Keys", "Meals"]


def test_windows_line_ends_and_lines_inside_quotes_are_read(written):
    content = 'title,abstract\r\n"Keys","one\r\ntwo"\r\n'
    (only,) = records(written("works.csv", content))
    assert (only.title, only.abstract) == ("Keys", "one two")


def test_finnish_letters_come_through(written):
    assert titles(written("works.csv", "title\nÄitien työ öisin\n")) == ["Äitien työ öisin"]


def test_a_file_of_a_header_alone_has_no_records(written):
    assert records(written("works.csv", "title,id\n")) == []
    assert records(written("works.jsonl", "")) == []


def test_empty_lines_are_skipped(written):
    assert titles(written("works.jsonl", "\n" + JSONL + "\n\n")) == ["Keys", "Meals"]
    assert titles(written("works.csv", CSV + "\n")) == ["Keys", "Meals"]


def test_a_broken_json_line_is_told_and_the_rest_is_read(written):
    content = '{"title": "Keys"}\n{"title": \n[1, 2]\n"text"\n{"title": "Meals"}\n'
    bad = {"row": "unreadable"}
    assert titles(written("works.jsonl", content)) == [
        "Keys",
        (2, bad),
        (3, bad),
        (4, bad),
        "Meals",
    ]


def test_json_that_is_nested_without_end_is_a_bad_row(written):
    content = '{"title": ' + "[" * 100_000 + "\n" + JSONL
    assert titles(written("works.jsonl", content)) == [(1, {"row": "unreadable"}), "Keys", "Meals"]


def test_a_row_with_too_many_cells_is_told_and_one_with_too_few_is_read(written):
    content = "title,id,year\nKeys,1,2020,extra\nMeals\n"
    assert titles(written("works.csv", content)) == [(2, {"row": "unreadable"}), "Meals"]


def test_bad_fields_are_told_with_their_line(written):
    content = "title,year\nKeys,soon\n,2020\nMeals,2020\n"
    assert titles(written("works.csv", content)) == [
        (2, {"year": "year"}),
        (3, {"title": "required"}),
        "Meals",
    ]


def test_half_of_a_character_in_json_is_a_bad_row(written):
    content = '{"title": "cut \\ud800 short"}\n' + JSONL
    assert titles(written("works.jsonl", content)) == [(1, {"title": "text"}), "Keys", "Meals"]


@pytest.mark.parametrize("header", ["", "name,id\n", "name;id\n", "Title\n"])
def test_a_csv_without_a_title_column_is_unreadable(written, header):
    with pytest.raises(UnreadableFile, match="a column `title` is required"):
        records(written("works.csv", header + "Keys,1\n" if header else ""))


@pytest.mark.parametrize(
    "name", ["works.xlsx", "works.txt", "works", "works.csv.zip", "works.json"]
)
def test_other_kinds_of_file_are_unreadable(written, name):
    with pytest.raises(UnreadableFile, match=r"expected \.csv, \.jsonl, \.csv\.gz or \.jsonl\.gz"):
        records(written(name, CSV))


@pytest.mark.parametrize("name", ["works.csv", "works.jsonl", "works.csv.gz"])
def test_text_that_is_not_utf_8_is_unreadable(written, name):
    content = CSV.encode() + "Äidit,3,2020,\n".encode("latin-1")
    if name == "works.jsonl":
        content = JSONL.encode() + '{"title": "Äidit"}\n'.encode("latin-1")
    with pytest.raises(UnreadableFile, match=rf"{name}: not UTF-8 text"):
        records(written(name, content))


def test_a_packed_file_that_was_cut_off_is_unreadable(written):
    path = written("works.csv.gz", CSV + "x,1,2000,\n" * 5000)
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(UnreadableFile, match=r"works\.csv\.gz: "):
        records(path)


@pytest.mark.parametrize("content", [b"", b"this was never packed", b"\x1f\x8b\x08broken"])
def test_a_file_that_only_claims_to_be_packed_is_unreadable_or_empty(tmp_path, content):
    path = tmp_path / "works.csv.gz"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile):
        records(path)


def test_a_packed_file_whose_content_was_damaged_is_unreadable(written):
    path = written("works.jsonl.gz", JSONL * 500)
    content = bytearray(path.read_bytes())
    content[-8] ^= 0xFF  # the checksum
    path.write_bytes(content)
    with pytest.raises(UnreadableFile):
        records(path)


@pytest.mark.parametrize("name", ["works.csv", "works.jsonl"])
def test_a_very_long_line_is_unreadable(written, name):
    content = (CSV if "csv" in name else JSONL) + "x" * (LONGEST_LINE + 1) + "\n"
    with pytest.raises(UnreadableFile):
        records(written(name, content))


def test_a_quote_that_never_ends_is_unreadable(written):
    with pytest.raises(UnreadableFile):
        records(written("works.csv", 'title\n"Keys\n' + "line\n" * 100_000))


def test_a_line_without_an_end_does_not_fill_the_memory(written):
    """A small packed file can hold one line of any length."""
    path = written("works.jsonl.gz", b"x" * 50_000_000)
    assert path.stat().st_size < 100_000
    tracemalloc.start()
    with pytest.raises(UnreadableFile):
        records(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 10_000_000


def test_a_file_that_is_not_there_is_unreadable(tmp_path):
    with pytest.raises(UnreadableFile):
        records(tmp_path / "works.csv")


def test_how_much_of_the_file_is_read_grows_to_its_size(written):
    path = written("works.jsonl", "".join(json.dumps({"title": str(n)}) + "\n" for n in range(999)))
    read = [e.bytes_read for e in read_catalogue(path, source="s", latest_year=2027)]
    assert read == sorted(read)
    assert read[-1] == path.stat().st_size


def test_the_same_bytes_are_the_same_file(written):
    first, copy = written("a.csv", CSV), written("b.csv", CSV)
    assert file_hash(first) == file_hash(copy)
    assert file_hash(first) != file_hash(written("c.csv", CSV + "\n"))
