"""Codes of people that Excel or a hand has written in two ways are one code, and that is told without the code."""

from pathlib import Path

import pytest
from exports import cells, read, xlsx

from quality_cli.datasets.tables.table import Tables

KDR = "Организация | Учебный год | Работа | Уровень | Код обучающегося"

PAIRS = [
    ("40001", 40001, ""),
    ("40001.0", "40001", "«.0»"),
    ("0040001", 40001, "нулями в начале"),
    ("12 345", "12345", "пробелами"),
    ("АВ-17", "AB-17", "буквами одного вида"),
    ("у 12", "у12", "пробелами"),
    ("у – 12", "у-12", "пробелами и дефисами"),
    ("У-12", "у-12", ""),
]


def files(folder: Path, former: object, later: object) -> Tables:
    """Two years of one child; its codes in the two files."""
    for name, year, study, code in (("до", "2023/2024", "КДР4", former), ("после", "2025/2026", "КДР6", later)):
        xlsx(folder / f"{name}.xlsx", [cells(KDR)[0], ["з-01", year, study, "базовый", code]])
    return read(folder)


@pytest.mark.parametrize(("one", "other", "how"), PAIRS)
def test_one_code_in_two_files(folder: Path, one: object, other: object, how: str) -> None:
    tables = files(folder, one, other)
    assert [row["earlier_level"] for row in tables["kdr"].records()] == [None, 3]
    told = [(finding.code, finding.severity.value, str(finding.places[0])) for finding in tables.findings]
    assert told == ([("person.spelling", "info", "после.xlsx · Лист1 · E2")] if how else [])
    assert all(how in finding.message and "«до.xlsx»" in finding.message for finding in tables.findings)
    assert all(str(code) not in str(finding) for finding in tables.findings for code in (one, other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("5-12", "51-2"), ("5 12", "51 2"), ("40001", "400010"), ("у-1", "у-01"), ("1.5", "15"), ("А1", "Б1")],
)
def test_different_codes_stay_different(folder: Path, one: str, other: str) -> None:
    tables = files(folder, one, other)
    assert [row["earlier_level"] for row in tables["kdr"].records()] == [None, None]


@pytest.mark.parametrize(("one", "other", "how"), [pair for pair in PAIRS if pair[2]])
def test_two_writings_in_one_table_of_one_organisation(folder: Path, one: object, other: object, how: str) -> None:
    rows = [("КДР4", one), ("КДР8", other), ("КДР4", "п-7")]
    xlsx(folder / "а.xlsx", [cells(KDR)[0], *(["з-01", "2025/2026", study, "базовый", code] for study, code in rows)])
    tables = read(folder)
    (finding,) = (item for item in tables.findings if item.code == "person.spelling")
    assert (finding.severity, finding.total, str(finding.places[0])) == ("warning", 2, "а.xlsx · Лист1 · E2")
    assert how in finding.message
    assert len({row["pupil"] for row in tables["kdr"].records()}) == 2


def test_two_writings_of_two_organisations_are_no_warning(folder: Path) -> None:
    rows = [("з-01", "007"), ("з-02", "7")]
    xlsx(folder / "а.xlsx", [cells(KDR)[0], *([org, "2025/2026", "КДР4", "базовый", code] for org, code in rows)])
    assert [finding.code for finding in read(folder).findings if finding.severity == "warning"] == ["check.single"]
