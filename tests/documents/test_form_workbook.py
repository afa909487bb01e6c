"""The workbook of a collection form: what a person can and cannot do in it, and what it says of itself."""

import io
import re
import zipfile
from dataclasses import replace

import openpyxl
import pytest
from openpyxl.worksheet.worksheet import Worksheet

from quality_cli.catalogue.loader import load_catalogue
from quality_cli.catalogue.questions import questions_of
from quality_cli.core.organisations import Unit
from quality_cli.core.periods import Period
from quality_cli.documents.forms.make import TITLES, Form, Stamp, form_workbook

SCHOOL = Unit("ш-1", "СОШ № 1", "Средняя школа № 1", "школа", "о-1")
ASKED = ("1.1.6-s1", "2.3.3-m3", "2.3.7-s2")  # да/нет, a whole number, a percentage
HEADER = 6


def form(unit: Unit = SCHOOL) -> Form:
    """A form of three questions."""
    questions = questions_of(load_catalogue())
    titles = {"1.1": "1.1. Оценка качества", "2.3": "2.3. Воспитание"}
    return Form(unit, Period(2025), tuple(questions[name] for name in ASKED), titles, "Управление", "2025/2026")


def sheet_of(content: bytes, name: str = "Вопросы") -> Worksheet:
    """A sheet of the workbook as it will be opened."""
    return openpyxl.load_workbook(io.BytesIO(content))[name]


@pytest.fixture(scope="module")
def content() -> bytes:
    return form_workbook(form())


def rows(sheet: Worksheet) -> dict[str, int]:
    """Row of each question."""
    return {str(cell.value): cell.row for (cell,) in sheet.iter_rows(max_col=1) if cell.value in ASKED}


def test_the_same_form_gives_the_same_bytes(content: bytes) -> None:
    assert form_workbook(form()) == content


def test_questions_stand_under_their_directions(content: bytes) -> None:
    sheet = sheet_of(content)
    first = [sheet.cell(row, 1).value for row in range(HEADER, sheet.max_row + 1)]
    assert first == [TITLES[0], "1.1. Оценка качества", "1.1.6-s1", "2.3. Воспитание", "2.3.3-m3", "2.3.7-s2"]
    assert [cell.value for cell in sheet[HEADER]] == list(TITLES)
    row = [cell.value for cell in sheet[8]]
    assert row[2:6] == ["Есть ли приказ о проведении школьного этапа ВсОШ?", "да или нет", "30.06.2026", None]
    assert (sheet["B3"].value, sheet["B4"].value) == ("СОШ № 1", "2025/2026")


def test_only_answers_can_be_written(content: bytes) -> None:
    sheet = sheet_of(content)
    assert sheet.protection.sheet
    assert not sheet.protection.password
    found = {cell.column for row in rows(sheet).values() for cell in sheet[row] if not cell.protection.locked}
    assert found == {6, 7, 8}
    loose = [cell.coordinate for line in sheet.iter_rows(max_row=HEADER) for cell in line if not cell.protection.locked]
    assert loose == []
    assert sheet_of(content, "Инструкция").protection.sheet


def test_answers_are_checked_while_they_are_typed(content: bytes) -> None:
    sheet = sheet_of(content)
    found = {
        str(rule.sqref): (rule.type, rule.formula1, rule.formula2) for rule in sheet.data_validations.dataValidation
    }
    at = rows(sheet)
    assert found[f"F{at['1.1.6-s1']}"] == ("list", '"да,нет"', None)
    assert found[f"F{at['2.3.3-m3']}"] == ("whole", "0", "1000000000")
    assert found[f"F{at['2.3.7-s2']}"] == ("decimal", "0", "100")
    assert all(rule.showErrorMessage and rule.error for rule in sheet.data_validations.dataValidation)


def test_it_prints_on_landscape_pages_with_headers_and_numbers(content: bytes) -> None:
    sheet = sheet_of(content)
    assert (sheet.page_setup.orientation, int(sheet.page_setup.paperSize or 0)) == ("landscape", 9)
    assert sheet.page_setup.fitToWidth == 1
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert sheet.print_title_rows == f"${HEADER}:${HEADER}"
    assert sheet.oddFooter.center.text == "Стр. &P из &N"
    assert sheet.freeze_panes == f"B{HEADER + 1}"


def test_the_stamp_is_out_of_sight_and_notices_a_change(content: bytes) -> None:
    sheet = sheet_of(content, "_форма")
    assert sheet.sheet_state == "veryHidden"
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    stamp = Stamp.read(cells)
    assert stamp is not None
    assert (stamp.org, stamp.period, stamp.catalogue) == ("ш-1", "2025/2026", "2025/2026")
    assert {item.question: item.row for item in stamp.rows} == rows(sheet_of(content))
    cells[3][1] = "ш-2"
    assert Stamp.read(cells) is None
    assert Stamp.read([]) is None


def test_nothing_becomes_a_formula() -> None:
    hostile = replace(SCHOOL, name='=HYPERLINK("http://x")', full_name="=1+1\x07")
    content = form_workbook(form(hostile))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        sheets = [archive.read(name).decode() for name in archive.namelist() if "worksheets/" in name]
    assert not any(re.search(r"<f[ >]", text) for text in sheets)
    assert sheet_of(content)["B3"].value == '=HYPERLINK("http://x")'


def test_the_instruction_says_who_when_and_where_to() -> None:
    text = "\n".join(str(cell.value) for (cell,) in sheet_of(form_workbook(form()), "Инструкция").iter_rows(min_col=2))
    for words in ("Средняя школа № 1", "2025/2026", "до 30 июня 2026 г. — 3 вопроса", "Управление", "жёлтые ячейки"):
        assert words in text
