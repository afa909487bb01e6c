"""One figure by several sources: cell by cell the first that speaks, and where two that speak differ.

A cell is a stratum (the finest) × school year × organisation: what a cell takes from a source adds up with the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from quality_cli.catalogue.figures import Figure
from quality_cli.datasets.tables.encoded import Array
from quality_cli.engine.combine.cube import Reason, Remark
from quality_cli.engine.combine.values import value
from quality_cli.engine.rollup.levels import OrgLevel
from quality_cli.engine.rollup.quantities import Quantity
from quality_cli.engine.rollup.strata import Margin

Quantities: TypeAlias = Mapping[str, Quantity]
"""Of a figure by one source: by name, those whose table was supplied."""

_NO_CELL = np.zeros((1, 1, 1), dtype=bool)


@dataclass(frozen=True, slots=True)
class Contribution:
    """What one source gives: quantities in the cells that are ``free`` for it (None: all)."""

    figure: Figure
    quantities: Quantities
    free: Array | None = None

    def at(self, level: OrgLevel, margin: Margin) -> tuple[dict[str, Array], Array]:
        """The quantities by organisation of a level and some of the stratifiers, and where any row stands behind them
        that lies in the very stratum: what is the same for all of them makes none."""
        found = {name: quantity.at(level, margin) for name, quantity in self.quantities.items()}
        filled: Array = _NO_CELL
        for name, quantity in self.quantities.items():
            if name == "judged" or not quantity.spans(margin):
                continue
            evidence = quantity.evidence()
            filled = filled | ((found[name] if evidence is quantity else evidence.at(level, margin)) != 0)
        return found, filled


@dataclass(frozen=True, slots=True)
class CombinedSources:
    """What a figure counts in each of its sources, no cell twice.

    ``differing`` holds for each cell a remark where its sources contradict each other, else None; it is None itself
    where there is nothing to compare.
    """

    contributions: tuple[Contribution, ...]
    differing: Array | None = None


def combined(sources: Sequence[tuple[Figure, Quantities]]) -> CombinedSources:
    """Give every cell to the first source that speaks of it."""
    (figure, quantities), *others = sources
    found = [Contribution(figure, quantities)]
    said = {figure.source or "основной источник": _values(figure, quantities)} if others else {}
    taken = _filled(quantities) if others else _NO_CELL
    differing: Array | None = None
    for other, given in others:
        here, own = _filled(given), _values(other, given)
        for title, before in said.items():
            # A rounding error is no contradiction: tolerances are written in the value's own unit, 0 among them.
            apart = np.abs(before - own) > other.within + 1e-9
            differing = _marked(differing, apart, {title: before, other.source: own})
        said[other.source] = own
        free = ~taken
        mine = {name: quantity.within(free) for name, quantity in given.items()}
        found.append(Contribution(other, mine, free))
        taken = taken | here
    return CombinedSources(tuple(found), differing)


def _filled(quantities: Quantities) -> Array:
    """Cells of which a source speaks: it counts or excludes something there; what it does not know another may."""
    filled = _NO_CELL
    for name in ("numerator", "denominator", "excluded"):
        if name in quantities:
            filled = filled | (quantities[name].evidence().leaf() != 0)
    return filled


def _values(figure: Figure, quantities: Quantities) -> Array:
    """The value of each cell; NaN where nothing stands below, also of a count: there the source is silent."""
    if "numerator" not in quantities or "denominator" not in quantities:
        return np.full((1, 1, 1), np.nan)
    top, base = quantities["numerator"].leaf(), quantities["denominator"].leaf()
    return np.where(base > 0, value(figure, top, base), np.nan)


def _marked(differing: Array | None, apart: Array, said: Mapping[str, Array]) -> Array | None:
    """Put remarks into the cells where two sources are apart; the first contradiction of a cell stands."""
    if not apart.any():
        return differing
    result = np.full(apart.shape, None, dtype=object) if differing is None else differing
    for cell in zip(*np.nonzero(apart), strict=True):
        values = [(title, float(np.broadcast_to(own, apart.shape)[cell])) for title, own in said.items()]
        result[cell] = result[cell] or Remark(Reason.SOURCES_DIFFER, values=tuple(values))
    return result
