"""What the program writes, put among the data: told what it is, and never read as data."""

import json
import shutil
from pathlib import Path

import openpyxl
import pytest
from calling import call

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A data folder with the register and one table."""
    folder = tmp_path / "данные"
    folder.mkdir()
    shutil.copy(SAMPLE / "Реестр организаций.xlsx", folder)
    shutil.copy(SAMPLE / "2025" / "Договоры с партнёрами.csv", folder)
    return folder


def _told(data: Path) -> dict[str, tuple[str, str]]:
    """By the file put among the data: code and severity of its only finding; its rows are none."""
    told = json.loads(call("check", data, "--json").out)
    assert all(file["rows"] == 0 for file in told["files"] if file["name"].startswith("своё"))
    return {
        finding["places"][0]["file"]: (finding["code"], finding["severity"])
        for finding in told["findings"]
        if finding["places"] and finding["places"][0]["file"].startswith("своё")
    }


def test_results(data: Path, tmp_path: Path) -> None:
    assert call("compute", "--data", data, "--out", tmp_path / "итог").code == 0
    names = [path.name for path in (tmp_path / "итог").iterdir() if path.suffix != ".json"]
    assert len(names) == 13
    for name in names:
        (data / "своё").mkdir(exist_ok=True)
        shutil.copy(tmp_path / "итог" / name, data / "своё" / name)
    assert _told(data) == {f"своё/{name}": ("file.results", "warning") for name in names}
    outcome = call("check", data, "--suggest", data / "своё" / "results.csv")
    assert outcome.code == 0
    assert "это результаты самой программы" in outcome.out


def test_files_beside_the_results(data: Path, tmp_path: Path) -> None:
    assert call("compute", "--data", data, "--out", tmp_path / "итог").code == 0
    (data / "своё").mkdir()
    names = [path.name for path in (tmp_path / "итог").glob("*.json")]
    assert len(names) == 4
    for name in names:
        shutil.copy(tmp_path / "итог" / name, data / "своё" / name)
    assert _told(data) == {f"своё/{name}": ("file.results", "warning") for name in names}


def test_a_collection_form_needs_no_layout(data: Path, tmp_path: Path) -> None:
    whose = ("--period", "2025/2026", "--org", "vo-01")
    assert call("forms", "make", "--data", data, "--out", tmp_path / "формы", *whose).code == 0
    form = min((tmp_path / "формы").rglob("Форма*.xlsx"))
    (data / "своё").mkdir()
    shutil.copy(form, data / "своё" / "пустая.xlsx")
    book = openpyxl.load_workbook(form)
    sheet = book["Вопросы"]
    column = next(cell.column for cell in sheet[6] if cell.value == "Ответ")
    sheet.cell(8, column).value = "да"
    book.save(data / "своё" / "заполненная.xlsx")
    said = {
        name: call("check", data, "--suggest", data / "своё" / f"{name}.xlsx").out for name in ("пустая", "заполненная")
    }
    assert "незаполненная форма" in said["пустая"]
    assert "quality forms collect" in said["заполненная"]
    assert "незаполненная" not in said["заполненная"]


def test_gathered_answers_are_data(data: Path) -> None:
    header = "Организация;Учебный год;Вопрос;Да или нет;Число;Текст;Подтверждение;Файл;Дата файла"
    row = "vo-01;2025/2026;1.3.1-s2;да;;;приказ;a.xlsx;2026-06-01"
    (data / "своё.csv").write_text(f"{header}\n{row}\n", encoding="utf-8-sig")
    told = json.loads(call("check", data, "--json").out)
    assert [file["layouts"] for file in told["files"] if file["name"] == "своё.csv"] == [["answers.table"]]
    assert [
        finding["code"]
        for finding in told["findings"]
        if finding["places"][:1] and finding["places"][0]["file"] == "своё.csv"
    ] == []
