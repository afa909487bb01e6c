"""Prepared tables give what the exports gave, and tell what is wrong with them."""

import shutil
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quality_cli.app.compute import Computed, calculate, compute
from quality_cli.app.workspace.config import Options
from quality_cli.app.workspace.workspace import Workspace
from quality_cli.core.errors import NothingToDoError
from quality_cli.datasets.tables.table import FILE, ROW, SHEET

SAMPLE = Path(__file__).resolve().parents[2] / "sample_data"


@pytest.fixture(scope="module")
def prepared(sample: Computed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The tables of the sample as somebody else might have made them."""
    folder = tmp_path_factory.mktemp("prepared")
    for name, table in sample.tables.by_dataset.items():
        if table.contract.organisation is None or table.contract.union:
            continue
        frame = table.frame.drop(columns=[FILE, SHEET, ROW])
        if name == "vpr":
            half = len(frame) // 2
            frame[half:].to_parquet(folder / "vpr.2.parquet", row_group_size=500)
            frame = frame[:half]
        frame.to_parquet(folder / f"{name}.parquet", row_group_size=1000)
    return folder


def test_prepared_tables_give_the_results_of_the_exports(sample: Computed, prepared: Path, tmp_path: Path) -> None:
    done = calculate(Workspace(Options(data=prepared, out=tmp_path)))
    assert not done.tables.findings.has_errors, list(done.tables.findings)
    of_tasks = ("1.1.7-s1", "1.1.7-s2")  # a prepared table of works has no columns of tasks
    told = [replace(row, source="") for row in done.results if row.indicator not in of_tasks]
    assert told == [replace(row, source="") for row in sample.results if row.indicator not in of_tasks]
    files = {file.name: (file.datasets, file.rows) for file in done.tables.files}
    assert files["vpr.2.parquet"] == (("vpr",), 3209)


def test_rows_of_an_unknown_organisation_are_told(prepared: Path, tmp_path: Path) -> None:
    register, works = (pd.read_parquet(prepared / f"{name}.parquet") for name in ("organisations", "vpr"))
    register.to_parquet(tmp_path / "organisations.parquet")
    works.assign(org="vo-99").head(7).to_parquet(tmp_path / "vpr.parquet")
    done = calculate(Workspace(Options(data=tmp_path, out=tmp_path / "out", directions=("1.1",))))
    (finding,) = [finding for finding in done.tables.findings if finding.code == "org.unknown"]
    assert (finding.total, str(finding.places[0])) == (7, "vpr.parquet")


def test_rows_of_years_without_their_organisation_are_told_and_not_counted(prepared: Path, tmp_path: Path) -> None:
    register, works = (pd.read_parquet(prepared / f"{name}.parquet") for name in ("organisations", "vpr"))
    year = int(works["period"].max())
    gone, stays = works[works["period"] == year]["org"].unique()[:2]
    closed = register["id"].astype(str).map({gone: f"{year}-08-31", stays: f"31.08.{year}"})
    register.assign(closed=closed).to_parquet(tmp_path / "organisations.parquet")
    works.to_parquet(tmp_path / "vpr.parquet")
    done = calculate(Workspace(Options(data=tmp_path, out=tmp_path / "out", directions=("1.1",))))
    told = {finding.code: finding for finding in done.tables.findings if finding.severity == "error"}
    assert told["org.closed"].total == ((works["org"] == gone) & (works["period"] == year)).sum()
    assert "столбец «Закрыта»" in told["cell.value"].message
    now = {row.org_id for row in done.results if row.period == f"{year}/{year + 1}"}
    assert (gone in now, stays in now) == (False, True)


@pytest.mark.parametrize(
    ("column", "values", "told"),
    [
        ("org", [1, 2], "в столбце «org» нужны слова (строки)"),
        ("mark", ["2", "3"], "в столбце «mark» нужны числа"),
        ("mark", pd.to_datetime(["2026-01-01", "2026-01-02"]), "в столбце «mark» нужны числа"),
        ("period", ["2025/2026", "2025/2026"], "в столбце «period» нужны числа"),
        ("subject", [["Химия"], ["Химия"]], "в столбце «subject» нужны слова"),
    ],
)
def test_a_column_of_another_kind_is_told_and_the_table_left_out(
    prepared: Path, tmp_path: Path, column: str, values: object, told: str
) -> None:
    for name in ("organisations", "observation"):
        shutil.copy(prepared / f"{name}.parquet", tmp_path)
    works = pd.read_parquet(prepared / "vpr.parquet").head(2)
    works.assign(**{column: values}).to_parquet(tmp_path / "vpr.parquet")
    tables = calculate(Workspace(Options(data=tmp_path, out=tmp_path / "out", directions=("1.1",)))).tables
    (finding,) = (finding for finding in tables.findings if finding.code == "file.columns")
    assert told in finding.message
    assert str(finding.places[0]) == "vpr.parquet"
    assert "vpr" not in tables


def test_a_prepared_table_without_rows_is_told(prepared: Path, tmp_path: Path) -> None:
    for name in ("organisations", "observation"):
        shutil.copy(prepared / f"{name}.parquet", tmp_path)
    pd.read_parquet(prepared / "vpr.parquet").head(0).to_parquet(tmp_path / "vpr.parquet")
    tables = calculate(Workspace(Options(data=tmp_path, out=tmp_path / "out", directions=("1.1",)))).tables
    assert [(finding.code, str(finding.places[0])) for finding in tables.findings if finding.places] == [
        ("file.empty", "vpr.parquet")
    ]


def test_a_column_that_nobody_has_filled_in_is_unknown(prepared: Path, tmp_path: Path) -> None:
    shutil.copy(prepared / "organisations.parquet", tmp_path)
    stored = pq.read_table(prepared / "vpr.parquet")
    for name in ("mark", "variant", "sex"):
        stored = stored.set_column(stored.column_names.index(name), name, pa.nulls(len(stored)))
    pq.write_table(stored, tmp_path / "vpr.parquet")
    done = calculate(Workspace(Options(data=tmp_path, out=tmp_path / "out", directions=("1.1",))))
    assert not done.tables.findings.has_errors
    assert done.tables["vpr"].frame["variant"].isna().all()


def test_exports_beside_a_prepared_table_of_their_dataset_are_left_out(prepared: Path, tmp_path: Path) -> None:
    for name in ("organisations", "observation"):
        (tmp_path / f"{name}.parquet").write_bytes((prepared / f"{name}.parquet").read_bytes())
    export = next((SAMPLE / "2026").glob("*аблюд*.csv"))
    (tmp_path / export.name).write_bytes(export.read_bytes())
    done = calculate(Workspace(Options(data=tmp_path, out=tmp_path / "out", directions=("1.1",))))
    (finding,) = [finding for finding in done.tables.findings if finding.code == "file.prepared"]
    assert str(finding.places[0]) == export.name
    assert len(done.tables["observation"]) == len(pd.read_parquet(prepared / "observation.parquet"))


@pytest.mark.parametrize("statistics", [True, False], ids=["statistics", "no statistics"])
@pytest.mark.parametrize("kind", ["Int64", "float64"])
def test_rows_without_a_school_year_are_told(prepared: Path, tmp_path: Path, kind: str, statistics: bool) -> None:
    register, works = (pd.read_parquet(prepared / f"{name}.parquet") for name in ("organisations", "vpr"))
    register.to_parquet(tmp_path / "organisations.parquet")
    works.loc[works.index[:5], "period"] = None
    works.astype({"period": kind}).to_parquet(tmp_path / "vpr.parquet", write_statistics=statistics)
    done = calculate(Workspace(Options(data=tmp_path, out=tmp_path / "out", directions=("1.1",))))
    (finding,) = [finding for finding in done.tables.findings if finding.code == "row.rejected"]
    assert (finding.total, str(finding.places[0])) == (5, "vpr.parquet")


@pytest.mark.parametrize("engine", ["pandas", "polars", "duckdb"])
def test_a_file_damaged_in_the_middle_is_named(prepared: Path, tmp_path: Path, engine: str) -> None:
    """Its head and its tail are sound, so it is recognised; that a page is broken shows when it is read."""
    data = tmp_path / "data"
    data.mkdir()
    shutil.copy(prepared / "organisations.parquet", data)
    works = pq.read_table(prepared / "vpr.parquet")
    pq.write_table(works, data / "vpr.parquet", compression="snappy", write_page_checksum=True, use_dictionary=False)
    place = pq.read_metadata(data / "vpr.parquet").row_group(0).column(works.schema.get_field_index("mark"))
    content = bytearray((data / "vpr.parquet").read_bytes())
    middle = place.data_page_offset + place.total_compressed_size // 2
    content[middle : middle + 64] = bytes(255 - byte for byte in content[middle : middle + 64])
    (data / "vpr.parquet").write_bytes(content)
    with pytest.raises(NothingToDoError, match=r"файл «vpr\.parquet» повреждён") as told:
        compute(Workspace(Options(data=data, out=tmp_path / "out", engine=engine)))
    assert told.value.exit_code == 11
    assert not (tmp_path / "out").exists()
