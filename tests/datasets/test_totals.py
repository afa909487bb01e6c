"""Rows that sum up others: never added to them, compared with them, used where there are none (all invented)."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from exports import cells, problems, read, xlsx
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from quality_cli.core.findings import Severity
from quality_cli.datasets.tables.table import Tables

HEADER = "Организация | Учебный год | Класс | Категория | Численность"
SCHOOLS = """
    з-01 | 2025/2026 | 5 | все | 20
    з-02 | 2025/2026 | 5 | все | 10
    з-02 | 2025/2026 | 6 | все | 7
"""


def contingent(folder: Path, *tables: str) -> Tables:
    """The contingent of each text, in a file of its own."""
    for number, text in enumerate(tables):
        xlsx(folder / f"Контингент {number}.xlsx", cells(HEADER + "\n" + text))
    return read(folder)


def counted(tables: Tables) -> dict[tuple[Any, ...], float]:
    """Pupils by organisation, grade and category."""
    return {(row["org"], row["grade"], row["category"]): row["pupils"] for row in tables["contingent"].records()}


def totals(tables: Tables) -> list[tuple[str, Severity, int]]:
    """What is told of totals."""
    told = [finding for finding in tables.findings if finding.code in ("row.total", "total.conflict")]
    return [(finding.code, finding.severity, finding.total) for finding in told]


WITHOUT = {("з-01", 5, "все"): 20, ("з-02", 5, "все"): 10, ("з-02", 6, "все"): 7}


@pytest.mark.parametrize("name", ["район", "Заречный район", "край", "Ленский край"])
@pytest.mark.parametrize(
    ("grade", "total", "told"),
    [
        ("5", 30, ("row.total", Severity.INFO, 1)),
        ("5", 31, ("row.total", Severity.WARNING, 1)),
        ("5", 29, ("total.conflict", Severity.ERROR, 1)),
        ("", 37, ("row.total", Severity.INFO, 1)),
        ("", 36, ("total.conflict", Severity.ERROR, 1)),
    ],
)
@pytest.mark.parametrize("apart", [True, False])
def test_a_total_of_a_parent_is_compared_with_its_parts_and_left_out(
    folder: Path, name: str, grade: str, total: int, told: tuple[str, Severity, int], apart: bool
) -> None:
    row = f"{name} | 2025/2026 | {grade} | все | {total}"
    tables = contingent(folder, *([SCHOOLS, row] if apart else [SCHOOLS + row]))
    assert counted(tables) == WITHOUT
    assert totals(tables) == [told]


def test_both_numbers_are_told_at_the_cell_of_the_total(folder: Path) -> None:
    tables = contingent(folder, SCHOOLS + "район | 2025/2026 | 5 | все | 29")
    (place,) = next(finding for finding in tables.findings if finding.code == "total.conflict").places
    assert str(place) == "Контингент 0.xlsx · Лист1 · E5"
    assert place.note == "Численность: в итоге 29, сумма строк — 30"


def test_a_total_without_parts_is_used_and_told(folder: Path) -> None:
    tables = contingent(folder, SCHOOLS + "район | 2025/2026 | 7 | все | 9\nрайон | 2024/2025 | 5 | все | 33")
    assert len(tables["contingent"]) == 5
    assert totals(tables) == [("row.total", Severity.WARNING, 2)]


def test_a_report_that_the_municipality_owes_itself_is_no_total(folder: Path) -> None:
    tables = contingent(folder, SCHOOLS + "район | 2025/2026 | | дети 5–18 лет | 500")
    assert counted(tables) == {**WITHOUT, ("район", None, "дети 5–18 лет"): 500}
    assert not totals(tables)


def test_a_total_by_grades_beside_schools_that_tell_none_is_left_out(folder: Path) -> None:
    schools = "з-01 | 2025/2026 | | все | 200\nз-02 | 2025/2026 | | все | 100\n"
    tables = contingent(folder, schools + "район | 2025/2026 | 5 | все | 30")
    assert counted(tables) == {("з-01", None, "все"): 200, ("з-02", None, "все"): 100}
    assert totals(tables) == [("row.total", Severity.INFO, 1)]


def test_a_row_without_a_grade_beside_rows_by_grade_is_their_total(folder: Path) -> None:
    tables = contingent(folder, SCHOOLS + "з-02 | 2025/2026 | | все | 17\nз-01 | 2025/2026 | | ОВЗ | 3")
    assert counted(tables) == {**WITHOUT, ("з-01", None, "ОВЗ"): 3}
    assert totals(tables) == [("row.total", Severity.INFO, 1)]


def test_totals_over_totals_are_compared_with_rows_only_once(folder: Path) -> None:
    rows: Sequence[str] = (
        *("з-02 | 2025/2026 | | все | 17", "район | 2025/2026 | 5 | все | 30", "район | 2025/2026 | 6 | все | 7"),
        *("район | 2025/2026 | | все | 37", "край | 2025/2026 | | все | 37"),
    )
    tables = contingent(folder, SCHOOLS + "\n".join(rows))
    assert counted(tables) == WITHOUT
    assert totals(tables) == [("row.total", Severity.INFO, 5)]


def test_other_numbers_of_a_row_count_as_well(folder: Path) -> None:
    header = "Организация | Учебный год | Численность детей | Опрошено родителей"
    rows = "д-1 | 2025/2026 | 50 | 40\nрайон | 2025/2026 | 50 | 39"
    xlsx(folder / "Реестр организаций.xlsx", cells(REGISTER))
    xlsx(folder / "a.xlsx", cells(f"{header}\n{rows}"))
    tables = read(folder)
    assert [row["org"] for row in tables["preschool_facts"].records()] == ["д-1"]
    assert totals(tables) == [("total.conflict", Severity.ERROR, 1)]
    assert ("row.concern", "a.xlsx · Лист1 · A3") not in problems(tables)


REGISTER = """
    Код   | Вышестоящая | Вид           | Краткое наименование
    край  |             | регион        | Ленский край
    район | край        | муниципалитет | Заречный район
    д-1   | район       | детский сад   | Рябинка
