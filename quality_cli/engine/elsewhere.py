"""Engines of others run the same plan: polars, DuckDB or Spark does the heavy part of a scan, through narwhals.

Whatever the number of rows, they are grouped there by the columns that tell them apart; what comes back goes on as a
batch of rows with weights (:mod:`quality_cli.engine.condense`). Conditions, distinct values, roll-ups: all that has a
meaning is ours and therefore the same everywhere.
"""

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from importlib.util import find_spec
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from quality_cli.core.errors import ConfigurationError
from quality_cli.core.ids import closest
from quality_cli.core.where import Known, columns_of
from quality_cli.datasets.batches import FIXED, ArrowBatch
from quality_cli.datasets.prepared import PreparedTable
from quality_cli.datasets.table import PERIOD, Table, Tables
from quality_cli.engine.condense import Batchwise, Condensed, condense, merged
from quality_cli.engine.execute import Engine
from quality_cli.engine.plan import Plan, Scan

if TYPE_CHECKING:
    import narwhals.stable.v2 as nw

OWN = "pandas"
"""The engine that needs no other package."""

EXTRAS: Mapping[str, str] = {"polars": "engines", "duckdb": "engines", "pyspark": "spark"}
"""The other engines, and the extra of our package that brings what each needs."""


def engine_named(name: str) -> Engine:
    """An engine by its name; raises :class:`ConfigurationError` where there is none or its packages are lacking."""
    if name == OWN:
        return condense
    if name not in EXTRAS:
        known = (OWN, *EXTRAS)
        raise ConfigurationError(f"нет движка «{name}»{closest(name, known)}; бывают: {', '.join(known)}")
    lacking = [package for package in ("narwhals", name) if find_spec(package) is None]
    if lacking:
        raise ConfigurationError(
            f"для движка «{name}» не установлено: {', '.join(lacking)}; "
            f"установите дополнение «{EXTRAS[name]}»: pip install 'quality-cli[{EXTRAS[name]}]'"
        )
    return Elsewhere(name)


