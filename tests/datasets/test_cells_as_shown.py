"""Cells are read as a person sees them, in .xlsx, .ods and .xls alike: per cents, errors, dates, what is hidden."""

import datetime
from pathlib import Path
from typing import Any

import pytest
from exports import only, problems, read, table, works
from hypothesis import given, settings
from hypothesis import strategies as st
from office import ERRORS, FORMATS, Shown, office, percent
from packages import csv_bytes

from quality_cli.core.findings import Findings
from quality_cli.datasets.readers.content import read_sheets

STAFF = ("Организация", "Учебный год", "Код работника", "Группа", "В кадровом резерве", "Есть ИОМ", "ИОМ выполнен, %")
MARKS = ("Организация", "Год", "Класс", "Предмет", "Код участника", "Отметка")


def staff(*cells: Any) -> list[Any]:
    """The list of staff with these shares of the plan done."""
    rows = [("з-01", "2025/2026", f"р-{number}", "педагог", "да", "да", cell) for number, cell in enumerate(cells)]
    return [STAFF, *rows]


def done(folder: Path) -> tuple[list[Any], list[tuple[str, str]]]:
    """The shares read, and what was told."""
    tables = read(folder)
    told = [(code, place) for code, place in problems(tables) if code.startswith(("cell", "row", "column.h"))]
    return [record["iom_done"] for record in tables["staff"].records()], told


@pytest.mark.parametrize("suffix", FORMATS)
def test_a_per_cent_is_what_the_cell_shows(folder: Path, suffix: str) -> None:
    cells = (percent(0.85), percent(1), Shown(0.333, "0%"), 60, "78,5 %", "40%", percent(0), Shown(0.07, "[Red]0%;-0%"))
    (folder / f"a.{suffix}").write_bytes(office(suffix, staff(*cells)))
    assert done(folder) == ([85, 100, 33.3, 60, 78.5, 40, 0, 7], [])


@pytest.mark.parametrize("suffix", ("xlsx", "xls"))
def test_a_sign_that_is_only_written_there_multiplies_nothing(folder: Path, suffix: str) -> None:
    cells = (Shown(85, '0" %"'), Shown(85, "0\\%"), Shown(85, '"%"@'))
    (folder / f"a.{suffix}").write_bytes(office(suffix, staff(*cells)))
    assert done(folder) == ([85, 85, 85], [])


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("cell", [percent(0.85), "85 %", percent(5)])
def test_a_per_cent_in_another_column_is_told(folder: Path, suffix: str, cell: Any) -> None:
    (folder / f"a.{suffix}").write_bytes(office(suffix, [MARKS, ("з-01", 2026, 4, "Математика", 1, cell)]))
    tables = read(folder)
    assert works(tables, "mark") == [None]
    assert problems(tables) == [("cell.value", f"a.{suffix} · Лист1 · F2")]
    assert "столбец не в процентах" in only(tables).hint


def test_per_cents_of_a_text_table(folder: Path) -> None:
    (folder / "a.csv").write_bytes(csv_bytes(staff("85 %", "100%", "7,5")))
    assert done(folder) == ([85, 100, 7.5], [])


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("error", ERRORS)
def test_an_error_in_a_cell_is_told(folder: Path, suffix: str, error: str) -> None:
    rows = [MARKS, ("з-01", 2026, 4, "Математика", 1, 4), ("з-01", 2026, 4, "Математика", 2, error)]
    (folder / f"a.{suffix}").write_bytes(office(suffix, rows))
    tables = read(folder)
    assert works(tables, "code", "mark") == [("1", 4), ("2", None)]
    assert problems(tables) == [("cell.value", f"a.{suffix} · Лист1 · F3")]
    assert error in only(tables).message


@pytest.mark.parametrize("suffix", FORMATS)
def test_what_is_hidden_is_told(folder: Path, suffix: str) -> None:
    content = office(suffix, table((1, 2), (2, 3), (3, 4)), hidden_rows=[2], hidden_columns=[2], hidden=True)
    (folder / f"a.{suffix}").write_bytes(content)
    tables = read(folder)
    assert works(tables, "mark") == [2, 3, 4]
    assert sorted(problems(tables)) == [
        ("column.hidden", f"a.{suffix} · Лист1 · C1"),
        ("row.hidden", f"a.{suffix} · Лист1 · строка 3"),
        ("sheet.hidden", f"a.{suffix} · Лист1"),
    ]


@pytest.mark.parametrize("suffix", FORMATS)
def test_one_of_two_columns_of_a_name_is_hidden(folder: Path, suffix: str) -> None:
    rows = [(*MARKS, "Отметка"), ("з-01", 2026, 4, "Математика", 1, 4, 5)]
    (folder / f"a.{suffix}").write_bytes(office(suffix, rows, hidden_columns=[6]))
    tables = read(folder)
    assert works(tables, "mark") == [None]
    finding = next(finding for finding in tables.findings if finding.code == "header.repeated")
    assert [str(place) for place in finding.places] == [f"a.{suffix} · Лист1 · F1", f"a.{suffix} · Лист1 · G1"]
    assert "скрытый" in finding.hint


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_organisation_merged_over_its_rows(folder: Path, suffix: str) -> None:
    names = ["з-01", None, "з-02", None]
    rows = [MARKS, *((name, 2026, 4, "Математика", code, 4) for code, name in enumerate(names, start=1))]
    (folder / f"a.{suffix}").write_bytes(office(suffix, rows, merged=[(1, 2), (3, 4)]))
    tables = read(folder)
    assert works(tables, "org") == ["з-01", "з-01", "з-02", "з-02"]
    assert problems(tables) == []


@pytest.mark.parametrize("cell", [datetime.date(2026, 5, 4), "04.май", "янв.05", "04.05.2026"])
@pytest.mark.parametrize(("column", "header"), [(5, "Отметка"), (2, "Класс")])
def test_a_date_made_of_a_number_is_told(folder: Path, cell: Any, column: int, header: str) -> None:
    rows = [list(row) for row in table((1, 4), (2, 5), (3, 5))]
    rows[2][column] = cell
    (folder / "a.xlsx").write_bytes(office("xlsx", rows))
    told = [finding for finding in read(folder).findings if finding.code == "cell.value"]
    assert [(str(finding.places[0]), finding.total) for finding in told] == [
        (f"a.xlsx · Лист1 · {'ABCDEF'[column]}3", 1)
    ]
    assert header in told[0].message
    assert "«4.5»" in told[0].hint


@settings(max_examples=9)  # two of three formats are read in a process of their own
@given(
    st.sampled_from(FORMATS),
    st.lists(st.integers(0, 10_000).map(lambda hundredths: hundredths / 100), min_size=1, max_size=5),
)
def test_every_share_is_read_as_it_is_shown(suffix: str, shares: list[float]) -> None:
    """A per cent in its format, as a text and as a number is one thing, whatever program has saved it."""
    rows = [["в формате", "числом"], *([percent(share / 100), share] for share in shares)]
    (sheet,) = read_sheets(office(suffix, rows), f"a.{suffix}", Findings()) or []
    assert [(str(row[0]), row[1]) for row in sheet.rows[1:]] == [(f"{share:.12g}%", share) for share in shares]
