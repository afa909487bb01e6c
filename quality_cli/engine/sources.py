"""One figure by several sources: cell by cell the first that speaks, and where two that speak differ (design §3).

A cell is a unit × school year × values of all stratifiers: what a cell takes from a source adds up with the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.core.russian import num
from quality_cli.datasets.evaluate import Mask
from quality_cli.datasets.table import Tables
from quality_cli.engine.cube import Array
from quality_cli.engine.keys import Keys, Units
from quality_cli.engine.select import Counts, Selection, Selector
from quality_cli.engine.strata import Strata


@dataclass(frozen=True, slots=True)
class Combined:
    """What a figure counts in each of its sources, no cell twice.

    ``differing`` holds for each cell (period × unit of the tree × strata) what the sources say where they contradict
    each other, else an empty word; None where there is nothing to compare.
    """

    selection: Selection
    sources: tuple[tuple[Figure, Counts], ...]
    differing: Array | None = None


class Combiner:
    """Combines the sources of the figures of one partition."""

    def __init__(self, select: Selector, keys: Mapping[str, Keys], strata: Strata, tables: Tables) -> None:
        self._select = select
        self._keys = keys
        self._subset = tuple(range(len(strata.names)))
        ids = np.array([unit.id for unit in tables.organisations], dtype=object)
        self._cells = Units(None, ids, np.arange(len(ids)))

    def __call__(self, figure: Figure) -> Combined:
        """Select the rows of every source; of a later one only those whose cell no earlier source has filled."""
        selection = self._select(figure)
        sources: list[tuple[Figure, Counts]] = [(figure, selection.counts)]
        others = [(other, self._select(other).counts) for other in figure.also if other.population in self._keys]
        if not others:
            return Combined(selection, tuple(sources))
        told = {figure.source or "основной источник": self._values(figure, selection.counts)}
        filled = self._filled(selection.counts)
        differing: Array | None = None
        for other, counts in others:
            here, value = self._filled(counts), self._values(other, counts)
            for name, before in told.items():
                apart = np.abs(before - value) > other.within + 1e-9
                differing = _noted(differing, apart, {name: before, other.source: value})
            told[other.source] = value
            sources.append((other, self._outside(counts, filled)))
            filled = filled | here
        return Combined(selection, tuple(sources), differing)

    def _count(self, count: Count, mask: Mask | None) -> Array | None:
        if mask is None or count.dataset not in self._keys:
            return None
        return self._keys[count.dataset].count(count, mask, self._subset, self._cells)

    def _filled(self, counts: Counts) -> Array:
        """Cells of which a source speaks: what it excludes there is excluded; what it does not know another may."""
        speaking = (counts[name] for name in ("numerator", "denominator", "excluded"))
        found = [self._count(replace(count, kind="rows"), mask) for count, mask in speaking]
        told = [array != 0 for array in found if array is not None]
        return np.asarray(np.any(told or [np.zeros(1, dtype=bool)], axis=0))

    def _values(self, figure: Figure, counts: Counts) -> Array:
        """The value of each cell; NaN where there is none."""
        top, base = self._count(*counts["numerator"]), self._count(*counts["denominator"])
        if top is None or base is None:
            return np.full(1, np.nan)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(base > 0, top if figure.factor is None else figure.factor * top / base, np.nan)

    def _outside(self, counts: Counts, filled: Array) -> Counts:
        """The counts without the rows of filled cells."""
        return {
            name: (count, mask if mask is None or count.dataset not in self._keys
                   else mask & ~self._keys[count.dataset].within(filled, self._subset, self._cells))
            for name, (count, mask) in counts.items()
        }  # fmt: skip


def _noted(differing: Array | None, apart: Array, told: Mapping[str, Array]) -> Array | None:
    """Write what the sources say into the cells where they are apart."""
    if not apart.any():
        return differing
    result = np.full(apart.shape, "", dtype=object) if differing is None else differing
    for cell in zip(*np.nonzero(apart), strict=True):
        words = [f"{name} — {num(float(np.broadcast_to(value, apart.shape)[cell]), 2)}" for name, value in told.items()]
        result[cell] = result[cell] or f"источники расходятся: {', '.join(words)}"
    return result


def datasets_of(figures: Sequence[Figure]) -> set[str]:
    """Every dataset that the figures or their other sources count in."""
    return {
        count.dataset
        for figure in figures
        for source in (figure, *figure.also)
        for count in (source.denominator, source.numerator)
    }