class Elsewhere:
    """An :data:`~quality_cli.engine.execute.Engine` that groups rows by means of a narwhals backend."""

    def __init__(self, backend: str) -> None:
        self._backend = backend
        self._session = {"session": _spark()} if backend == "pyspark" else {}

    def __call__(self, plan: Plan, tables: Tables, scans: Sequence[Scan]) -> list[Condensed]:
        table = tables[scans[0].dataset]
        found = [Batchwise(plan, tables, [scan])(self._grouped(plan, table, scan)) for scan in scans]
        return [merged(plan, scan, parts) for scan, parts in zip(scans, found, strict=True)]

    def _grouped(self, plan: Plan, table: Table, scan: Scan) -> ArrowBatch:
        """Distinct combinations of the keys with rows and sums behind each. Columns travel under plain names, for ours
        may have any letters in them."""
        import narwhals.stable.v2 as nw

        keys = {name: f"key_{place}" for place, name in enumerate(_keys(plan, scan))}
        sums = {name: f"sum_{place}" for place, name in enumerate(scan.summed)}
        frame = nw.concat(list(self._frames(plan, table, scan, keys, sums)))
        if PERIOD in keys:
            frame = frame.filter(nw.col(keys[PERIOD]).is_in([float(year) for year in plan.read]))
        grouped = frame.group_by(*keys.values()).agg(nw.len().alias("rows"), *(nw.col(x).sum() for x in sums.values()))
        found: pa.Table = grouped.collect("pyarrow").to_native()
        words = pa.large_string(), pa.string_view()
        columns = {name: found[key] for name, key in keys.items()}
        return ArrowBatch(
            pa.table({name: c.cast(pa.string()) if c.type in words else c for name, c in columns.items()}),
            found["rows"].to_numpy().astype(np.float64),
            {name: found[column].to_numpy().astype(np.float64) for name, column in sums.items()},
        )

    def _frames(
        self, plan: Plan, table: Table, scan: Scan, keys: Mapping[str, str], sums: Mapping[str, str]
    ) -> "Iterator[nw.LazyFrame[Any]]":
        """The table in its parts: keys as numbers or words, what is added up as whole millionths."""
        import narwhals.stable.v2 as nw

        by_value = _keys(plan, scan)
        for frame, stored in self._parts(plan, table, scan):

            def column(name: str, stored: Mapping[str, str] = stored) -> nw.Expr:
                kind = nw.Float64 if _is_number(table, name) else nw.String
                return nw.col(stored[name]).cast(kind) if name in stored else nw.lit(None, kind)

            def known(name: str, column: Callable[[str], nw.Expr] = column) -> nw.Expr:
                # Not is_nan: DuckDB takes it for false where the statistics of a Parquet file do not show a NaN.
                return column(name).is_finite() if _is_number(table, name) else ~column(name).is_null()

            def key(name: str) -> nw.Expr:
                return column(name) if by_value[name] else nw.when(known(name)).then(nw.lit(1.0))

            def whole(name: str) -> nw.Expr:
                millionths = (column(name) * float(FIXED) + 0.5).floor().cast(nw.Float64)
                return nw.when(known(name)).then(millionths).otherwise(nw.lit(0.0))

            yield frame.select(
                *(key(name).alias(alias) for name, alias in keys.items()),
                *(whole(name).alias(alias) for name, alias in sums.items()),
            )

    def _parts(self, plan: Plan, table: Table, scan: Scan) -> "Iterator[tuple[nw.LazyFrame[Any], Mapping[str, str]]]":
        """Frames of the backend, and by which name each has the columns that it has."""
        import narwhals.stable.v2 as nw

        backend: Any = self._backend
        columns = plan.columns(scan)
        if isinstance(table, PreparedTable):
            for path, stored in table.stored():
                names = {name: self._quoted(name) for name in columns if name in stored}
                yield nw.scan_parquet(path, backend=backend, **self._session), names
        else:
            names = {name: f"column_{place}" for place, name in enumerate(columns)}
            for load in table.batches(columns, plan.read):
                batch = load()
                arrow = pa.table({names[name]: batch.coded(name).decoded() for name in columns})
                yield nw.from_native(arrow, eager_only=True).lazy(backend, **self._session), names

    def _quoted(self, name: str) -> str:
        """A column's name as the backend takes it; for Spark a dot would mean a part of a column."""
        return "`{}`".format(name.replace("`", "``")) if self._backend == "pyspark" else name


def _keys(plan: Plan, scan: Scan) -> dict[str, bool]:
    """The columns that tell rows apart: by their values or (False) only by whether there is a value."""
    contract = plan.contracts[scan.dataset]
    asked = [condition for condition in scan.tested if not isinstance(condition, Known)]
    valued = {contract.organisation, PERIOD, *scan.told, *scan.distinct, *chain.from_iterable(map(columns_of, asked))}
    known = {condition.column for condition in scan.tested if isinstance(condition, Known)}
    return {name: name in valued for name in plan.columns(scan) if name in valued | known}


def _is_number(table: Table, name: str) -> bool:
    return name == PERIOD or table.contract.columns[name].is_numeric


def _spark() -> Any:
    """The session of Spark: that of this process or a new one, as Spark itself is configured (the cluster, memory)."""
    with warnings.catch_warnings():
        # Spark gets no pandas frames from us, so it may think of this pandas what it likes.
        warnings.filterwarnings("ignore", "PySpark does not yet fully support pandas", FutureWarning)
        from pyspark.errors import PySparkException
        from pyspark.sql import SparkSession

        try:
            return SparkSession.builder.appName("quality").getOrCreate()
        except PySparkException as error:
            raise ConfigurationError(f"Spark не запустился; ему нужна Java 17 или новее: {error}") from error
