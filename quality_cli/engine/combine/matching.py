"""Which units a change is counted over: those of whom the figure is known in both school years.

Else who begins to report would look like growth, and who leaves like a loss. The pair of years differs from row to
row, so that what a row is compared with is not the earlier year's own row.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from quality_cli.core.organisations import OrgTree
from quality_cli.datasets.tables.encoded import Array
from quality_cli.engine.rollup.levels import OrgLevel


@dataclass(frozen=True, slots=True)
class Pairs:
    """The pairs of school years that are read and compared: by position of the later that of the earlier, and in the
    later one the successors of units that are closed by then (positions in the register)."""

    earlier: Mapping[int, int]
    successors: Mapping[int, Mapping[int, int]]

    @classmethod
    def of(cls, years: Sequence[int], change: int, tree: OrgTree) -> "Pairs":
        """Of a figure that is compared with the school year ``change`` (negative) years away."""
        place, units = {year: number for number, year in enumerate(years)}, list(tree)
        earlier = {place[year]: place[year + change] for year in years if year + change in place}
        position = {unit.id: number for number, unit in enumerate(units)}
        successors: dict[int, dict[int, int]] = {later: {} for later in earlier}
        for later, found in successors.items():
            for number, unit in enumerate(units):
                heir = tree.successor(unit.id, years[later]) if unit.successor else None
                if heir is not None and heir != unit:
                    found[number] = position[heir.id]
        return cls(earlier, successors)


@dataclass(frozen=True, slots=True)
class Matching:
    """Masks over stratum × school year × unit of the register. ``both``: who is known in that year and in the one it is
    compared with; ``before``: who is in that year and in the one that is compared with it. ``alone``: who is known in
    one year of the former pair only. Closed units are one with their successor, and stand as it does."""

    both: Array
    before: Array
    alone: Array

    @classmethod
    def of(cls, known: Array, silent: Array, pairs: Pairs) -> "Matching":
        """Of whom the figure is known by school year; ``silent``: of whom it is not because nothing of it can be used,
        so that those who are one with them are not known either."""
        both, before, alone = np.zeros((3, *known.shape), dtype=bool)
        for later, earlier in pairs.earlier.items():
            now, then, lacking = known[:, later], known[:, earlier].copy(), silent[:, earlier].copy()
            for unit, heir in pairs.successors[later].items():
                then[:, heir] |= then[:, unit]
                lacking[:, heir] |= lacking[:, unit]
            matched = now & then & ~lacking
            alone[:, later] = (now | then) & ~matched
            for unit, heir in pairs.successors[later].items():
                matched[:, unit] = matched[:, heir]
                alone[:, later, unit] = False
            both[:, later] = before[:, earlier] = matched
        return cls(both, before, alone)

    def left_out(self, level: OrgLevel) -> Array:
        """Whom rows of a level are without. Where nobody is known in both school years nothing can be compared, and the
        row is told as it stands."""
        compared = level.rolled_up(self.both.astype(np.int32)) > 0
        within: Array = np.append(compared, np.zeros_like(compared[..., :1]), axis=-1)[..., level.above]
        return within & ~self.both
