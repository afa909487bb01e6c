"""What comes back: every nuisance of a returned form, and answers that come back exactly."""

import csv
import datetime
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from quality_cli.catalogue.loader import load_catalogue
from quality_cli.catalogue.questions import Question, questions_of
from quality_cli.core.findings import Findings
from quality_cli.core.organisations import OrgTree, Unit
from quality_cli.core.periods import Period
from quality_cli.documents.forms.make import Form, form_workbook
from quality_cli.documents.forms.returned import FormReader, ReturnedForm

TREE = OrgTree(
    [
        Unit("край", "Край", "Край", "регион"),
        Unit("о-1", "Округ", "Муниципальный округ", "муниципалитет", "край"),
        Unit("ш-1", "МБОУ «Речная СОШ № 1»", "Речная школа № 1", "школа", "о-1"),
        Unit("ш-2", "МБОУ «Речная СОШ № 2»", "Речная школа № 2", "школа", "о-1"),
    ]
)
QUESTIONS = questions_of(load_catalogue())
FLAGS = ("1.1.6-s1", "1.1.6-s2", "2.3.1-s1:goals", "2.3.3-s2")
WHOLE, PERCENT = "2.3.3-m3", "2.3.7-s2"
ASKED = (*FLAGS, WHOLE, PERCENT)
YEAR = Period(2025)
ANSWER, EVIDENCE, REMARK = 6, 7, 8


@dataclass
class Read:
    """A form read back."""

    form: ReturnedForm | None
    findings: Findings

    @property
    def codes(self) -> dict[str, int]:
        """Totals by code."""
        return {finding.code: finding.total for finding in self.findings}

    def value(self, question: str) -> Any:
        """The value of an answer, None where there is none."""
        assert self.form is not None
        answer = self.form.answers.get(question)
        return (
            None if answer is None else next(answer.values[name] for name in ("yes", "number") if name in answer.values)
        )


def make(folder: Path, unit: str = "ш-1", questions: Mapping[str, Question] = QUESTIONS, name: str = "f.xlsx") -> Path:
    """A blank form of a unit."""
    form = Form(TREE[unit], YEAR, tuple(questions[item] for item in ASKED), {}, "Управление", "2025/2026")
    path = folder / name
    path.write_bytes(form_workbook(form))
    return path


def read(path: Path, questions: Mapping[str, Question] = QUESTIONS, period: Period | None = YEAR) -> Read:
    """Read a form back."""
    findings = Findings()
    return Read(next(iter(FormReader(questions, TREE, findings).read(path, path.name, period)), None), findings)


def row_of(sheet: Worksheet, question: str) -> int:
    """The row of a question."""
    return next(int(cell.row) for (cell,) in sheet.iter_rows(max_col=1) if cell.value == question)


@pytest.fixture
def edited(tmp_path: Path) -> Callable[..., Read]:
    """Makes a form, lets the test spoil it, reads it back."""

    def edit(change: Callable[[Any], None], **given: Any) -> Read:
        path = make(tmp_path)
        book = openpyxl.load_workbook(path)
        change(book)
        book.save(path)
        return read(path, **given)

    return edit


def answered(**cells: Any) -> Callable[[Any], None]:
    """A change that writes answers; ``goals`` stands for the question that ends so."""

    def change(book: Any) -> None:
        sheet = book["Вопросы"]
        for name, value in cells.items():
            sheet.cell(
                row_of(sheet, {"flag": FLAGS[0], "goals": FLAGS[2], "whole": WHOLE, "percent": PERCENT}[name]),
                ANSWER,
                value,
            )

    return change


WORDS = [
    ("да", True), ("Да.", True), ("нет ", False), ("+", True), ("ДА!", True), ("есть", True), (True, True), (1, True),
    (0, False), ("Нет, но планируется", False), ("да (приказ № 3)", True), ("отсутствует", False),
]  # fmt: skip


@pytest.mark.parametrize(("cell", "value"), WORDS, ids=str)
def test_yes_and_no_as_people_write_them(edited: Callable[..., Read], cell: Any, value: bool) -> None:
    found = edited(answered(flag=cell))
    assert found.value(FLAGS[0]) is value
    assert "form.value" not in found.codes


