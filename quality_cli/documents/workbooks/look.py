"""How the sheets that people read look and print: collection forms, remarks on a file."""

from collections.abc import Iterable
from functools import cache
from textwrap import wrap

from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.worksheet.header_footer import HeaderFooterItem, _HeaderFooterPart
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from quality_cli.core.text import writable

_LINE, _DENSITY = 13.2, 1.1  # points a line takes; letters to a unit of width
_BLUE = PatternFill("solid", fgColor="DDE6F0")
_THIN = Side(style="thin", color="A6A6A6")
FRAME = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


def clean(text: str) -> str:
    """Text as a workbook can hold it, on one line: no control characters."""
    return " ".join(writable(text, " ").split())


@cache
def _font(size: int, bold: bool) -> Font:
    return Font(name="Arial", size=size, bold=bold)


def put(sheet: Worksheet, row: int, column: int, text: str, *, bold: bool = False, size: int = 10) -> Cell:
    """Write text that stays text, whatever it begins with."""
    cell = sheet.cell(row, column)
    assert isinstance(cell, Cell)
    cell.font = _font(size, bold)
    cell.value = clean(text) or None
    if cell.value is not None:
        cell.data_type = "s"
    return cell


def heading(sheet: Worksheet, row: int, column: int, text: str) -> None:
    """Write the header of a column."""
    cell = put(sheet, row, column, text, bold=True)
    cell.fill, cell.border = _BLUE, FRAME
    cell.alignment = Alignment(wrap_text=True, vertical="center", horizontal="center")


def fit_height(sheet: Worksheet, row: int, cells: Iterable[tuple[str, int]]) -> None:
    """Set the height that the longest text of a row takes in its column: not every program fits it while opening."""
    lines = max(len(wrap(text, int(width * _DENSITY))) for text, width in cells)
    sheet.row_dimensions[row].height = max(lines, 1) * _LINE + 4


def print_setup(sheet: Worksheet) -> None:
    """Landscape A4, the whole width on a page, pages numbered."""
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.page_margins.top, sheet.page_margins.bottom, sheet.page_margins.footer = 0.5, 0.7, 0.3
    sheet.oddFooter = HeaderFooterItem(center=_HeaderFooterPart(text="Стр. &P из &N"))
