"""Collection forms: the workbook that an organisation fills in.

Sheets for people, instruction, questions and tables not handed in yet, and a very hidden one, the stamp: whose form it
is, for which school year, which question stands in which row. The sheet of questions can be read back without the
stamp too: it carries the organisation, the school year and the number of every question in plain sight.
"""

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, PatternFill, Protection
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from quality_cli.catalogue.questions import NOTE, Field, Question, term
from quality_cli.core.archive import reproducible
from quality_cli.core.ids import INDICATOR_ID
from quality_cli.core.organisations import Level, Unit
from quality_cli.core.periods import Period
from quality_cli.core.russian import NBSP, counted, date_ru
from quality_cli.documents.forms.tables import SAID, TABLES, OwedTable, tables_sheet
from quality_cli.documents.workbooks.look import FRAME, clean, fit_height, heading, print_setup, put

FORMAT = 2
"""Version of the workbook's layout; of two returned forms of one organisation the one with the higher is newer."""

INSTRUCTION, QUESTIONS, STAMP = "Инструкция", "Вопросы", "_форма"
NUMBER, WORDING, TEXT, KIND, TERM, ANSWER, EVIDENCE, REMARK = (
    "№ вопроса", "Показатель", "Вопрос", "Что указать", "Срок", "Ответ",
    "Подтверждение: документ или ссылка", "Пояснение",
)  # fmt: skip
ORGANISATION = "Организация"
"""The column of a book that answers for several organisations; on other sheets the label of whose form it is."""
TITLES = (NUMBER, WORDING, TEXT, KIND, TERM, ANSWER, EVIDENCE, REMARK)
"""Headers of the sheet of questions, in order."""

_WIDTHS = (13, 34, 34, 12, 11, 11, 28, 24)
_HEADER_ROW = 6
_LOWEST, _HIGHEST, _LONGEST = -1e9, 1e9, 2000  # limits of a cell that has none of its own
_GREY, _YELLOW = (PatternFill("solid", fgColor=colour) for colour in ("F2F2F2", "FFF9DB"))


@dataclass(frozen=True, slots=True)
class Form:
    """What the form of one unit asks; ``sections`` are the headings of its questions, ``office`` is whom to send it to,
    ``tables`` are those it has not handed in whole."""

    unit: Unit
    period: Period
    questions: tuple[Question, ...]
    sections: Mapping[str, str]
    office: str
    catalogue: str
    tables: tuple[OwedTable, ...] = ()


@dataclass(frozen=True, slots=True)
class StampRow:
    """A row of the sheet of questions: number from 1, question, column of the answers it fills, the question's text."""

    row: int
    question: str
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Stamp:
    """What the very hidden sheet says."""

    form: int
    catalogue: str
    org: str
    period: str
    rows: tuple[StampRow, ...]

    @property
    def version(self) -> tuple[int, str]:
        """Later forms compare greater."""
        return self.form, self.catalogue

    def cells(self) -> list[tuple[str, ...]]:
        """Rows of the sheet, the checksum first."""
        head = [("форма", str(self.form)), ("каталог", self.catalogue), ("код", self.org), ("год", self.period)]
        body = [(str(item.row), item.question, item.column, item.text) for item in self.rows]
        return [("сумма", _checksum([*head, *body])), *head, *body]

    @classmethod
    def read(cls, rows: Sequence[Sequence[object]]) -> "Stamp | None":
        """The stamp of a returned workbook, or None where anything of it was changed, lost or cannot be ours."""
        texts = [tuple(str(cell) for cell in row if cell not in (None, "")) for row in rows]
        (_, *checksum), *content = [row for row in texts if row] or [("",)]
        head = dict(row for row in content if len(row) == 2)
        body = [row for row in content if len(row) == 4]
        if checksum != [_checksum(content)] or not {"форма", "каталог", "код", "год"} <= head.keys():
            return None
        try:  # anybody can make the sum of what is no stamp
            found = tuple(StampRow(int(row), question, column, text) for row, question, column, text in body)
            form = int(head["форма"])
        except ValueError:
            return None
        known = 1 <= form <= FORMAT and all(INDICATOR_ID.match(row.question.partition(":")[0]) for row in found)
        return cls(form, head["каталог"], head["код"], head["год"], found) if known else None


def _checksum(rows: Iterable[Sequence[str]]) -> str:
    return hashlib.sha256("\n".join("\t".join(row) for row in rows).encode("utf-8", "replace")).hexdigest()


def form_workbook(form: Form) -> bytes:
    """The form as an XLSX file; the same form gives the same bytes."""
    book = Workbook()
    instruction = book.active
    assert isinstance(instruction, Worksheet)
    _instruction(instruction, form)
    rows = _questions(book.create_sheet(QUESTIONS), form) if form.questions else ()
    if form.tables:
        tables_sheet(book.create_sheet(TABLES), form.unit, form.period, form.tables)
    put_stamp(book, Stamp(FORMAT, form.catalogue, form.unit.id, str(form.period), rows))
    buffer = io.BytesIO()
    book.save(buffer)
    return reproducible(buffer.getvalue())


