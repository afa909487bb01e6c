"""The sheet of a collection form on which an organisation says that it has nothing for a table it owes."""

from dataclasses import dataclass

from openpyxl.styles import Alignment, PatternFill, Protection
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from quality_cli.core.organisations import Unit
from quality_cli.core.periods import Period
from quality_cli.datasets.contracts.layout import normalise
from quality_cli.documents.workbooks.look import FRAME, fit_height, heading, print_setup, put

TABLES = "Таблицы"
TABLE, LACKING, NOTHING = "Таблица", "Чего ещё нет", "Таких нет"
TITLES = (TABLE, LACKING, NOTHING)
"""Headers of the sheet, in order."""

SAID = "таких нет"
"""What is chosen where there is nothing to hand in."""

_MEANT = frozenset(map(normalise, (SAID, "нет таких", "сведений нет", "нет сведений", "да", "+", "v", "x", "х", "✓")))
_WIDTHS = (48, 76, 16)
_HEADER_ROW = 6
_YELLOW = PatternFill("solid", fgColor="FFF9DB")


@dataclass(frozen=True, slots=True)
class OwedTable:
    """A table that is not handed in whole: its title and what of it is lacking, in words («» where all of it is)."""

    title: str
    lacking: str = ""


def means_nothing(cell: str) -> bool:
    """Whether what is written says that there is nothing."""
    return normalise(cell) in _MEANT


def tables_sheet(sheet: Worksheet, unit: Unit, period: Period, tables: tuple[OwedTable, ...]) -> None:
    """Fill the sheet: a row for every table, the last cell to be filled in."""
    for letter, width in zip("ABC", _WIDTHS, strict=True):
        sheet.column_dimensions[letter].width = width
    put(sheet, 1, 1, f"Таблицы, которых ещё нет, за {period} учебный год", bold=True, size=14)
    put(sheet, 2, 1, f"Если присылать в таблицу нечего, выберите «{SAID}». Пустая ячейка — таблица ещё придёт.")
    put(sheet, 3, 1, f"Организация: {unit.name}", bold=True)
    put(sheet, 4, 1, f"Учебный год: {period}", bold=True)
    for number, title in enumerate(TITLES, start=1):
        heading(sheet, _HEADER_ROW, number, title)
    chosen = DataValidation(type="list", formula1=f'"{SAID}"', allow_blank=True, showErrorMessage=True)
    chosen.errorTitle, chosen.error = NOTHING, f"Выберите «{SAID}» или оставьте ячейку пустой."
    sheet.add_data_validation(chosen)
    for row, table in enumerate(tables, start=_HEADER_ROW + 1):
        texts = (table.title, table.lacking or "ничего из неё", "")
        for number, text in enumerate(texts, start=1):
            cell = put(sheet, row, number, text)
            cell.border, cell.alignment = FRAME, Alignment(wrap_text=True, vertical="top")
        cell.fill, cell.protection, cell.number_format = _YELLOW, Protection(locked=False), "@"
        chosen.add(cell.coordinate)
        fit_height(sheet, row, zip(texts, _WIDTHS, strict=True))
    sheet.freeze_panes = f"B{_HEADER_ROW + 1}"
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    print_setup(sheet)
    sheet.protection.sheet = True
    sheet.protection.formatRows = sheet.protection.formatColumns = False
