"""A table that is valid for every year, told year by year, so that one rule of the school year holds for all tables."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property, partial

import numpy as np
import pandas as pd
import pyarrow as pa

from quality_cli.core.where import AlsoIn, Condition, columns_of, walk
from quality_cli.datasets.tables.batches import Batch
from quality_cli.datasets.tables.encoded import Array, Encoded
from quality_cli.datasets.tables.table import PERIOD, Table, Tables


def yearly(tables: Tables, years: Sequence[int]) -> Tables:
    """The same tables; one without school years holds each of its rows in each of ``years``: what a condition finds in
    a table that has them may differ from year to year."""
    return replace(
        tables,
        by_dataset={
            name: Yearly(table, years) if table.contract.period is None else table
            for name, table in tables.by_dataset.items()
        },
    )


class Yearly(Table):
    """The rows of a table that is valid for every year, once for each school year: repeated as they are read."""

    def __init__(self, table: Table, years: Sequence[int]) -> None:
        self.contract = table.contract
        self._table = table
        self._each = tuple(years)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """All rows, year after year."""
        return self._repeated(self._table.frame)

    def part(self, columns: Sequence[str]) -> pd.DataFrame:
        return self._repeated(self._table.part([name for name in columns if name != PERIOD]))

    def _repeated(self, frame: pd.DataFrame) -> pd.DataFrame:
        return pd.concat([frame.assign(**{PERIOD: float(year)}) for year in self._each or (np.nan,)], ignore_index=True)

    def __len__(self) -> int:
        return len(self._table) * len(self._each)

    def periods(self) -> list[int]:
        return list(self._each)

    def files(self, period: int | None) -> list[str]:
        return self._table.files(None)

    def parts(self, columns: Sequence[str], periods: Collection[int]) -> list[Callable[[], Iterator[Batch]]]:
        own = self._table.parts([name for name in columns if name != PERIOD], ())
        return [partial(_in_year, part, year) for year in self._each if year in periods for part in own]

    def sample(self, columns: Sequence[str], periods: Collection[int], rows: int) -> Batch:
        return self._table.sample(columns, periods, rows)

    def gaps(self, name: str) -> bool:
        return self._table.gaps(name)

    def few_values(self, name: str) -> bool:
        return self._table.few_values(name)


def _in_year(part: Callable[[], Iterator[Batch]], year: int) -> Iterator[Batch]:
    return (_YearBatch(batch, year) for batch in part())


class _YearBatch:
    """A batch of a table that is valid for every year, as that of one year."""

    def __init__(self, batch: Batch, year: int) -> None:
        self._batch = batch
        self._year = float(year)
        self.weights, self.sums, self.outcomes = batch.weights, batch.sums, batch.outcomes

    def __len__(self) -> int:
        return len(self._batch)

    def encoded(self, name: str) -> Encoded:
        if name == PERIOD:
            return Encoded(np.zeros(len(self), np.int8), pa.array([self._year]))
        return self._batch.encoded(name)

    def known(self, name: str) -> Array:
        return np.ones(len(self), bool) if name == PERIOD else self._batch.known(name)

    def frame(self, columns: Sequence[str]) -> pd.DataFrame:
        frame = self._batch.frame([name for name in columns if name != PERIOD])
        return frame.assign(**{PERIOD: self._year})


def lists_of(condition: Condition, tables: Tables) -> Mapping[str, pd.DataFrame]:
    """Of the tables that a condition looks into, the columns that it reads there."""
    columns: dict[str, set[str]] = {}
    inside = [condition]
    while inside:
        for node in walk(inside.pop()):
            if isinstance(node, AlsoIn):
                columns.setdefault(node.dataset, {PERIOD}).update(node.theirs, *map(columns_of, node.inner))
                inside += node.inner
    return {name: tables[name].part(sorted(names)) for name, names in columns.items() if name in tables}
