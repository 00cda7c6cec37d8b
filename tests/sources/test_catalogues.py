"""Catalogue files are read a record at a time; what is bad is told with its line."""

import gzip
import json
import tracemalloc

import pytest

from needsbank.domain.licences import Licence
from needsbank.domain.prior_works import RecordPriorWork
from needsbank.sources.bounded_text import LONGEST_LINE
from needsbank.sources.catalogues import BadRow, file_hash, read_catalogue
from needsbank.sources.json_records import LONGEST_RECORD
from needsbank.sources.mapping import PLAIN, mapping_of
from needsbank.sources.unreadable import UnreadableFile
from tests.sources.workbooks import write_workbook

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


def records(path, mapping=PLAIN):
    reads = read_catalogue(path, source="a catalogue", latest_year=2027, mapping=mapping)
    return [each.record for each in reads]


def titles(path, mapping=PLAIN):
    """Return titles of good records and (line, errors) of bad ones."""
    return [
        (each.line, each.errors) if isinstance(each, BadRow) else each.title
        for each in records(path, mapping)
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
    assert records(written("works.json", "[]")) == []


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


@pytest.mark.parametrize("name", ["works.csv", "works.jsonl", "../../works.exe", "works"])
def test_what_a_file_is_shows_in_its_contents_whatever_its_name(written, name):
    assert titles(written(name.replace("/", "_"), CSV)) == ["Keys", "Meals"]
    assert titles(written(name.replace("/", "_"), JSONL)) == ["Keys", "Meals"]


@pytest.mark.parametrize("content", ["", "just words\n", b"\x00\x01\x02", b"%PDF-1.7\n"])
def test_what_is_no_catalogue_is_unreadable(written, content):
    with pytest.raises(UnreadableFile, match=r"works\.csv: "):
        records(written("works.csv", content))


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


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-32"])
def test_other_encodings_are_refused_with_their_reason(written, encoding):
    with pytest.raises(UnreadableFile, match=r"works\.csv: "):
        records(written("works.csv", CSV.encode(encoding)))


def test_more_columns_than_a_catalogue_has_are_unreadable(written):
    content = "title" + ",x" * 60_000 + "\nKeys\n"
    with pytest.raises(UnreadableFile, match="too many columns"):
        records(written("works.csv", content))


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


ARRAY = '[{"title": "Keys", "id": 1},\n {"title": "Meals", "id": 2}]\n'


@pytest.mark.parametrize("content", [ARRAY, gzip.compress(ARRAY.encode()), "\ufeff" + ARRAY])
def test_a_json_array_is_read(written, content):
    assert titles(written("works.json", content)) == ["Keys", "Meals"]


def test_the_records_of_a_json_file_may_stand_deep_inside(written):
    content = '{"meta": {"n": [1, 2]}, "data": [0, {"works/all": ' + ARRAY + ', "x": 1}], "y": 2}'
    mapping = mapping_of(
        {"records": "/data/1/works~1all", "fields": {"title": {"column": "title"}}}
    )
    assert titles(written("works.json", content), mapping) == ["Keys", "Meals"]


@pytest.mark.parametrize(
    ("content", "records_at", "said"),
    [
        ('{"works": {}}', "/works", "no list of records at /works"),
        ('{"works": []}', "/others", "there is no 'others' on the way"),
        ('[["a"]]', "/7", "there is no '7' on the way"),
        ("[1, 2", "", "not whole JSON"),
        ("[1, 2] [3]", "", "something follows"),
        ('{"works": [{"title": "Keys"}, {"ti', "/works", "not whole JSON"),
        ("[" * 100_000, "", "nested too deeply"),
        ('[{"title": "' + "x" * 2 * LONGEST_RECORD + '"}]', "", "not whole JSON"),
    ],
)
def test_json_that_is_cut_off_or_made_to_fill_the_memory_is_unreadable(
    written, content, records_at, said
):
    mapping = mapping_of({"records": records_at, "fields": {"title": {"column": "title"}}})
    with pytest.raises(UnreadableFile, match=said):
        records(written("works.json", content), mapping)


def test_a_large_json_array_is_read_without_being_held(written):
    content = "[" + ",".join(
        json.dumps({"title": str(n), "abstract": "x" * 990}) for n in range(20_000)
    )
    path = written("works.json.gz", content + "]")
    del content
    tracemalloc.start()
    count = sum(1 for _ in read_catalogue(path, source="s", latest_year=2027))
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert count == 20_000
    assert peak < 3_000_000


def test_elements_that_are_no_records_are_told_by_their_place(written):
    content = '[{"title": "Keys"}, 7, null, [], {"title": ""}, 12345]'
    bad = {"row": "unreadable"}
    assert titles(written("works.json", content)) == [
        "Keys",
        *((place, bad) for place in (2, 3, 4)),
        (5, {"title": "required"}),
        (6, bad),
    ]


def test_a_spreadsheet_is_read_with_its_row_numbers(tmp_path):
    path = write_workbook(
        tmp_path / "works.xlsx",
        [[], ["title", "year", "url"], ["Keys", 2024.0, None], [], ["", 2020, ""], ["Meals"]],
    )
    assert titles(path) == ["Keys", (5, {"title": "required"}), "Meals"]
    assert records(path)[0].year == 2024


def test_a_cell_beyond_the_columns_is_a_broken_row(written):
    assert titles(written("works.csv", 'title\nKeys,"=cmd()"\n')) == [(2, {"row": "unreadable"})]


def test_a_mapping_names_columns_words_and_constants(written):
    content = (
        "Nimi;Laji;Kieli;Sanat;Alkoi;Ehdot\nAvaimet;Opinnäytetyö;suomi;a, b;2023-05-01;CC BY 4.0\n"
    )
    mapping = mapping_of(
        {
            "fields": {
                "title": {"column": "Nimi"},
                "kind": {"column": "Laji", "values": {"opinnäytetyö": "thesis"}},
                "language": {"column": "Kieli", "values": {"Suomi": "fi"}},
                "subjects": {"column": "Sanat", "separator": ","},
                "year": {"column": "Alkoi"},
                "licence": {"column": "Ehdot"},
                "abstract": {"constant": "Kuvaus on lähteessä."},
            }
        }
    )
    (work,) = records(written("works.csv", content), mapping)
    assert (work.title, work.kind.value, work.language.value) == ("Avaimet", "thesis", "fi")
    assert (work.subjects, work.year, work.licence) == (("a", "b"), 2023, Licence.CC_BY)
    assert work.abstract == "Kuvaus on lähteessä."


def test_a_column_that_the_mapping_names_must_be_there_once(written):
    mapping = mapping_of({"fields": {"title": {"column": "Nimi"}}})
    with pytest.raises(UnreadableFile, match="a column `Nimi` is required"):
        records(written("works.csv", CSV), mapping)
    with pytest.raises(UnreadableFile, match="two columns are called `Nimi`"):
        records(written("works.csv", "Nimi,Nimi\na,b\n"), mapping)


@pytest.mark.parametrize(
    ("said", "licence"),
    [
        ("", None),
        ("cc_by_sa", Licence.CC_BY_SA),
        ("https://creativecommons.org/licenses/by-nc/4.0/", Licence.CC_BY_NC),
        ("Ask the author", Licence.UNKNOWN),
    ],
)
def test_terms_that_nobody_can_read_allow_nothing(written, said, licence):
    (work,) = records(written("works.csv", f'title,licence\nKeys,"{said}"\n'))
    assert work.licence is licence


def test_how_much_of_the_file_is_read_grows_to_its_size(written):
    path = written("works.jsonl", "".join(json.dumps({"title": str(n)}) + "\n" for n in range(999)))
    read = [e.bytes_read for e in read_catalogue(path, source="s", latest_year=2027)]
    assert read == sorted(read)
    assert read[-1] == path.stat().st_size


def test_the_same_bytes_are_the_same_file(written):
    first, copy = written("a.csv", CSV), written("b.csv", CSV)
    assert file_hash(first) == file_hash(copy)
    assert file_hash(first) != file_hash(written("c.csv", CSV + "\n"))
    assert file_hash(first) != file_hash(first, '{"fields": {}}')
