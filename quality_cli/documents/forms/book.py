"""The book of one who answers for all organisations (the expert): a sheet for each question, in it a row for
each organisation it is asked of. Read back as a form is (:mod:`quality_cli.documents.forms.returned`)."""

import io
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from openpyxl import Workbook
from openpyxl.styles import Alignment
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from quality_cli.catalogue.model import Respondent
from quality_cli.catalogue.questions import Field, Question, term
from quality_cli.core.archive import reproducible
from quality_cli.core.organisations import Unit
from quality_cli.core.periods import Period
from quality_cli.documents.forms.make import (
    ANSWER,
    EVIDENCE,
    FORMAT,
    INSTRUCTION,
    KIND,
    NUMBER,
    ORGANISATION,
    REMARK,
    Stamp,
    StampRow,
    answer_cell,
    answer_kind,
    instruction_rows,
    protect,
    put_stamp,
    terms,
    validation,
)
from quality_cli.documents.workbooks.look import FRAME, clean, fit_height, heading, print_setup, put

RESPONDENTS: Mapping[Respondent, str] = MappingProxyType(
    {"organisation": "организация", "expert": "муниципальный эксперт"}
)
"""Who answers, as documents call them."""

_TITLES = (NUMBER, ORGANISATION, KIND, ANSWER, EVIDENCE, REMARK)
_WIDTHS = (14, 44, 14, 12, 40, 40)
_HEADER_ROW = 7
_LONGEST = 31
"""Characters of the name of a sheet, by Excel."""


@dataclass(frozen=True, slots=True)
class Book:
    """What one respondent of a municipality is asked: each question with the organisations it is asked of."""

    municipality: Unit
    respondent: Respondent
    period: Period
    asked: tuple[tuple[Question, tuple[Unit, ...]], ...]
    office: str
    catalogue: str

    @property
    def answers(self) -> int:
        """How many answers it asks for."""
        return sum(len(units) for _, units in self.asked)


def book_workbook(book: Book) -> bytes:
    """The book as an XLSX file; the same book gives the same bytes."""
    workbook = Workbook()
    first = workbook.active
    assert isinstance(first, Worksheet)
    _instruction(first, book)
    rows: list[StampRow] = []
    for question, units in book.asked:
        sheet = workbook.create_sheet(question.id.replace(":", " ")[:_LONGEST])
        rows += _question(sheet, book, question, units)
    put_stamp(workbook, Stamp(FORMAT, book.catalogue, book.municipality.id, str(book.period), tuple(rows)))
    buffer = io.BytesIO()
    workbook.save(buffer)
    return reproducible(buffer.getvalue())


def _instruction(sheet: Worksheet, book: Book) -> None:
    sheet.title = INSTRUCTION
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 96
    who = RESPONDENTS[book.respondent]
    put(sheet, 1, 1, f"Сведения об организациях за {book.period} учебный год: {who}", bold=True, size=14)
    lines = [
        ("Для чего", "Собрать заключения об организациях: по ним считаются показатели концепции муниципальной системы "
                     "оценки качества образования."),
        ("Кто заполняет", who),
        ("За какой год", f"{book.period} учебный год"),
        ("Срок", "; ".join(terms((question for question, _ in book.asked), book.period)) or "не установлен"),
        ("Как заполнять", "1. Каждый вопрос — на своём листе; строка листа — одна организация."),
        ("", "2. Заполняются только жёлтые ячейки. Пустая ячейка — ответа нет, это не «нет»."),
        ("", f"3. К ответу «да» в столбце «{EVIDENCE}» назовите документ или дайте ссылку."),
        ("", "4. Фамилий и других персональных данных не пишите."),
        ("", "5. Сохраните файл как книгу Excel (.xlsx), имя файла любое."),
        ("Кому отправить", book.office),
    ]  # fmt: skip
    instruction_rows(sheet, lines)


def _question(sheet: Worksheet, book: Book, question: Question, units: tuple[Unit, ...]) -> list[StampRow]:
    """Fill the sheet of a question; tells which rows it has."""
    day = term(question.due, book.period)
    for index, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    sheet.merge_cells(start_row=1, start_column=1, end_row=1, end_column=len(_TITLES))
    put(sheet, 1, 1, question.text, bold=True, size=12).alignment = Alignment(wrap_text=True, vertical="top")
    fit_height(sheet, 1, [(question.text, int(sum(_WIDTHS) / 1.3))])
    put(sheet, 2, 1, f"Показатель: {question.indicator.title}")
    put(sheet, 3, 1, f"Срок: {day:%d.%m.%Y}" if day else "Срок не установлен")
    put(sheet, 4, 1, f"Муниципалитет: {book.municipality.name}")
    put(sheet, 5, 1, f"Учебный год: {book.period}", bold=True)
    for index, title in enumerate(_TITLES, start=1):
        heading(sheet, _HEADER_ROW, index, title)
    checks: list[tuple[Field, DataValidation]] = []
    rows: list[StampRow] = []
    row = _HEADER_ROW
    for unit in units:
        for field in question.fields:
            row += 1
            texts = {NUMBER: question.id, ORGANISATION: unit.name, KIND: answer_kind(field)}
            for index, title in enumerate(_TITLES, start=1):
                cell = put(sheet, row, index, texts.get(title, ""))
                cell.border, cell.alignment = FRAME, Alignment(wrap_text=True, vertical="top")
                if title in (ANSWER, EVIDENCE, REMARK):
                    answer_cell(cell, title, field)
            fit_height(
                sheet, row, [(texts.get(title, ""), width) for title, width in zip(_TITLES, _WIDTHS, strict=True)]
            )
            validation(sheet, field, checks).add(f"{get_column_letter(_TITLES.index(ANSWER) + 1)}{row}")
            rows.append(StampRow(row, question.id, field.name, clean(question.text)))
    sheet.freeze_panes = f"C{_HEADER_ROW + 1}"
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    print_setup(sheet)
    protect(sheet)
    return rows
