"""One figure by several sources: cell by cell the first that speaks, and where two that speak differ.

A cell is a stratum (the finest) × school year × unit: what a cell takes from a source adds up with the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from quality_cli.catalogue.figures import Figure
from quality_cli.core.russian import num
from quality_cli.datasets.tables.batches import Array
from quality_cli.engine.rollup.levels import Units
from quality_cli.engine.rollup.quantities import Amount
from quality_cli.engine.rollup.strata import Fold

Amounts: TypeAlias = Mapping[str, Amount]
"""Of a figure by one source: by name, those quantities whose table was supplied."""

_NO_CELL = np.zeros((1, 1, 1), dtype=bool)


@dataclass(frozen=True, slots=True)
class Lent:
    """What one source gives: amounts in the cells that are ``free`` for it (None: all)."""

    figure: Figure
    amounts: Amounts
    free: Array | None = None

    def at(self, units: Units, fold: Fold) -> tuple[dict[str, Array], Array]:
        """The amounts by unit of a level and some of the stratifiers, and where any row stands behind them."""
        found = {name: amount.at(units, fold) for name, amount in self.amounts.items()}
        told: Array = _NO_CELL
        for name, amount in self.amounts.items():
            behind = amount.behind()
            told = told | ((found[name] if behind is amount else behind.at(units, fold)) != 0)
        return found, told


@dataclass(frozen=True, slots=True)
class Combined:
    """What a figure counts in each of its sources, no cell twice.

    ``differing`` holds for each cell what the sources say where they contradict each other, else an empty word; None
    where there is nothing to compare.
    """

    sources: tuple[Lent, ...]
    differing: Array | None = None


def combined(sources: Sequence[tuple[Figure, Amounts]]) -> Combined:
    """Give every cell to the first source that speaks of it."""
    (figure, amounts), *others = sources
    found = [Lent(figure, amounts)]
    told = {figure.source or "основной источник": _values(figure, amounts)} if others else {}
    taken = _filled(amounts) if others else _NO_CELL
    differing: Array | None = None
    for other, given in others:
        here, value = _filled(given), _values(other, given)
        for name, before in told.items():
            apart = np.abs(before - value) > other.within + 1e-9
            differing = _noted(differing, apart, {name: before, other.source: value})
        told[other.source] = value
        free = ~taken
        found.append(Lent(other, {name: amount.within(free) for name, amount in given.items()}, free))
        taken = taken | here
    return Combined(tuple(found), differing)


def _filled(amounts: Amounts) -> Array:
    """Cells of which a source speaks: it counts or excludes something there; what it does not know another may."""
    told = _NO_CELL
    for name in ("numerator", "denominator", "excluded"):
        if name in amounts:
            told = told | (amounts[name].behind().leaf() != 0)
    return told


def _values(figure: Figure, amounts: Amounts) -> Array:
    """The value of each cell; NaN where there is none."""
    if "numerator" not in amounts or "denominator" not in amounts:
        return np.full((1, 1, 1), np.nan)
    top, base = amounts["numerator"].leaf(), amounts["denominator"].leaf()
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(base > 0, top if figure.factor is None else figure.factor * top / base, np.nan)


def _noted(differing: Array | None, apart: Array, told: Mapping[str, Array]) -> Array | None:
    """Write what the sources say into the cells where they are apart."""
    if not apart.any():
        return differing
    result = np.full(apart.shape, "", dtype=object) if differing is None else differing
    for cell in zip(*np.nonzero(apart), strict=True):
        words = [f"{name} — {num(float(np.broadcast_to(value, apart.shape)[cell]), 2)}" for name, value in told.items()]
        result[cell] = result[cell] or f"источники расходятся: {', '.join(words)}"
    return result
