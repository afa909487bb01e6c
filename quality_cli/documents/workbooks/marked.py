"""A marked-up copy of a data file, ready to send back: bad cells coloured and commented, all remarks on a first sheet.

The cells and their looks stay as they are in the sender's own file. What else a workbook may carry does not come along
(:mod:`quality_cli.documents.workbooks.plain`). Remarks never repeat free text of cells, so no person's data get into
comments.
"""

import io
import warnings
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from openpyxl import Workbook, load_workbook
from openpyxl.cell import Cell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.worksheet import Worksheet

from quality_cli.core.archive import reproducible
from quality_cli.core.findings import NOTES_SHEET, SEVERITY_RU, Finding, Findings, Place, Severity
from quality_cli.core.text import writable
from quality_cli.datasets.readers.content import read_file
from quality_cli.datasets.readers.sheets import RawSheet
from quality_cli.documents.workbooks.look import FRAME, fit_height, heading, print_setup, put
from quality_cli.documents.workbooks.plain import make_plain

_TITLE = "Замечания к файлу"
_WIDTHS = {"Важность": 11, "Лист": 15, "Место": 11, "Что не так": 48, "Подробно": 30, "Что сделать": 44, "Код": 14}
_HEADER_ROW = 5
_COLOURS = {Severity.ERROR: "FFC7CE", Severity.WARNING: "FFEB9C"}
_FILLS = {severity: PatternFill("solid", fgColor=colour) for severity, colour in _COLOURS.items()}
_AUTHOR, _MARK = "quality", "— Проверка данных —"
_NATIVE = frozenset({".xlsx", ".xlsm"})
_LONGEST = 32_000


@dataclass(frozen=True, slots=True)
class Remark:
    """A finding at one of its places."""

    finding: Finding
    place: Place

    @property
    def note(self) -> str:
        """What was found here; where one place stands for many rows, how many."""
        many = self.finding.total if self.finding.total > len(self.finding.places) else 0
        return "; ".join(filter(None, (self.place.note, f"всего строк: {many}" if many else "")))

    @property
    def text(self) -> str:
        """The remark as a comment of its cell."""
        said = f"{SEVERITY_RU[self.finding.severity]}: {self.finding.message}"
        noted = f" ({self.note})" if self.note else ""
        return f"{said}{noted}\n→ {self.finding.hint}" if self.finding.hint else f"{said}{noted}"


def remarks_by_file(findings: Iterable[Finding]) -> dict[str, list[Remark]]:
    """Errors and warnings by file, errors first; notes are not for the school."""
    by_file: dict[str, list[Remark]] = {}
    for severity in _FILLS:
        for finding in findings:
            if finding.severity is severity:
                for place in finding.places:
                    by_file.setdefault(place.file, []).append(Remark(finding, place))
    return by_file


def marked_copy(path: Path, remarks: Sequence[Remark]) -> tuple[str, bytes]:
    """The name of the copy and the workbook (or table) at ``path`` with the remarks in it.

    ``.xlsx`` is added to the name of what was no such book. The same input always gives the same bytes.
    Raises :class:`quality_cli.datasets.readers.sheets.UnreadableFileError` where nothing in the file can be read.
    """
    opened = _opened(path)
    book = opened or _values_of(path)
    _unmark(book)
    make_plain(book)
    by_cell: dict[tuple[str, str], list[Remark]] = {}
    spots = [_spot(book, remark.place) for remark in remarks]
    for spot, remark in zip(spots, remarks, strict=True):
        if spot is not None:
            by_cell.setdefault(spot, []).append(remark)
    for (sheet, coordinate), here in by_cell.items():
        _mark(book[sheet][coordinate], here)
    _list(book, remarks, spots)
    buffer = io.BytesIO()
    book.save(buffer)
    name = path.name if path.suffix.lower() == ".xlsx" else f"{path.name}.xlsx"
    return name, reproducible(buffer.getvalue())


def _opened(path: Path) -> Workbook | None:
    """The workbook with its format and formulas; None where openpyxl cannot open it."""
    if path.suffix.lower() in _NATIVE:
        with suppress(Exception), warnings.catch_warnings():  # openpyxl fails in many ways on what Excel forgives
            warnings.simplefilter("ignore")  # of the format that it cannot keep
            return load_workbook(path, keep_links=False, rich_text=True)
    return None


def _values_of(path: Path) -> Workbook:
    book = Workbook()
    book.remove(book.worksheets[0])
    for raw in read_file(path, path.name, Findings()) or ():
        _copy_values(raw, book.create_sheet(raw.sheet or "Таблица"))
    return book


