"""Brought files are what their names say, hold nothing that acts, and do not unfold too far."""

import zlib
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import pytest

from needsbank.domain.errors import Invalid, NotFound
from needsbank.domain.shared_files import MOST_BYTES, NAME_MAX, FileKind, clean_name
from needsbank.sources.file_contents import check_contents
from needsbank.sources.file_store import FileStore
from needsbank.sources.unreadable import UnreadableFile

SIZE = b"\0\0\0\x10\0\0\0\x10"
PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + SIZE + b"\0" * 20 + b"IEND\xaeB`\x82"
PDF = b"%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\n%%EOF"
TYPES = b'<Types><Override ContentType="application/xml"/></Types>'
LINK = b'<Relationship Type="http://x/hyperlink" Target="https://x" TargetMode="External"/>'
TEMPLATE = (
    b'<Relationship Type="http://x/attachedTemplate" Target="http://x" TargetMode="External"/>'
)
MAIN = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml", "pptx": "ppt/presentation.xml"}


def zipped(parts):
    made = BytesIO()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return made.getvalue()


def office(kind="docx", **more):
    more = {name.replace("__", "/"): text for name, text in more.items()}
    return zipped({"[Content_Types].xml": TYPES, MAIN[kind]: b"<x/>", **more})


def odt(*, mimetype=b"application/vnd.oasis.opendocument.text", **more):
    return zipped({"mimetype": mimetype, "content.xml": b"<x/>", **more})


def pdf_with_objects(text):
    packed = zlib.compress(text)
    return PDF + b"\n2 0 obj\n<< /Type /ObjStm /N 1 >>\nstream\n" + packed + b"\nendstream endobj"


GOOD = {
    "a.pdf": PDF,
    "compressed.pdf": pdf_with_objects(b"<< /Type /Page >>"),
    # Three letters in a row that happen to stand in a picture.
    "picture.pdf": PDF + b"\n2 0 obj\n<< /Length 4 >>\nstream\n/JS \nendstream endobj",
    "a.docx": office(),
    "links.docx": office(**{"word/_rels/document.xml.rels": LINK}),
    "a.xlsx": office("xlsx", **{"xl/printerSettings/printerSettings1.bin": b"x"}),
    "a.pptx": office("pptx", **{"ppt/embeddings/Microsoft_Excel_Sheet1.xlsx": b"x"}),
    "a.odt": odt(),
    "a.png": PNG,
    "a.jpg": b"\xff\xd8\xff\xe0 picture \xff\xd9",
    "a.txt": "Missä avaimet ovat?\n".encode(),
    "old.txt": "Missä avaimet ovat?\r\n".encode("cp1252"),
    "a.csv": b"ward;keys;change\nA;3;-1\nB;4;+2,5\n",
}
BAD = {
    "a program.pdf": (b"MZ\x90\0", "other_content"),
    "scripted.pdf": (PDF + b"<< /S /JavaScript /JS (app.alert(1)) >>", "active_content"),
    "disguised.pdf": (PDF + b"<< /S /J#61vaScript >>", "active_content"),
    "hidden.pdf": (pdf_with_objects(b"<< /S /JavaScript >>"), "active_content"),
    "launching.pdf": (PDF + b"<< /S /Launch /F (x) >>", "active_content"),
    "locked.pdf": (PDF + b"trailer << /Encrypt 3 0 R >>", "other_content"),
    "text.docx": (b"Only text", "other_content"),
    "other.docx": (office("xlsx"), "other_content"),
    "macro.docx": (office(**{"word/vbaProject.bin": b"x"}), "active_content"),
    "typed.docx": (
        zipped({"[Content_Types].xml": b"macroEnabled", MAIN["docx"]: b""}),
        "active_content",
    ),
    "fetching.docx": (office(**{"word/_rels/settings.xml.rels": TEMPLATE}), "active_content"),
    "object.pptx": (office("pptx", **{"ppt/embeddings/oleObject1.bin": b"x"}), "active_content"),
    "bomb.xlsx": (office("xlsx", **{"xl/big.xml": b"\0" * 30_000_000}), "unfolds"),
    "many.xlsx": (office("xlsx", **{f"xl/{n}": b"" for n in range(6000)}), "unfolds"),
    "cut.xlsx": (office("xlsx")[:-30], "other_content"),
    "scripted.odt": (odt(**{"Basic/script.xml": b"x"}), "active_content"),
    "other.odt": (odt(mimetype=b"application/zip"), "other_content"),
    "a page.png": (b"<html>", "other_content"),
    "huge.png": (PNG.replace(SIZE, b"\0\1\0\0\0\1\0\0"), "unfolds"),
    "a page.jpg": (b"GIF89a", "other_content"),
    "bytes.txt": (b"text\0more", "other_content"),
    "page.txt": (b" <!DOCTYPE html><script>", "active_content"),
    "program.txt": (b"#!/bin/sh\n", "active_content"),
    "formula.csv": (b"a;b\n1;=cmd|' /C calc'!A0\n", "active_content"),
    "formula at.csv": (b'"@SUM(1)",2\n', "active_content"),
    "nothing.txt": (b"", "empty"),
}


