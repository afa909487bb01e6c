"""Units of one level of the hierarchy, and what gathers into them."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from quality_cli.core.organisations import Level, OrgTree
from quality_cli.datasets.tables.batches import Array

_Chosen: TypeAlias = Array | slice


@dataclass(frozen=True, slots=True)
class Units:
    """Units of one level in register order.

    ``positions`` are theirs in the register; ``of`` is for every unit of the register the position (among these) of the
    unit at this level that it belongs to, -1 where there is none. ``own`` and ``below`` choose from the register these
    units and those under them, the latter unit by unit: ``starts`` is where those of each unit in ``holders`` begin.
    A row may belong to a municipality itself: what its office was asked.
    """

    level: Level
    positions: Array
    of: Array
    own: _Chosen
    below: _Chosen
    holders: Array
    starts: Array

    @classmethod
    def at(cls, level: Level, tree: OrgTree) -> "Units":
        """The units of a level."""
        of = np.array(tree.places(level), dtype=np.intp)
        is_own = np.array([unit.level is level for unit in tree], dtype=bool)
        below = np.flatnonzero((of >= 0) & ~is_own)
        below = below[np.argsort(of[below], kind="stable")]
        holders, starts = np.unique(of[below], return_index=True)
        positions = np.flatnonzero(is_own)
        return cls(level, positions.astype(np.int32), of, _chosen(positions), _chosen(below), holders, starts)

    def __len__(self) -> int:
        return len(self.positions)

    def summed(self, array: Array) -> Array:
        """Add up what units of the register (the last axis) have into what units of this level have."""
        gathered: Array = array[..., self.own]
        if len(self.holders):
            gathered = gathered.copy()
            gathered[..., self.holders] += np.add.reduceat(array[..., self.below], self.starts, -1, array.dtype)
        return gathered

    def holding(self, chosen: Array) -> Array:
        """Which units of this level hold at least one of the chosen units of the register."""
        found = np.zeros(len(self), dtype=bool)
        above = self.of[chosen]
        found[above[above >= 0]] = True
        return found


def _chosen(positions: Array) -> _Chosen:
    """Positions, as a slice where they follow each other: that copies nothing."""
    if len(positions) and positions[-1] - positions[0] == len(positions) - 1 and np.all(np.diff(positions) == 1):
        return slice(int(positions[0]), int(positions[-1]) + 1)
    return positions
