"""Engines of others run the same plan: polars, DuckDB or Spark does the heavy part of a scan, through narwhals.

Whatever the number of rows, they are grouped there by the columns that tell them apart; what comes back goes on as a
batch of rows with weights (:mod:`quality_cli.engine.scan.scanning`). Conditions, distinct values, roll-ups: all that
has a meaning is ours and therefore the same everywhere. Partitions that need the same columns share a query.
"""

import warnings
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain
from typing import Any

import narwhals.stable.v2 as nw
import numpy as np
import pyarrow as pa

from quality_cli.core.errors import ConfigurationError
from quality_cli.core.where import BETWEEN, ColumnRef, Compare, Condition, Known, OneOf, columns_of
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.batches import FIXED, ArrowBatch, Batch
from quality_cli.datasets.tables.evaluate import COMPARE
from quality_cli.datasets.tables.prepared import SPLIT, PreparedTable
from quality_cli.datasets.tables.table import PERIOD, Table, Tables
from quality_cli.engine.plan.partitions import Partition
from quality_cli.engine.plan.plan import Plan, Scan
from quality_cli.engine.scan.accumulate import PartitionCounts
from quality_cli.engine.scan.row_classes import FALSE, TRUE, UNKNOWN
from quality_cli.engine.scan.scanning import Scanner


class GroupingEngine:
    """An :data:`~quality_cli.engine.scan.scanning.Engine` that groups rows by means of a narwhals backend.

    Raises :class:`ConfigurationError` where Spark does not start.
    """

    def __init__(self, backend: str) -> None:
        self._backend: Any = backend
        self._session = {"session": _spark()} if backend == "pyspark" else {}

    def __call__(self, plan: Plan, tables: Tables, scan: Scan) -> list[PartitionCounts]:
        table = tables[scan.dataset]
        found: dict[Partition, PartitionCounts] = {}
        for partitions in _queries(scan):
            batch: Batch = self._grouped(plan, table, partitions)
            # A scanner of its own: what it compares distinct values by is complete after one run.
            scanner = Scanner(plan, tables, scan.dataset)
            counted = scanner.run(partitions, [partial(iter, [batch])], by_classes=scan.by_classes)
            found.update(zip(partitions, counted, strict=True))
        return [found[partition] for partition in scan.partitions]

    def _grouped(self, plan: Plan, table: Table, partitions: Sequence[Partition]) -> ArrowBatch:
        """Distinct combinations of the keys with rows and sums behind each. Columns travel under plain names, for ours
        may have any letters in them."""
        names = _key_columns(partitions, table.contract)
        tested = dict.fromkeys(
            one for partition in partitions for one in partition.tested if _is_pushed(one, table.contract)
        )
        summed = dict.fromkeys(name for partition in partitions for name in partition.summed)
        keys = {name: f"key_{number}" for number, name in enumerate(names)}
        tests = {condition: f"test_{number}" for number, condition in enumerate(tested)}
        sums = {name: f"sum_{number}" for number, name in enumerate(summed)}
        columns = dict.fromkeys([*names, *chain.from_iterable(map(columns_of, tested)), *summed])
        parts = [
            part.frame.select(
                *(part.column(name).alias(key) for name, key in keys.items()),
                *(part.outcome(condition).alias(test) for condition, test in tests.items()),
                *(part.millionths(name).alias(column) for name, column in sums.items()),
            )
            for part in self._parts(plan, table, list(columns))
        ]
        # One query over all parts, so that the engine plans reading, filtering and grouping together.
        frame = nw.concat(parts)
        if PERIOD in keys:
            frame = frame.filter(nw.col(keys[PERIOD]).is_in([float(year) for year in plan.read]))
        grouped = frame.group_by(*keys.values(), *tests.values()).agg(
            nw.len().alias("rows"), *(nw.col(column).sum() for column in sums.values())
        )
        found = self._collected(grouped, table, plan)
        return ArrowBatch(
            pa.table({name: _plain(found[key]) for name, key in keys.items()}),
            found["rows"].to_numpy().astype(np.float64),
            {name: found[column].to_numpy().astype(np.float64) for name, column in sums.items()},
            {condition: found[test].to_numpy().astype(np.uint8) for condition, test in tests.items()},
        )

    def _collected(self, grouped: nw.LazyFrame[Any], table: Table, plan: Plan) -> pa.Table:
        try:
            return grouped.collect("pyarrow").to_native()
        except Exception:  # each engine has its own; that a file is damaged our own reading tells
            for batch in chain.from_iterable(part() for part in table.parts([*table.contract.columns], plan.read)):
                len(batch)
            raise

    def _parts(self, plan: Plan, table: Table, columns: Sequence[str]) -> "Iterator[_BackendPart]":
        """A table in memory is handed over; the files of a prepared one are read there."""
        if isinstance(table, PreparedTable):
            for path, stored in table.stored():
                names = {name: self._quoted(name) for name in columns if name in stored}
                yield _BackendPart(nw.scan_parquet(path, backend=self._backend, **self._session), names, table.contract)
        else:
            names = {name: f"column_{number}" for number, name in enumerate(columns)}
            for batch in chain.from_iterable(part() for part in table.parts(columns, plan.read)):
                arrow = pa.table({names[name]: batch.encoded(name).decoded() for name in columns})
                frame = nw.from_native(arrow, eager_only=True).lazy(self._backend, **self._session)
                yield _BackendPart(frame, names, table.contract)

    def _quoted(self, name: str) -> str:
        """A column's name as the backend takes it; for Spark a dot would mean a part of a column."""
        return "`{}`".format(name.replace("`", "``")) if self._backend == "pyspark" else name


