"""Files that parties share: which kinds, how large, and what they may be called."""

import re
import unicodedata
from enum import Enum

from needsbank.domain.errors import Invalid

MOST_BYTES = 20_000_000
MOST_OF_COLLABORATION = 200_000_000
MOST_OF_BANK = 20_000_000_000
MOST_FILES = 100
NAME_MAX = 120


class FileKind(Enum):
    """The kinds that may be brought, by the end of their name."""

    PDF = "pdf"
    DOCX = "docx"
    XLSX = "xlsx"
    PPTX = "pptx"
    ODT = "odt"
    PNG = "png"
    JPG = "jpg"
    TXT = "txt"
    CSV = "csv"


_OFFICE = "application/vnd.openxmlformats-officedocument"
MEDIA_TYPES: dict[FileKind, str] = {
    FileKind.PDF: "application/pdf",
    FileKind.DOCX: f"{_OFFICE}.wordprocessingml.document",
    FileKind.XLSX: f"{_OFFICE}.spreadsheetml.sheet",
    FileKind.PPTX: f"{_OFFICE}.presentationml.presentation",
    FileKind.ODT: "application/vnd.oasis.opendocument.text",
    FileKind.PNG: "image/png",
    FileKind.JPG: "image/jpeg",
    FileKind.TXT: "text/plain",
    FileKind.CSV: "text/csv",
}
_ENDINGS = {kind.value: kind for kind in FileKind} | {"jpeg": FileKind.JPG}
_LIKE_AN_ENDING = re.compile(r"[a-z][a-z0-9]{1,4}")


def clean_name(sent: str) -> tuple[str, FileKind]:
    """Return a file's name without folders and unseen characters, and its kind.

    Raises `Invalid` for a kind that may not be brought, and for a name with two endings: what is
    called "offer.exe.pdf" or "offer.pdf.docx" wants to be taken for something else.
    """
    last = re.split(r"[/\\]", sent)[-1]
    kept = "".join(
        each for each in last if unicodedata.category(each)[0] not in "CZ" or each == " "
    )
    name = " ".join(unicodedata.normalize("NFC", kept).split()).lstrip(".")
    stem, _, ending = name.rpartition(".")
    kind = _ENDINGS.get(ending.lower())
    if kind is None or not stem.strip(". "):
        raise Invalid({"file": "file_kind"})
    if any(_LIKE_AN_ENDING.fullmatch(part.strip().lower()) for part in stem.split(".")[1:]):
        raise Invalid({"file": "file_name"})
    return f"{stem[: NAME_MAX - len(ending) - 1]}.{ending}", kind
