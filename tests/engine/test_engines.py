"""Whatever engine groups the rows and however a table is stored, the results are the same, byte for byte."""

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
from quality_cli.app.compute import Computed
from quality_cli.app.examples import Verdict, run_examples
from quality_cli.catalogue.figures import figures_of
from quality_cli.catalogue.loader import load_catalogue
from quality_cli.catalogue.model import Indicator, Quantity
from quality_cli.core.strata import encode_stratum
from quality_cli.datasets.contracts.contract import REGISTER, Contract
from quality_cli.datasets.tables.prepared import PreparedTable, open_tables
from quality_cli.datasets.tables.table import PERIOD, Table, Tables
from quality_cli.datasets.tables.text_table import tables_from_text
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.plan.plan import make_plan
from quality_cli.engine.scan.scanning import Engine, run_scan

YEARS = (2024, 2025)
EARLIER = 2019
STRANGE = "нет в реестре"

Recount = Callable[[Tables, Engine], bytes]
"""``results.parquet`` of the whole catalogue over tables."""


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
    return recount(sample.tables, run_scan)


def test_engine_computes_the_sample(sample: Computed, recount: Recount, expected: bytes, engine: Engine) -> None:
    assert recount(sample.tables, engine) == expected


@pytest.mark.long
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
            words = pa.array(cells, pa.string() if compact else pa.large_string(), from_pandas=True)
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
    assert recount(cut, run_scan) == expected


def test_engine_scans_prepared_tables(cut: Tables, recount: Recount, expected: bytes, engine: Engine) -> None:
    assert recount(cut, engine) == expected


AWKWARD = Contract.model_validate(
    {
        "dataset": "works",
        "title": "Работы",
        "grain": "работа",
        "organisation": "org",
        "period": {"spring_of": "year"},
        "columns": {
            "org": {"title": "Организация", "type": "organisation", "required": True},
            "year": {"title": "Год", "type": "integer", "required": True},
            "№ класса": {"title": "Класс", "type": "integer"},
            "балл.итог": {"title": "Балл", "type": "number"},
            "«был»": {"title": "Был", "type": "flag"},
            "a `b` c": {"title": "Код", "type": "text"},
        },
    }
)
AWKWARD_INDICATOR = Indicator.model_validate(
    {
        "id": "9.9.1-m1",
        "name": "показатель",
        "level": "municipality",
        "measure": "share",
        "unit": "%",
        "method": "сумма баллов к числу разных кодов",
        "examples": [{"data": {}, "expect": [{"value": 1}]}],
        "population": {"dataset": "works", "where": {"«был»": True, "балл.итог": {"lt": 1}}, "distinct": "a `b` c"},
        "numerator": {"sum": "балл.итог"},
        "by": ["№ класса"],
    }
)
REGISTERED = """
id | parent | kind          | name
К  |        | регион        | Край
М  | К      | муниципалитет | Округ
А  | М      | школа         | Ель
Б  | М      | школа         | Бор
"""


@pytest.fixture
def awkward(tmp_path: Path) -> Tables:
    """Two files of one table; the second lacks a column and writes flags as numbers. Rows that nothing counts: of
    another year, of nowhere."""
    first = {
        "org": ["А", "А", "А", "А", "А", None, "Б"],
        "period": [2025, 2025, 2025, 2025, EARLIER, 2025, 2025],
        "№ класса": [4, 4, 4, 5, 4, 4, None],
        "балл.итог": [0.1, 0.2, float("nan"), 0.0000005, 0.1, 0.1, 0.7],
        "«был»": [True, True, True, True, True, True, None],
        "a `b` c": ["к1", "к1", "к2", "к2", "к3", "к4", "к5"],
        "task.1": [1, 2, 3, 4, 5, 6, 7],
    }
    second = {"org": ["Б"] * 2, "period": [2025] * 2, "балл.итог": [0.25, 5], "«был»": [1, 1], "a `b` c": ["к6", "к7"]}
    paths = [tmp_path / "works.1.parquet", tmp_path / "works.2.parquet"]
    pq.write_table(pa.table(first), paths[0], row_group_size=3)
    pq.write_table(pa.table(second), paths[1])
    register = tables_from_text({REGISTER: REGISTERED}, load_catalogue().specs.contracts)
    return Tables({**register.by_dataset, "works": PreparedTable(AWKWARD, paths)}, register.organisations)


def check_awkward(tables: Tables, engine: Engine) -> None:
    """By organisation and grade: the sum of the scores below 1 of those who were there, and their different codes."""
    contracts = {**load_catalogue().specs.contracts, "works": AWKWARD}
    plan = make_plan([AWKWARD_INDICATOR], figures_of(AWKWARD_INDICATOR), tables, contracts, YEARS)
    results = assess(Executor(plan, tables, engine).run(), 10)
    counted = {
        (row.org_id, encode_stratum(row.stratum)): (round(row.numerator, 9), row.denominator, row.unknown)
        for row in results
        if row.period == "2025/2026" and row.level == "organisation" and row.numerator is not None
    }
    assert counted == {
        ("А", ""): (0.300001, 2, 1),  # half a millionth is rounded up, as everywhere
        ("А", "№ класса=4"): (0.3, 1, 1),
        ("А", "№ класса=5"): (0.000001, 1, 0),
        ("Б", ""): (0.25, 1, 1),
    }


