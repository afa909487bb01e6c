"""Counting the batches of a table into the arrays of a partition: mask by mask, at the leaf.

An array of amounts has the axes stratum × mask × school year × unit; a table that is valid for every year has one
school year. Rows of a batch that lie by unit, as exports do, are counted in a window of few units, which stays in the
processor's cache; others go to a heap over all units, which is counted out at the end.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise
from threading import Lock

import numpy as np
import pandas as pd

from quality_cli.catalogue.figures import Figure
from quality_cli.datasets.tables.batches import Array, Coded
from quality_cli.engine.scan.cell_range import Window
from quality_cli.engine.scan.distinct import Distinct, Values
from quality_cli.engine.scan.row_classes import Slot, Space

SLICE = 1 << 17
"""Rows counted at once."""

DENSE = 16
"""Cells a row up to which a window is counted out at once."""

_BLOCK = 1 << 20
"""Cells of the heap that are counted out at once."""

_PRODUCT = 1 << 18
"""Products in one call of the matrix library; from here on it would wake threads of its own, which ours are in the way
of."""


@dataclass(frozen=True, slots=True)
class Counted:
    """What a scan counted for a partition.

    ``slots`` are the quantities of every figure; ``sums`` hold whole millionths by column, and rows under an empty name
    (stratum × mask × school year × unit), ``places`` tell where each mask stands in them; ``distinct`` are the values
    by column. ``strata`` are the values of the stratifiers, ``of`` is for each stratum of the space its place there.
    """

    slots: Mapping[Figure, Mapping[str, Slot]]
    strata: pd.DataFrame
    of: Array
    sums: Mapping[str, Array]
    places: Mapping[str, Mapping[int, int]]
    distinct: Mapping[str, Distinct]


class Tally:
    """Counts batches, in any order and from any thread."""

    def __init__(
        self, space: Space, columns: Sequence[str], values: Mapping[str, Values], shape: tuple[int, int], rows: int
    ) -> None:
        """``columns`` are summed, ``values`` counted distinct; ``shape``: school years and units; ``rows``: of the
        whole table, which no amount of rows exceeds."""
        self._space = space
        self._shape = shape
        self._lock = Lock()
        asked: dict[str, dict[int, None]] = {name: {} for name in ("", *columns)}
        valued: dict[str, dict[int, None]] = {name: {} for name in values}
        for slot in chain.from_iterable(own.values() for own in space.slots.values()):
            if slot.count.kind == "distinct":
                valued[slot.count.column][slot.mask] = None
            else:
                asked[""][slot.mask] = None
                if slot.count.kind == "sum":
                    asked[slot.count.column][slot.mask] = None
        whole = np.int32 if rows < 1 << 31 else np.int64
        self._types = {name: np.float64 if name else whole for name in asked}
        self._masks = {name: list(masks) for name, masks in asked.items()}
        self._arrays = {
            name: np.zeros((len(space.strata), len(masks), *shape), self._types[name]) for name, masks in asked.items()
        }
        self._heaps: dict[str, Array] = {}
        self._distinct = {name: Distinct(space, list(valued[name]), values[name], shape[1]) for name in values}
        self._stands = np.zeros(len(space.strata), dtype=bool)

    def add(
        self,
        combination: Array,
        window: Window,
        weights: Array | None,
        sums: Mapping[str, Array],
        values: Mapping[str, Coded],
    ) -> None:
        """Count the rows of a batch: the combination of each, its cell, how many rows it stands for (None: itself
        alone), what is summed, what is counted distinct."""
        if self._masks[""]:
            amounts = {"": weights, **sums}
            if len(self._space) * window.size <= max(DENSE * len(combination), SLICE):
                self._count(combination, window, amounts)
            else:
                self._pile(combination, window, amounts)
        for name, distinct in self._distinct.items():
            distinct.add(combination, window, values[name])

    def _count(self, combination: Array, window: Window, amounts: Mapping[str, Array | None]) -> None:
        """Count out a window."""
        cell = (self._space.of * window.size).take(combination, mode="clip")
        cell += window.place
        for name, given in amounts.items():
            found = np.bincount(cell, given, len(self._space) * window.size)
            found = found.reshape(-1, window.size)[:, : window.years * window.units]
            self._count_out(name, found, window.year, window.unit, (window.years, window.units))

    def _pile(self, combination: Array, window: Window, amounts: Mapping[str, Array | None]) -> None:
        """Add a batch to the heap."""
        years, units = self._shape
        inside = np.flatnonzero(np.broadcast_to(window.inside, len(combination)))
        cell = (self._space.of * (years * units)).take(combination[inside], mode="clip")
        cell += window.of_all(window.place[inside], units)
        with self._lock:
            for name, given in amounts.items():
                if name not in self._heaps:
                    self._heaps[name] = np.zeros(len(self._space) * years * units, self._types[name])
                np.add.at(self._heaps[name], cell, 1 if given is None else given[inside].astype(self._types[name]))

    def _count_out(self, name: str, counted: Array, year: int, unit: int, shape: tuple[int, int]) -> None:
        """Put classes (class × cell) into the masks that hold them, stratum by stratum."""
        years, units = shape
        exact = np.float32 if not name and counted.sum() < 1 << 24 else np.float64
        counted, holds = counted.astype(exact), self._space.holds[self._masks[name]].astype(exact)
        for stratum, (start, end) in enumerate(pairwise(self._space.starts.tolist())):
            own = counted[start:end]
            if own.any():
                self._stands[stratum] = True
                found = _product(holds[:, start:end], own).reshape(-1, years, units).astype(self._types[name])
                with self._lock:
                    self._arrays[name][stratum, :, year : year + years, unit : unit + units] += found

    def counted(self) -> Counted:
        """Everything, once all batches are counted."""
        years, units = self._shape
        for name, heap in self._heaps.items():
            whole = heap.reshape(len(self._space), years, units)
            step = max(1, _BLOCK // (len(self._space) * years))
            for low in range(0, units, step):
                part = whole[:, :, low : low + step]
                self._count_out(name, part.reshape(len(whole), -1), 0, low, part.shape[1:])
        self._heaps.clear()
        for distinct in self._distinct.values():
            distinct.complete()
            self._stands[distinct.stratum] = True
        standing = np.flatnonzero(self._stands)
        return Counted(
            slots=self._space.slots,
            strata=self._space.strata.iloc[standing],
            of=np.cumsum(self._stands) - 1,
            sums={name: _kept(array, standing) for name, array in self._arrays.items()},
            places={name: {mask: place for place, mask in enumerate(own)} for name, own in self._masks.items()},
            distinct=self._distinct,
        )


def _kept(array: Array, standing: Array) -> Array:
    """The strata of an array that stand in the data; in place, for it may be large."""
    for place, stratum in enumerate(standing.tolist()):
        if place != stratum:
            array[place] = array[stratum]
    return array[: len(standing)]


def _product(holds: Array, counted: Array) -> Array:
    """The product of two matrices on one core."""
    step = max(1, _PRODUCT // holds.size)
    if counted.shape[1] <= step:
        return np.asarray(holds @ counted)
    found = np.empty((len(holds), counted.shape[1]), counted.dtype)
    for low in range(0, counted.shape[1], step):
        np.matmul(holds, counted[:, low : low + step], out=found[:, low : low + step])
    return found
