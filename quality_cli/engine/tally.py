"""Counting the batches of a table into the arrays of a partition: mask by mask, at the leaf (design §5).

An array of amounts has the axes stratum × mask × school year × unit; a table that is valid for every year has one
school year. Rows of a batch that lie by unit, as exports do, are counted in a window of few units, which stays in the
processor's cache; others go to a heap over all units, which is counted out at the end.
"""

from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain, pairwise
from threading import Lock
from typing import TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa

from quality_cli.catalogue.figures import Figure
from quality_cli.datasets.batches import Array, Coded
from quality_cli.engine.likeness import common_codes
from quality_cli.engine.space import Slot, Space

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
class Window:
    """The cells that the rows of a batch fall into: school years from ``year`` on, units from ``unit`` on.

    ``place`` is the cell (year × unit) of each row; where some rows belong nowhere, one cell more than there are.
    """

    year: int
    unit: int
    years: int
    units: int
    place: Array
    outside: bool

    @classmethod
    def of(cls, unit: Array, year: Array) -> "Window | None":
        """That of rows by unit and school year (-1: it belongs nowhere); None where all belong nowhere."""
        nowhere = (unit < 0) | (year < 0)
        outside = bool(nowhere.any())
        own, when = (unit[~nowhere], year[~nowhere]) if outside else (unit, year)
        if not len(own):
            return None
        first, start = int(own.min()), int(when.min())
        units, years = int(own.max()) + 1 - first, int(when.max()) + 1 - start
        place = (year.astype(np.int64) - start) * units + (unit - first)
        if outside:
            place[nowhere] = units * years
        return cls(start, first, years, units, place, outside)

    @property
    def cells(self) -> int:
        """How many cells there are, with that of rows that belong nowhere."""
        return self.years * self.units + self.outside


class Values:
    """Values of a column that several partitions count distinct: from batches to codes that are common to all.

    Values of one school year are never counted with those of another, so only batches of the same are compared. They
    are put together in the background, which takes nothing from those who need other amounts first.
    """

    def __init__(self) -> None:
        self._batches: dict[tuple[int, int], dict[int, pa.Array]] = {}
        self._common: Future[Mapping[_Batch, Array]] | None = None

    def meet(self, window: Window, values: pa.Array) -> "_Batch":
        """Values of a batch, of which there may be several parts: what to ask for their codes by."""
        years = window.year, window.years
        place = int(values.buffers()[-1].address)
        self._batches.setdefault(years, {})[place] = values
        return years, place

    def complete(self) -> None:
        """No batch is to come."""
        if self._common is None and sum(map(len, self._batches.values())) > 1:
            self._common = _BACKGROUND.submit(_common, self._batches)
        self._batches = {}

    def codes(self, batch: "_Batch", own: Array) -> Array:
        """Common codes, from those of a batch."""
        return own if self._common is None else self._common.result()[batch][own]


_Batch: TypeAlias = tuple[tuple[int, int], int]
"""School years and the place in memory of the values of a batch."""


def _common(batches: Mapping[tuple[int, int], Mapping[int, pa.Array]]) -> Mapping[_Batch, Array]:
    """Common codes of the values of each batch, year by year where no batch is of several."""
    named = [[((years, place), values) for place, values in own.items()] for years, own in batches.items()]
    groups = named if all(count == 1 for _, count in batches) else [list(chain.from_iterable(named))]
    found: dict[_Batch, Array] = {}
    for group in groups:
        start = np.int32(sum(map(len, found.values())))
        codes = common_codes([values for _, values in group])
        found.update((batch, own + start) for (batch, _), own in zip(group, codes, strict=True))
    return found


_BACKGROUND = ThreadPoolExecutor(1)


@dataclass(frozen=True, slots=True)
class Met:
    """Distinct values met in a batch: each with its cell (year × unit) and the kind of row."""

    batch: _Batch
    value: Array
    place: Array
    kind: Array


@dataclass(frozen=True, slots=True)
class Counted:
    """What a scan counted for a partition. ``slots``: the quantities of every figure; ``rows`` and ``sums`` (whole
    millionths, by column) are stratum × mask × school year × unit, ``place`` and ``places`` tell where a mask stands in
    them; ``strata`` are the values of the stratifiers; ``distinct`` by column."""

    slots: Mapping[Figure, Mapping[str, Slot]]
    strata: pd.DataFrame
    rows: Array
    place: Mapping[int, int]
    sums: Mapping[str, Array]
    places: Mapping[str, Mapping[int, int]]
    distinct: Mapping[str, "Distinct"]


