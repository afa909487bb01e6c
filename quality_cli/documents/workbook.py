"""``results.xlsx``: the results table for people, a view of ``results.parquet``."""

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
    ("Формулировка", 60),
    ("Часть", 24),
    ("Уровень", 14),
    ("Организация", 36),
    ("Основной", 10),
    ("Разрез", 30),
    ("Числитель", 11),
    ("Знаменатель", 12),
    ("Значение", 11),
    ("Единица", 10),
    ("Исключено", 11),
    ("Неизвестно", 11),
    ("95 %: от", 10),
    ("95 %: до", 10),
    ("Состояние", 16),
    ("Пояснение", 40),
    ("Источник", 60),
)


def write_workbook(results: Results, catalogue: Catalogue, path: Path) -> None:
    """Write all rows under Russian headers with a filter; the same results give the same bytes."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet("Показатели")
    sheet.freeze_panes = "C2"
    for index, (_, width) in enumerate(_COLUMNS, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(_COLUMNS))}{len(results) + 1}"
    sheet.append([_header(sheet, title) for title, _ in _COLUMNS])
    parts = {(figure.indicator, figure.part): figure.title for figure in catalogue.figures}
    for row in results:
        sheet.append([_cell(sheet, value) for value in _values(row, catalogue, parts)])
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.print_title_rows = "1:1"
    buffer = io.BytesIO()
    book.save(buffer)
    path.write_bytes(reproducible(buffer.getvalue()))


def _values(row: Result, catalogue: Catalogue, parts: dict[tuple[str, str], str]) -> tuple[object, ...]:
    return (
        row.period,
        row.indicator,
        catalogue.indicators[row.indicator].name,
        parts[row.indicator, row.part],
        level_word(row.level),
        row.org_name,
        row.reported,
        stratum_words(row.stratum, catalogue, row.indicator),
        row.numerator,
        row.denominator,
        row.value,
        row.unit,
        row.excluded,
        row.unknown,
        row.ci_low,
        row.ci_high,
        status_word(row.status),
        row.note,
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
    if isinstance(value, bool):
        return "да" if value else ""
    if isinstance(value, float):
        return int(value) if value.is_integer() else value
    if isinstance(value, str) and value.startswith("="):
        cell = WriteOnlyCell(sheet, value=value)
        cell.data_type = "s"
        return cell
    return value
