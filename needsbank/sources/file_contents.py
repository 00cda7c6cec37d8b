"""Looking into brought files: that they are what their names say and hold nothing that acts.

The bank never opens these files itself; what is refused here is what would act on the machine of
whoever opens them. Every reading is bounded, so that a small file cannot unfold into a large one.
"""

import re
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from zipfile import BadZipFile, ZipFile, ZipInfo

from needsbank.domain.shared_files import FileKind
from needsbank.sources.unreadable import UnreadableFile

_MOST_UNPACKED = 200_000_000
_MOST_TIMES = 200
_MOST_PARTS = 5000
_MOST_READ = 4_000_000
_MOST_STREAMS = 2000
_MOST_PIXELS = 100_000_000

_MAIN_PART = {
    FileKind.DOCX: "word/document.xml",
    FileKind.XLSX: "xl/workbook.xml",
    FileKind.PPTX: "ppt/presentation.xml",
}
_ACTING_PART = re.compile(
    r"(?i)vbaproject|activex|macrosheets|\.(?:exe|dll|js|vbs|html?)$|^(?:basic|scripts)/|^object "
    r"|/embeddings/.*\.(?!xlsx$|docx$|pptx$)|(?<!printersettings)(?<!printersettings\d)\.bin$"
)
_ACTING_NAME = re.compile(
    rb"/(?:JavaScript|JS|Launch|EmbeddedFiles?|RichMedia|XFA|SubmitForm|ImportData)(?![A-Za-z0-9])"
)
_STREAM = re.compile(rb"stream\r?\n")
_WHOLE_STREAM = re.compile(rb"(?s)stream\r?\n.*?endstream")
_OUTSIDE = re.compile(rb"""(?is)<Relationship\b[^>]*TargetMode\s*=\s*["']External["'][^>]*>""")
_HYPERLINK = re.compile(rb"""(?i)Type\s*=\s*["'][^"']*/hyperlink["']""")
_FORMULA = re.compile(r"(?m)(?:^|[,;\t])[\"']?\s*(?:[=@]|[+-](?![\d.,]))")
_BROKEN = (BadZipFile, EOFError, NotImplementedError, RuntimeError, ValueError, zlib.error)
_MARKUP = re.compile(r"(?is)^\s*<(?:!doctype|html|script|svg|\?xml|\?php)|^#!")


def check_contents(path: Path, kind: FileKind) -> None:
    """Raise `UnreadableFile` unless a file is of its kind and holds nothing that acts."""
    if path.stat().st_size == 0:
        raise UnreadableFile("the file is empty", "empty")
    try:
        _CHECKS[kind](path, kind)
    except _BROKEN as error:
        raise _other(str(error)) from error


def _other(why: str) -> UnreadableFile:
    return UnreadableFile(f"not what its name says: {why}", "other_content")


def _acting(what: str) -> UnreadableFile:
    return UnreadableFile(f"holds something that acts: {what}", "active_content")


def _check_pdf(path: Path, _kind: FileKind) -> None:
    data = path.read_bytes()
    if not data.startswith(b"%PDF-"):
        raise _other("no PDF header")
    # In what is compressed, a few letters in a row come about by chance.
    outside = _WHOLE_STREAM.sub(b"", data)
    for text in (outside, *_unpacked_streams(data)):
        # Names may be disguised: /J#61vaScript is /JavaScript.
        plain = re.sub(rb"#([0-9A-Fa-f]{2})", lambda m: bytes([int(m[1], 16)]), text)
        if found := _ACTING_NAME.search(plain):
            raise _acting(found[0].decode("ascii"))
    if b"/Encrypt" in outside:
        raise _other("a locked file cannot be looked into")


