"""What an organisation gets with its form, and what it is told of what it has sent."""

import shutil
from pathlib import Path

import openpyxl
import pytest
from calling import call
from docx import Document

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
YEAR = ("--period", "2025/2026")
GARDEN = "МБДОУ Детский сад Рябинка"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    folder = tmp_path / "data"
    (folder / GARDEN).mkdir(parents=True)
    shutil.copy(next(SAMPLE.glob("Реестр*")), folder)
    staff = "Организация;Учебный год;Код работника;Группа;Возраст\nds-06;2025/2026;р1;педагог;двести\n"
    (folder / GARDEN / "работники.csv").write_text(staff, encoding="utf-8")
    return folder


def test_a_folder_holds_the_form_what_is_owed_remarks_and_a_reminder(data: Path, tmp_path: Path) -> None:
    made = call("forms", "make", "--data", data, *YEAR, "--out", tmp_path / "forms", "--org", "ds-06", "--org", "ds-05")
    assert made.code == 0, made.err
    folder = tmp_path / "forms" / GARDEN
    names = {path.name for path in folder.iterdir()}
    assert f"Форма 2025-2026 {GARDEN}.xlsx" in names
    assert "Таблица Показатели дошкольных организаций.xlsx" in names
    assert "Таблица Результаты ВПР.xlsx" not in names  # exports give it, and kindergartens do not owe it
    remarks = (folder / "Замечания к присланному.txt").read_text(encoding="utf-8-sig")
    assert f"1. Ошибка. {GARDEN}/работники.csv" in remarks
    assert "столбец «Возраст»" in remarks
    text = "\n".join(cell.text for table in Document(str(folder / "Напоминание.docx")).tables for cell in table._cells)
    assert "Показатели дошкольных организаций" in text
    assert "2.4.2-m1" in text
    (other,) = (path for path in (tmp_path / "forms").iterdir() if "Лесная" in path.name)
    assert not (other / "Замечания к присланному.txt").exists()  # what another has sent is not told to it
    blank = openpyxl.load_workbook(folder / "Таблица Показатели дошкольных организаций.xlsx")["Таблица"]
    rules = [rule.formula1 for rule in blank.data_validations.dataValidation]
    assert any("Рябинка" in str(rule) for rule in rules) or "Списки" in str(rules)


def test_receipts_tell_what_was_taken_and_what_was_not(data: Path, tmp_path: Path) -> None:
    assert call("forms", "make", "--data", data, *YEAR, "--out", tmp_path / "forms", "--org", "ds-06").code == 0
    sent = tmp_path / "sent" / "посылка"
    sent.mkdir(parents=True)
    book = openpyxl.load_workbook(next((tmp_path / "forms").rglob("Форма*.xlsx")))
    sheet = book["Вопросы"]
    rows = {sheet.cell(row, 1).value: row for row in range(7, sheet.max_row + 1)}
    sheet.cell(rows["2.4.2-m1"], 6).value = "нет"
    sheet.cell(rows["2.4.5-m2"], 6).value = "наверное"
    book.save(sent / "форма.xlsx")
    shutil.copy(data / GARDEN / "работники.csv", sent / "кадры.csv")
    (tmp_path / "sent" / "скан.pdf").write_bytes(b"%PDF")
    outcome = call("forms", "collect", "--from", tmp_path / "sent", "--data", data, *YEAR, "--receipts", tmp_path / "r")
    assert outcome.code == 12
    assert "[form.table] посылка/кадры.csv" in outcome.err
    texts = {path.name: path.read_text(encoding="utf-8-sig") for path in (tmp_path / "r").glob("*.txt")}
    own = texts[f"Расписка {GARDEN}.txt"]
    assert "форма сбора за 2025/2026 учебный год" in own
    assert "понято 1\xa0ответ" in own
    assert "посылка/форма.xlsx · Вопросы · F" in own
    assert "таблица «Работники», 1\xa0строка" in own
    assert "скан.pdf" not in own
    assert any("скан.pdf" in text for name, text in texts.items() if GARDEN not in name)
