"""One figure by several sources: cell by cell the first that speaks, and where two that speak differ.

A cell is a stratum (the finest) × school year × organisation: what a cell takes from a source adds up with the others.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np

from quality_cli.catalogue.figures import Figure
from quality_cli.datasets.tables.encoded import Array
from quality_cli.engine.combine.cube import Reason, Remark, SourceValue
from quality_cli.engine.combine.values import value
from quality_cli.engine.rollup.levels import OrgLevel
from quality_cli.engine.rollup.quantities import Quantity
from quality_cli.engine.rollup.strata import Margin, Strata

Quantities: TypeAlias = Mapping[str, Quantity]
"""Of a figure by one source: by name, those whose table was supplied."""

_NO_CELL = np.zeros((1, 1, 1), dtype=bool)
_NOTHING = np.zeros((1, 1, 1))


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
        if not self.figure.tells_by(margin.names):
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

    ``differing`` holds by the names of stratifiers for each of their cells a remark where its sources contradict each
    other, else None; those by which nothing differs are not in it.
    """

    contributions: tuple[Contribution, ...]
    differing: Mapping[tuple[str, ...], Array] = field(default_factory=dict)

    def told(self, margin: Margin, *, ratio: bool) -> Array:
        """Of which units of the register, by their own rows and some of the stratifiers, a value can be told (stratum ×
        school year × unit): of a ratio where anything stands below, of others where any row stands behind."""
        found: Array = _NO_CELL
        for contribution in (one for one in self.contributions if one.figure.tells_by(margin.names)):
            for name, quantity in contribution.quantities.items():
                if name == "denominator" if ratio else name != "judged" and quantity.spans(margin):
                    found = found | ((quantity if ratio else quantity.evidence()).own(margin) > 0)
        return found

    def differing_at(self, margin: Margin, shape: tuple[int, ...]) -> Array | None:
        """``differing`` in that shape where anything by the margin differs."""
        found = self.differing.get(margin.names)
        return None if found is None else np.broadcast_to(found, shape)


def combined(sources: Sequence[tuple[Figure, Quantities]], strata: Strata) -> CombinedSources:
    """Give every cell to the first source that speaks of it.

    Sources whose numbers add up share the finest cells; one whose numbers do not has only the cells of its own margin,
    and of those what the former leave.
    """
    (figure, quantities), *others = sources
    if not others:
        return CombinedSources((Contribution(figure, quantities),))
    margins = {own.margin for own, _ in sources if own.margin is not None}
    every = (strata.names, *sorted(margins - {strata.names}))
    cells = {names: _Cells(strata.margin(names), names in margins) for names in every}
    found = []
    for number, (own, given) in enumerate(sources):
        here = cells[strata.names if own.margin is None else own.margin]
        free = ~here.taken[here.margin.stratum_of] if len(here.taken) > 1 else ~here.taken
        mine = {name: quantity.within(free) for name, quantity in given.items()} if number else given
        found.append(Contribution(own, mine, free if number else None))
        filled = _filled(given)
        for other in (one for one in cells.values() if own.tells_by(one.margin.names)):
            other.hear(own, given, filled, compared=other is here)
    return CombinedSources(tuple(found), {n: one.differing for n, one in cells.items() if one.differing is not None})


@dataclass(slots=True)
class _Cells:
    """The cells of a margin while sources are heard: which of them are ``taken``, what was ``said`` of them so far, and
    a remark where that differs. ``alone``: numbers are asked by it, whose denominator may be the same in every stratum;
    there a cell has none, and numerators are compared."""

    margin: Margin
    alone: bool
    taken: Array = field(default_factory=lambda: _NO_CELL)
    said: list["_Said"] = field(default_factory=list)
    differing: Array | None = None

    def hear(self, figure: Figure, quantities: Quantities, filled: Array, *, compared: bool) -> None:
        """Take what a source says that has ``filled`` finest cells, ``compared`` with the sources before it."""
        here = filled if filled is _NO_CELL else self.margin.summed(filled)
        own = _Said.by(figure, quantities, self.margin, here & ~self.taken, alone=self.alone)
        apart = [own.differs(before, figure.within) for before in self.said if compared]
        self.said.append(own)
        for one in apart:
            self.differing = _marked(self.differing, one, self.said)
        self.taken = self.taken | here


def _own(quantity: Quantity, margin: Margin) -> Array:
    """By unit of the register, of its own rows, in the very strata: of a table that lacks a stratifier none has any."""
    if margin.whole:
        return quantity.leaf()
    return quantity.own(margin) if quantity.spans(margin) else _NOTHING


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
    def by(cls, figure: Figure, quantities: Quantities, margin: Margin, taken: Array, *, alone: bool) -> "_Said":
        source = figure.source or "основной источник"
        if "numerator" not in quantities or "denominator" not in quantities:
            nothing = np.full((1, 1, 1), np.nan)
            return cls(source, nothing, nothing, nothing, taken)
        top, base = (_own(quantities[name], margin) for name in ("numerator", "denominator"))
        without = np.where((base == 0) & (top > 0), top, np.nan) if alone else np.nan
        return cls(source, top, base, np.where(base > 0, value(figure, top, base), without), taken)

    def differs(self, other: "_Said", within: float) -> Array:
        """Where both say something of one kind, and not the same. A rounding error is no contradiction: tolerances are
        written in the value's own unit, 0 among them."""
        apart = np.abs(self.value - other.value) > within + 1e-9
        found: Array = apart & ((self.denominator > 0) == (other.denominator > 0))
        return found

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
