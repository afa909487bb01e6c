"""The benchmarks measure the same work: every method gives the same cells as the engine, and a difference is seen."""

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from benchmarks import cells, report
from benchmarks.catalogue import Task
from benchmarks.data import prepared, rows_of
from benchmarks.harness import Comparison, Measured
from benchmarks.methods import LIMIT, METHODS, OURS, load
from quality_cli.core.resources import CATALOGUE
from quality_cli.datasets.contracts.specs import load_specs

NUMBER = 40


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return prepared("tiny", tmp_path_factory.mktemp("data"))


@pytest.fixture(scope="module")
def ours(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return told(OURS, folder, tmp_path_factory.mktemp("cells") / "ours.parquet")


def told(method: str, folder: Path, path: Path) -> Path:
    """The cells that a method gives."""
    _, ready = load(method, folder, NUMBER)
    cells.write(path, ready.cells(ready.run()))
    return path


@pytest.mark.parametrize("method", [name for name in METHODS if name not in (LIMIT, OURS)])
def test_a_rival_gives_the_same_cells(method: str, folder: Path, ours: Path, tmp_path: Path) -> None:
    assert cells.difference(ours, told(method, folder, tmp_path / "other.parquet")) == ""


def test_every_indicator_has_cells_and_some_have_unknown_and_excluded_rows(ours: Path) -> None:
    with pq.ParquetFile(ours) as file:
        figures = [file.read_row_group(number) for number in range(file.num_row_groups)]
    assert len(figures) == NUMBER
    assert all(figure["denominator"].to_numpy().sum() > 0 for figure in figures)
    for name in ("unknown", "excluded"):
        assert sum(figure[name].to_numpy().sum() for figure in figures) > 0, name


@pytest.mark.parametrize(
    ("name", "change"), [("numerator", 1 + 1e-6), ("unknown", 2.0), ("key", 3), ("denominator", 0.0)]
)
def test_a_difference_is_seen(name: str, change: float, ours: Path, tmp_path: Path) -> None:
    changed = []
    with pq.ParquetFile(ours) as file:
        for number in range(file.num_row_groups):
            columns = {column: np.array(values) for column, values in file.read_row_group(number).to_pydict().items()}
            columns[name] = (columns[name] * change).astype(columns[name].dtype)
            changed.append(columns)
    cells.write(tmp_path / "changed.parquet", changed)
    assert cells.difference(ours, tmp_path / "changed.parquet").startswith("figure ")


def test_the_bare_reading_reads_every_row_of_every_table_needed(folder: Path) -> None:
    task, ready = load(LIMIT, folder, NUMBER)
    rows = rows_of(folder)
    assert ready.run() == sum(rows[dataset] for dataset in task.columns())


def test_the_tables_are_as_their_contracts_say_and_the_same_each_time(folder: Path, tmp_path: Path) -> None:
    contracts = load_specs([CATALOGUE]).contracts
    again = prepared("tiny", tmp_path)
    for path in folder.glob("*.parquet"):
        table = pq.read_table(path)
        assert table.equals(pq.read_table(again / path.name)), path.stem
        columns = contracts[path.stem].columns
        assert set(table.column_names) <= {*columns, "period"}
        for name, column in columns.items():
            if name in table.column_names:
                cell = table.schema.field(name).type
                assert pa.types.is_dictionary(cell) != column.is_numeric, (path.stem, name)
                assert not column.required or table[name].null_count == 0, (path.stem, name)
                if column.values and not column.is_numeric:
                    assert {*table[name].unique().to_pylist()} - {None} <= {*column.values, *"1234"}, (path.stem, name)


def test_some_pupils_are_in_two_schools(folder: Path) -> None:
    works = pq.read_table(folder / "vpr.parquet", columns=["org", "code", "period"]).to_pandas()
    assert works.groupby(["period", "code"], observed=True)["org"].nunique().max() == 2


@pytest.mark.parametrize("number", [20, 40, 160])
def test_a_longer_catalogue_is_of_the_same_mixture(number: int) -> None:
    task = Task.of(number, load_specs([CATALOGUE]).contracts)
    shares = [sum(figure.by == by for figure in task.figures) / number for by in ((), ("grade", "subject"))]
    assert shares == [pytest.approx(0.5, abs=0.05), 0.15]
    assert [figure.indicator for figure in task.figures] == [f"9.9.{place}-m1" for place in range(1, number + 1)]


def test_the_page_keeps_the_sections_that_were_not_measured_again(tmp_path: Path) -> None:
    page = tmp_path / "README.md"
    report.save({"growth": "## old growth", "1m": "## old table"}, page)
    report.save({"1m": "## new table"}, page)
    text = page.read_text(encoding="utf-8")
    assert text.index("## new table") < text.index("## old growth")
    assert "old table" not in text


def test_a_goal_is_told_as_met_or_missed_by_the_medians() -> None:
    ours, limit, polars = (Measured([work] * 5, [1.0] * 5, [100.0] * 5) for work in (0.2, 0.05, 0.3))
    methods = {LIMIT: limit, OURS: ours, "polars": polars}
    table = report.comparison(Comparison("1m", 40, methods, 10), "make bench", {"vpr": 1_000_000})
    assert "| 50 ms [50 ms..50 ms] | 0.25 | ≥ 0.33: **missed** |" in table
    assert "| 300 ms [300 ms..300 ms] | 1.50 | ≥ 1: met |" in table
    assert "(goal ≤ 350: met)" in table
