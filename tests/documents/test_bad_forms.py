"""Forms that people have spoilt: each fault is told with its place, the rest is kept, nothing counts twice."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from quality_cli.catalogue.loader import load_catalogue
from quality_cli.catalogue.questions import Question, everything_asked
from quality_cli.core.findings import Findings
from quality_cli.core.organisations import OrgTree, Unit
from quality_cli.core.periods import Period
from quality_cli.documents.forms.make import Form, form_workbook
from quality_cli.documents.forms.returned import FormReader

TREE = OrgTree(
    [
        Unit("край", "Край", "Край", "регион"),
        Unit("о-1", "Округ", "Муниципальный округ", "муниципалитет", "край"),
        Unit("ш-1", "МБОУ «Речная СОШ № 1»", "Речная школа № 1", "школа", "о-1"),
        Unit("ш-2", "МБОУ «Речная СОШ № 2»", "Речная школа № 2", "школа", "о-1"),
    ]
)
QUESTIONS: Mapping[str, Question] = everything_asked(load_catalogue())
FLAG, OTHER, WHOLE, PART = "1.1.6-s1", "1.1.6-s2", "1.3.8-m1:знаменатель", "2.2.1-m1:числитель"
ANSWERS = {FLAG: True, OTHER: False, WHOLE: 20, PART: 5}
WRITTEN = {True: "да", False: "нет"}
YEAR = Period(2025)
NUMBER, TEXT, ANSWER, PROOF = 1, 3, 6, 7


class Spoilt:
    """A filled form in the hands of somebody who means well."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "форма.xlsx"
        form = Form(TREE["ш-1"], YEAR, tuple(map(QUESTIONS.__getitem__, ANSWERS)), {}, "Управление", "2025/2026")
        self.path.write_bytes(form_workbook(form))
        self.book = openpyxl.load_workbook(self.path)
        self.sheet: Any = self.book["Вопросы"]
        self.rows = {str(cell.value): int(cell.row) for (cell,) in self.sheet.iter_rows(min_row=7, max_col=1)}
        for name, value in ANSWERS.items():
            self.put(name, WRITTEN.get(value, value) if isinstance(value, bool) else value)
            self.sheet.cell(self.rows[name], PROOF, "приказ № 1")

    def put(self, question: str, value: Any) -> None:
        self.sheet.cell(self.rows[question], ANSWER, value)

    def merge(self, first: str, last: str, column: str = "F") -> None:
        self.sheet.merge_cells(f"{column}{self.rows[first]}:{column}{self.rows[last]}")

    def formula(self) -> None:
        self.put(WHOLE, "=SUM(10,10)")

    def lose_stamp(self) -> None:
        self.book["_форма"]["B2"] = "подделка"

    def add_rows(self) -> None:
        self.sheet.insert_rows(self.rows[WHOLE], amount=2)
        self.sheet.cell(self.rows[WHOLE], ANSWER, 7)

    def repeat_row(self) -> None:
        self.sheet.cell(30, NUMBER, FLAG)
        self.sheet.cell(30, ANSWER, "нет")

    def read(self) -> tuple[Mapping[str, Any], Mapping[str, str]]:
        """Answers by question; places by code of the finding."""
        self.book.save(self.path)
        findings = Findings()
        forms = FormReader(QUESTIONS, TREE, findings).read(self.path, self.path.name, YEAR)
        answers = {name: answer.values for form in forms for name, answer in form.answers.items()}
        found = {
            name: next(values[key] for key in ("yes", "number") if key in values) for name, values in answers.items()
        }
        return found, {finding.code: str(finding.places[0]) for finding in findings}


SHEET = "форма.xlsx · Вопросы"
FAULTS: list[tuple[str, Callable[[Spoilt], object], str, str, tuple[str, ...]]] = [
    ("formula without a value", Spoilt.formula, "form.formula", f"{SHEET} · F{{{WHOLE}}}", (WHOLE,)),
    ("answers merged", lambda form: form.merge(FLAG, OTHER), "form.merged", f"{SHEET} · F{{{FLAG}}}", (FLAG, OTHER)),
    ("column of answers deleted", lambda form: form.sheet.delete_cols(ANSWER), "form.column", f"{SHEET} · строка 6",
     tuple(ANSWERS)),
    ("text in a number", lambda form: form.put(PART, "пять"), "form.value", f"{SHEET} · F{{{PART}}}", (PART,)),
    ("above its whole", lambda form: form.put(PART, 21), "form.above_whole", f"{SHEET} · F{{{PART}}}", (PART,)),
    ("rows added", Spoilt.add_rows, "form.row", f"{SHEET} · F{{{WHOLE}}}", ()),
    ("a row twice", Spoilt.repeat_row, "form.repeated", f"{SHEET} · F30", ()),
    ("stamp overwritten", Spoilt.lose_stamp, "form.stamp", "форма.xlsx", ()),
    ("another organisation", lambda form: form.sheet.cell(3, 2, TREE["ш-2"].name), "form.unit", "форма.xlsx",
     tuple(ANSWERS)),
]  # fmt: skip


@pytest.mark.parametrize(("spoil", "code", "where", "lost"), [pytest.param(*fault, id=name) for name, *fault in FAULTS])
def test_a_fault_is_told_where_it_is_and_the_rest_is_kept(
    tmp_path: Path, spoil: Callable[[Spoilt], object], code: str, where: str, lost: tuple[str, ...]
) -> None:
    form = Spoilt(tmp_path)
    spoil(form)
    answers, told = form.read()
    assert answers == {name: value for name, value in ANSWERS.items() if name not in lost}
    for name, row in form.rows.items():
        where = where.replace(f"{{{name}}}", str(row))
    assert told[code] == where


def harmless(change: Callable[[Spoilt], object], folder: Path) -> tuple[Mapping[str, Any], Mapping[str, str]]:
    form = Spoilt(folder)
    change(form)
    return form.read()


def test_a_part_above_its_whole_is_told_in_the_words_of_the_question(tmp_path: Path) -> None:
    form = Spoilt(tmp_path)
    form.put(PART, 21)
    form.book.save(form.path)
    findings = Findings()
    FormReader(QUESTIONS, TREE, findings).read(form.path, form.path.name, YEAR)
    (told,) = [finding.message for finding in findings if finding.code == "form.above_whole"]
    assert told == f"часть больше целого: 21, а «{QUESTIONS[WHOLE].text}» — 20; не учтено"


@pytest.mark.parametrize("change", [
    lambda form: form.merge(FLAG, OTHER, "G"),  # one order proves both
    lambda form: form.sheet.merge_cells(f"F{form.rows[FLAG]}:H{form.rows[FLAG]}"),
    lambda form: form.sheet.cell(6, ANSWER, "Ваш ответ"),
    lambda form: form.sheet.delete_cols(NUMBER),
    lambda form: form.sheet.delete_cols(TEXT),
    lambda form: form.sheet.delete_cols(4, 2),
    lambda form: form.sheet.insert_cols(ANSWER, 2),
])  # fmt: skip
def test_what_does_no_harm_loses_nothing(tmp_path: Path, change: Callable[[Spoilt], object]) -> None:
    answers, told = harmless(change, tmp_path)
    assert answers == ANSWERS
    assert told.keys() <= {"form.evidence"}
