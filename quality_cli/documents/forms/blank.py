"""Blank tables of datasets: a workbook that people fill in and that is read as it is when it comes back.

The sheet of the table has its explanations above the header and one row that shows how to fill it in, known by its mark
(:mod:`quality_cli.datasets.contracts.blank`). On a second sheet an organisation states that it has nothing to write.
"""

import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from quality_cli.core.archive import reproducible
from quality_cli.core.periods import Period
from quality_cli.datasets.contracts.blank import LISTS, MARK, NUMBER, example_row, written_by_hand
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.values.parse import expected
from quality_cli.documents.workbooks.look import FRAME, fit_height, heading, print_setup, put

FILE_NAME = "Таблица"
"""How the names of blank tables begin."""

NOTHING = "Сведений нет"
"""The sheet of statements."""

REQUIRED = "*"
"""After the header of a required column; headers are compared without it."""

ROWS = 30
"""Rows that are framed and numbered, for those who print it; rules hold for :data:`_RULED` of them."""

_RULED = 2000
_TITLE, _HOW, _HINTS, _HEADER = 1, 2, 4, 5
_FIRST = _HEADER + 1
_NUMBER_WIDTH, _LEAST, _MOST = 9, 12, 34
_PAGE = 170
"""Units of width that are still read on a landscape A4."""
_INLINE = 250
"""Characters of a list that Excel takes within a rule."""
_EARLIEST, _LATEST = "DATE(1990,1,1)", "DATE(2100,12,31)"
_YELLOW, _GREY, _NEEDED = (PatternFill("solid", fgColor=colour) for colour in ("FFF9DB", "EDEDED", "FCE4D6"))
_NOTE = Font(name="Arial", size=8, italic=True, color="595959")
_SHOWN = Font(name="Arial", size=10, italic=True, color="7F7F7F")


@dataclass(frozen=True, slots=True)
class BlankTable:
    """What a blank table is made for: ``units`` are the organisations it may name, by their names of the register (none
    where nobody knows), ``statements`` the contract of the dataset in which one says that there is nothing."""

    contract: Contract
    units: tuple[str, ...] = ()
    period: Period | None = None
    statements: Contract | None = None


class _Lists:
    """The hidden sheet of allowed values: each list once."""

    def __init__(self, book: Workbook) -> None:
        self._sheet = book.create_sheet(LISTS)
        self._sheet.sheet_state = "hidden"
        self._known: dict[tuple[str, ...], str] = {}

    def formula(self, words: Sequence[str]) -> str:
        """What a rule says to allow these words only: within itself, else where they stand."""
        key = tuple(words)
        if len(",".join(key)) <= _INLINE and not any(mark in word for word in key for mark in ',"'):
            return f'"{",".join(key)}"'
        if key not in self._known:
            column = len(self._known) + 1
            for row, word in enumerate(key, start=1):
                put(self._sheet, row, column, word)
            letter = get_column_letter(column)
            self._known[key] = f"'{LISTS}'!${letter}$1:${letter}${len(key)}"
        return self._known[key]

    @property
    def are_needed(self) -> bool:
        return bool(self._known)


def blank_workbook(table: BlankTable) -> bytes:
    """The blank table as an XLSX file; the same table gives the same bytes."""
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    lists = _Lists(book)
    _table(sheet, table, lists)
    if table.statements is not None:
        _statements(book.create_sheet(NOTHING, 1), table, table.statements, lists)
    if not lists.are_needed:
        del book[LISTS]
    buffer = io.BytesIO()
    book.save(buffer)
    return reproducible(buffer.getvalue())


def _table(sheet: Worksheet, table: BlankTable, lists: _Lists) -> None:
    contract, columns = table.contract, written_by_hand(table.contract)
    sheet.title = "Таблица"
    year = f" за {table.period} учебный год" if table.period else ""
    put(sheet, _TITLE, 1, f"{contract.title}{year}", bold=True, size=14)
    told = f"Одна строка — {contract.grain}. Столбцы с {REQUIRED} заполняются всегда."
    if table.statements is not None:
        told += f" Если писать нечего, заполните лист «{NOTHING}»."
    put(sheet, _HOW, 1, told)
    put(sheet, _HOW + 1, 1, f"Строка «{MARK}» показывает, как заполнять: её не читают, можно стереть. Имена и номера "
        "документов не пишут. Файл сохраняют как книгу Excel (.xlsx).")  # fmt: skip
    example = dict(example_row(contract))
    for name, column in columns.items():
        if column.type == "period" and table.period:
            example[name] = str(table.period)
        elif column.type == "year" and name == (contract.period and contract.period.column) and table.period:
            example[name] = str(table.period.start + 1)
    _grid(sheet, table, columns, example, lists, rows=ROWS)
    sheet.freeze_panes = f"{get_column_letter(2 + _leading(table.contract, columns))}{_FIRST}"
    if _pages(columns) > 1:
        sheet.print_title_cols = f"A:{get_column_letter(1 + _leading(table.contract, columns))}"


def _leading(contract: Contract, columns: Mapping[str, Column]) -> int:
    """How many of the first columns say what a row is about: they stay in sight and on every page."""
    count = 0
    for name, column in columns.items():
        if (name not in contract.key and not column.required) or count == _MOST_LEADING:
            break
        count += 1
    return count


_MOST_LEADING = 4