def put_stamp(book: Workbook, stamp: Stamp) -> None:
    """Add the very hidden sheet."""
    sheet = book.create_sheet(STAMP)
    sheet.sheet_state = "veryHidden"
    for line in stamp.cells():
        sheet.append([""] * len(line))
        for index, text in enumerate(line, start=1):
            put(sheet, sheet.max_row, index, text)


def answer_kind(field: Field) -> str:
    """What is written into an answer cell, in a few words."""
    match field.column.type:
        case "flag":
            return "да или нет"
        case "integer":
            return "целое число"
        case "number":
            return f"число от 0 до 100, в{NBSP}%" if field.percent else "число"
        case _:
            return "текст"


def terms(questions: Iterable[Question], period: Period) -> list[str]:
    """«до 30 июня 2026 г. — 25 вопросов», the earliest first; questions without a term are not told of."""
    days = sorted(day for question in questions if (day := term(question.due, period)) is not None)
    return [
        f"до {date_ru(day)} — {counted(len(list(same)), 'вопрос', 'вопроса', 'вопросов')}"
        for day, same in groupby(days)
    ]


def _instruction(sheet: Worksheet, form: Form) -> None:
    sheet.title = INSTRUCTION
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 24, 96
    put(sheet, 1, 1, f"Форма сбора сведений за {form.period} учебный год", bold=True, size=14)
    owners: dict[str, dict[str, None]] = {}
    for question in form.questions:
        if question.indicator.owner:
            owners.setdefault(question.indicator.owner, {})[question.direction] = None
    lines = [
        ("Для чего", "Собрать то, чего нет ни в одной выгрузке: по ответам считаются показатели концепции "
                     "муниципальной системы оценки качества образования."),
        ("Кто заполняет", form.unit.full_name if form.unit.level is Level.ORGANISATION else form.office),
        ("За какой год", f"{form.period} учебный год"),
        *([("Срок", "; ".join(terms(form.questions, form.period)) or "не установлен")] if form.questions else []),
        *_how(form),
        ("Кому отправить", form.office),
        *(("Кто поможет" if not index else "", f"{owner} — направление {', '.join(directions)}")
          for index, (owner, directions) in enumerate(owners.items())),
    ]  # fmt: skip
    instruction_rows(sheet, lines)


def instruction_rows(sheet: Worksheet, lines: Iterable[tuple[str, str]]) -> None:
    """Write what an instruction says, line by line with its label, and protect the sheet."""
    for number, (label, text) in enumerate(lines, start=3):
        put(sheet, number, 1, label, bold=True).alignment = Alignment(vertical="top")
        put(sheet, number, 2, text).alignment = Alignment(wrap_text=True, vertical="top")
        fit_height(sheet, number, [(text, 96)])
    print_setup(sheet)
    protect(sheet)


def _how(form: Form) -> list[tuple[str, str]]:
    """How the form is filled in, step by step."""
    steps = [f"Заполняются только жёлтые ячейки листов {_listed(form)}; остальные защищены."]
    if form.questions:
        steps += [
            f"На листе «{QUESTIONS}» в столбце «Ответ» выберите из списка «да» или «нет» либо впишите число: что "
            f"именно, сказано в столбце «{KIND}». Проценты пишутся числом без знака: 78,5. Ноль — это ответ, пустая "
            "ячейка — ответа нет.",
            f"К ответу «да» в столбце «{EVIDENCE}» назовите документ (вид, дата, номер) или дайте ссылку.",
            f"В столбце «{REMARK}» можно написать выводы или оговорки: они хранятся вместе с ответом.",
        ]
    if form.tables:
        steps.append(
            f"На листе «{TABLES}» перечислено, что организация ещё не прислала. Если присылать нечего, выберите "
            f"«{SAID}»: иначе значения показателей останутся неполными. Пустая ячейка — таблица ещё придёт."
        )
    steps += [
        "Фамилий и других персональных данных не пишите.",
        "Не удаляйте и не переставляйте строки. Сохраните файл как книгу Excel (.xlsx), имя файла любое.",
    ]
    return [("" if index else "Как заполнять", f"{index + 1}. {step}") for index, step in enumerate(steps)]


def _listed(form: Form) -> str:
    return " и ".join(f"«{name}»" for name, own in ((QUESTIONS, form.questions), (TABLES, form.tables)) if own)


