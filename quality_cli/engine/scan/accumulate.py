"""Counting the batches of a table into the arrays of a partition: mask by mask, at the leaf.

An array has the axes stratum × mask × school year × organisation. Rows of a batch that lie by organisation, as exports
do, are counted in a range of few cells, which stays in the processor's cache; others go to a buffer over all cells,
which is put into masks at the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from threading import Lock

import numpy as np
import pandas as pd

from quality_cli.catalogue.figures import Figure
from quality_cli.datasets.tables.encoded import Array, Encoded
from quality_cli.engine.plan.tuning import Tuning
from quality_cli.engine.scan.cell_range import CellRange
from quality_cli.engine.scan.distinct import DistinctCells, SharedValues
from quality_cli.engine.scan.row_classes import MaskedCount, RowClasses


@dataclass(frozen=True, slots=True)
class PartitionCounts:
    """What a scan counted for a partition.

    ``counts`` are the quantities of every figure by name; ``sums`` hold whole millionths by column, and rows under an
    empty name (stratum × mask × school year × organisation), ``position`` tells where each mask stands in them;
    ``distinct`` are the values by the columns that are counted. ``strata`` are the values of the stratifiers that stand
    in the data, ``stratum_of`` is for each stratum of the row classes its position there.
    """

    counts: Mapping[Figure, Mapping[str, MaskedCount]]
    strata: pd.DataFrame
    stratum_of: Array
    sums: Mapping[str, Array]
    position: Mapping[str, Mapping[int, int]]
    distinct: Mapping[tuple[str, ...], DistinctCells]


class Accumulator:
    """Counts batches, in any order and from any thread."""

    def __init__(
        self,
        classes: RowClasses,
        columns: Sequence[str],
        values: Mapping[tuple[str, ...], SharedValues],
        shape: tuple[int, int],
        rows: int,
        tuning: Tuning,
    ) -> None:
        """``columns`` are summed, ``values`` counted distinct; ``shape``: school years and organisations; ``rows``: of
        the whole table, which no count of rows exceeds."""
        self._classes = classes
        self._shape = shape
        self._tuning = tuning
        self._lock = Lock()
        asked: dict[str, dict[int, None]] = {name: {} for name in ("", *columns)}
        valued: dict[tuple[str, ...], dict[int, None]] = {name: {} for name in values}
        for counted in chain.from_iterable(own.values() for own in classes.counts.values()):
            if counted.count.kind == "distinct":
                valued[counted.count.columns][counted.mask] = None
            else:
                # Rows are counted for a sum too: a sum of zeros is a zero, not an absence.
                asked[""][counted.mask] = None
                if counted.count.kind == "sum":
                    asked[counted.count.columns[0]][counted.mask] = None
        whole = np.int32 if rows < 1 << 31 else np.int64
        self._types = {name: np.float64 if name else whole for name in asked}
        self._masks = {name: list(masks) for name, masks in asked.items()}
        self._arrays = {
            name: np.zeros((len(classes.strata), len(masks), *shape), self._types[name])
            for name, masks in asked.items()
        }
        self._buffers: dict[str, Array] = {}
        self._distinct = {name: DistinctCells(classes, list(valued[name]), values[name], shape[1]) for name in values}
        self._present = np.zeros(len(classes.strata), dtype=bool)

    def add(
        self,
        combination: Array,
        cells: CellRange,
        weights: Array | None,
        sums: Mapping[str, Array],
        values: Mapping[tuple[str, ...], Encoded],
    ) -> None:
        """Count the rows of a batch: the combination of each, its cell, how many rows it stands for (None: itself
        alone), what is summed, what is counted distinct."""
        if self._masks[""]:
            given = {"": weights, **sums}
            sizes = self._tuning
            if len(self._classes) * cells.size <= max(sizes.dense_cells * len(combination), sizes.slice_rows):
                self._count_range(combination, cells, given)
            else:
                self._count_in_buffer(combination, cells, given)
        for name, distinct in self._distinct.items():
            distinct.add(combination, cells, values[name])

    def _count_range(self, combination: Array, cells: CellRange, given: Mapping[str, Array | None]) -> None:
        """Count class × cell of a range by one ``bincount``, and put it into the masks."""
        key = (self._classes.class_of * cells.size).take(combination, mode="clip")
        key += cells.cell
        for name, weights in given.items():
            counted = np.bincount(key, weights, len(self._classes) * cells.size)
            counted = counted.reshape(-1, cells.size)[:, : cells.years * cells.orgs]  # without those of nowhere
            self._put_into_masks(name, counted, cells.year, cells.org, (cells.years, cells.orgs))

    def _count_in_buffer(self, combination: Array, cells: CellRange, given: Mapping[str, Array | None]) -> None:
        """Add a batch to the buffer over all cells."""
        years, orgs = self._shape
        inside = np.flatnonzero(np.broadcast_to(cells.inside, len(combination)))
        key = (self._classes.class_of * (years * orgs)).take(combination[inside], mode="clip")
        key += cells.of_all(cells.cell[inside], orgs)
        with self._lock:
            for name, weights in given.items():
                if name not in self._buffers:
                    self._buffers[name] = np.zeros(len(self._classes) * years * orgs, self._types[name])
                buffer = self._buffers[name]
                # In the buffer's own type: a plain 1 would be cast row by row, 10 to 25 times slower.
                np.add.at(buffer, key, np.asarray(1 if weights is None else weights[inside], buffer.dtype))

    def _put_into_masks(self, name: str, counted: Array, year: int, org: int, shape: tuple[int, int]) -> None:
        """Add class × cell to the masks that hold the classes, stratum by stratum: a product of matrices.

        A row is counted once whatever the number of masks that hold it; here each mask costs by class, not by row.
        """
        years, orgs = shape
        # Whole numbers in float32 are exact below 2**24, and its products are twice as fast as those of float64; those
        # of integers have no library behind them.
        exact = np.float32 if not name and counted.sum() < 1 << 24 else np.float64
        counted, holds = counted.astype(exact), self._classes.holds[self._masks[name]].astype(exact)
        for stratum, (start, end) in enumerate(pairwise(self._classes.starts.tolist())):
            own = counted[start:end]
            if own.any():
                self._present[stratum] = True
                found = self._product(holds[:, start:end], own).reshape(-1, years, orgs).astype(self._types[name])
                with self._lock:
                    self._arrays[name][stratum, :, year : year + years, org : org + orgs] += found

    def _product(self, holds: Array, counted: Array) -> Array:
        """The product of two matrices on one core."""
        step = max(1, self._tuning.product_block // holds.size)
        if counted.shape[1] <= step:
            return np.asarray(holds @ counted)
        found = np.empty((len(holds), counted.shape[1]), counted.dtype)
        for low in range(0, counted.shape[1], step):
            np.matmul(holds, counted[:, low : low + step], out=found[:, low : low + step])
        return found

    def result(self) -> PartitionCounts:
        """Everything, once all batches are counted."""
        years, orgs = self._shape
        for name, buffer in self._buffers.items():
            whole = buffer.reshape(len(self._classes), years, orgs)
            step = max(1, self._tuning.buffer_block // (len(self._classes) * years))
            for low in range(0, orgs, step):
                part = whole[:, :, low : low + step]
                self._put_into_masks(name, part.reshape(len(whole), -1), 0, low, part.shape[1:])
        self._buffers.clear()
        for distinct in self._distinct.values():
            distinct.complete()
            self._present[distinct.stratum] = True
        present = np.flatnonzero(self._present)
        return PartitionCounts(
            counts=self._classes.counts,
            strata=self._classes.strata.iloc[present],
            stratum_of=np.cumsum(self._present) - 1,
            sums={name: _kept(array, present) for name, array in self._arrays.items()},
            position={name: {mask: position for position, mask in enumerate(own)} for name, own in self._masks.items()},
            distinct=self._distinct,
        )


def _kept(array: Array, present: Array) -> Array:
    """The strata of an array that stand in the data; in place, for it may be large."""
    for position, stratum in enumerate(present.tolist()):
        if position != stratum:
            array[position] = array[stratum]
    return array[: len(present)]
