"""Whatever engine groups the rows and however a table is stored, the results are the same, byte for byte."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from quality_cli.analysis.assess import assess
from quality_cli.analysis.results import Results
from quality_cli.app.compute import Computed, calculate
from quality_cli.app.config import Options
from quality_cli.app.examples import run_examples
from quality_cli.core.errors import ConfigurationError
from quality_cli.datasets.contract import Contract
from quality_cli.datasets.organisations import REGISTER
from quality_cli.datasets.prepared import open_tables
from quality_cli.datasets.table import PERIOD, Table, Tables
from quality_cli.engine.condense import condense
from quality_cli.engine.elsewhere import engine_named
from quality_cli.engine.execute import Engine, Executor
from quality_cli.engine.plan import make_plan

SAMPLE = Path(__file__).resolve().parent.parent.parent / "sample_data"
YEARS = (2024, 2025)
EARLIER = 2019
STRANGE = "нет в реестре"

Recount = Callable[[Tables, Engine], bytes]
"""``results.parquet`` of the whole catalogue over tables."""


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Computed:
    """The sample district, read from its exports and computed."""
    folder = tmp_path_factory.mktemp("sample")
    key = folder / "key"
    key.write_bytes(bytes(32))
    key.chmod(0o600)
    return calculate(Options(data=SAMPLE, out=folder / "out", key=key))


@pytest.fixture(scope="module")
def recount(sample: Computed, tmp_path_factory: pytest.TempPathFactory) -> Recount:
    path = tmp_path_factory.mktemp("results") / "results.parquet"
    catalogue = sample.catalogue

    def counted(tables: Tables, engine: Engine) -> bytes:
        indicators = catalogue.select((), ())
        plan = make_plan(indicators, catalogue.figures, tables, catalogue.specs.contracts, YEARS)
        results = assess(Executor(plan, tables, engine).run(), catalogue.settings.small_below)
        unnamed = results.table.drop_columns(["source"])  # it names the files, how many there are
        Results(unnamed).write_parquet(path)
        return path.read_bytes()

    return counted


@pytest.fixture(scope="module")
def expected(sample: Computed, recount: Recount) -> bytes:
    return recount(sample.tables, condense)


def test_engine_computes_the_sample(sample: Computed, recount: Recount, expected: bytes, engine: Engine) -> None:
    assert recount(sample.tables, engine) == expected


@pytest.mark.spark
def test_spark_computes_the_sample(sample: Computed, recount: Recount, expected: bytes, spark: Engine) -> None:
    assert recount(sample.tables, spark) == expected


def with_strangers(table: Table) -> pd.DataFrame:
    """The rows of a table, and a few that no figure may count: of other years, of nowhere."""
    frame, contract = table.frame, table.contract
    names = [name for name in frame if name in contract.columns or name == PERIOD]
    frame = frame[names].astype({name: object for name in names if frame[name].dtype == "category"})
    strangers = []
    if contract.organisation:
        strangers += [frame.head(2).assign(**{contract.organisation: word}) for word in (None, STRANGE)]
    if contract.period:
        strangers += [frame.head(5).assign(**{PERIOD: year}) for year in (float("nan"), EARLIER)]
    return pd.concat([frame, *strangers], ignore_index=True)


def stored(frame: pd.DataFrame, contract: Contract, *, compact: bool) -> pa.Table:
    """A frame as different programs would store it; a column without a single value may be left out."""
    columns: dict[str, Any] = {}
    for name in frame:
        cells = frame[name]
        if name == PERIOD:
            columns[name] = pa.array(cells, pa.int64(), from_pandas=True)
        elif cells.isna().all() and name != contract.organisation:
            continue
        elif not contract.columns[name].is_numeric:
            words = pa.array(cells, pa.string(), from_pandas=True)
            columns[name] = words.dictionary_encode() if compact else words
        elif not compact:
            columns[name] = pa.array(cells.to_numpy(np.float64))  # NaN where unknown
        else:
            numbers = pa.array(cells, pa.float64(), from_pandas=True)
            kind = {"flag": pa.bool_(), "integer": pa.int16()}.get(contract.columns[name].type, pa.float64())
            columns[name] = numbers.cast(pa.int8()).cast(kind) if kind == pa.bool_() else numbers.cast(kind)
    return pa.table(columns)


def prepared(sample: Computed, folder: Path, files: int, rows: int, seed: int) -> Tables:
    """The tables of the sample as prepared ones: so many files, rows in a group, rows shuffled."""
    folder.mkdir()
    for name, table in sample.tables.by_dataset.items():
        frame, parts = with_strangers(table), files
        if name == REGISTER:
            frame, parts = table.frame[[name for name in table.frame if name in table.contract.columns]], 1
        elif seed:
            frame = frame.sample(frac=1, random_state=seed)
        for number, places in enumerate(np.array_split(np.arange(len(frame)), parts)):
            part = stored(frame.iloc[places], table.contract, compact=number % 2 == 1)
            pq.write_table(part, folder / f"{name}.{number}.parquet", row_group_size=rows)
    return open_tables(folder, sample.catalogue.specs.contracts)


CUTS = {"one file": (1, 100_000, 0), "three files": (3, 1000, 1), "seven files": (7, 150, 2)}


@pytest.fixture(scope="module", params=CUTS.values(), ids=CUTS)
def cut(request: pytest.FixtureRequest, sample: Computed, tmp_path_factory: pytest.TempPathFactory) -> Tables:
    return prepared(sample, tmp_path_factory.mktemp("cut") / "tables", *request.param)


def test_neither_files_nor_groups_nor_order_of_rows_change_results(
    cut: Tables, recount: Recount, expected: bytes
) -> None:
    assert recount(cut, condense) == expected


def test_engine_scans_prepared_tables(cut: Tables, recount: Recount, expected: bytes, engine: Engine) -> None:
    assert recount(cut, engine) == expected


@pytest.mark.spark
def test_spark_scans_prepared_tables(
    sample: Computed, recount: Recount, expected: bytes, spark: Engine, tmp_path: Path
) -> None:
    assert recount(prepared(sample, tmp_path / "tables", *CUTS["three files"]), spark) == expected
