"""A batch as the scan sees it: key columns encoded, conditions tested row by row, cells, sums. What several partitions
ask of its rows is found once."""

from collections.abc import Collection, Sequence
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from quality_cli.core.where import AlsoIn, Condition, Known, columns_of, walk
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.batches import Batch, fixed
from quality_cli.datasets.tables.encoded import Array, Encoded
from quality_cli.datasets.tables.evaluate import Evaluator, Truth
from quality_cli.datasets.tables.table import PERIOD, Tables
from quality_cli.datasets.tables.yearly import lists_of
from quality_cli.engine.plan.tuning import Tuning
from quality_cli.engine.scan.cell_range import CellRange
from quality_cli.engine.scan.row_classes import FALSE, TRUE, UNKNOWN, numbered


class TableView:
    """What the batches of one table have in common: where its school years and organisations stand, and the lists that
    conditions over it look into."""

    def __init__(self, contract: Contract, years: Collection[int], tables: Tables, tuning: Tuning) -> None:
        self.contract = contract
        self.tuning = tuning
        self._tables = tables
        self._years = {year: position for position, year in enumerate(years)}
        self._orgs = {org.id: position for position, org in enumerate(tables.organisations)}
        # Where the register has no dates there is nothing to ask of each row.
        dated = any(org.is_dated for org in tables.organisations)
        self._existing = np.array([tables.organisations.existing(year) for year in years], bool) if dated else None
        self._org_positions: dict[object, tuple[pa.Array, Array]] = {}

    @property
    def shape(self) -> tuple[int, int]:
        """How many school years and organisations cells have."""
        return len(self._years), len(self._orgs)

    def positions(self, batch: Batch) -> tuple[Array, Array]:
        """For each row the position of its organisation in the register and of its school year among those read, or
        -1; also where there is no such organisation in that year."""
        orgs = batch.encoded(self.contract.organisation or "")
        if orgs.origin not in self._org_positions:  # batches of one part have the same words
            found = [self._orgs.get(org, -1) for org in orgs.listed()]
            # The values are kept with the table, so that nothing else comes to lie where they are.
            self._org_positions[orgs.origin] = orgs.values, np.array(found, dtype=np.int32)
        org = self._org_positions[orgs.origin][1].take(orgs.codes, mode="wrap")
        years = batch.encoded(PERIOD)
        known = [self._years.get(year, -1) for year in years.listed()]
        year = np.array(known, dtype=np.int32).take(years.codes, mode="wrap")
        return org if self._existing is None else np.where(self._existing[year, org], org, -1), year

    def test(self, batch: Batch, condition: Condition) -> Array:
        """For each row whether a condition is true, false or unknown; over the values of a column where it has one, for
        that costs by distinct value."""
        if condition in batch.outcomes:
            return batch.outcomes[condition]
        columns = columns_of(condition)
        if isinstance(condition, Known):
            holds: Array = batch.known(condition.column) == condition.known
            return holds.astype(np.uint8)
        if len(columns) != 1 or any(isinstance(node, AlsoIn) for node in walk(condition)):
            own = batch.frame(sorted({*columns, PERIOD}))
            return _outcomes(Evaluator(own, lists_of(condition, self._tables))(condition))
        (name,) = columns
        if name != PERIOD and self.contract.columns[name].type == "number":
            return _outcomes(Evaluator(batch.frame([name]), {})(condition))  # almost every value stands once
        column, numeric = batch.encoded(name), self.contract.is_numeric(name)
        of_value = _outcomes(Evaluator.of_values(name, column.listed(), numeric=numeric)(condition))
        return of_value[column.codes]


class BatchView:
    """A batch on its way."""

    def __init__(self, table: TableView, batch: Batch) -> None:
        self._table = table
        self._batch = batch
        self.column = batch.encoded
        self.weights = batch.weights
        self._tested: dict[tuple[Condition, ...], tuple[Array, list[Any]]] = {}
        self._sums: dict[str, Array] = {}
        self._together: dict[tuple[str, ...], Encoded] = {}
        self._cells: dict[tuple[Any, Any], CellRange | None] = {}

    def __len__(self) -> int:
        return len(self._batch)

    def encoded(self, subject: str | tuple[Condition, ...]) -> tuple[Array, list[Any]]:
        """A key column, or what comes out of conditions tested row by row: codes, and the values that they are
        positions of; the last value of a column is None, and its code -1."""
        if isinstance(subject, str):
            column = self.column(subject)
            return column.codes, column.listed()
        if subject not in self._tested:
            tested = [self._table.test(self._batch, condition) for condition in subject]
            tuning = self._table.tuning
            if len(subject) <= tuning.foreseen_tests:
                number = np.zeros(len(self), np.uint8)
                for outcome in tested:
                    number = number * np.uint8(3) + outcome
                self._tested[subject] = number, list(product((FALSE, TRUE, UNKNOWN), repeat=len(subject)))
            else:
                number, met = numbered(tested, [3] * len(subject), len(self), tuning.marked_numbers)
                self._tested[subject] = number, list(map(tuple, met.tolist()))
        return self._tested[subject]

    @cached_property
    def _positions(self) -> tuple[Array, Array]:
        return self._table.positions(self._batch)

    def cells(self, rows: slice) -> CellRange | None:
        """The cells of some rows; None where they belong to none."""
        if (rows.start, rows.stop) not in self._cells:
            org, year = self._positions
            self._cells[rows.start, rows.stop] = CellRange.of(org[rows], year[rows])
        return self._cells[rows.start, rows.stop]

    def sums(self, name: str) -> Array:
        """What is summed of a column, in whole millionths."""
        if name not in self._sums:
            given = self._batch.sums.get(name)
            self._sums[name] = fixed(self._batch.frame([name])[name].to_numpy()) if given is None else given
        return self._sums[name]

    def values(self, names: tuple[str, ...], rows: slice) -> Encoded:
        """What is counted distinct (a column, or several together), for some rows."""
        if len(names) == 1:
            column = self.column(names[0])
        else:
            if names not in self._together:
                self._together[names] = together([self.column(name) for name in names], self._table.tuning)
            column = self._together[names]
        return Encoded(column.codes[rows], column.values)


def together(columns: Sequence[Encoded], tuning: Tuning) -> Encoded:
    """Several columns as one, whose values are those met together; unknown where any of them is."""
    sizes = [len(column.values) + 1 for column in columns]
    digits = [np.where(column.codes < 0, size - 1, column.codes) for column, size in zip(columns, sizes, strict=True)]
    number, met = numbered(digits, sizes, len(digits[0]), tuning.marked_numbers)
    known = (met < np.array(sizes) - 1).all(axis=1)
    code = np.where(known, np.cumsum(known) - 1, -1).astype(np.int32)
    words = [_told(column.values).take(pa.array(own)) for column, own in zip(columns, met[known].T, strict=True)]
    # With its length before it no word runs into the next.
    parts = [part for own in words for part in (pc.cast(pc.binary_length(own), pa.string()), own)]
    return Encoded(code[number], pc.binary_join_element_wise(*parts, ":"))


def _told(values: pa.Array) -> pa.Array:
    """Values as words; of equal values equal words."""
    if pa.types.is_string(values.type):
        return values
    return pc.cast(pa.array(values.to_numpy() + 0.0), pa.string())  # 0.0 and -0.0 are equal


def _outcomes(truth: Truth) -> Array:
    return np.where(truth.true, TRUE, np.where(truth.false, FALSE, UNKNOWN)).astype(np.uint8)