@pytest.mark.parametrize("name", GOOD)
def test_what_is_as_it_says_is_taken(tmp_path, name):
    path = tmp_path / "file"
    path.write_bytes(GOOD[name])
    check_contents(path, clean_name(name)[1])


@pytest.mark.parametrize("name", BAD)
def test_what_is_not_is_refused_with_the_reason(tmp_path, name):
    data, code = BAD[name]
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(UnreadableFile) as refusal:
        check_contents(path, clean_name(name)[1])
    assert refusal.value.code == code


@pytest.mark.parametrize(
    ("sent", "name", "kind"),
    [
        ("Raportti.PDF", "Raportti.PDF", FileKind.PDF),
        ("C:\\Users\\me\\kuva.jpeg", "kuva.jpeg", FileKind.JPG),
        ("../../etc/luku.txt", "luku.txt", FileKind.TXT),
        ("versio 1.2 (3).docx", "versio 1.2 (3).docx", FileKind.DOCX),
        ("\u202efdp.ra\u202cportti.odt", "fdp.raportti.odt", FileKind.ODT),
    ],
)
def test_names_lose_folders_and_unseen_characters(sent, name, kind):
    assert clean_name(sent) == (name, kind)


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        ("a.exe", "file_kind"),
        ("a.svg", "file_kind"),
        ("a.html", "file_kind"),
        ("a.docm", "file_kind"),
        ("pdf", "file_kind"),
        (".pdf", "file_kind"),
        ("", "file_kind"),
        ("offer.exe.pdf", "file_name"),
        ("offer.pdf.docx", "file_name"),
        ("offer.pdf .exe .pdf", "file_name"),
    ],
)
def test_names_of_other_kinds_and_with_two_endings_are_refused(sent, code):
    with pytest.raises(Invalid) as refusal:
        clean_name(sent)
    assert refusal.value.errors == {"file": code}


def test_a_long_name_is_cut_and_keeps_its_ending():
    name, _kind = clean_name("x" * 300 + ".pdf")
    assert len(name) == NAME_MAX
    assert name.endswith("x.pdf")


def test_files_lie_under_random_names_readable_by_the_bank_alone(tmp_path):
    store = FileStore(tmp_path / "files")
    kept = store.keep(BytesIO(b"Where keys are."), FileKind.TXT)
    path = store.path(kept.token)
    assert path.read_bytes() == b"Where keys are."
    assert path.stat().st_mode & 0o077 == path.parent.stat().st_mode & 0o077 == 0
    assert kept.size == 15
    again = store.keep(BytesIO(b"Where keys are."), FileKind.TXT)
    assert again.token != kept.token
    assert again.sha256 == kept.sha256


def test_what_is_refused_leaves_nothing_on_disk(tmp_path):
    store = FileStore(tmp_path / "files")
    for stream in (BytesIO(b"MZ"), BytesIO(b" " * (MOST_BYTES + 1))):
        with pytest.raises(UnreadableFile):
            store.keep(stream, FileKind.PDF)
    assert list((tmp_path / "files").iterdir()) == []


@pytest.mark.parametrize("token", ["", "..", "../bank.db", "x" * 43])
def test_no_name_leads_out_of_the_folder(tmp_path, token):
    (tmp_path / "bank.db").write_text("secret")
    store = FileStore(tmp_path / "files")
    with pytest.raises(NotFound):
        store.path(token)
    store.drop(token)
    assert (tmp_path / "bank.db").exists()
