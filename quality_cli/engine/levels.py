"""Units of one level of the hierarchy, and what gathers into them."""

from dataclasses import dataclass

import numpy as np

from quality_cli.core.organisations import Level, OrgTree
from quality_cli.datasets.batches import Array


@dataclass(frozen=True, slots=True)
class Units:
    """Units of one level in register order.

    ``positions`` are theirs in the register; ``of`` is for every unit of the register the position (among these) of the
    unit at this level that it belongs to, -1 where there is none; ``order`` and ``starts`` lay those that belong to one
    next to each other. A row may belong to a municipality itself: what its office was asked.
    """

    level: Level
    positions: Array
    of: Array
    order: Array
    starts: Array

    @classmethod
    def at(cls, level: Level, tree: OrgTree) -> "Units":
        """The units of a level."""
        place = {unit.id: index for index, unit in enumerate(tree.at(level))}
        register = {unit.id: index for index, unit in enumerate(tree)}
        above = [tree.ancestor(unit.id, level) for unit in tree]
        of = np.array([place[unit.id] if unit else -1 for unit in above], dtype=np.intp)
        order = np.argsort(of, kind="stable")
        order = order[of[order] >= 0]
        starts = np.searchsorted(of[order], np.arange(len(place)))
        return cls(level, np.array([register[unit_id] for unit_id in place], dtype=np.int32), of, order, starts)

    def __len__(self) -> int:
        return len(self.positions)

    def summed(self, array: Array) -> Array:
        """Add up what units of the register (the last axis but one) have into what units of this level have."""
        if not len(self):
            return array[..., :0, :]
        own = array[..., self.order, :]
        gathered: Array = own if len(self.order) == len(self) else np.add.reduceat(own, self.starts, axis=-2)
        return gathered

    def holding(self, chosen: Array) -> Array:
        """Which units of this level hold at least one of the chosen units of the register."""
        found = np.zeros(len(self), dtype=bool)
        above = self.of[chosen]
        found[above[above >= 0]] = True
        return found