"""


def test_a_list_has_no_totals(folder: Path) -> None:
    header = "Организация | Учебный год | Мероприятие | Вид"
    rows = "з-01 | 2025/2026 | Ярмарка | ярмарка\nрайон | 2025/2026 | Ярмарка | ярмарка"
    xlsx(folder / "a.xlsx", cells(f"{header}\n{rows}"))
    assert not totals(read(folder))


WORDS = ("Итого", "ВСЕГО:", "Итого по району", "Всего обучающихся", "Общий итог")


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{} | 2025/2026 | | все | 37", ("row.total", Severity.INFO, 1)),
        ("{} | 2025/2026 | 5 | все | 29", ("total.conflict", Severity.ERROR, 1)),
        ("{} | | | | 38", ("row.total", Severity.WARNING, 1)),
        ("з-02 | 2025/2026 | {} | все | 17", ("row.total", Severity.INFO, 1)),
        ("з-02 | 2025/2026 | {} | все | 16", ("total.conflict", Severity.ERROR, 1)),
        (" | 2025/2026 | {} | все | 36", ("total.conflict", Severity.ERROR, 1)),
    ],
)
def test_a_row_is_a_total_by_its_words(folder: Path, word: str, row: str, told: tuple[str, Severity, int]) -> None:
    tables = contingent(folder, SCHOOLS + row.format(word))
    assert counted(tables) == WITHOUT
    assert totals(tables) == [told]
    assert not {code for code, _ in problems(tables)} & {"org.unknown", "cell.value", "row.rejected"}


def test_a_total_of_a_school_s_own_table_is_of_the_school(folder: Path) -> None:
    table = [
        *[["№", *HEADER.split(" | ")], [1, "з-02", "2025/2026", 5, "все", 10], [2, "з-02", "2025/2026", 6, "все", 7]],
        ["Итого", None, None, None, None, 16],
    ]
    xlsx(folder / "a.xlsx", table)
    tables = read(folder)
    assert totals(tables) == [("total.conflict", Severity.ERROR, 1)]
    assert [row["org"] for row in tables["contingent"].records()] == ["з-02", "з-02"]


def test_a_total_under_the_rows_of_each_school_is_of_that_school(folder: Path) -> None:
    rows = """
        з-01  | 2025/2026 | 5 | все | 20
        з-01  | 2025/2026 | 6 | все | 5
        Итого | 2025/2026 |   | все | 25
        з-02  | 2025/2026 | 5 | все | 10
        Итого | 2025/2026 |   | все | 10
        Итого | 2025/2026 |   | все | 35
    """
    tables = contingent(folder, rows)
    assert [row["pupils"] for row in tables["contingent"].records()] == [20, 5, 10]
    assert totals(tables) == [("row.total", Severity.INFO, 3)]


@pytest.mark.parametrize(
    "row", ["Итого 5–6 классы | 2025/2026 | | все | 37", "з-02 | 2025/2026 | Всего 5 кл. | все | 9"]
)
def test_a_total_of_a_share_is_left_out_and_not_compared(folder: Path, row: str) -> None:
    tables = contingent(folder, SCHOOLS + row)
    assert counted(tables) == WITHOUT
    assert totals(tables) == [("row.total", Severity.INFO, 1)]
    assert ("row.total", "Контингент 0.xlsx · Лист1 · строка 5") in problems(tables)


def test_a_value_called_total_is_no_total(folder: Path) -> None:
    tables = contingent(folder, SCHOOLS.replace("все", "Всего"))
    assert counted(tables) == WITHOUT
    assert not totals(tables)


def test_a_total_is_nobody_in_a_list_of_people(folder: Path) -> None:
    header = "№ | Организация | Учебный год | Класс | Код обучающегося | Охвачен адаптацией"
    rows = "1 | з-01 | 2025/2026 | 5 | п-1 | да\n2 | з-01 | 2025/2026 | 6 | п-2 | да"
    for number, total in enumerate(("Итого | | | | | 2", " | з-01 | 2025/2026 | | Всего: 2 |", " | ИТОГО | | | 2 |")):
        xlsx(folder / f"{number}.xlsx", cells(f"{header}\n{rows}\n{total}"))
        tables = read(folder)
        assert len(tables["non_native"]) == 2
        told = [finding for finding in tables.findings if finding.code not in ("column.absent", "row.duplicate")]
        assert {finding.code for finding in told} == {"row.total"}
        assert sum(finding.total for finding in told) == number + 1


def test_an_event_may_be_called_nearly_so(folder: Path) -> None:
    header = "Организация | Учебный год | Название | Вид"
    names = ("Итоговый фестиваль", "Всего понемногу", "Общий сбор")
    rows = "\n".join(f"з-01 | 2025/2026 | {name} | иное" for name in names)
    xlsx(folder / "a.xlsx", cells(f"{header}\n{rows}"))
    tables = read(folder)
    assert [row["name"] for row in tables["events"].records()] == [*names]
    assert not totals(tables)


UNITS = {"край": 1, "район": 2, "з-01": 3, "з-02": 3}
"""Units of the register and how deep they lie; the first two have units below them."""

ROWS = st.dictionaries(
    st.tuples(st.sampled_from([*UNITS]), st.sampled_from([None, 5, 6]), st.sampled_from(["все", "ОВЗ"])),
    st.integers(0, 9),
    min_size=1,
    max_size=14,
)


def told_apart(rows: dict[tuple[str, int | None, str], int]) -> tuple[dict[Any, int], dict[str, int]]:
    """What must stay of rows by unit, grade and category, and how many totals are told as what: row by row."""
    kept: dict[tuple[str, int | None, str], int] = {}
    told: dict[str, int] = {}
    for row in sorted(rows, key=lambda row: (-UNITS[row[0]], row[1] is None)):
        unit, grade, category = row
        is_parent = UNITS[unit] < 3
        like = [other for other in kept if other[2] == category and (UNITS[other[0]] > UNITS[unit] or other[0] == unit)]
        below = [other for other in like if other[0] != unit]
        parts = [other for other in like if grade is None or other[1] == grade if other[0] != unit or grade is None]
        parts = [other for other in parts if other[0] != unit or other[1] is not None]
        shares = [other for other in below if other[1] is None or grade is None or other[1] == grade]
        if not parts and not (is_parent and shares):
            kept[row] = rows[row]
            outcome = "used" if is_parent else ""
        else:
            whole = sum(kept[part] for part in parts)
            outcome = (
                "none" if not parts else "below" if rows[row] < whole else "above" if rows[row] > whole else "equal"
            )
        told[outcome] = told.get(outcome, 0) + 1
    told.pop("", None)
    return kept, told


OUTCOMES = {"меньше": "below", "больше": "above", "равна": "equal", "не сложена": "none", "нет: учтён": "used"}


@given(rows=ROWS, data=st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_totals_of_any_rows_are_told_apart(folder: Path, rows: dict[Any, int], data: st.DataObject) -> None:
    order = data.draw(st.permutations(list(rows)))
    lines = [
        f"{unit};2025/2026;{grade or ''};{category};{rows[unit, grade, category]}" for unit, grade, category in order
    ]
    text = "\n".join([HEADER.replace(" | ", ";"), *lines])
    (folder / "Контингент.csv").write_text(text, encoding="utf-8")
    tables = read(folder)
    kept, told = told_apart(rows)
    assert counted(tables) == kept
    found: dict[str, int] = {}
    for finding in tables.findings:
        if finding.code in ("row.total", "total.conflict"):
            outcome = next(name for words, name in OUTCOMES.items() if words in finding.message)
            found[outcome] = found.get(outcome, 0) + finding.total
    assert found == told