@dataclass(frozen=True, slots=True)
class Distinct:
    """Values met: ``stratum`` and ``place`` (year × unit) are the cell, ``kind`` is the kind of row, of which ``holds``
    (kind × mask) tells in which masks it is."""

    values: Values
    met: Sequence[Met]
    stratum: Array
    place: Array
    kind: Array
    holds: Array

    def codes(self) -> Array:
        """Which value each is."""
        return _laid([self.values.codes(met.batch, met.value) for met in self.met])


class Tally:
    """Counts batches, in any order and from any thread."""

    def __init__(
        self, space: Space, columns: Sequence[str], distinct: Mapping[str, Values], shape: tuple[int, int], rows: int
    ) -> None:
        """``shape``: school years and units; ``rows``: of the whole table, which no sum of rows exceeds."""
        self._space = space
        self._shape = shape
        self._whole = np.int32 if rows < 1 << 31 else np.int64
        self._lock = Lock()
        asked: dict[str, dict[int, None]] = {name: {} for name in ("", *columns)}
        valued: dict[str, dict[int, None]] = {name: {} for name in distinct}
        for slot in chain.from_iterable(own.values() for own in space.slots.values()):
            if slot.count.kind == "distinct":
                valued[slot.count.column][slot.mask] = None
            else:
                asked[""][slot.mask] = None
                if slot.count.kind == "sum":
                    asked[slot.count.column][slot.mask] = None
        self._masks = {name: list(masks) for name, masks in asked.items()}
        self._arrays = {
            name: np.zeros((len(space.strata), len(masks), *shape), np.float64 if name else self._whole)
            for name, masks in self._masks.items()
        }
        self._holds = {name: space.holds[masks] for name, masks in self._masks.items()}
        self._heaps: dict[str, Array] = {}
        self._kinds = {name: _kinds(space, list(masks)) for name, masks in valued.items()}
        self._values = distinct
        self._met: dict[str, list[Met]] = {name: [] for name in distinct}
        self._stands = np.zeros(len(space.strata), dtype=bool)

    def add(
        self, own: Array, window: Window, weights: Array | None, sums: Mapping[str, Array], values: Mapping[str, Coded]
    ) -> None:
        """Count the rows of a batch: the combination of each, its cell, how many rows it stands for (None: itself
        alone), what is summed, what is counted distinct."""
        amounts = {"": weights, **{name: sums[name] for name in self._masks if name}} if self._masks[""] else {}
        if amounts and len(self._space) * window.cells <= max(DENSE * len(own), SLICE):
            cell = (self._space.of * window.cells).take(own, mode="clip")
            cell += window.place
            for name, given in amounts.items():
                found = np.bincount(cell, given, len(self._space) * window.cells)
                found = found.reshape(-1, window.cells)[:, : window.years * window.units]
                self._count_out(name, found, window.year, window.unit, (window.years, window.units))
        elif amounts:
            self._pile(own, window, amounts)
        for name in self._met:
            self._meet(name, own, window, values[name])

    def _pile(self, own: Array, window: Window, amounts: Mapping[str, Array | None]) -> None:
        """Add a slice to the heap."""
        years, units = self._shape
        inside = np.flatnonzero(window.place < window.years * window.units)
        place, own = window.place[inside], own[inside]
        year, unit = np.divmod(place, window.units)
        cell = (self._space.of * (years * units)).take(own, mode="clip")
        cell += (year + window.year) * units + (unit + window.unit)
        with self._lock:
            for name, given in amounts.items():
                if name not in self._heaps:
                    self._heaps[name] = np.zeros(len(self._space) * years * units, np.float64 if name else self._whole)
                part = 1 if given is None else given[inside].astype(self._heaps[name].dtype)
                np.add.at(self._heaps[name], cell, part)

    def _count_out(self, name: str, counted: Array, year: int, unit: int, shape: tuple[int, int]) -> None:
        """Put classes (class × cell) into the masks that hold them, stratum by stratum."""
        years, units = shape
        array, holds = self._arrays[name], self._holds[name]
        exact = np.float64 if name else np.float32 if counted.max(initial=0) < 1 << 24 else np.float64
        counted, holds = counted.astype(exact), holds.astype(exact)
        starts = self._space.starts.tolist()
        for stratum, (start, end) in enumerate(pairwise(starts)):
            own = counted[start:end]
            if own.any():
                self._stands[stratum] = True
                found = _product(holds[:, start:end], own).reshape(-1, years, units)
                with self._lock:
                    array[stratum, :, year : year + years, unit : unit + units] += found.astype(array.dtype)

    def _meet(self, name: str, own: Array, window: Window, coded: Coded) -> None:
        """Remember the values met, each once in a cell and a kind of row."""
        of_class, stratum, _ = self._kinds[name]
        kind, value = of_class[self._space.of].take(own, mode="clip"), coded.codes
        inside = (kind >= 0) & (value < len(coded.values))
        if window.outside:
            inside &= window.place < window.years * window.units
        rows = np.flatnonzero(inside)
        if not len(rows):
            return
        size = len(coded.values)
        met = np.sort((window.place[rows] * len(stratum) + kind[rows]) * size + value[rows])
        met = met[np.flatnonzero(np.concatenate([[True], met[1:] != met[:-1]]))]
        rest, value = np.divmod(met, size)
        place, kind = np.divmod(rest, len(stratum))
        year, unit = np.divmod(place, window.units)
        place = (year + window.year) * self._shape[1] + unit + window.unit
        with self._lock:
            values = self._values[name].meet(window, coded.values)
            self._met[name].append(Met(values, value.astype(np.int32), place.astype(np.int32), kind.astype(np.uint16)))

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
        kinds = {name: _laid([item.kind for item in met]) for name, met in self._met.items()}
        for name, kind in kinds.items():
            self._values[name].complete()
            self._stands[self._kinds[name][1][kind]] = True
        standing, place = np.flatnonzero(self._stands), np.cumsum(self._stands) - 1
        arrays = {name: _kept(array, standing) for name, array in self._arrays.items()}
        return Counted(
            slots=self._space.slots,
            strata=self._space.strata.iloc[standing],
            rows=arrays.pop(""),
            place=_places(self._masks[""]),
            sums=arrays,
            places={name: _places(masks) for name, masks in self._masks.items() if name},
            distinct={
                name: Distinct(
                    values=self._values[name],
                    met=met,
                    place=_laid([item.place for item in met]),
                    stratum=place[self._kinds[name][1][kinds[name]]],
                    kind=kinds[name],
                    holds=self._kinds[name][2],
                )
                for name, met in self._met.items()
            },
        )