def _unpacked_streams(data: bytes) -> Iterator[bytes]:
    """Give the beginnings of a PDF's object streams, where names may stand compressed."""
    for number, begins in enumerate(_STREAM.finditer(data)):
        if number == _MOST_STREAMS:
            raise _other("too many streams")
        before = data[max(0, begins.start() - 400) : begins.start()]
        if b"/ObjStm" in before[before.rfind(b"obj") :]:
            try:
                yield zlib.decompressobj().decompress(data[begins.end() :], _MOST_READ)
            except zlib.error as error:
                raise _other("a broken object stream") from error


def _check_zip(path: Path, kind: FileKind) -> None:
    with ZipFile(path) as archive:
        parts = archive.infolist()
        _check_bounds(parts, path.stat().st_size)
        for part in parts:
            if _ACTING_PART.search(part.filename):
                raise _acting(part.filename)
        if kind is FileKind.ODT:
            _check_odt(archive, parts)
        else:
            _check_office(archive, {part.filename for part in parts}, kind)


def _check_bounds(parts: list[ZipInfo], size: int) -> None:
    packed = sum(part.compress_size for part in parts)
    unpacked = sum(part.file_size for part in parts)
    # Parts that lie upon each other are counted more than once: packed is then more than there is.
    if len(parts) > _MOST_PARTS or packed > size or unpacked > _MOST_UNPACKED:
        raise UnreadableFile("unfolds too far", "unfolds")
    if any(part.file_size > _MOST_TIMES * max(part.compress_size, 1000) for part in parts):
        raise UnreadableFile("unfolds too far", "unfolds")
    if any(part.flag_bits & 1 for part in parts):
        raise _other("a locked file cannot be looked into")


def _check_odt(archive: ZipFile, parts: list[ZipInfo]) -> None:
    if parts[0].filename != "mimetype":
        raise _other("no mimetype")
    if _read(archive, "mimetype") != b"application/vnd.oasis.opendocument.text":
        raise _other("another mimetype")


def _check_office(archive: ZipFile, names: set[str], kind: FileKind) -> None:
    if _MAIN_PART[kind] not in names or "[Content_Types].xml" not in names:
        raise _other("its main part is missing")
    if b"macroenabled" in _read(archive, "[Content_Types].xml").lower():
        raise _acting("macros")
    for name in names:
        if name.endswith(".rels"):
            for outside in _OUTSIDE.finditer(_read(archive, name)):
                if not _HYPERLINK.search(outside[0]):
                    raise _acting("something is fetched from elsewhere")


def _read(archive: ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        text = part.read(_MOST_READ + 1)
    if len(text) > _MOST_READ:
        raise UnreadableFile("unfolds too far", "unfolds")
    return text


def _check_png(path: Path, _kind: FileKind) -> None:
    with path.open("rb") as file:
        head = file.read(24)
        file.seek(max(0, path.stat().st_size - 12))
        tail = file.read()
    if not head.startswith(b"\x89PNG\r\n\x1a\n") or head[12:16] != b"IHDR" or b"IEND" not in tail:
        raise _other("no PNG")
    width, height = struct.unpack(">II", head[16:24])
    if width * height > _MOST_PIXELS:
        raise UnreadableFile("unfolds too far", "unfolds")


def _check_jpg(path: Path, _kind: FileKind) -> None:
    data = path.read_bytes()
    if not data.startswith(b"\xff\xd8\xff") or b"\xff\xd9" not in data:
        raise _other("no JPEG")


def _check_text(path: Path, kind: FileKind) -> None:
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252", errors="strict")
    if any(ord(each) < 32 and each not in "\t\n\r\f" for each in text):
        raise _other("no plain text")
    if _MARKUP.search(text):
        raise _acting("markup")
    if kind is FileKind.CSV and _FORMULA.search(text):
        raise _acting("a formula")


_CHECKS = {
    FileKind.PDF: _check_pdf,
    FileKind.DOCX: _check_zip,
    FileKind.XLSX: _check_zip,
    FileKind.PPTX: _check_zip,
    FileKind.ODT: _check_zip,
    FileKind.PNG: _check_png,
    FileKind.JPG: _check_jpg,
    FileKind.TXT: _check_text,
    FileKind.CSV: _check_text,
}
