"""A total below the sum of its parts: figures that sum the parts are a contradiction of the unit that says both."""

import csv
from collections.abc import Mapping
from pathlib import Path

import pytest
from calling import call

from quality_cli.analysis.results import Result, Results

YEAR = "2025/2026"
REGISTER = """
Код;Вышестоящая;Вид;Краткое наименование;Классы с;Классы по
К;;регион;Край;;
М;К;муниципалитет;Округ;;
А;М;школа;Речная;1;11
Б;М;школа;Лесная;1;11
"""
ROWS = """
А;2025/2026;6;все;20
А;2025/2026;7;все;30
Б;2025/2026;6;все;50
Б;2025/2026;7;все;50
"""
NUMBERS = """
Организация;Учебный год;Вопрос;Число
А;2025/2026;1.3.1-m1:participants:числитель;5
Б;2025/2026;1.3.1-m1:participants:числитель;10
А;2025/2026;1.3.3-m2:числитель;3
Б;2025/2026;1.3.3-m2:числитель;6
"""
ALL_GRADES, FROM_SEVENTH = ("1.3.1-m1", "participants"), ("1.3.3-m2", "")
Told = Mapping[str, tuple[float | None, str]]


def computed(folder: Path, totals: str) -> tuple[Results, list[dict[str, str]]]:
    """The results and the alternatives of a district with some rows of totals."""
    data, out = folder / "data", folder / "results"
    data.mkdir(exist_ok=True)
    header = "Организация;Учебный год;Класс;Категория;Численность"
    for name, text in {"Реестр": REGISTER, "Ответы": NUMBERS, "Контингент": f"{header}{ROWS}{totals}"}.items():
        (data / f"{name}.csv").write_text(text.strip() + "\n", encoding="utf-8-sig")
    outcome = call("compute", "--data", data, "--indicator", "1.3.1-m1", "--indicator", "1.3.3-m2", "--out", out)
    assert outcome.code == 0, outcome.err
    with (out / "alternatives.csv").open(encoding="utf-8-sig", newline="") as file:
        return Results.read(out / "results.parquet"), list(csv.DictReader(file, delimiter=";"))


def rows(results: Results, figure: tuple[str, str]) -> dict[str, Result]:
    """The totals of a figure by unit."""
    return {row.org_id: row for row in results if (row.indicator, row.part) == figure and not row.stratum}


def told(results: Results, figure: tuple[str, str]) -> Told:
    """The values and statuses of a figure by unit."""
    return {unit: (row.value, row.status) for unit, row in rows(results, figure).items()}


def test_a_total_that_agrees_changes_nothing(tmp_path: Path) -> None:
    results, alternatives = computed(tmp_path, f"А;{YEAR};;все;50\nМ;{YEAR};;все;150")
    assert told(results, ALL_GRADES) == {"А": (100, "ok"), "Б": (100, "ok"), "М": (100, "ok")}
    assert alternatives == []


def test_a_school_whose_total_is_below_its_rows_contradicts_itself(tmp_path: Path) -> None:
    results, alternatives = computed(tmp_path, f"А;{YEAR};Всего;все;40")
    assert told(results, ALL_GRADES) == {"А": (None, "conflict"), "Б": (100, "ok"), "М": (100, "partial")}
    own, above = (rows(results, ALL_GRADES)[unit] for unit in "АМ")
    assert own.note.startswith("итог меньше суммы своих строк (Численность: в итоге 40, сумма строк — 50)")
    assert above.expected - above.received == 1 and "Речная" in above.note
    said = [(row["source"], row["numerator"], row["denominator"], row["value"], row["taken"]) for row in alternatives
            if row["indicator"] == "1.3.1-m1"]  # fmt: skip
    assert said == [
        ("строки таблицы «Контингент»", "5", "50", "100", "да"),
        ("итог в таблице «Контингент»", "5", "40", "125", "нет"),
    ]


def test_of_a_part_the_total_says_no_value_but_a_doubt(tmp_path: Path) -> None:
    results, alternatives = computed(tmp_path, f"А;{YEAR};Всего;все;40")
    assert told(results, FROM_SEVENTH) == {"А": (None, "conflict"), "Б": (120, "ok"), "М": (120, "partial")}
    assert [(row["org_id"], row["value"]) for row in alternatives if row["indicator"] == "1.3.3-m2"] == [("А", "100")]


def test_a_total_of_the_municipality_is_a_contradiction_of_its_own(tmp_path: Path) -> None:
    results, alternatives = computed(tmp_path, f"М;{YEAR};6;все;69")
    assert told(results, ALL_GRADES) == {"А": (100, "ok"), "Б": (100, "ok"), "М": (None, "conflict")}
    assert told(results, FROM_SEVENTH)["М"] == (112.5, "ok")  # of grade 7 nothing is contradicted
    assert [(row["org_id"], row["denominator"]) for row in alternatives] == [("М", "150"), ("М", "149")]


@pytest.mark.parametrize("again", [1, 2])
def test_what_was_read_before_is_as_doubtful(tmp_path: Path, again: int) -> None:
    for _ in range(again):
        results, _ = computed(tmp_path, f"А;{YEAR};Всего;все;40")
    assert told(results, ALL_GRADES)["А"] == (None, "conflict")


def test_the_explanation_is_without_whom_the_figure_is_without(tmp_path: Path) -> None:
    computed(tmp_path, f"А;{YEAR};Всего;все;40")
    outcome = call("explain", "1.3.1-m1", "--part", "participants", "--data", tmp_path / "data", "--org", "М")
    assert outcome.code == 0, outcome.err
    assert "100" in outcome.out and "Речная" in outcome.out