def _kinds(space: Space, masks: Sequence[int]) -> tuple[Array, Array, Array]:
    """Of what kind each class is for the masks of distinct values (-1: in none); the stratum of each kind, and which
    of all masks hold it."""
    held = space.holds[masks].any(axis=0)
    chosen = np.zeros_like(space.holds)
    chosen[masks] = space.holds[masks]
    marks = np.column_stack([space.stratum, np.packbits(chosen[masks], axis=0).T.astype(np.intp)])
    _, first, kind = np.unique(marks[held], axis=0, return_index=True, return_inverse=True)
    of_class = np.full(len(space), -1, dtype=np.int64)
    of_class[held] = kind.ravel()
    rows = np.flatnonzero(held)[first]
    return of_class, space.stratum[rows], chosen[:, rows].T


def _kept(array: Array, standing: Array) -> Array:
    """The strata of an array that stand in the data; in place, for it may be large."""
    for place, stratum in enumerate(standing.tolist()):
        if place != stratum:
            array[place] = array[stratum]
    return array[: len(standing)]


def _places(masks: Sequence[int]) -> dict[int, int]:
    return {mask: place for place, mask in enumerate(masks)}


def _laid(arrays: Sequence[Array]) -> Array:
    return np.concatenate(arrays) if arrays else np.zeros(0, dtype=np.int32)


def _product(holds: Array, counted: Array) -> Array:
    """The product of two matrices on one core."""
    step = max(1, _PRODUCT // holds.size)
    if counted.shape[1] <= step:
        return np.asarray(holds @ counted)
    found = np.empty((len(holds), counted.shape[1]), counted.dtype)
    for low in range(0, counted.shape[1], step):
        np.matmul(holds, counted[:, low : low + step], out=found[:, low : low + step])
    return found
