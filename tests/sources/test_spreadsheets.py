"""Workbooks that are made to fill disk or memory end as refused files, not as ended processes."""

import random
import resource
import zipfile

import pytest

from needsbank.sources.spreadsheets import MOST_ENTRIES, MOST_UNPACKED, sheet_rows
from needsbank.sources.unreadable import UnreadableFile
from tests.sources.workbooks import PARTS, write_parts, write_workbook


def rows(path, sheet=""):
    return list(sheet_rows(path, sheet))


def text_at(place, text):
    return f'<row><c r="{place}" t="inlineStr"><is><t>{text}</t></is></c></row>'


def test_cells_come_as_plain_values(tmp_path):
    path = write_workbook(tmp_path / "a.xlsx", [["title", "n"], ["=1+1", 2.5], [None, 3.0]])
    assert rows(path) == [(1, ["title", "n"]), (2, ["=1+1", 2.5]), (3, ["", 3])]


def test_a_sheet_is_chosen_by_its_name(tmp_path):
    path = write_workbook(tmp_path / "a.xlsx", [["title"]])
    assert rows(path, "Works") == [(1, ["title"])]
    with pytest.raises(UnreadableFile, match="no such sheet"):
        rows(path, "Other")


def test_an_empty_sheet_has_no_rows(tmp_path):
    assert rows(write_workbook(tmp_path / "a.xlsx", [])) == []


def test_a_reader_who_stops_early_leaves_no_process_behind(tmp_path):
    path = write_workbook(tmp_path / "a.xlsx", [["x" * 1000] for _ in range(5000)])
    reading = sheet_rows(path, "")
    assert next(reading)[0] == 1
    reading.close()
    with pytest.raises(StopIteration):
        next(reading)


def test_a_cell_in_the_last_row_and_column_does_not_end_this_process(tmp_path):
    """Two cells of a few bytes: a reader that keeps a grid asks for half a terabyte."""
    path = write_parts(tmp_path / "a.xlsx", text_at("A1", "title") + text_at("XFD1048576", "x"))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(UnreadableFile, match="too large"):
        rows(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 50_000


def test_one_long_text_in_every_cell_is_too_large(tmp_path):
    shared = f"<si><t>{'x' * 500_000}</t></si>"
    noise = {"xl/media/noise": random.Random(1).randbytes(20_000)}
    path = write_parts(
        tmp_path / "a.xlsx",
        '<row><c t="s"><v>0</v></c></row>' * 20_000,
        shared=shared,
        others=noise,
    )
    assert path.stat().st_size < 30_000
    with pytest.raises(UnreadableFile, match="too large"):
        rows(path)


def test_a_bomb_is_seen_in_the_directory_without_unpacking(tmp_path):
    path = write_parts(tmp_path / "a.xlsx", text_at("A1", "x" * 30_000_000))
    with pytest.raises(UnreadableFile, match="far more than it should"):
        rows(path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("xl/media/a", b"\0" * MOST_UNPACKED, zipfile.ZIP_DEFLATED)
    with pytest.raises(UnreadableFile, match="the workbook is too large"):
        rows(path)


def test_a_directory_that_claims_too_little_is_refused(tmp_path):
    sheet = text_at("A1", "x" * 1_000_000)
    path = write_parts(tmp_path / "a.xlsx", sheet, others={"xl/media/a": bytes(range(256)) * 200})
    whole = path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        entry = archive.getinfo("xl/worksheets/sheet1.xml")
    size = entry.file_size.to_bytes(4, "little")
    assert whole.count(size) == 2
    path.write_bytes(whole.replace(size, (1000).to_bytes(4, "little")))
    with pytest.raises(UnreadableFile, match="more than it claims"):
        rows(path)


def test_too_many_entries_are_refused(tmp_path):
    others = {f"xl/{number}": b"" for number in range(MOST_ENTRIES)}
    with pytest.raises(UnreadableFile, match="too large"):
        rows(write_parts(tmp_path / "a.xlsx", "", others=others))


@pytest.mark.parametrize("content", [b"PK", b"PK\x03\x04 nothing more", b"", b"title\nKeys\n"])
def test_what_is_no_archive_is_refused(tmp_path, content):
    path = tmp_path / "a.xlsx"
    path.write_bytes(content)
    with pytest.raises(UnreadableFile, match=r"not a workbook \(\.xlsx\)"):
        rows(path)


def test_an_archive_of_something_else_is_refused(tmp_path):
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("word/document.xml", "<document/>")
    with pytest.raises(UnreadableFile, match="not a workbook"):
        rows(path)


@pytest.mark.parametrize("broken", [*PARTS, "xl/worksheets/sheet1.xml"][1:])
def test_a_workbook_with_a_broken_part_is_refused(tmp_path, broken):
    path = write_workbook(tmp_path / "a.xlsx", [["title"]])
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, b"<<<" if name == broken else content)
    with pytest.raises(UnreadableFile, match="workbook"):
        rows(path)
