"""Workbooks by calamine. An ``.xlsx`` is looked through first, and calamine is handed only the bytes that were.

calamine asks for all the memory that a stray cell implies and ends the process when it does not get it, reads the
first of two sheets of one name twice, and says nothing of errors in cells: all that is found here.
"""

import io
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from posixpath import join, normpath
from typing import Any
from xml.etree import ElementTree
from xml.parsers.expat import ExpatError

from quality_cli.core.findings import Findings, Place
from quality_cli.datasets.readers.formats import EXPONENT, formats_of, per_cents
from quality_cli.datasets.readers.kinds import PASSWORD, RESAVE
from quality_cli.datasets.readers.limits import MAX_CELLS, MAX_SHEETS, MAX_UNZIPPED
from quality_cli.datasets.readers.sheet_xml import (
    BeyondLimits,
    SheetScan,
    longest_string,
    scan_sheet,
    string_lengths,
)
from quality_cli.datasets.readers.sheets import Range, RawSheet, UnreadableFileError, unreadable
from quality_cli.datasets.readers.zipped import measure, opened

_FEWER = "удалите пустые строки и столбцы далеко от таблицы (Ctrl+End) или разделите книгу"


@dataclass(frozen=True, slots=True)
class _Listed:
    """A sheet as ``workbook.xml`` lists it."""

    name: str
    part: str


def read_xlsx(content: bytes, shown: str, findings: Findings) -> list[RawSheet]:
    """Sheets of an ``.xlsx``; raises :class:`UnreadableFileError`, tells of a sheet that was lost."""
    with opened(content, shown) as container:
        members = [member for member in container.infolist() if member.filename.lower().endswith((".xml", ".rels"))]
        measure(members, len(content), shown)
        parts = {member.filename: container.read(member) for member in members}
    listed = _listed(parts, shown)
    scans = _scans(parts, listed, shown)
    sheets = {sheet.sheet: sheet for sheet in parse_workbook(_stored(parts), shown)}
    seen: set[str] = set()
    for sheet in listed:
        if sheet.name in seen:
            message = f"в книге два листа «{sheet.name}»: второй не прочитан"
            findings.error("sheet.repeated", message, Place(shown, sheet.name), "дайте листам разные имена")
        elif sheet.name in sheets:
            seen.add(sheet.name)
            sheets[sheet.name] = with_scan(sheets[sheet.name], scans.get(sheet.part, SheetScan()))
    return list(sheets.values())


def parse_workbook(content: bytes, shown: str) -> list[RawSheet]:
    """Every sheet by calamine, the first of those of one name; raises :class:`UnreadableFileError`."""
    import python_calamine as calamine

    sheets: dict[str, RawSheet] = {}
    cells = 0
    try:
        with calamine.CalamineWorkbook.from_filelike(io.BytesIO(content)) as workbook:
            for about in workbook.sheets_metadata:
                if about.typ != calamine.SheetTypeEnum.WorkSheet or about.name in sheets:
                    continue
                sheet = workbook.get_sheet_by_name(about.name)
                cells += sheet.total_height * sheet.total_width
                if cells > MAX_CELLS:
                    raise _too_many_cells(shown)
                hidden = about.visible != calamine.SheetVisibleEnum.Visible
                rows: Any = sheet.to_python(skip_empty_area=False)
                sheets[about.name] = RawSheet(shown, about.name, rows, _merged(sheet), hidden)
    except (UnreadableFileError, KeyboardInterrupt, SystemExit):
        raise
    except calamine.PasswordError as error:
        raise unreadable(shown, "file.password", *PASSWORD) from error
    except (
        BaseException
    ) as error:  # whatever the parser stumbles upon is the file's fault; a Rust panic is no Exception
        raise damaged(shown) from error
    return list(sheets.values())


def damaged(shown: str) -> UnreadableFileError:
    """The error of a workbook that does not hold together."""
    return unreadable(shown, "file.damaged", "файл повреждён или это не книга Excel", RESAVE)


def _too_many_cells(shown: str) -> UnreadableFileError:
    message = f"в книге больше {MAX_CELLS // 1_000_000} млн ячеек, считая пустые"
    return unreadable(shown, "file.too_big", message, _FEWER)


def _merged(sheet: Any) -> tuple[Range, ...]:
    """Merged ranges, cut to what the sheet holds."""
    bottom, right = sheet.total_height, sheet.total_width
    ranges = ((*start, min(end[0], bottom), min(end[1], right)) for start, end in sheet.merged_cell_ranges or ())
    return tuple(found for found in ranges if found[0] <= found[2] and found[1] <= found[3])