def test_words_after_the_answer_are_kept_as_a_remark(edited: Callable[..., Read]) -> None:
    found = edited(answered(flag="да, но только в 5–8-х классах"))
    assert found.form is not None
    assert found.form.answers[FLAGS[0]].values["text"] == "но только в 5–8-х классах"


@pytest.mark.parametrize("cell", ["да/нет", "-", "—", "Иванова М. П.", "может быть", 7, "+/-"])
def test_what_is_neither_yes_nor_no_is_a_finding(edited: Callable[..., Read], cell: Any) -> None:
    found = edited(answered(flag=cell))
    assert found.value(FLAGS[0]) is None
    (finding,) = [finding for finding in found.findings if finding.code == "form.value"]
    assert str(finding.places[0]).startswith("f.xlsx · Вопросы · F")
    assert "да или нет" in finding.hint
    assert "Иванова" not in str(finding)


NUMBERS = [
    ("whole", "12", 12), ("whole", " 1 204", 1204), ("whole", 0, 0), ("percent", "78,5", 78.5),
    ("percent", "78,5 %", 78.5), ("percent", 100, 100),
]  # fmt: skip


@pytest.mark.parametrize(("which", "cell", "value"), NUMBERS)
def test_numbers_written_as_text(edited: Callable[..., Read], which: str, cell: Any, value: float) -> None:
    found = edited(answered(**{which: cell}))
    assert found.value({"whole": WHOLE, "percent": PERCENT}[which]) == value


@pytest.mark.parametrize(("which", "cell"), [("whole", 2.5), ("whole", -1), ("percent", 104), ("whole", "двенадцать"),
                                             ("percent", datetime.date(2026, 5, 1))])  # fmt: skip
def test_numbers_out_of_limits_are_findings(edited: Callable[..., Read], which: str, cell: Any) -> None:
    found = edited(answered(**{which: cell}))
    assert found.value({"whole": WHOLE, "percent": PERCENT}[which]) is None
    assert found.codes["form.value"] == 1


def test_a_share_instead_of_a_percentage_is_doubted(edited: Callable[..., Read]) -> None:
    found = edited(answered(percent=0.78))
    assert (found.value(PERCENT), found.codes["form.percent"]) == (0.78, 1)


def test_unanswered_and_unproved_are_counted(edited: Callable[..., Read]) -> None:
    found = edited(answered(flag="да", goals="нет"))
    messages = {finding.code: finding.message for finding in found.findings}
    assert messages["form.unanswered"] == "без ответа: 4 из 6"
    assert found.codes["form.evidence"] == 1


def test_rows_may_be_moved_added_and_deleted(edited: Callable[..., Read]) -> None:
    def change(book: Any) -> None:
        answered(flag="да", whole=3, goals="нет")(book)
        sheet = book["Вопросы"]
        sheet.delete_rows(row_of(sheet, FLAGS[1]))
        sheet.insert_rows(2, amount=3)
        sheet.insert_rows(row_of(sheet, WHOLE), amount=2)
        sheet.cell(row_of(sheet, WHOLE) - 1, ANSWER, "а ещё у нас музей")
        sheet.insert_cols(3)

    found = edited(change)
    assert [found.value(name) for name in (FLAGS[0], WHOLE, FLAGS[2])] == [True, 3, False]
    assert found.codes["form.row"] == 1
    assert "form.value" not in found.codes
    assert next(f.message for f in found.findings if f.code == "form.unanswered") == "без ответа: 3 из 6"


def test_overwritten_numbers_and_headers_do_not_matter(edited: Callable[..., Read]) -> None:
    def no_number(book: Any) -> None:
        answered(flag="да")(book)
        sheet = book["Вопросы"]
        sheet.cell(row_of(sheet, FLAGS[0]), 1, "1)")

    def no_header(book: Any) -> None:
        answered(flag="да")(book)
        book["Вопросы"].delete_rows(6)

    assert edited(no_number).value(FLAGS[0]) is True
    assert edited(no_header).value(FLAGS[0]) is True


