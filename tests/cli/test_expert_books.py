"""One who answers for all organisations gets one book and hands it in as others their forms."""

import json
import os
import shutil
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from calling import Outcome, call

from quality_cli.analysis.results import Results

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
YEAR = ("--period", "2025/2026")
HEADER = 7


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    folder.mkdir()
    shutil.copy(next(SAMPLE.glob("Реестр*")), folder)
    return folder


@pytest.fixture
def made(data: Path, tmp_path: Path) -> Path:
    outcome = call("forms", "make", "--data", data, *YEAR, "--out", tmp_path / "forms", "--direction", "2.4")
    assert outcome.code == 0, outcome.err
    return tmp_path / "forms"


def book_of(made: Path) -> Path:
    return next(made.rglob("Книга*эксперт*.xlsx"))


def hand_in(book: Path, target: Path, answers: dict[tuple[str, str], Any], spoil: Any = None) -> None:
    """Fill in a book: answers by question and a word of the organisation's name."""
    workbook = openpyxl.load_workbook(book)
    for (question, word), value in answers.items():
        sheet = workbook[question]
        row = next(row for row in range(HEADER + 1, sheet.max_row + 1) if word in str(sheet.cell(row, 2).value))
        sheet.cell(row, 4).value, sheet.cell(row, 5).value = value, "чек-лист от 12.05.2026"
    if spoil:
        spoil(workbook)
    target.parent.mkdir(exist_ok=True)
    workbook.save(target)


def collect(data: Path, folder: Path) -> Outcome:
    return call("forms", "collect", "--from", folder, "--data", data, *YEAR)


def values(data: Path, out: Path, indicator: str) -> dict[str, float]:
    outcome = call("compute", "--data", data, *YEAR, "--indicator", indicator, "--out", out, "--no-cache")
    assert outcome.code == 0, outcome.err
    rows = Results.read(out / "results.parquet")
    return {row.org_id: row.value for row in rows if row.value is not None and not row.part}


def test_the_expert_is_asked_once_of_all_kindergartens_and_they_are_not(made: Path) -> None:
    book = openpyxl.load_workbook(book_of(made))
    assert book.sheetnames[:3] == ["Инструкция", "2.4.1-m1", "2.4.3-m4"]
    sheet = book["2.4.1-m1"]
    assert str(sheet["A1"].value).startswith("По заключению муниципального эксперта")
    assert sheet.max_row == HEADER + 8
    (rule,) = sheet.data_validations.dataValidation
    assert (rule.formula1, len(rule.sqref.ranges)) == ('"да,нет"', 8)
    for form in made.rglob("Форма*Рябинка*.xlsx"):
        asked = {row[0].value for row in openpyxl.load_workbook(form)["Вопросы"].iter_rows(min_row=7)}
        assert "2.4.1-m1" not in asked
        assert "2.4.2-m1" in asked


def test_a_returned_book_is_collected_and_counts(made: Path, data: Path, tmp_path: Path) -> None:
    answers = {("2.4.1-m1", "Рябинка"): "да", ("2.4.1-m1", "Лесная"): "нет", ("2.4.6-m1", "Рябинка"): "да"}
    hand_in(book_of(made), tmp_path / "back" / "книга.xlsx", answers)
    outcome = collect(data, tmp_path / "back")
    assert outcome.code == 0, outcome.err
    assert "Собрано: 3 ответа из 1 формы" in outcome.out.replace("\xa0", " ")
    assert outcome.err.count("form.unanswered") == 1
    assert values(data, tmp_path / "out", "2.4.1-m1") == {"99-01": 50, "ds-05": 0, "ds-06": 100}
    again = call("forms", "make", "--data", data, *YEAR, "--out", tmp_path / "again", "--direction", "2.4")
    assert again.code == 0
    left = openpyxl.load_workbook(book_of(tmp_path / "again"))["2.4.1-m1"]
    assert left.max_row == HEADER + 6