def _listed(parts: Mapping[str, bytes], shown: str) -> list[_Listed]:
    """Sheets in their order; raises for XML that no office program writes."""
    if any(b"<!DOCTYPE" in part or b"\0" in part[:200] for part in parts.values()):
        message = "внутри книги XML, какого Excel не пишет (DOCTYPE или другая кодировка)"
        raise unreadable(shown, "file.damaged", message, RESAVE)
    try:
        book = ElementTree.fromstring(parts["xl/workbook.xml"])
        links = ElementTree.fromstring(parts["xl/_rels/workbook.xml.rels"])
    except (KeyError, ElementTree.ParseError) as error:
        raise damaged(shown) from error
    targets = {link.get("Id", ""): normpath(join("/xl", link.get("Target", "")))[1:] for link in links}
    found = [element for element in book.iter() if element.tag.endswith("}sheet")]
    if len(found) > MAX_SHEETS:
        raise unreadable(shown, "file.too_big", f"в книге больше {MAX_SHEETS} листов", "разделите книгу")
    return [_Listed(element.get("name", ""), targets.get(_link(element), "")) for element in found]


def _link(sheet: ElementTree.Element) -> str:
    return next((value for key, value in sheet.attrib.items() if key.endswith("}id")), "")


def _scans(parts: Mapping[str, bytes], listed: Sequence[_Listed], shown: str) -> dict[str, SheetScan]:
    """Every part that looks like a worksheet, looked through; raises for one that is too big or broken."""
    try:
        worksheets = {name: part for name, part in parts.items() if b"sheetData" in part}
        styles = next((part for name, part in parts.items() if name.lower().endswith("/styles.xml")), b"")
        formats = formats_of(styles) if styles else {}
        scans = {name: scan_sheet(part, formats) for name, part in worksheets.items()}
        cells = sum(scans[sheet.part].cells for sheet in listed if sheet.part in scans)
        if cells > MAX_CELLS or any(scan.cells > MAX_CELLS for scan in scans.values()):
            raise _too_many_cells(shown)
        strings = next((part for name, part in parts.items() if name.lower().endswith("sharedstrings.xml")), b"")
        if longest_string(strings) * cells > MAX_UNZIPPED:
            exact = {name: scan_sheet(part, exact=True) for name, part in worksheets.items()}
            _check_volume(string_lengths(strings), [exact[s.part] for s in listed if s.part in exact], shown)
    except BeyondLimits as error:
        message = "на листе есть ячейка за пределами листа Excel (1 048 576 строк, 16 384 столбца)"
        raise unreadable(shown, "file.too_big", message, _FEWER) from error
    except (ExpatError, ElementTree.ParseError, ValueError) as error:
        raise damaged(shown) from error
    return scans


def _check_volume(lengths: Sequence[int], scans: Sequence[SheetScan], shown: str) -> None:
    """Refuse a workbook whose cells repeat long texts until they do not fit into memory."""
    uses = ((index, times) for scan in scans for index, times in (scan.shared or {}).items())
    if sum(lengths[index] * times for index, times in uses if index < len(lengths)) > MAX_UNZIPPED:
        message = f"тексты в ячейках занимают больше {MAX_UNZIPPED // 1_000_000} млн знаков"
        raise unreadable(shown, "file.too_big", message, "разделите книгу")


def _stored(parts: Mapping[str, bytes]) -> bytes:
    """The parts packed again without compression."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_STORED) as container:
        for name, part in parts.items():
            container.writestr(zipfile.ZipInfo(name), part)
    return packed.getvalue()


def with_scan(sheet: RawSheet, scan: SheetScan) -> RawSheet:
    """The sheet with what calamine does not tell; an error of Excel and a per cent stand in their cells as shown."""
    rows: Any = sheet.rows
    for (row, column), error in scan.errors.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = error
    exponents = []
    for (row, column), kind in scan.formats.items():
        if row < len(rows) and column < len(rows[row]):
            rows[row][column] = per_cents(rows[row][column], kind)
            if kind == EXPONENT:
                exponents.append((row, column))
    return replace(
        sheet,
        merged=sheet.merged or tuple(scan.merged),
        hidden_rows=tuple(scan.hidden_rows),
        hidden_columns=tuple(scan.hidden_columns),
        uncached=tuple(scan.uncached),
        exponents=tuple(exponents),
    )
