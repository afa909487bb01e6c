"""The sample district is read as its README says: every work, and no problem but the planted ones."""

import re
from collections import Counter, defaultdict
from pathlib import Path
from typing import Any

import pytest

from quality_cli.app.compute import Computed
from quality_cli.core.findings import Severity
from quality_cli.datasets.tables.table import Tables

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"
README = (SAMPLE / "README.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def tables(sample: Computed) -> Tables:
    return sample.tables


@pytest.fixture(scope="module")
def works(tables: Tables) -> list[dict[str, Any]]:
    return tables["vpr"].records()


def _section(title: str) -> list[list[str]]:
    """Rows of the table under a heading of the README, without its header."""
    body = README.split(f"## {title}\n")[1].split("\n## ")[0]
    rows = [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in body.splitlines() if line[:1] == "|"]
    return rows[2:]


def test_works_of_every_year_and_grade(works: list[dict[str, Any]]) -> None:
    stated = {
        (int(year), int(grade)): (int(present), int(absent))
        for year, grade, present, absent in _section("Сколько работ")
        if grade.isdigit()
    }
    counted = Counter((row["year"], row["grade"], row["present"]) for row in works)
    assert {pair: (counted[(*pair, 1)], counted[(*pair, 0)]) for pair in stated} == stated
    assert sum(counted.values()) == sum(map(sum, stated.values()))


def test_works_of_every_file(works: list[dict[str, Any]]) -> None:
    stated = {row[0]: (int(row[2]), int(row[3]), row[4], int(row[5])) for row in _section("Файлы результатов")}
    present = Counter(row["_file"] for row in works if row["present"])
    facts = {row["_file"]: (row["year"], row["grade"], row["subject"]) for row in works}
    assert {file: present[file] for file in stated} == {file: total for file, (*_, total) in stated.items()}
    assert facts == {file: (year, grade, subject) for file, (year, grade, subject, total) in stated.items() if total}


def test_every_work_present_has_a_mark(works: list[dict[str, Any]]) -> None:
    assert [row for row in works if row["present"] and row["mark"] is None] == []


def test_only_the_planted_problems_are_told(tables: Tables) -> None:
    told = [finding for finding in tables.findings if finding.severity is not Severity.INFO]
    planted = {(row[1], row[3]) for row in _section("Подложенные трудности")}
    assert ("сдвиг на столбец: пол стоит в отметке", "Sheet!E54") in planted
    assert ("сдан пустой бланк вместо заполненного", "edu990106 Протокол") in planted
    assert planted >= {
        *(
            ("итог не равен сумме заданий", place)
            for place in ("Sheet!I42, Sheet!I156", "Протокол!AC5, Протокол!AC47, Протокол!AC48")
        ),
        ("итог не равен сумме заданий", "edu990102 Протокол!W17, edu990103 Протокол!W14"),
        ("вместо школы выбран детский сад", "строка 12"),
        ("максимальный балл меньше набранного", "строка 25"),
        ("код выпускника другой школы", "строка 214"),
    }
    form = "Форма сбора результатов География 6 класс ВПР 2025.xlsx · Протокол"
    shifted = "2025/Математика 6 класс ВПР 2025.xlsx · Sheet · "
    blank = "2026/edu990106/Форма сбора результатов Английский язык 8 класс ВПР 2026.xlsx · Протокол"
    assert sorted((finding.code, str(finding.places[0]), finding.total) for finding in told) == [
        ("cell.value", f"{shifted}E54", 1),
        ("cell.value", f"{shifted}F54", 1),
        ("check.derived", f"2025/edu990102/{form} · W17", 1),
        ("check.derived", f"2025/edu990103/{form} · W14", 1),
        ("check.derived", f"{shifted}I42", 2),
        ("check.derived", "2025/Математика 7 класс ВПР 2025.xlsx · Протокол · AC5", 3),
        ("check.row", "2025/История 7 класс (таблица).csv · J25", 1),
        ("check.single", "2026/Выпускники.csv · A2", 2),
        ("row.concern", "2025/История 7 класс (таблица).csv · A12", 1),
        ("row.duplicate", "2026/Протокол олимпиады Математика.xlsx · Протокол · строка 6", 12),
        ("sheet.blank", blank, 1),
    ]


def test_summary_reports_agree_with_the_rows_they_sum_up(tables: Tables, works: list[dict[str, Any]]) -> None:
    marks: dict[str, Counter[int]] = defaultdict(Counter)
    compared: dict[str, Counter[int]] = defaultdict(Counter)
    for row in works:
        if (row["year"], row["grade"], row["subject"]) == (2026, 6, "Русский язык"):
            marks[row["login"]][row["mark"]] += 1
            compared[row["login"]][(row["mark"] > row["journal_mark"]) - (row["mark"] < row["journal_mark"])] += 1
    f3 = {row["login"]: [row[f"mark_{mark}"] for mark in (2, 3, 4, 5)] for row in tables["vpr_marks"].records()}
    assert f3 == {login: [found[mark] for mark in (2, 3, 4, 5)] for login, found in marks.items()}
    journal = {
        row["login"]: [row[name] for name in ("lowered", "confirmed", "raised")]
        for row in tables["vpr_journal"].records()
    }
    assert journal == {login: [found[sign] for sign in (-1, 0, 1)] for login, found in compared.items()}


def test_classes_of_the_sheets_are_those_of_the_works(tables: Tables, works: list[dict[str, Any]]) -> None:
    of_works = {(row["org"], row["grade"], row["subject"], row["letter"]) for row in works if row["year"] == 2025}
    listed = {(row["org"], row["grade"], row["subject"], row["letter"]) for row in tables["vpr_classes"].records()}
    assert listed
    assert {key for key in listed if key[3]} <= of_works


def test_absent_pupils_are_those_planted(works: list[dict[str, Any]]) -> None:
    words = ("отсутствовал", "отсутсвовал", "не присутствовал", "Присутствовал = нет")
    planted = sum(int(row[2]) for row in _section("Подложенные трудности") if row[1] in words)
    assert planted == sum(not row["present"] for row in works)


def test_both_logins_of_a_school_are_one_organisation(tables: Tables, works: list[dict[str, Any]]) -> None:
    logins = {row["login"] for row in works if row["org"] == "vo-03"}
    assert {"edu990103", "edu990113"} <= logins
    register = re.findall(r"`(vo-\d+)`", README)
    assert set(register) <= {unit.id for unit in tables.organisations}


def test_listed_schools_are_not_objective(works: list[dict[str, Any]]) -> None:
    listed = {(row["org"], row["year"], row["subject"]) for row in works if row["objective"] == 0}
    assert ("vo-07", 2026, "Русский язык") in listed
    assert ("vo-02", 2025, "Математика") in listed
    assert {org for org, year, _ in listed if year == 2026} == {"vo-07", "vo-09"}
    assert {org for org, year, _ in listed if year == 2025} == {"vo-02"}
