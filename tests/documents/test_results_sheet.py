"""``results.xlsx`` is written as XML by us: other programs must read in it what was meant."""

from pathlib import Path
from typing import Any

import openpyxl
import pyarrow as pa
import pytest
from python_calamine import CalamineWorkbook

from quality_cli.documents.workbooks.sheet import Sheet, write_sheet

SHEET = Sheet("Показатели", [("Имя & <вид>", 30), ("Значение", 11), ("Пояснение", 36)], frozen=1, printed=2)


def written(path: Path, names: list[str | None], values: list[float | None]) -> Path:
    """A sheet of names and values; the third column is empty."""
    cells = [
        pa.array(names, pa.string()),
        pa.chunked_array([pa.array(values, pa.float64())]),
        pa.array([""] * len(names)).dictionary_encode(),
    ]
    write_sheet(path, SHEET, cells)
    return path


def test_numbers_and_words(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", ["Школа", "Школа", None, "Сад"], [5.0, 33.25, None, -2.0])
    sheet = openpyxl.load_workbook(path)["Показатели"]
    told = [[(cell.value, cell.data_type, cell.number_format) for cell in row] for row in sheet.iter_rows(min_row=2)]
    empty: tuple[Any, ...] = (None, "n", "General")
    assert told == [
        [("Школа", "s", "General"), (5, "n", "General"), empty],
        [("Школа", "s", "General"), (33.25, "n", "0.0"), empty],
        [empty, empty, empty],
        [("Сад", "s", "General"), (-2, "n", "General"), empty],
    ]
    assert CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python() == [
        ["Имя & <вид>", "Значение", "Пояснение"],
        ["Школа", 5.0, ""],
        ["Школа", 33.25, ""],
        ["", "", ""],
        ["Сад", -2.0, ""],
    ]


def test_the_look_of_the_sheet(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(written(tmp_path / "a.xlsx", ["а", "б"], [1.0, 2.0]))["Показатели"]
    assert (sheet.dimensions, sheet.auto_filter.ref, sheet.freeze_panes) == ("A1:C3", "A1:C3", "B2")
    assert (sheet.print_area, sheet.print_title_rows) == ("'Показатели'!$A$1:$B$3", "$1:$1")
    assert (sheet.page_setup.orientation, sheet.page_setup.fitToHeight) == ("landscape", 0)
    assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert [sheet.column_dimensions[letter].width for letter in "ABC"] == [30, 11, 36]
    header = sheet["A1"]
    assert (header.value, header.font.b, header.fill.fgColor.rgb) == ("Имя & <вид>", True, "FFDDE6F0")
    assert (header.alignment.wrap_text, header.alignment.vertical) == (True, "center")
    assert not sheet["A2"].font.b


@pytest.mark.parametrize("word", ["=1+1", "+7", "@СУММ(A1)", "<f>1</f>", "а&б", ' "в кавычках" ', "две\nстроки", "5"])
def test_words_stay_words(tmp_path: Path, word: str) -> None:
    path = written(tmp_path / "a.xlsx", [word], [1.0])
    cell = openpyxl.load_workbook(path).active["A2"]
    assert (cell.value, cell.data_type) == (word, "s")
    assert CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1][0] == word


def test_what_a_cell_cannot_hold_is_left_out(tmp_path: Path) -> None:
    path = written(tmp_path / "a.xlsx", ["а\0б\x0b\uffffв", "ж" * 40_000], [1.0, 2.0])
    sheet = openpyxl.load_workbook(path).active
    assert [sheet["A2"].value, sheet["A3"].value] == ["абв", "ж" * 32_767]


def test_no_rows(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(written(tmp_path / "a.xlsx", [], [])).active
    assert (sheet.max_row, sheet.auto_filter.ref) == (1, "A1:C1")


def test_many_rows_and_the_same_bytes(tmp_path: Path) -> None:
    names: list[str | None] = [None if number % 7 == 0 else f"№ {number % 1000}" for number in range(20_000)]
    values = [None if number % 5 == 0 else number / 8 for number in range(20_000)]
    path = written(tmp_path / "a.xlsx", names, values)
    rows = CalamineWorkbook.from_path(path).get_sheet_by_index(0).to_python()[1:]
    assert [(row[0] or None, None if row[1] == "" else row[1]) for row in rows] == list(zip(names, values, strict=True))
    assert written(tmp_path / "b.xlsx", names, values).read_bytes() == path.read_bytes()
