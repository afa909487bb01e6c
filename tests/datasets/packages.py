"""Containers taken apart and put together again, for tests of damaged and odd files."""

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

from exports import Rows, table, xlsx

SHEET = "xl/worksheets/sheet1.xml"
BOOK = "xl/workbook.xml"

ODS = "application/vnd.oasis.opendocument.spreadsheet"
OFFICE = "urn:oasis:names:tc:opendocument:xmlns"
MANIFEST = f"""<?xml version="1.0" encoding="UTF-8"?>
<m:manifest xmlns:m="{OFFICE}:manifest:1.0" m:version="1.2">
<m:file-entry m:full-path="/" m:media-type="{ODS}"/><m:file-entry m:full-path="content.xml" m:media-type="text/xml"/>
</m:manifest>"""
_CONTENT = f"""<?xml version="1.0" encoding="UTF-8"?>
<office:document-content xmlns:office="{OFFICE}:office:1.0" xmlns:table="{OFFICE}:table:1.0"
 xmlns:text="{OFFICE}:text:1.0" office:version="1.2"><office:body><office:spreadsheet>
<table:table table:name="Лист1">%s</table:table></office:spreadsheet></office:body></office:document-content>"""


def own_table(marks: int = 5) -> Rows:
    """Our own table of results with so many rows; the header stands in row 1."""
    return table(*((code, 2 + code % 4) for code in range(1, marks + 1)))


def xlsx_bytes(folder: Path, rows: Rows) -> bytes:
    """A workbook as bytes."""
    return xlsx(folder / "seed.xlsx", rows).read_bytes()


def csv_bytes(rows: Rows, encoding: str = "utf-8-sig", delimiter: str = ";") -> bytes:
    """A text table as bytes."""
    lines = (delimiter.join("" if cell is None else str(cell) for cell in row) for row in rows)
    return "".join(f"{line}\r\n" for line in lines).encode(encoding)


def ods_bytes(rows: Rows, more: str = "") -> bytes:
    """A spreadsheet of LibreOffice; ``more`` is XML after the rows."""
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    body = "".join(
        "<table:table-row>{}</table:table-row>".format("".join(cell.format(value) for value in row)) for row in rows
    )
    return packed({"mimetype": ODS, "META-INF/manifest.xml": MANIFEST, "content.xml": _CONTENT % (body + more)})


def parts(container: bytes) -> dict[str, bytes]:
    """Members of a container by name."""
    with zipfile.ZipFile(io.BytesIO(container)) as opened:
        return {info.filename: opened.read(info) for info in opened.infolist()}


def packed(members: Mapping[str, bytes | str]) -> bytes:
    """A container of the members."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as container:
        for name, content in members.items():
            container.writestr(name, content)
    return buffer.getvalue()


def changed(container: bytes, member: str, change: Callable[[bytes], bytes]) -> bytes:
    """The container with one member changed."""
    members = parts(container)
    return packed({**members, member: change(members[member])})


def with_cell(container: bytes, xml: str) -> bytes:
    """A workbook with more XML at the end of its sheet."""
    return changed(container, SHEET, lambda sheet: sheet.replace(b"</sheetData>", f"{xml}</sheetData>".encode()))