def _statements(sheet: Worksheet, table: BlankTable, contract: Contract, lists: _Lists) -> None:
    put(sheet, _TITLE, 1, f"{NOTHING}: {table.contract.title}", bold=True, size=14)
    put(
        sheet,
        _HOW,
        1,
        "Заполните строку, если писать в таблицу нечего: тогда её не ждут и считают 0, а не «нет данных».",
    )
    columns = dict(contract.columns)
    columns["table"] = columns["table"].model_copy(update={"values": {table.contract.title: []}, "type": "category"})
    _grid(sheet, table, columns, {}, lists, rows=5)


def _grid(
    sheet: Worksheet, table: BlankTable, columns: Mapping[str, Column], example: Mapping[str, str], lists: _Lists,
    rows: int,
) -> None:  # fmt: skip
    """Headers with what to write above them, the row that shows it (where there is one), blank rows with rules."""
    widths = [_NUMBER_WIDTH, *(_width(column) for column in columns.values())]
    titles = [
        NUMBER,
        *(f"{column.title} {REQUIRED}" if column.required else column.title for column in columns.values()),
    ]
    hints = ["не обязательно", *map(_hint, columns.values())]
    for index, (title, hint, width) in enumerate(zip(titles, hints, widths, strict=True), start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
        note = put(sheet, _HINTS, index, hint)
        note.font, note.alignment = _NOTE, Alignment(wrap_text=True, vertical="bottom", horizontal="center")
        heading(sheet, _HEADER, index, title)
        if title.endswith(REQUIRED):
            sheet.cell(_HEADER, index).fill = _NEEDED
    fit_height(sheet, _HINTS, zip(hints, widths, strict=True))
    fit_height(sheet, _HEADER, zip(titles, widths, strict=True))
    first = _FIRST
    if example:
        texts = [MARK, *(example.get(name, "") for name in columns)]
        for index, text in enumerate(texts, start=1):
            cell = put(sheet, first, index, text)
            cell.font, cell.fill, cell.border = _SHOWN, _GREY, FRAME
            cell.alignment = Alignment(wrap_text=True, vertical="top")
        fit_height(sheet, first, zip(texts, widths, strict=True))
        first += 1
    for row in range(first, first + rows):
        put(sheet, row, 1, str(row - first + 1)).border = FRAME
        for index, column in enumerate(columns.values(), start=2):
            cell = put(sheet, row, index, "")
            cell.border, cell.number_format = FRAME, _number_format(column)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            cell.fill = _YELLOW
    for index, column in enumerate(columns.values(), start=2):
        rule = _rule(column, table, lists)
        if rule is not None:
            letter = get_column_letter(index)
            rule.add(f"{letter}{first}:{letter}{first + _RULED}")
            sheet.add_data_validation(rule)
    print_setup(sheet)
    sheet.page_setup.fitToWidth = _pages(columns)
    sheet.print_title_rows = f"{_HEADER}:{_HEADER}"
    sheet.print_area = f"A1:{get_column_letter(len(columns) + 1)}{first + rows - 1}"
    sheet.freeze_panes = f"A{_FIRST}"


def _pages(columns: Mapping[str, Column]) -> int:
    """How many pages a table is wide."""
    return math.ceil((_NUMBER_WIDTH + sum(map(_width, columns.values()))) / _PAGE)


def _width(column: Column) -> int:
    words = [column.title, *(column.values if column.type == "category" else ())]
    longest = max(len(word) for text in words for word in text.split())
    wide = {"organisation": 30, "text": 18}.get(column.type, _LEAST)
    return min(max(longest + 3, wide), _MOST)


def _hint(column: Column) -> str:
    """What is written into a column: what its contract accepts and notes."""
    match column.type:
        case "organisation":
            accepted = "название, как в реестре организаций"
        case "text" if column.personal:
            accepted = "условный код"
        case "text" if not column.several:
            accepted = "текст"
        case "letter":
            accepted = "буква класса"
        case _:
            accepted = expected(column).removeprefix("ожидается ")
    return f"{accepted}; {column.note}" if column.note else accepted


def _number_format(column: Column) -> str:
    if column.values or column.type not in ("integer", "number", "date"):
        return "General" if column.type == "integer" else "@"
    return "DD.MM.YYYY" if column.type == "date" else "0" if column.type == "integer" else "General"


def _rule(column: Column, table: BlankTable, lists: _Lists) -> DataValidation | None:
    """What may be typed into a column; None where anything may."""
    rule = DataValidation(allow_blank=True, showErrorMessage=True)
    rule.errorTitle, rule.error = column.title[:32], f"Здесь {expected(column)}."[:255]
    period = table.period
    match column.type:
        case "organisation":
            words: Sequence[str] = table.units
            rule.errorStyle = "warning"  # a login, a code or another spelling is understood too
            rule.error = "Такого названия нет в списке. Оставить?"
        case "flag":
            words = ("да", "нет")
        case "period":
            words = [str(Period(period.start - step)) for step in range(3)] if period else ()
            rule.errorStyle = "warning"
        case "category" | "integer" if column.values and not column.several:
            words = tuple(column.values)
        case "text" if column.values and not column.several:
            words = tuple(column.values)
            rule.errorStyle = "information"
        case "integer" | "number" | "year" if column.min is not None or column.max is not None:
            low, high = (("-1E9", "1E9")[side] if limit is None else f"{limit:.15g}"
                         for side, limit in enumerate((column.min, column.max)))  # fmt: skip
            rule.type = "decimal" if column.type == "number" else "whole"
            rule.operator, rule.formula1, rule.formula2 = "between", low, high
            return rule
        case "date":
            rule.type, rule.operator, rule.formula1, rule.formula2 = "date", "between", _EARLIEST, _LATEST
            return rule
        case _:
            return None
    if not words:
        return None
    rule.type, rule.formula1 = "list", lists.formula(words)
    return rule
