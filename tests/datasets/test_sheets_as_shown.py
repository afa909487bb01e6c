"""Sheets are read as a person sees them: codes that are no codes, several tables on one sheet, names written once."""

from pathlib import Path
from typing import Any

import pytest
from exports import F1_ROW, SPECS, f1, only, problems, read, table, works, xlsx
from office import FORMATS, Shown, office
from packages import csv_bytes

NO_CODES = ("2,40000E+11", "2.4E+11", "2.4e11", "1E+05", "NA", "n/a", "0", "000", "—", "---", "04.май", "нет кода")


@pytest.mark.parametrize("code", NO_CODES)
def test_a_code_that_is_none_is_nobody_and_not_one_child(folder: Path, code: str) -> None:
    (folder / "a.csv").write_bytes(csv_bytes(table((code, 2), (code, 3), (code, 4), ("п-1", 5))))
    tables = read(folder)
    assert works(tables, "code", "mark") == [(None, 2), (None, 3), (None, 4), ("п-1", 5)]
    assert problems(tables) == [("person.code", "a.csv · E2")]
    assert only(tables).total == 3


@pytest.mark.parametrize("code", ["1E5", "5Е1", "10", "п-0", "007", "100000", "нетов"])
def test_a_code_that_looks_odd_stays(folder: Path, code: str) -> None:
    (folder / "a.csv").write_bytes(csv_bytes(table((code, 2))))
    tables = read(folder)
    assert works(tables, "code") == [code]
    assert problems(tables) == []


@pytest.mark.parametrize("suffix", ("xlsx", "xls"))
@pytest.mark.parametrize("code", [Shown(100000, "0.00E+00"), Shown(1.2e5, "0E+00"), 123456789012345678, 0])
def test_a_number_that_was_a_code(folder: Path, suffix: str, code: Any) -> None:
    (folder / f"a.{suffix}").write_bytes(office(suffix, table((code, 2), (7, 3))))
    tables = read(folder)
    assert works(tables, "code") == [None, "7"]
    assert problems(tables) == [("person.code", f"a.{suffix} · Лист1 · E2")]


def two(second: str, *, subject: str | None = "Математика") -> list[Any]:
    """Two reports one under another; the second with this title."""
    rows = [(*F1_ROW[:3], 40000 + number, *F1_ROW[4:]) for number in range(4)]
    below = f1(*rows[2:], title=second)
    if subject is None:
        below = [row for row in below if not (row and str(row[0]) in ("Предмет:", second))]
    return [*f1(*rows[:2]), [], [], *below]


def test_each_table_of_a_sheet_has_its_own_facts(folder: Path) -> None:
    xlsx(folder / "a.xlsx", two("ВПР 2026 Математика 5 класс"))
    tables = read(folder)
    assert works(tables, "subject", "grade") == [("Русский язык", 4)] * 2 + [("Математика", 5)] * 2
    assert "table.second" not in dict(problems(tables))


def test_a_table_that_does_not_say_what_it_is_of_is_refused_whole(folder: Path) -> None:
    rows = two("Без предмета и класса", subject=None)
    xlsx(folder / "a.xlsx", rows)
    tables = read(folder)
    assert works(tables, "subject") == ["Русский язык"] * 2
    assert [code for code, _ in problems(tables)].count("table.second") == 1
    assert not {"org.unknown", "cell.value"} & dict(problems(tables)).keys()


def test_a_table_with_another_header_is_refused_whole(folder: Path) -> None:
    other = [("Организация", "Учебный год", "Класс", "Категория", "Численность"), ("з-01", "2025/2026", 4, "все", 20)]
    xlsx(folder / "a.xlsx", [*table((1, 2), (2, 3)), [], *other])
    tables = read(folder)
    assert works(tables, "code") == ["1", "2"]
    assert problems(tables) == [("table.second", "a.xlsx · Лист1 · строка 5")]


def test_a_table_above_the_one_that_is_read_is_told(folder: Path) -> None:
    """Whichever of two tables is read, the other one is not lost in silence."""
    plans = [("Организация", "Учебный год", "Класс", "Код обучающегося", "Вид"), ("з-01", "2025/2026", 4, "7", "ИОП")]
    titles = [
        SPECS.contracts["non_native"].columns[name].title for name in ("adaptation", "family_contact", "supported")
    ]
    below = [
        ("Организация", "Учебный год", "Класс", "Код обучающегося", *titles),
        ("з-01", "2025/2026", 4, "8", *"+++"),
    ]
    xlsx(folder / "a.xlsx", [("Списки",), *plans, [], ("Неродной язык",), *below])
    tables = read(folder)
    assert {"plans", "non_native"} & {*tables.by_dataset} == {"non_native"}
    (finding,) = (finding for finding in tables.findings if finding.severity == "error")
    assert (finding.code, str(finding.places[0])) == ("table.second", "a.xlsx · Лист1 · строка 1")
    assert "Индивидуальные планы" in finding.message


def test_a_repeated_header_is_one_finding(folder: Path) -> None:
    header, *rows = table(*((number, 4) for number in range(1, 7)))
    xlsx(folder / "a.xlsx", [header, *rows[:2], header, *rows[2:4], [], header, *rows[4:]])
    tables = read(folder)
    assert works(tables, "code") == list("123456")
    assert [(finding.code, finding.total) for finding in tables.findings] == [("row.header", 2)]


@pytest.mark.parametrize("suffix", FORMATS)
def test_an_organisation_written_once_is_filled_down(folder: Path, suffix: str) -> None:
    names = ["з-01", None, None, "з-02", None, None, None]
    rows = [(name, 2026, 4, "Математика", code, 4) for code, name in enumerate(names, start=1)]
    (folder / f"a.{suffix}").write_bytes(office(suffix, table(*rows)))
    tables = read(folder)
    assert works(tables, "org") == ["з-01"] * 3 + ["з-02"] * 4
    assert [(finding.code, finding.total) for finding in tables.findings] == [("row.filled_down", 5)]


@pytest.mark.parametrize(
    "names", [["з-01", "з-01", None, None, None], ["з-01", "з-02", None, "з-01"], [None, None, None, "з-01"]]
)
def test_a_blank_that_may_be_a_slip_is_told_and_not_filled(folder: Path, names: list[Any]) -> None:
    rows = [(name, 2026, 4, "Математика", code, 4) for code, name in enumerate(names, start=1)]
    xlsx(folder / "a.xlsx", table(*rows))
    tables = read(folder)
    assert works(tables, "org") == [name for name in names if name]
    assert [code for code, _ in problems(tables)] == ["org.unknown"]
