"""Distinct values on their way through a scan: met in batches, each once in a cell and a kind of row.

They do not add up (a child of two schools is one child of their municipality), so they are kept until levels and strata
ask (:mod:`quality_cli.engine.rollup.quantities`). Rows that the masks of distinct values do not tell apart are of one
*kind*.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from threading import Lock
from typing import TypeAlias

import numpy as np
import pyarrow as pa

from quality_cli.datasets.tables.encoded import Array, Encoded
from quality_cli.engine.scan.cell_range import CellRange
from quality_cli.engine.scan.row_classes import RowClasses
from quality_cli.engine.scan.shared_codes import shared_codes

_Years: TypeAlias = tuple[int, int]
"""The first school year of a batch, and how many there are."""

_BACKGROUND = ThreadPoolExecutor(1)


@dataclass(frozen=True, slots=True)
class _BatchValues:
    """What a batch gave: positions in its values, the cell (year × organisation) and the kind of row of each."""

    years: _Years
    origin: object
    value: Array
    cell: Array
    kind: Array


class SharedValues:
    """Values of a column that several partitions count distinct: from batches to codes that are common to all.

    Values of one school year are never counted with those of another, so only batches of the same are compared. They
    are put together in the background, which takes nothing from those who need other amounts first.
    """

    def __init__(self) -> None:
        self._batches: dict[_Years, dict[object, pa.Array]] = {}
        self._common: Future[Mapping[tuple[_Years, object], Array]] | None = None

    def add_batch(self, years: _Years, column: Encoded) -> None:
        """Remember the values of a batch."""
        self._batches.setdefault(years, {})[column.origin] = column.values

    def complete(self) -> None:
        """No batch is to come."""
        if self._common is None and sum(map(len, self._batches.values())) > 1:
            self._common = _BACKGROUND.submit(_common, self._batches)
        self._batches = {}

    def codes(self, met: _BatchValues) -> Array:
        """Common codes of what a batch gave."""
        return met.value if self._common is None else self._common.result()[met.years, met.origin][met.value]


class DistinctCells:
    """Values of one column met by the rows of a partition; ``holds`` (kind × mask) tells in which masks a kind is."""

    def __init__(self, classes: RowClasses, masks: Sequence[int], values: SharedValues, orgs: int) -> None:
        held = classes.holds[masks].any(axis=0)
        marks = np.column_stack([classes.stratum, np.packbits(classes.holds[masks], axis=0).T.astype(np.intp)])
        _, first, kind = np.unique(marks[held], axis=0, return_index=True, return_inverse=True)
        of_class = np.full(len(classes), -1, dtype=np.int64)
        of_class[held] = kind.ravel()
        chosen = np.flatnonzero(held)[first]  # a class of each kind
        self.holds = classes.holds[:, chosen].T
        self._stratum = classes.stratum[chosen]
        self._kind_of_combination = of_class[classes.class_of]
        self._values = values
        self._orgs = orgs
        self._met: list[_BatchValues] = []
        self._lock = Lock()

    def add(self, combination: Array, cells: CellRange, column: Encoded) -> None:
        """Remember the values of a batch; ``combination`` is that of each row."""
        kind, value = self._kind_of_combination.take(combination, mode="clip"), column.codes
        rows = np.flatnonzero((kind >= 0) & (value >= 0) & cells.inside)
        if not len(rows):
            return
        size = len(column.values)
        # One number for cell, kind and value: a sort of numbers instead of a hash of triples.
        met = np.sort((cells.cell[rows] * len(self.holds) + kind[rows]) * size + value[rows])
        met = met[np.flatnonzero(np.concatenate([[True], met[1:] != met[:-1]]))]
        rest, value = np.divmod(met, size)
        cell, kind = np.divmod(rest, len(self.holds))
        cell = cells.of_all(cell, self._orgs)
        years = cells.year, cells.years
        found = _BatchValues(years, column.origin, value.astype(np.int32), cell.astype(np.int32), kind.astype(np.int32))
        with self._lock:
            self._values.add_batch(years, column)
            self._met.append(found)

    def complete(self) -> None:
        """No batch is to come."""
        self._values.complete()

    @property
    def codes(self) -> Array:
        """Of each value met, which value it is."""
        return _concatenated([self._values.codes(met) for met in self._met])

    @property
    def cell(self) -> Array:
        """The cell (year × organisation)."""
        return _concatenated([met.cell for met in self._met])

    @property
    def kind(self) -> Array:
        """The kind of row."""
        return _concatenated([met.kind for met in self._met])

    @property
    def stratum(self) -> Array:
        """The stratum, as the row classes number them."""
        return self._stratum[self.kind]


def _common(batches: Mapping[_Years, Mapping[object, pa.Array]]) -> Mapping[tuple[_Years, object], Array]:
    """Common codes of the values of each batch, year by year where no batch is of several."""
    named = [[((years, origin), values) for origin, values in own.items()] for years, own in batches.items()]
    groups = named if all(count == 1 for _, count in batches) else [list(chain.from_iterable(named))]
    found: dict[tuple[_Years, object], Array] = {}
    for group in groups:
        start = np.int32(sum(map(len, found.values())))
        codes = shared_codes([values for _, values in group])
        found.update((batch, own + start) for (batch, _), own in zip(group, codes, strict=True))
    return found


def _concatenated(arrays: Sequence[Array]) -> Array:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=np.int32)