def _questions(sheet: Worksheet, form: Form) -> tuple[StampRow, ...]:
    """Fill the sheet of questions; tells which question stands in which row."""
    for index, width in enumerate(_WIDTHS, start=1):
        sheet.column_dimensions[get_column_letter(index)].width = width
    put(sheet, 1, 1, f"Сведения за {form.period} учебный год", bold=True, size=14)
    for row, (label, text) in enumerate(((ORGANISATION, form.unit.name), ("Учебный год", str(form.period))), start=3):
        put(sheet, row, 1, label)
        put(sheet, row, 2, text, bold=True)
    for index, title in enumerate(TITLES, start=1):
        heading(sheet, _HEADER_ROW, index, title)
    fit_height(sheet, _HEADER_ROW, zip(TITLES, _WIDTHS, strict=True))
    rows: list[StampRow] = []
    row = _HEADER_ROW
    checks: list[tuple[Field, DataValidation]] = []
    for section, questions in groupby(form.questions, key=lambda question: question.section):
        row += 1
        for index in range(1, len(TITLES) + 1):
            sheet.cell(row, index).fill = _GREY
        put(sheet, row, 1, form.sections.get(section, section).rstrip(". "), bold=True)
        for question in questions:
            for field in question.fields:
                row += 1
                _question(sheet, row, question, field, form.period)
                validation(sheet, field, checks).add(f"{get_column_letter(TITLES.index(ANSWER) + 1)}{row}")
                rows.append(StampRow(row, question.id, field.name, clean(question.text)))
    sheet.freeze_panes = f"B{_HEADER_ROW + 1}"
    sheet.print_title_rows = f"{_HEADER_ROW}:{_HEADER_ROW}"
    sheet.print_area = f"A1:{get_column_letter(len(TITLES))}{row}"
    print_setup(sheet)
    protect(sheet)
    return tuple(rows)


def _question(sheet: Worksheet, row: int, question: Question, field: Field, period: Period) -> None:
    day = term(question.due, period)
    texts = {
        NUMBER: question.id,
        WORDING: question.indicator.title if question.fact is None else _indicators(question),
        TEXT: question.text,
        KIND: answer_kind(field),
        TERM: f"{day:%d.%m.%Y}" if day else "",
    }
    is_open = {ANSWER, EVIDENCE, REMARK} - ({REMARK} if field.name == NOTE else set())
    for index, title in enumerate(TITLES, start=1):
        cell = put(sheet, row, index, texts.get(title, ""))
        cell.border = FRAME
        centred = title in (NUMBER, KIND, TERM, ANSWER)
        cell.alignment = Alignment(wrap_text=True, vertical="top", horizontal="center" if centred else "left")
        if title in is_open:
            answer_cell(cell, title, field)
    fit_height(sheet, row, [(texts.get(title, ""), width) for title, width in zip(TITLES, _WIDTHS, strict=True)])


def _indicators(question: Question) -> str:
    """«для показателей 2.2.1-m1, 2.2.2-s1»: what a number instead of a list is for."""
    ids = list(dict.fromkeys(figure.indicator for figure in question.figures))
    return f"для {'показателя' if len(ids) == 1 else 'показателей'} {', '.join(ids)}"


def answer_cell(cell: Cell, title: str, field: Field) -> None:
    """Open a cell for an answer, or for what stands beside it."""
    cell.fill, cell.protection = _YELLOW, Protection(locked=False)
    is_number = title == ANSWER and field.column.type in ("integer", "number")
    cell.number_format = ("0" if field.column.type == "integer" else "General") if is_number else "@"


def protect(sheet: Worksheet) -> None:
    """Let nothing be written but into open cells."""
    sheet.protection.sheet = True
    sheet.protection.formatRows = sheet.protection.formatColumns = False


def validation(sheet: Worksheet, field: Field, made: list[tuple[Field, DataValidation]]) -> DataValidation:
    """The rule of an answer cell; cells of one kind share one rule."""
    same = next((rule for known, rule in made if known == field), None)
    if same is None:
        same = _new_validation(field)
        made.append((field, same))
        sheet.add_data_validation(same)
    return same


def _new_validation(field: Field) -> DataValidation:
    rule = DataValidation(allow_blank=True, showErrorMessage=True, showInputMessage=True)
    rule.errorTitle = rule.promptTitle = ANSWER
    rule.prompt = answer_kind(field)
    rule.error = f"Здесь указывают: {answer_kind(field)}."
    match field.column.type:
        case "flag":
            rule.type, rule.formula1 = "list", '"да,нет"'
        case "integer" | "number":
            low, high = field.column.min, field.column.max
            rule.type = "whole" if field.column.type == "integer" else "decimal"
            rule.operator, rule.formula1 = "between", f"{_LOWEST if low is None else low:.15g}"
            rule.formula2 = f"{_HIGHEST if high is None else high:.15g}"
        case _:
            rule.type, rule.operator, rule.formula1 = "textLength", "lessThanOrEqual", str(_LONGEST)
    return rule
