"""One figure by several sources: cell by cell the first that speaks, and where two that speak differ.

A cell is a stratum (the finest) × school year × organisation: what a cell takes from a source adds up with the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from quality_cli.catalogue.figures import Figure
from quality_cli.datasets.tables.encoded import Array
from quality_cli.engine.combine.cube import Reason, Remark, SourceValue
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

    def at(self, level: OrgLevel, margin: Margin, out: Array | None = None) -> tuple[dict[str, Array], Array]:
        """The quantities by organisation of a level and some of the stratifiers (without those of the register that are
        ``out``: stratum × school year × organisation), and where any row stands behind them, left out or not, that lies
        in the very stratum: what is the same for all of them makes none."""
        if self.figure.strata_only and not margin.whole:
            return {}, _NO_CELL
        found = {name: quantity.at(level, margin) for name, quantity in self.quantities.items()}
        filled: Array = _NO_CELL
        for name, quantity in self.quantities.items():
            if name == "judged" or not quantity.spans(margin):
                continue
            evidence = quantity.evidence()
            filled = filled | ((found[name] if evidence is quantity else evidence.at(level, margin)) != 0)
        if out is not None:
            found = {name: quantity.without(out, level, margin) for name, quantity in self.quantities.items()}
        return found, filled


@dataclass(frozen=True, slots=True)
class CombinedSources:
    """What a figure counts in each of its sources, no cell twice.

    ``differing`` holds for each cell a remark where its sources contradict each other, else None; it is None itself
    where there is nothing to compare.
    """

    contributions: tuple[Contribution, ...]
    differing: Array | None = None

    def told(self, margin: Margin, *, ratio: bool) -> Array:
        """Of which units of the register, by their own rows and some of the stratifiers, a value can be told (stratum ×
        school year × unit): of a ratio where anything stands below, of others where any row stands behind."""
        found: Array = _NO_CELL
        for contribution in self.contributions:
            for name, quantity in contribution.quantities.items():
                if name == "denominator" if ratio else name != "judged" and quantity.spans(margin):
                    found = found | ((quantity if ratio else quantity.evidence()).own(margin) > 0)
        return found

    def differing_at(self, margin: Margin, shape: tuple[int, ...]) -> Array | None:
        """``differing`` in that shape where the margin is of the cells that are compared: the finest."""
        return np.broadcast_to(self.differing, shape) if self.differing is not None and margin.whole else None


def combined(sources: Sequence[tuple[Figure, Quantities]]) -> CombinedSources:
    """Give every cell to the first source that speaks of it."""
    (figure, quantities), *others = sources
    found = [Contribution(figure, quantities)]
    taken = _filled(quantities) if others else _NO_CELL
    said = [_Said.by(figure, quantities, taken)] if others else []
    differing: Array | None = None
    for other, given in others:
        here, free = _filled(given), ~taken
        own = _Said.by(other, given, here & free)
        # A rounding error is no contradiction: tolerances are written in the value's own unit, 0 among them.
        apart = [np.abs(before.value - own.value) > other.within + 1e-9 for before in said]
        said.append(own)
        for one in apart:
            differing = _marked(differing, one, said)
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


@dataclass(frozen=True, slots=True)
class _Said:
    """What a source says of each cell; ``value`` is NaN where nothing stands below, also of a count: there the source
    is silent."""

    source: str
    numerator: Array
    denominator: Array
    value: Array
    taken: Array

    @classmethod
    def by(cls, figure: Figure, quantities: Quantities, taken: Array) -> "_Said":
        source = figure.source or "основной источник"
        if "numerator" not in quantities or "denominator" not in quantities:
            nothing = np.full((1, 1, 1), np.nan)
            return cls(source, nothing, nothing, nothing, taken)
        top, base = quantities["numerator"].leaf(), quantities["denominator"].leaf()
        # Of a denominator that is the same in every stratum the cell has none: there numerators are compared.
        alone = np.where((base == 0) & (top > 0), top, np.nan) if figure.strata_only else np.nan
        return cls(source, top, base, np.where(base > 0, value(figure, top, base), alone), taken)

    def at(self, cell: tuple[int, ...], shape: tuple[int, ...]) -> SourceValue:
        """What it says of one cell of arrays of a shape."""
        numerator, denominator, own, taken = (
            np.broadcast_to(array, shape)[cell] for array in (self.numerator, self.denominator, self.value, self.taken)
        )
        return SourceValue(self.source, float(numerator), float(denominator), float(own), bool(taken))


def _marked(differing: Array | None, apart: Array, said: Sequence[_Said]) -> Array | None:
    """Put remarks into the cells where two sources are apart; the last tells of most sources."""
    if not apart.any():
        return differing
    result = np.full(apart.shape, None, dtype=object) if differing is None else differing
    for cell in zip(*np.nonzero(apart), strict=True):
        values = (own.at(cell, apart.shape) for own in said)
        told = tuple(one for one in values if not np.isnan(one.value))
        result[cell] = Remark(Reason.SOURCES_DIFFER, values=told)
    return result
