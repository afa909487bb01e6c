"""The results table: a public contract, its files and look-ups."""

import csv
from pathlib import Path
from typing import Any

import pyarrow.parquet
import pytest

from quality_cli.analysis.results import SCHEMA, OtherColumnsError, ResultKey, Results

COLUMNS = [
    "period", "indicator", "part", "level", "org_id", "org_name", "reported", "by", "stratum", "numerator",
    "denominator", "base", "value", "unit", "excluded", "unknown",
    "possible_low", "possible_high", "matched",
    "expected", "received", "ci_low", "ci_high", "small", "status", "note", "source",
]  # fmt: skip
ROW: dict[str, Any] = {
    "period": "2025/2026", "indicator": "1.1.2-m1", "part": "", "level": "municipality", "org_id": "vo",
    "org_name": "Округ", "reported": True, "by": "", "stratum": "", "numerator": 1.0, "denominator": 3.0, "base": 3.0,
    "value": 100 / 3, "unit": "%", "excluded": 0.0, "unknown": 2.0,
    "possible_low": 20.0, "possible_high": 60.0, "matched": None,
    "expected": None, "received": None, "ci_low": 6.25, "ci_high": 79.0,
    "small": True, "status": "ok", "note": "", "source": "Результаты ВПР: файлов — 2",
}  # fmt: skip


def table(*changes: dict[str, Any]) -> Results:
    """Results with one row for every set of changes."""
    rows = [{**ROW, **change} for change in changes]
    return Results.of({name: [row[name] for row in rows] for name in COLUMNS})


def csv_of(results: Results, folder: Path) -> list[str]:
    """Lines of ``results.csv``."""
    results.write_csv(folder / "results.csv")
    return (folder / "results.csv").read_bytes().decode("utf-8-sig").split("\r\n")


def test_columns_are_those_of_the_contract(tmp_path: Path) -> None:
    table({}).write_parquet(tmp_path / "results.parquet")
    assert pyarrow.parquet.read_schema(tmp_path / "results.parquet").names == COLUMNS
    assert csv_of(table({}), tmp_path)[0] == ";".join(COLUMNS)


def test_parquet_round_trip(tmp_path: Path) -> None:
    written = table({}, {"org_id": "vo-01", "value": None, "status": "no_data", "part": "mark=2"})
    written.write_parquet(tmp_path / "results.parquet")
    read = Results.read(tmp_path / "results.parquet")
    assert list(read) == list(written)
    assert read.table.schema.equals(SCHEMA)


def test_empty_cell_is_none_and_not_nan() -> None:
    first = next(iter(table({"value": float("nan"), "denominator": float("nan")})))
    assert (first.value, first.denominator, first.matched) == (None, None, None)


def test_csv_opens_in_russian_excel(tmp_path: Path) -> None:
    results = table({"source": "файл «а;б».xlsx", "matched": 0.5})
    line = csv_of(results, tmp_path)[1]
    assert (tmp_path / "results.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert line == (
        "2025/2026;1.1.2-m1;;municipality;vo;Округ;да;;;1;3;3;33,333333333333336;%;0;2;20;60;0,5;;;6,25;79;да;ok;;"
        '"файл «а;б».xlsx"'
    )


@pytest.mark.parametrize("word", ["=1+1", "+7", "-5", "@SUM(A1)", "\tx", "\rx", "\nx"])
def test_csv_word_never_becomes_a_formula(tmp_path: Path, word: str) -> None:
    line = csv_of(table({"org_name": word}), tmp_path)[1]
    assert line.split(";")[5].strip('"').startswith("'")


@pytest.mark.parametrize("word", ['Школа "Луч"', "а;б", "две\nстроки", "две\rстроки"])
def test_csv_quotes_what_would_break_a_line(tmp_path: Path, word: str) -> None:
    table({"org_name": word}).write_csv(tmp_path / "results.csv")
    with (tmp_path / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [row["org_name"] for row in rows] == [word]


def test_csv_of_many_rows(tmp_path: Path) -> None:
    values = [None if number % 9 == 0 else number / 4 for number in range(10_000)]
    table(*({"value": value, "org_id": f"vo-{number % 30}"} for number, value in enumerate(values))).write_csv(
        tmp_path / "results.csv"
    )
    with (tmp_path / "results.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    assert [row["org_id"] for row in rows] == [f"vo-{number % 30}" for number in range(10_000)]
    assert [row["value"] for row in rows] == [
        "" if value is None else f"{value:g}".replace(".", ",") for value in values
    ]


def test_conflicts_and_indicators() -> None:
    results = table({}, {"status": "conflict", "org_id": "vo-01"}, {"indicator": "1.1.3-m1"})
    assert [row.org_id for row in results.conflicts()] == ["vo-01"]
    assert results.indicators() == ["1.1.2-m1", "1.1.3-m1"]


def test_negative_number_stays_a_number(tmp_path: Path) -> None:
    assert csv_of(table({"value": -2.5}), tmp_path)[1].split(";")[12] == "-2,5"


def test_find_and_of_unit() -> None:
    results = table(
        {},
        *({"by": "grade", "stratum": f"grade={grade}", "value": float(grade)} for grade in (4, 5)),
        {"part": "share"},
    )
    found = results.find("1.1.2-m1", "vo", "2025/2026", stratum=(("grade", "5"),))
    assert found is not None
    assert found.value == 5
    assert results.find("1.1.2-m1", "vo", "2025/2026", stratum=(("grade", "6"),)) is None
    key = ResultKey("1.1.2-m1", "", "vo", "2025/2026")
    assert [row.value for row in results.strata(key, ("grade",))] == [4, 5]
    assert [row.part for row in results.strata(key._replace(part="share"), ())] == ["share"]
    assert len(results.of_unit("vo", "2025/2026")) == 4
    assert list(results.of_unit("vo", "2024/2025")) == []


def test_periods_ascend() -> None:
    assert table({}, {"period": "2023/2024"}, {"period": "2024/2025"}).periods() == [
        "2023/2024",
        "2024/2025",
        "2025/2026",
    ]


def test_results_of_another_version_are_not_taken_for_whole(tmp_path: Path) -> None:
    path = tmp_path / "results.parquet"
    former = table({}).table.drop_columns(["expected", "received", "small"])
    pyarrow.parquet.write_table(former, path)
    with pytest.raises(OtherColumnsError, match=r"другой версии программы: нет expected, received, small"):
        Results.read(path)
