"""Organisations of one level of the tree, and how what those under them have is added up into them."""

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from quality_cli.core.organisations import Level, OrgTree
from quality_cli.datasets.tables.encoded import Array

_Chosen: TypeAlias = Array | slice


@dataclass(frozen=True, slots=True)
class OrgLevel:
    """Organisations of one level in register order.

    ``positions`` are theirs in the register; ``above`` is for every organisation of the register the position (among
    these) of the one at this level that it belongs to, -1 where there is none. ``own`` and ``below`` choose from the
    register these and those under them, the latter one after another: ``starts`` is where those of each of ``holders``
    begin. A row may belong to a municipality itself: what its office was asked.
    """

    level: Level
    positions: Array
    above: Array
    own: _Chosen
    below: _Chosen
    holders: Array
    starts: Array

    @classmethod
    def of(cls, level: Level, tree: OrgTree) -> "OrgLevel":
        """The organisations of a level."""
        above = np.array(tree.positions(level), dtype=np.intp)
        is_own = np.array([org.level is level for org in tree], dtype=bool)
        below = np.flatnonzero((above >= 0) & ~is_own)
        below = below[np.argsort(above[below], kind="stable")]
        holders, starts = np.unique(above[below], return_index=True)
        positions = np.flatnonzero(is_own)
        return cls(level, positions.astype(np.int32), above, _chosen(positions), _chosen(below), holders, starts)

    def __len__(self) -> int:
        """How many there are."""
        return len(self.positions)

    def rolled_up(self, array: Array) -> Array:
        """Add up what organisations of the register (the last axis) have into what those of this level have."""
        gathered: Array = array[..., self.own]
        if len(self.holders):
            gathered = gathered.copy()
            gathered[..., self.holders] += np.add.reduceat(array[..., self.below], self.starts, -1, array.dtype)
        return gathered

    def holding(self, chosen: Array) -> Array:
        """Which organisations of this level are, or hold, at least one of the chosen ones of the register (school year
        × organisation)."""
        found = np.zeros((len(chosen), len(self)), dtype=bool)
        year, org = np.nonzero(chosen & (self.above >= 0))
        found[year, self.above[org]] = True
        return found


def _chosen(positions: Array) -> _Chosen:
    """Positions, as a slice where they follow each other: that copies nothing."""
    if len(positions) and positions[-1] - positions[0] == len(positions) - 1 and np.all(np.diff(positions) == 1):
        return slice(int(positions[0]), int(positions[-1]) + 1)
    return positions