def test_a_sheet_copied_inside_the_book_is_compared(edited: Callable[..., Read]) -> None:
    def change(book: Any) -> None:
        answered(flag="да", whole=3)(book)
        book.copy_worksheet(book["Вопросы"])
        answered(flag="нет")(book)

    found = edited(change)
    assert (found.value(FLAGS[0]), found.value(WHOLE)) == (False, 3)
    assert found.codes["form.repeated"] == 1


def without_stamp(book: Any) -> None:
    """What is left of a form copied into another book."""
    answered(flag="да", percent=51)(book)
    del book["_форма"]


def test_without_the_stamp_the_visible_cells_tell(edited: Callable[..., Read]) -> None:
    found = edited(without_stamp)
    assert found.form is not None
    assert (found.form.unit, found.form.period) == ("ш-1", YEAR)
    assert (found.value(FLAGS[0]), found.value(PERCENT)) == (True, 51)
    assert found.codes["form.stamp"] == 1


def test_a_table_saved_as_csv_is_read(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(make(tmp_path))
    answered(flag="да", percent="51,5")(book)
    with (tmp_path / "f.csv").open("w", encoding="cp1251", newline="") as file:
        csv.writer(file, delimiter=";").writerows(book["Вопросы"].iter_rows(values_only=True))
    found = read(tmp_path / "f.csv")
    assert found.form is not None
    assert (found.form.unit, found.value(FLAGS[0]), found.value(PERCENT)) == ("ш-1", True, 51.5)


def test_the_name_of_the_file_is_the_last_hope(tmp_path: Path) -> None:
    book = openpyxl.load_workbook(make(tmp_path))
    without_stamp(book)
    book["Вопросы"].delete_rows(1, 5)
    book.save(tmp_path / "Форма 2025-2026 МБОУ Речная СОШ № 2.xlsx")
    book.save(tmp_path / "без названия.xlsx")
    named = read(tmp_path / "Форма 2025-2026 МБОУ Речная СОШ № 2.xlsx")
    assert named.form is not None
    assert (named.form.unit, named.form.period) == ("ш-2", YEAR)
    nobody = read(tmp_path / "без названия.xlsx")
    assert (nobody.form, nobody.codes["form.unit"]) == (None, 1)


def test_a_form_of_somebody_else_is_not_taken(edited: Callable[..., Read], tmp_path: Path) -> None:
    def other_name(book: Any) -> None:
        book["Вопросы"]["B3"] = TREE["ш-2"].name

    found = edited(other_name)
    assert found.form is None
    assert "составлена для «МБОУ «Речная СОШ № 1»», а в ней указано «МБОУ «Речная СОШ № 2»»" in str(
        next(iter(found.findings))
    )
    stranger = OrgTree([unit for unit in TREE if unit.id != "ш-1"])
    findings = Findings()
    assert FormReader(QUESTIONS, stranger, findings).read(make(tmp_path), "f.xlsx", YEAR) == []
    assert "организации с кодом «ш-1» нет в реестре" in next(iter(findings)).message


def test_the_municipality_above_the_table_is_no_other_organisation(edited: Callable[..., Read]) -> None:
    def change(book: Any) -> None:
        without_stamp(book)
        book["Вопросы"]["C1"] = "Муниципальный округ"

    found = edited(change)
    assert found.form is not None
    assert found.form.unit == "ш-1"


def test_another_school_year_is_not_taken(edited: Callable[..., Read]) -> None:
    found = edited(answered(flag="да"), period=Period(2026))
    assert (found.form, found.codes) == (None, {"form.period": 1})
    assert "форма за 2025/2026 учебный год, а собирается 2026/2027" in str(next(iter(found.findings)))


@pytest.mark.parametrize(("name", "content", "code"), [
    ("скан.pdf", b"%PDF", "form.not_table"), ("f.xlsx", b"PK\x03\x04 broken", "file.damaged"),
    ("f.csv", b"a;b\n1;2\n", "form.unknown"),
])  # fmt: skip
def test_what_is_not_a_form_is_told(tmp_path: Path, name: str, content: bytes, code: str) -> None:
    (tmp_path / name).write_bytes(content)
    found = read(tmp_path / name)
    assert found.form is None
    assert code in found.codes


def changed(**new: str) -> dict[str, Question]:
    """Today's catalogue where questions were renumbered: new text by id, a former text moves with its question."""
    questions = {name: item for name, item in QUESTIONS.items() if name not in ("1.1.6-s1", "1.1.6-s2")}
    moved = replace(QUESTIONS["1.1.6-s1"], id="1.1.6-s2")
    return {
        **questions,
        "1.1.6-s2": moved,
        **{name: replace(QUESTIONS["1.1.6-s1"], id=name, text=text) for name, text in new.items()},
    }


def old_form(tmp_path: Path, questions: Mapping[str, Question]) -> Read:
    """A filled form of the former catalogue read against today's."""
    path = make(tmp_path)
    book = openpyxl.load_workbook(path)
    sheet = book["Вопросы"]
    for name, value in zip(FLAGS, ("да", "нет", "да", "нет"), strict=True):
        sheet.cell(row_of(sheet, name), ANSWER, value)
    book.save(path)
    return read(path, questions)


def test_an_older_form_answers_the_same_questions_under_new_numbers(tmp_path: Path) -> None:
    found = old_form(tmp_path, changed())
    assert found.value("1.1.6-s2") is True  # the text of former 1.1.6-s1; former 1.1.6-s2 is not asked any more
    assert (found.codes["form.renumbered"], found.codes["form.replaced"]) == (1, 1)


def test_a_dropped_question_is_told_and_a_reworded_one_is_taken_with_a_warning(tmp_path: Path) -> None:
    dropped = {name: item for name, item in QUESTIONS.items() if name != "2.3.3-s2"}
    assert old_form(tmp_path, dropped).codes["form.dropped"] == 1
    found = old_form(
        tmp_path, changed(**{"1.1.6-s2": "Есть ли приказ об утверждении независимых общественных наблюдателей?"})
    )
    assert found.value("1.1.6-s2") is False
    assert found.codes["form.reworded"] == 1


FLAG_CELLS = st.sampled_from(["да", "нет"])
CELLS = {
    **dict.fromkeys(FLAGS, FLAG_CELLS),
    WHOLE: st.integers(0, 10**6),
    PERCENT: st.integers(10, 1000).map(lambda tenths: tenths / 10),
}
TEXTS = st.text(st.characters(codec="utf-8", categories=["L", "N"]), min_size=5, max_size=20).map(
    lambda text: f"приказ {text}"
)


@given(st.data(), st.sets(st.sampled_from(ASKED)))
def test_any_subset_of_answers_comes_back_exactly(data: st.DataObject, chosen: set[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = make(Path(folder))
        book = openpyxl.load_workbook(path)
        sheet = book["Вопросы"]
        expected: dict[str, tuple[Any, str]] = {}
        for name in sorted(chosen):
            value, evidence = data.draw(CELLS[name]), data.draw(TEXTS)
            sheet.cell(row_of(sheet, name), ANSWER, value)
            sheet.cell(row_of(sheet, name), EVIDENCE, evidence)
            expected[name] = ({"да": True, "нет": False}.get(value, value), evidence)
        book.save(path)
        found = read(path)
    assert found.form is not None
    got = {name: (found.value(name), answer.values["evidence"]) for name, answer in found.form.answers.items()}
    assert got == expected


@pytest.mark.parametrize(
    ("cell", "form", "value"),
    [(1, "0%", 100), (0.785, "0.0%", 78.5), (0.785, "0%", 78.5), ("78,5 %", "@", 78.5), ("100%", "@", 100)],
)
def test_a_per_cent_is_what_the_answer_shows(edited: Callable[..., Read], cell: Any, form: str, value: float) -> None:
    def change(book: Any) -> None:
        answered(percent=cell)(book)
        sheet = book["Вопросы"]
        sheet.cell(row_of(sheet, PERCENT), ANSWER).number_format = form

    found = edited(change)
    assert found.value(PERCENT) == value
    assert not {"form.percent", "form.value"} & found.codes.keys()


def test_a_per_cent_in_answer_to_how_many_is_told(edited: Callable[..., Read]) -> None:
    def change(book: Any) -> None:
        answered(whole=0.5)(book)
        sheet = book["Вопросы"]
        sheet.cell(row_of(sheet, WHOLE), ANSWER).number_format = "0%"

    found = edited(change)
    assert found.value(WHOLE) is None
    assert found.codes["form.value"] == 1
