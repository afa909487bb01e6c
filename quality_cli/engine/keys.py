"""Group keys: for every row its period, unit and strata as positions, and counting by them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.core.organisations import Level
from quality_cli.datasets.evaluate import Mask
from quality_cli.datasets.table import PERIOD, Table
from quality_cli.engine.cube import Array
from quality_cli.engine.strata import Strata


@dataclass(frozen=True, slots=True)
class Units:
    """Units of one level in register order, and for every unit of the tree the position of the one above it.

    A row may belong to a municipality itself: what its office was asked.
    """

    level: Level | None  # None: every unit of the tree by itself
    ids: Array
    of_leaf: Array  # position of the unit at this level, -1 where there is none


@dataclass(frozen=True, slots=True)
class View:
    """What one block of rows shows: a figure at one level by some of its stratifiers."""

    figure: Figure
    strata: Strata
    subset: tuple[int, ...]
    units: Units

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(self.strata.size(position) for position in self.subset)


def leaf_positions(table: Table, position: Mapping[str, int]) -> Array:
    """For every row the position of the unit that it belongs to, -1 where there is none."""
    column = table.contract.organisation
    units = table.frame[column] if column else pd.Series(pd.Categorical([]))
    codes = np.array([position.get(str(name), -1) for name in units.cat.categories] + [-1], dtype=np.intp)
    return codes[units.cat.codes.to_numpy()]


class Keys:
    """Group keys of one table: for every row its period, organisation and strata as positions."""

    def __init__(self, table: Table, strata: Strata, periods: Sequence[int], position: Mapping[str, int]) -> None:
        frame = table.frame
        contract = table.contract
        self._frame = frame
        self._shape_periods = len(periods)
        self._strata = strata
        self._leaf = leaf_positions(table, position)
        years = frame[PERIOD].to_numpy()
        self._timeless = contract.period is None
        where = {year: index for index, year in enumerate(periods)}
        self._period = np.array([where.get(year, -1) for year in years], dtype=np.intp)
        self._codes = strata.codes(frame)

    def count(self, count: Count, mask: Mask, subset: tuple[int, ...], units: Units) -> Array:
        """Counts of the rows in ``mask`` by period x unit x the strata of ``subset``."""
        rows = np.flatnonzero(mask & self._placed(units))
        shape = self._shape(subset, units)
        key = self._cell(rows, subset, units)
        cells = int(np.prod(shape))
        match count.kind:
            case "rows":
                flat = np.bincount(key, minlength=cells).astype(float)
            case "sum":
                flat = np.bincount(
                    key, weights=np.nan_to_num(self._frame[count.column].to_numpy()[rows]), minlength=cells
                )
            case "distinct":
                values, _ = pd.factorize(self._frame[count.column].to_numpy(dtype=object)[rows])
                known = values >= 0
                pairs = np.unique(key[known] * (values.max(initial=0) + 1) + values[known])
                flat = np.bincount(pairs // (values.max(initial=0) + 1), minlength=cells).astype(float)
        counted = flat.reshape(shape)
        return np.repeat(counted, self._shape_periods, axis=0) if self._timeless else counted

    def within(self, cells: Array, subset: tuple[int, ...], units: Units) -> Mask:
        """Rows that lie in the marked cells (period x unit x the strata of ``subset``)."""
        shape = self._shape(subset, units)
        marked = np.broadcast_to(cells, (self._shape_periods, *shape[1:]))
        flat = (marked.all(axis=0) if self._timeless else marked).ravel()
        mask = np.zeros(len(self._leaf), dtype=bool)
        rows = np.flatnonzero(self._placed(units))
        mask[rows] = flat[self._cell(rows, subset, units)]
        return mask

    def _placed(self, units: Units) -> Mask:
        """Rows of the wanted periods that belong to some unit."""
        placed = np.where(self._leaf >= 0, units.of_leaf[self._leaf], -1) >= 0
        return np.asarray(placed if self._timeless else placed & (self._period >= 0), dtype=bool)

    def _shape(self, subset: tuple[int, ...], units: Units) -> tuple[int, ...]:
        sizes = [self._strata.size(position) for position in subset]
        return (1 if self._timeless else self._shape_periods, len(units.ids), *sizes)

    def _cell(self, rows: Array, subset: tuple[int, ...], units: Units) -> Array:
        """Flat position of each row's cell."""
        key = np.zeros(len(rows), dtype=np.int64) if self._timeless else self._period[rows].astype(np.int64)
        key = key * len(units.ids) + units.of_leaf[self._leaf[rows]]
        for position in subset:
            key = key * self._strata.size(position) + self._codes[position][rows]
        return key