def test_own_engine_reads_awkward_tables(awkward: Tables) -> None:
    check_awkward(awkward, run_scan)


def test_engine_reads_awkward_tables(awkward: Tables, engine: Engine) -> None:
    check_awkward(awkward, engine)


@pytest.mark.long
def test_spark_reads_awkward_tables(awkward: Tables, spark: Engine) -> None:
    check_awkward(awkward, spark)


def check_several(folder: Path, engine: Engine) -> None:
    """Cells of several values, as a prepared table has them: whoever likes both is counted for each."""
    columns = {
        "org": {"title": "Организация", "type": "organisation", "required": True},
        "likes": {"title": "Любит", "type": "category", "several": True, "values": {"спорт": [], "наука": []}},
    }
    about = {"dataset": "works", "title": "Работы", "grain": "работа", "organisation": "org", "columns": columns}
    contract = Contract.model_validate(about)
    likes = ["спорт", "наука; спорт", "наука;спорт", "наука", None]
    for number, cells in enumerate((likes, pa.array(likes).dictionary_encode())):
        pq.write_table(pa.table({"org": ["А"] * len(likes), "likes": cells}), folder / f"works.{number}.parquet")
    register = tables_from_text({REGISTER: REGISTERED}, load_catalogue().specs.contracts)
    tables = Tables(
        {**register.by_dataset, "works": PreparedTable(contract, sorted(folder.glob("works.*")))},
        register.organisations,
    )
    shares = AWKWARD_INDICATOR.model_copy(
        update={
            "by": [],
            "population": Quantity(dataset="works"),
            "numerator": Quantity.model_validate({"where": {"likes": "спорт"}}),
        }
    )
    contracts = {**load_catalogue().specs.contracts, "works": contract}
    plan = make_plan([shares], figures_of(shares), tables, contracts, YEARS)
    row = assess(Executor(plan, tables, engine).run(), 1).find("9.9.1-m1", "А", "2025/2026")
    assert row is not None
    assert (row.numerator, row.denominator, row.unknown) == (6, 8, 2)
    assert tables["works"].frame["likes"].notna().sum() == 8


def test_own_engine_reads_several_values_of_a_cell(tmp_path: Path) -> None:
    check_several(tmp_path, run_scan)


def test_engine_reads_several_values_of_a_cell(tmp_path: Path, engine: Engine) -> None:
    check_several(tmp_path, engine)


def check_empty(folder: Path, engine: Engine, groups: int) -> None:
    """A file without rows is a table that was supplied and holds nobody."""
    path = folder / "works.parquet"
    names = {"org": pa.string(), "period": pa.int64(), "балл.итог": pa.float64(), "«был»": pa.bool_()}
    empty = pa.table({name: pa.array([], kind) for name, kind in names.items()})
    with pq.ParquetWriter(path, empty.schema) as writer:
        for _ in range(groups):
            writer.write_table(empty)
    contracts = {**load_catalogue().specs.contracts, "works": AWKWARD}
    register = tables_from_text({REGISTER: REGISTERED}, contracts)
    tables = Tables({**register.by_dataset, "works": PreparedTable(AWKWARD, [path])}, register.organisations)
    plan = make_plan([AWKWARD_INDICATOR], figures_of(AWKWARD_INDICATOR), tables, contracts, YEARS)
    results = assess(Executor(plan, tables, engine).run(), 10)
    assert {row.status for row in results} == {"no_data"}
    assert {row.org_id for row in results} == {"М", "А", "Б"}


@pytest.mark.parametrize("groups", [0, 1, 2])
def test_own_engine_counts_a_table_without_rows(tmp_path: Path, groups: int) -> None:
    check_empty(tmp_path, run_scan, groups)


def test_engine_counts_a_table_without_rows(tmp_path: Path, engine: Engine) -> None:
    check_empty(tmp_path, engine, 1)


def failed(engine: Engine, every: int) -> list[Verdict]:
    """Worked examples of the catalogue that do not pass."""
    catalogue = load_catalogue()
    found = list(run_examples(catalogue, catalogue.select((), ())[::every], engine))
    assert found
    return [verdict for verdict in found if verdict.differences]


@pytest.mark.parametrize("every", [5, pytest.param(1, marks=pytest.mark.long)])
def test_worked_examples_of_the_catalogue_pass(engine: Engine, every: int) -> None:
    assert failed(engine, every) == []


@pytest.mark.long
def test_worked_examples_of_the_catalogue_pass_on_spark(spark: Engine) -> None:
    assert failed(spark, every=10) == []
