"""Who contradicts themselves: what is above them is told without them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from quality_cli.analysis.cube_rows import CubeRows
from quality_cli.analysis.results import Words
from quality_cli.core.organisations import OrgTree
from quality_cli.datasets.tables.encoded import Array
from quality_cli.engine.combine.cube import CONTRADICTIONS


@dataclass(frozen=True, slots=True)
class Contradictions:
    """Pairs of a row (``above``: its position) and a unit under it whose own row of the same figure, school year and
    stratum is a contradiction (``unit``: its position in the register). ``touched``: rows that have any such unit."""

    above: Array
    unit: Array
    touched: Array

    @classmethod
    def of(cls, rows: CubeRows) -> "Contradictions":
        """Those of the rows of a cube."""
        tree = rows.cube.organisations
        position = {unit.id: number for number, unit in enumerate(tree)}
        own = np.flatnonzero(np.isin(rows.reason, CONTRADICTIONS))
        touched = np.zeros(len(rows), dtype=bool)
        if not len(own):
            return cls(own, own, touched)
        over = [[position[unit.id] for unit in tree.path(one.id)[1:]] for one in tree]
        pairs = [
            (row, above) for row, org in zip(own.tolist(), rows.org[own].tolist(), strict=True) for above in over[org]
        ]
        row, above = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
        year = rows.period.astype(np.int64) - rows.period.min()
        where = (rows.figure, rows.earlier.astype(np.int64), year, rows.by.codes, rows.stratum.codes)
        sizes = (*(int(codes.max()) + 1 for codes in where), len(position))
        asked = np.ravel_multi_index((*(codes[row] for codes in where), above), sizes)
        upper = np.flatnonzero(np.isin(rows.org, above))
        if not len(upper):  # nobody above is asked for
            return cls(upper, upper, touched)
        told = np.ravel_multi_index((*(codes[upper] for codes in where), rows.org[upper]), sizes)
        order = np.argsort(told)
        found = np.minimum(np.searchsorted(told[order], asked), len(told) - 1)
        there = told[order[found]] == asked
        above_rows = upper[order[found[there]]]
        touched[above_rows] = True
        return cls(above_rows, rows.org[row[there]], touched)

    def by_row(self) -> dict[int, tuple[int, ...]]:
        """The units of each row that has any."""
        found: dict[int, list[int]] = {}
        for row, unit in sorted(zip(self.above.tolist(), self.unit.tolist(), strict=True)):
            found.setdefault(row, []).append(unit)
        return {row: tuple(units) for row, units in found.items()}

    @staticmethod
    def under(units: Sequence[int], tree: OrgTree) -> Array:
        """Those units and all that is under them, as a mask over the register."""
        ids = {unit.id for number, unit in enumerate(tree) if number in set(units)}
        return np.array(tree.under(ids), dtype=bool)

    def words(self, tree: OrgTree) -> Words:
        """What the note of each row says of them."""
        names, texts = [unit.name for unit in tree], [""]
        codes = np.zeros(len(self.touched), dtype=np.int64)
        for row, units in self.by_row().items():
            codes[row] = len(texts)
            texts.append(f"противоречат друг другу данные: {', '.join(names[unit] for unit in units)}")
        return Words(codes, tuple(texts))
