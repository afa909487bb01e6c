"""``results.xlsx``: the results table for people, a view of ``results.parquet``.

It shows each indicator at the level where the concept reports it; the other levels are in CSV and Parquet.
"""

import io
from pathlib import Path

from openpyxl import Workbook
from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._write_only import WriteOnlyWorksheet

from quality_cli.analysis.results import Result, Results
from quality_cli.catalogue.loader import Catalogue
from quality_cli.catalogue.wording import level_word, status_word, stratum_words
from quality_cli.core.archive import reproducible

_COLUMNS: tuple[tuple[str, int], ...] = (
    ("Учебный год", 12),
    ("Показатель", 12),
    ("Часть", 22),
    ("Организация", 36),
    ("Разрез", 34),
    ("Значение", 11),
    ("Единица", 10),
    ("Числитель", 11),
    ("Знаменатель", 13),
    ("Исключено", 12),
    ("Неизвестно", 12),
    ("95 %: от", 10),
    ("95 %: до", 10),
    ("Состояние", 16),
    ("Пояснение", 36),
    ("Уровень", 14),
    ("Формулировка", 60),
    ("Источник", 60),
)

_LAST_PRINTED = "O"  # wording and source are for the screen


def write_workbook(results: Results, catalogue: Catalogue, path: Path) -> None:
    """Write the reported rows under Russian headers with a filter; the same results give the same bytes."""
    rows = [row for row in results if row.reported]
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Показатели")
    sheet.freeze_panes = "C2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    sheet.print_area = f"A1:{_LAST_PRINTED}{len(rows) + 1}"
    for index, (_, width) in enumerate(_COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_COLUMNS))}{len(rows) + 1}"
    sheet.append([_header(sheet, title) for title, _ in _COLUMNS])
    parts = {(figure.indicator, figure.part): figure.title for figure in catalogue.figures}
    for row in rows:
        sheet.append([_cell(sheet, value) for value in _values(row, catalogue, parts)])
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(reproducible(buffer.getvalue()))


def _values(row: Result, catalogue: Catalogue, parts: dict[tuple[str, str], str]) -> tuple[object, ...]:
    return (
        row.period,
        row.indicator,
        parts[row.indicator, row.part],
        row.org_name,
        stratum_words(row.stratum, catalogue, row.indicator),
        row.value,
        row.unit,
        row.numerator,
        row.denominator,
        row.excluded,
        row.unknown,
        row.ci_low,
        row.ci_high,
        status_word(row.status),
        row.note,
        level_word(row.level),
        catalogue.indicators[row.indicator].name,
        row.source,
    )


def _header(sheet: WriteOnlyWorksheet, title: str) -> Cell:
    cell = WriteOnlyCell(sheet, value=title)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="DDE6F0")
    cell.alignment = Alignment(wrap_text=True, vertical="center")
    return cell


def _cell(sheet: WriteOnlyWorksheet, value: object) -> object:
    """Words stay words: a text that begins with «=» must not become a formula."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, float):
        cell = WriteOnlyCell(sheet, value=value)
        cell.number_format = "0.0"
        return cell
    if isinstance(value, str) and value.startswith("="):
        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"
        return cell
    return value
