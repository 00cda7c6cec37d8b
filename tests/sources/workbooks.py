"""Workbooks (.xlsx) as small as they can be, honest or not."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
PARTS = {
    "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/></Types>',
    "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships"><Relationship Id="r1"'
    f' Type="{_OFFICE}/officeDocument" Target="xl/workbook.xml"/></Relationships>',
    "xl/workbook.xml": f'<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>'
    '<sheet name="Works" sheetId="1" r:id="r1"/></sheets></workbook>',
    "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
    f'<Relationship Id="r1" Type="{_OFFICE}/worksheet" Target="worksheets/sheet1.xml"/>'
    f'<Relationship Id="r2" Type="{_OFFICE}/sharedStrings" Target="sharedStrings.xml"/>'
    "</Relationships>",
}


def write_workbook(path: Path, rows: Sequence[Sequence[object]]) -> Path:
    """Write rows into the first sheet; None leaves a cell out."""
    written = "".join(
        f'<row r="{number}">{"".join(_cell(*each, number) for each in enumerate(row))}</row>'
        for number, row in enumerate(rows, 1)
    )
    return write_parts(path, written)


def write_parts(
    path: Path, rows: str, *, shared: str = "", others: Mapping[str, bytes] | None = None
) -> Path:
    """Write the XML of rows and of shared texts into a workbook, with further entries."""
    sheet = f'<worksheet xmlns="{_MAIN}"><sheetData>{rows}</sheetData></worksheet>'
    texts = f'<sst xmlns="{_MAIN}">{shared}</sst>'
    parts: Mapping[str, str | bytes] = {
        **PARTS,
        "xl/worksheets/sheet1.xml": sheet,
        "xl/sharedStrings.xml": texts,
        **(others or {}),
    }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def _cell(column: int, value: object, row: int) -> str:
    if value is None:
        return ""
    place = f'r="{chr(ord("A") + column)}{row}"'
    if isinstance(value, int | float):
        return f"<c {place}><v>{value}</v></c>"
    return f'<c {place} t="inlineStr"><is><t>{escape(str(value))}</t></is></c>'
