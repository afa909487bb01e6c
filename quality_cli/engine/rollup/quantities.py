"""Quantities: what the figures count, at any level of the tree by any of their stratifiers.

An array of a quantity has the axes stratum × school year × organisation. Rows and sums add up, so they are rolled up
from the leaf. Distinct values do not: they are counted at each level, from the same records.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.datasets.tables.batches import FIXED
from quality_cli.datasets.tables.encoded import Array
from quality_cli.engine.plan.tuning import Tuning
from quality_cli.engine.rollup.distinct_counts import WORD, DistinctGroups
from quality_cli.engine.rollup.levels import OrgLevel
from quality_cli.engine.rollup.strata import Margin, Strata
from quality_cli.engine.scan.accumulate import PartitionCounts


@dataclass(frozen=True, eq=False, slots=True)
class Quantity:
    """Rows, a sum or distinct values (``count``) of the rows in mask number ``mask`` whose cell is in ``cells`` (it
    broadcasts to stratum × school year × organisation; None: any)."""

    rollup: "Rollup"
    count: Count
    mask: int
    cells: Array | None = None

    def leaf(self) -> Array:
        """By organisation of the register and the finest strata."""
        if self.count.kind == "distinct":
            return self.rollup.distinct(self, None, None)
        return self._scaled(self._parts())

    def at(self, level: OrgLevel, margin: Margin) -> Array:
        """By organisation of a level and some of the stratifiers: of one that its table lacks it is the same for every
        value."""
        own = self.rollup.coarser(margin)
        found = self._at(level, own)
        return found if own is margin else found[margin.held_by(own)]

    def own(self, margin: Margin) -> Array:
        """The same by unit of the register, of its own rows alone."""
        own = self.rollup.coarser(margin)
        distinct = self.count.kind == "distinct"
        found = self.rollup.distinct(self, None, own) if distinct else self._scaled(own.summed(self._parts()))
        return found if own is margin else found[margin.held_by(own)]

    def without(self, out: Array, level: OrgLevel, margin: Margin) -> Array:
        """The same as :meth:`at` without some organisations of the register: ``out`` is stratum of the margin × school
        year × organisation. Strata that leave out the same are counted together."""
        found = self.at(level, margin).copy()
        sets, of_stratum = np.unique(out.reshape(len(out), -1), axis=0, return_inverse=True)
        for number, left_out in enumerate(sets):
            if left_out.any():
                kept = ~left_out.reshape(1, *out.shape[1:])
                rest = replace(self, cells=kept if self.cells is None else self.cells & kept)
                strata = of_stratum.ravel() == number
                found[strata] = rest.at(level, margin)[strata]
        return found

    def spans(self, margin: Margin) -> bool:
        """Whether its table has all stratifiers of a margin."""
        return self.rollup.coarser(margin) is margin

    def _at(self, level: OrgLevel, margin: Margin) -> Array:
        if self.count.kind == "distinct":
            return self.rollup.distinct(self, level, margin)
        if self.cells is None:
            return self._scaled(self.rollup.rolled_up(self, level, margin))
        return self._scaled(level.rolled_up(margin.summed(self._parts())))

    def _parts(self) -> Array:
        """What adds up, at the leaf; sums in whole millionths, so that they stay exact on their way up."""
        found = self.rollup.additive(self)
        return found if self.cells is None else found * self.cells

    def _scaled(self, parts: Array) -> Array:
        return parts / FIXED if self.count.kind == "sum" else parts

    def evidence(self) -> "Quantity":
        """What is not zero wherever a row stands behind the quantity: a sum of zeros is a zero, not an absence."""
        return replace(self, count=replace(self.count, kind="rows", columns=())) if self.count.kind == "sum" else self

    def within(self, cells: Array | None) -> "Quantity":
        """The same in some cells only."""
        if cells is None:
            return self
        return self.rollup.kept(replace(self, cells=cells if self.cells is None else self.cells & cells))


class _DistinctBatch:
    """Quantities of distinct values of the same columns that are counted at once: each has a bit in a machine word."""

    def __init__(self, quantities: Sequence[Quantity] = ()) -> None:
        self.quantities = [*quantities]
        self.groups: DistinctGroups | None = None
        self.counted: dict[tuple[str, str | None], Array] = {}

    @property
    def closed(self) -> bool:
        """Whether it takes no more quantities."""
        return len(self.quantities) == WORD or self.groups is not None


class Rollup:
    """What a scan counted for one partition, up the tree and over the strata of all that are laid out together."""

    def __init__(self, counted: PartitionCounts, strata: Strata, tuning: Tuning) -> None:
        self._counted = counted
        self._tuning = tuning
        self._all_strata = strata
        self._by = frozenset(map(str, counted.strata.columns))
        self._stratum = strata.codes(counted.strata)
        self._strata = len(strata)
        _, _, self._years, self._orgs = counted.sums[""].shape
        self._arrays: dict[str, Array] = {}
        self._rolled_up: dict[tuple[str, str, str], Array] = {}
        self._margins: dict[tuple[str, int], tuple[str | None, Array]] = {}
        self._batches: dict[tuple[str, ...], list[_DistinctBatch]] = {}

    def quantities(self, figure: Figure) -> Iterator[tuple[str, Quantity]]:
        """The quantities of a figure that are counted here, by name."""
        for name, counted in self._counted.counts[figure].items():
            yield name, self.kept(Quantity(self, counted.count, counted.mask))

    def kept(self, quantity: Quantity) -> Quantity:
        """Remember that a quantity is asked for: distinct values of many are counted together."""
        if quantity.count.kind == "distinct":
            batches = self._batches.setdefault(quantity.count.columns, [])
            if not batches or batches[-1].closed:
                batches.append(_DistinctBatch())
            batches[-1].quantities.append(quantity)
        return quantity

    def coarser(self, margin: Margin) -> Margin:
        """A margin without the stratifiers that the table lacks; itself where it has all of them."""
        if self._by.issuperset(margin.names):
            return margin
        return self._all_strata.margin([name for name in margin.names if name in self._by])

    def additive(self, quantity: Quantity) -> Array:
        """Rows, or a sum in whole millionths, at the leaf."""
        found: Array = self._array(quantity)[:, self._position(quantity)]
        return found

    def rolled_up(self, quantity: Quantity, level: OrgLevel, margin: Margin) -> Array:
        """The same at a level by some stratifiers. In a small array all masks are rolled up together: their calls cost
        more than their sums."""
        array, column, position = self._array(quantity), _summed_column(quantity), self._position(quantity)
        if array.size > self._tuning.joint_rollup:
            return level.rolled_up(self._summed(array, column, position, margin))
        key = column, str(level.level), margin.by
        if key not in self._rolled_up:
            self._rolled_up[key] = level.rolled_up(margin.summed(array))
        found: Array = self._rolled_up[key][:, position]
        return found

    def _summed(self, array: Array, column: str, position: int, margin: Margin) -> Array:
        """One mask by some stratifiers; kept while other levels ask for the same stratifiers, and no longer, for it is
        large."""
        by, found = self._margins.get((column, position), (None, array))
        if by != margin.by:
            found = margin.summed(array[:, position])
            self._margins[column, position] = margin.by, found
        return found

    def _array(self, quantity: Quantity) -> Array:
        column = _summed_column(quantity)
        if column not in self._arrays:
            self._arrays[column] = self._aligned(self._counted.sums[column])
        return self._arrays[column]

    def _position(self, quantity: Quantity) -> int:
        return self._counted.position[_summed_column(quantity)][quantity.mask]

    def _aligned(self, array: Array) -> Array:
        """An array by all strata."""
        if np.array_equal(self._stratum, np.arange(self._strata)):
            return array
        found = np.zeros((self._strata, *array.shape[1:]), array.dtype)
        found[self._stratum] = array
        return found

    def distinct(self, quantity: Quantity, level: OrgLevel | None, margin: Margin | None) -> Array:
        """Distinct values at a level by some stratifiers, or (None) at the leaf, or (None) by the finest."""
        batches = self._batches[quantity.count.columns]
        batch = next((one for one in batches if quantity in one.quantities), None) or _DistinctBatch([quantity])
        key = (str(level.level) if level is not None else "", margin.by if margin else None)
        if key not in batch.counted:
            batch.groups = batch.groups or self._grouped(batch)
            batch.counted[key] = self._distinct(batch, batch.groups, level, margin)
        counted: Array = batch.counted[key][batch.quantities.index(quantity)]
        return counted

    def _distinct(
        self, batch: _DistinctBatch, groups: DistinctGroups, level: OrgLevel | None, margin: Margin | None
    ) -> Array:
        bits = len(batch.quantities)
        shape = (
            len(margin.strata) if margin else self._strata,
            self._years,
            len(level) if level is not None else self._orgs,
        )
        stratum = margin.stratum_of if margin else np.arange(self._strata)
        org = level.above if level is not None else np.arange(self._orgs)
        target = (stratum[:, None, None] * shape[1] + np.arange(shape[1])[:, None]) * shape[2] + org
        target = np.where(org < 0, -1, target).ravel()
        return groups.counts(target, int(np.prod(shape)), bits).reshape(bits, *shape)

    def _grouped(self, batch: _DistinctBatch) -> DistinctGroups:
        met = self._counted.distinct[batch.quantities[0].count.columns]
        of_kind = np.zeros(len(met.holds), dtype=np.uint64)
        for bit, quantity in enumerate(batch.quantities):
            of_kind |= met.holds[:, quantity.mask].astype(np.uint64) << np.uint64(bit)
        words = of_kind[met.kind]
        stratum = self._stratum[self._counted.stratum_of[met.stratum]]
        cell = stratum * (self._years * self._orgs) + met.cell
        for bit, quantity in enumerate(batch.quantities):
            if quantity.cells is not None:
                inside = np.broadcast_to(quantity.cells, (self._strata, self._years, self._orgs)).ravel()[cell]
                words &= ~((~inside).astype(np.uint64) << np.uint64(bit))
        return DistinctGroups(cell, met.codes, words)


def _summed_column(quantity: Quantity) -> str:
    """The column that is added up; empty where rows are."""
    return quantity.count.columns[0] if quantity.count.kind == "sum" else ""