@dataclass(frozen=True, slots=True)
class _BackendPart:
    """Some rows of a table in a backend; ``names`` tells how each column that there is is called."""

    frame: nw.LazyFrame[Any]
    names: Mapping[str, str]
    contract: Contract

    def column(self, name: str) -> nw.Expr:
        """A column as numbers or words; a flag as 0 and 1; unknown where there is no such column."""
        kind = nw.Float64 if self._numeric(name) else nw.String
        if name not in self.names:
            return nw.lit(None, kind)
        column = nw.col(self.names[name]).cast(kind)
        several = name in self.contract.columns and self.contract.columns[name].several
        return column.str.replace_all(SPLIT, BETWEEN) if several else column

    def outcome(self, condition: Condition) -> nw.Expr:
        """A condition as :data:`~quality_cli.engine.scan.row_classes.TRUE` and the like."""
        match condition:
            case Known(column, given):
                return nw.when(self._known(column)).then(float(given)).otherwise(float(not given))
            case Compare(column, op, value):
                holds = COMPARE[op](self.column(column), self._literal(column, value))
            case OneOf(column, values):
                holds = self.column(column).is_in([self._literal(column, value) for value in values])
            case _:
                raise TypeError(condition)
        known = self._known(column)
        return (
            nw.when(known & holds)
            .then(float(TRUE))
            .otherwise(nw.when(known).then(float(FALSE)).otherwise(float(UNKNOWN)))
        )

    def _literal(self, name: str, value: Any) -> float | str:
        return float(value) if self._numeric(name) else str(value)

    def millionths(self, name: str) -> nw.Expr:
        """A column as :func:`~quality_cli.datasets.tables.batches.fixed` has it."""
        whole = (self.column(name) * float(FIXED) + 0.5).floor().cast(nw.Float64)
        return nw.when(self._known(name)).then(whole).otherwise(nw.lit(0.0))

    def _known(self, name: str) -> nw.Expr:
        # Not is_nan: DuckDB takes it for false where the statistics of a Parquet file do not show a NaN.
        return self.column(name).is_finite() if self._numeric(name) else ~self.column(name).is_null()

    def _numeric(self, name: str) -> bool:
        return self.contract.is_numeric(name)


def _queries(scan: Scan) -> list[list[Partition]]:
    """Partitions that are counted from the same groups of rows: of a small table all that count the same values, of a
    large one those that tell rows apart by the same columns."""
    found: dict[object, list[Partition]] = {}
    for partition in scan.partitions:
        needs = (frozenset(partition.key_columns), frozenset(partition.tested)) if scan.by_classes else None
        found.setdefault((partition.distinct, needs), []).append(partition)
    return list(found.values())


def _key_columns(partitions: Sequence[Partition], contract: Contract) -> list[str]:
    """The columns whose values tell rows apart."""
    found = {name: None for name in (contract.organisation, PERIOD) if name}
    for partition in partitions:
        asked = (columns_of(condition) for condition in partition.tested if not _is_pushed(condition, contract))
        tested = sorted(frozenset[str]().union(*asked))
        found.update(dict.fromkeys((*partition.key_columns, *chain(*partition.distinct), *tested)))
    return list(found)


def _is_pushed(condition: Condition, contract: Contract) -> bool:
    """Whether a condition is tested by the engine itself, so that the values behind it need not travel; what is among
    several values of a cell we tell ourselves."""
    if any(name in contract.columns and contract.columns[name].several for name in columns_of(condition)):
        return False
    literal = isinstance(condition, Compare) and not isinstance(condition.value, ColumnRef)
    return literal or isinstance(condition, Known | OneOf)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Words as a batch has them, whichever of Arrow's kinds of words a backend gives."""
    return column if pa.types.is_floating(column.type) else column.cast(pa.string())


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