def test_bad_rows_of_a_book_are_told_and_the_rest_is_kept(made: Path, data: Path, tmp_path: Path) -> None:
    def spoil(book: Any) -> None:
        sheet = book["2.4.1-m1"]
        sheet.cell(HEADER + 1, 2).value, sheet.cell(HEADER + 1, 4).value = "Сад «Неведомый»", "да"
        book["2.4.3-m4"].cell(HEADER + 2, 4).value = "почти"

    hand_in(book_of(made), tmp_path / "back" / "книга.xlsx", {("2.4.1-m1", "Рябинка"): "да"}, spoil)
    outcome = collect(data, tmp_path / "back")
    assert outcome.code == 12
    assert "[form.unit] книга.xlsx · 2.4.1-m1 · B8" in outcome.err
    assert "[form.value] книга.xlsx · 2.4.3-m4 · D9" in outcome.err
    assert "Собрано: 1\xa0ответ" in outcome.out


def test_a_book_without_its_stamp_is_read(made: Path, data: Path, tmp_path: Path) -> None:
    def spoil(book: Any) -> None:
        del book["_форма"]

    hand_in(book_of(made), tmp_path / "back" / "книга.xlsx", {("2.4.1-m1", "Рябинка"): "да"}, spoil)
    assert collect(data, tmp_path / "back").code == 0
    assert values(data, tmp_path / "out", "2.4.1-m1") == {"99-01": 100, "ds-06": 100}


def test_an_old_form_of_a_kindergarten_gives_way_to_the_expert(made: Path, data: Path, tmp_path: Path) -> None:
    form = next(made.rglob("Форма*Рябинка*.xlsx"))
    workbook = openpyxl.load_workbook(form)
    sheet = workbook["Вопросы"]
    text = str(openpyxl.load_workbook(book_of(made))["2.4.1-m1"]["A1"].value)
    sheet.cell(sheet.max_row + 1, 1).value = "2.4.1-m1"
    sheet.cell(sheet.max_row, 3).value, sheet.cell(sheet.max_row, 6).value = text, "да"
    (tmp_path / "back").mkdir()
    workbook.save(tmp_path / "back" / "сад.xlsx")
    outcome = collect(data, tmp_path / "back")
    assert "[form.respondent] сад.xlsx" in outcome.err
    assert values(data, tmp_path / "out", "2.4.1-m1")["ds-06"] == 100
    hand_in(book_of(made), tmp_path / "back" / "книга.xlsx", {("2.4.1-m1", "Рябинка"): "нет"})
    os.utime(tmp_path / "back" / "книга.xlsx", (1_700_000_000, 1_700_000_000))
    for _ in range(2):
        collect(data, tmp_path / "back")
        assert values(data, tmp_path / "out", "2.4.1-m1")["ds-06"] == 0
    (tmp_path / "back" / "книга.xlsx").unlink()
    collect(data, tmp_path / "back")
    assert values(data, tmp_path / "out", "2.4.1-m1")["ds-06"] == 0


def test_standings_and_reminders_are_of_the_expert(made: Path, data: Path, tmp_path: Path) -> None:
    hand_in(book_of(made), tmp_path / "back" / "книга.xlsx", {("2.4.1-m1", "Рябинка"): "да"})
    collect(data, tmp_path / "back")
    told = json.loads(
        call(
            *("forms", "status", "--data", data, *YEAR, "--direction", "2.4", "--json", "--remind", tmp_path / "r")
        ).out
    )
    (book,) = told["books"]
    assert (book["respondent"], book["org_id"], book["answered"], book["evidence"]) == ("expert", "99-01", 0, 1)
    assert "2.4.1-m1" in book["missing"]
    assert all("2.4.1-m1" not in item["missing"] for item in told["organisations"])
    (reminder,) = (tmp_path / "r").glob("*эксперт*.md")
    assert "муниципальный эксперт, " in reminder.read_text(encoding="utf-8")