def _copy_values(raw: RawSheet, sheet: Worksheet) -> None:
    for row, cells in enumerate(raw.rows, start=1):
        for column, value in enumerate(cells, start=1):
            if value is not None and value != "":
                _put(sheet, row, column, value)


def _put(sheet: Worksheet, row: int, column: int, value: Any) -> None:
    """Write a value; a text that begins with «=» stays a text."""
    cell = sheet.cell(row, column)
    cell.value = writable(value) if isinstance(value, str) else value
    if isinstance(value, str):
        cell.data_type = "s"


def _spot(book: Workbook, place: Place) -> tuple[str, str] | None:
    """Sheet and cell to be marked: of a row its first cell, of a merged range its corner; None for a whole sheet."""
    sheet = next((sheet for sheet in book.worksheets if place.sheet in ("", sheet.title)), None)
    coordinate = place.cell or (f"A{place.row}" if place.row else "")
    if sheet is None or not coordinate:
        return None
    merged = next((found for found in sheet.merged_cells.ranges if coordinate in found), None)
    return sheet.title, merged.start_cell.coordinate if merged else coordinate


def _mark(cell: Cell, remarks: Sequence[Remark]) -> None:
    cell.fill = _FILLS[remarks[0].finding.severity]
    before = [cell.comment.text, _MARK] if cell.comment else [_MARK]
    author = cell.comment.author if cell.comment else _AUTHOR
    text = "\n".join([*before, *dict.fromkeys(remark.text for remark in remarks)])
    cell.comment = Comment(text[:_LONGEST], author, height=160, width=360)


def _unmark(book: Workbook) -> None:
    """Take away the remarks of an earlier check: the sender repairs the marked copy and sends it back."""
    notes = [sheet for sheet in book.worksheets if sheet.title == NOTES_SHEET and sheet["A1"].value == _TITLE]
    for sheet in notes:
        book.remove(sheet)
    cells = (cell for sheet in (book.worksheets if notes else ()) for row in sheet.iter_rows() for cell in row)
    for cell in cells:
        comment = cell.comment
        if not isinstance(cell, Cell) or comment is None or _MARK not in comment.text:
            continue
        own = comment.text.partition(_MARK)[0].rstrip()
        cell.comment = Comment(own, comment.author) if own else None
        if cell.fill.fgColor.rgb in {f"00{colour}" for colour in _COLOURS.values()}:
            cell.fill = PatternFill()


def _list(book: Workbook, remarks: Sequence[Remark], spots: Sequence[tuple[str, str] | None]) -> None:
    """The first sheet: every remark, with a link to its cell."""
    sheet = book.create_sheet(NOTES_SHEET, 0)
    for other in book.worksheets:
        other.sheet_view.tabSelected = other is sheet
    book.active = sheet
    put(sheet, 1, 1, _TITLE, bold=True, size=14)
    put(sheet, 2, 1, "Ячейки с замечаниями закрашены: розовым — ошибки, жёлтым — то, что стоит проверить.")
    put(sheet, 3, 1, "Исправьте их на самих листах и пришлите файл обратно; этот лист удалять не нужно.")
    for column, (header, width) in enumerate(_WIDTHS.items(), start=1):
        heading(sheet, _HEADER_ROW, column, header)
        sheet.column_dimensions[get_column_letter(column)].width = width
    sheet.freeze_panes = f"A{_HEADER_ROW + 1}"
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    print_setup(sheet)
    for number, (remark, spot) in enumerate(zip(remarks, spots, strict=True), start=_HEADER_ROW + 1):
        finding, place = remark.finding, remark.place
        words = (
            *(SEVERITY_RU[finding.severity], place.sheet, place.spot),
            *(finding.message, remark.note, finding.hint, finding.code),
        )
        for column, word in enumerate(words, start=1):
            cell = put(sheet, number, column, word)
            cell.alignment, cell.border = Alignment(wrap_text=True, vertical="top"), FRAME
        fit_height(sheet, number, zip(words, _WIDTHS.values(), strict=True))
        sheet.cell(number, 1).fill = _FILLS[finding.severity]
        if spot is not None:
            name, coordinate = spot[0].replace("'", "''"), spot[1]
            link = sheet.cell(number, 3)
            link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{name}'!{coordinate}")
            link.font = Font(name="Arial", size=10, underline="single", color="0563C1")
