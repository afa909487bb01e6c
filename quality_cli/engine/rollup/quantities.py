"""Amounts: what the figures count, at any level by any of their stratifiers (design §5).

An array of amounts has the axes stratum × school year × unit; a table that is valid for every year has one school year.
Rows and sums add up, so they climb from the leaf. Distinct values do not: they are counted at each level, from the same
records.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.datasets.tables.batches import FIXED, Array
from quality_cli.engine.rollup.levels import Units
from quality_cli.engine.rollup.strata import Fold, Strata
from quality_cli.engine.scan.accumulate import Counted

_WORD = 64
"""Masks that one machine word holds."""

_TOGETHER = 1 << 22
"""Cells of a leaf array up to which all its masks climb at once."""


@dataclass(frozen=True, eq=False, slots=True)
class Amount:
    """Rows, a sum or distinct values (``count``) of the rows in mask number ``mask`` whose cell is in ``cells`` (it
    broadcasts to stratum × school year × unit; None: any)."""

    ledger: "Ledger"
    count: Count
    mask: int
    cells: Array | None = None

    def leaf(self) -> Array:
        """By unit of the register and the finest strata."""
        if self.count.kind == "distinct":
            return self.ledger.distinct(self, None, None)
        return self._scaled(self._parts())

    def at(self, units: Units, fold: Fold) -> Array:
        """By unit of a level and some of the stratifiers."""
        if self.count.kind == "distinct":
            return self.ledger.distinct(self, units, fold)
        if self.cells is None:
            return self._scaled(self.ledger.climbed(self, units, fold))
        return self._scaled(units.summed(fold.summed(self._parts())))

    def _parts(self) -> Array:
        """What adds up, at the leaf; sums in whole millionths, so that they stay exact on their way up."""
        found = self.ledger.additive(self)
        return found if self.cells is None else found * self.cells

    def _scaled(self, parts: Array) -> Array:
        return parts / FIXED if self.count.kind == "sum" else parts

    def behind(self) -> "Amount":
        """What is not zero wherever a row stands behind the amount: a sum of zeros is a zero, not an absence."""
        return replace(self, count=replace(self.count, kind="rows", column="")) if self.count.kind == "sum" else self

    def within(self, cells: Array | None) -> "Amount":
        """The same in some cells only."""
        if cells is None:
            return self
        return self.ledger.kept(replace(self, cells=cells if self.cells is None else self.cells & cells))


class _Batch:
    """Amounts of distinct values of one column that are counted together: each has a bit in a machine word."""

    def __init__(self) -> None:
        self.amounts: list[Amount] = []
        self.groups: _Groups | None = None
        self.counted: dict[tuple[str, str], Array] = {}

    @property
    def closed(self) -> bool:
        """Whether it takes no more amounts."""
        return len(self.amounts) == _WORD or self.groups is not None


class _Groups:
    """Values in places, each with a word that tells which amounts count it there."""

    def __init__(self, place: Array, value: Array, words: Array) -> None:
        kept = np.flatnonzero(words)
        self._size = int(value.max(initial=0)) + 1
        key, words = _gathered(place[kept].astype(np.int64) * self._size + value[kept], words[kept])
        place, value = np.divmod(key, self._size)
        repeated = np.bincount(value, minlength=self._size)[value] > 1
        self._single = (place[~repeated], words[~repeated])
        self._several = (place[repeated], value[repeated], words[repeated])

    def counts(self, target: Array, cells: int, bits: int) -> Array:
        """How many values each bit has in every cell that ``target`` sends places to (-1: nowhere).

        A value that stands in one place counts wherever that place goes; only the others are put together anew.
        """
        place, value, words = self._several
        there = target[place]
        inside = there >= 0
        key, words = _gathered(there[inside].astype(np.int64) * self._size + value[inside], words[inside])
        cell = np.concatenate([target[self._single[0]], key // self._size])
        words = np.concatenate([self._single[1], words])
        inside = cell >= 0
        cell, words = cell[inside], words[inside]
        return np.stack([np.bincount(cell[(words >> np.uint64(bit)) & 1 != 0], minlength=cells) for bit in range(bits)])


class Ledger:
    """What a scan counted for one partition, by the strata of all that are laid out together."""

    def __init__(self, counted: Counted, strata: Strata) -> None:
        self._counted = counted
        self._stratum = strata.codes(counted.strata)
        self._strata = len(strata)
        _, _, self._years, self._units = counted.sums[""].shape
        self._arrays: dict[str, Array] = {}
        self._climbed: dict[tuple[str, str, str], Array] = {}
        self._folded: dict[tuple[str, int], tuple[str | None, Array]] = {}
        self._batches: dict[str, list[_Batch]] = {}

    def amounts(self, figure: Figure) -> Iterator[tuple[str, Amount]]:
        """The quantities of a figure that are counted here, by name."""
        for name, slot in self._counted.slots[figure].items():
            yield name, self.kept(Amount(self, slot.count, slot.mask))

    def kept(self, amount: Amount) -> Amount:
        """Remember that an amount is asked for: distinct values of many are counted together."""
        if amount.count.kind == "distinct":
            batches = self._batches.setdefault(amount.count.column, [])
            if not batches or batches[-1].closed:
                batches.append(_Batch())
            batches[-1].amounts.append(amount)
        return amount

    def additive(self, amount: Amount) -> Array:
        """Rows, or a sum in whole millionths, at the leaf."""
        found: Array = self._array(amount)[:, self._place(amount)]
        return found

    def climbed(self, amount: Amount, units: Units, fold: Fold) -> Array:
        """The same at a level by some stratifiers; in a small array all masks climb together."""
        array, column, place = self._array(amount), _summed_column(amount), self._place(amount)
        if array.size > _TOGETHER:
            return units.summed(self._gathered(array, column, place, fold))
        key = column, str(units.level), fold.label
        if key not in self._climbed:
            self._climbed[key] = units.summed(fold.summed(array))
        found: Array = self._climbed[key][:, place]
        return found

    def _gathered(self, array: Array, column: str, place: int, fold: Fold) -> Array:
        """One mask by some stratifiers; kept while other levels ask for the same stratifiers."""
        label, found = self._folded.get((column, place), (None, array))
        if label != fold.label:
            found = fold.summed(array[:, place])
            self._folded[column, place] = fold.label, found
        return found

    def _array(self, amount: Amount) -> Array:
        column = _summed_column(amount)
        if column not in self._arrays:
            self._arrays[column] = self._aligned(self._counted.sums[column])
        return self._arrays[column]

    def _place(self, amount: Amount) -> int:
        return self._counted.places[_summed_column(amount)][amount.mask]

    def _aligned(self, array: Array) -> Array:
        """An array by all strata."""
        if np.array_equal(self._stratum, np.arange(self._strata)):
            return array
        found = np.zeros((self._strata, *array.shape[1:]), array.dtype)
        found[self._stratum] = array
        return found

    def distinct(self, amount: Amount, units: Units | None, fold: Fold | None) -> Array:
        """Distinct values at a level by some stratifiers, or (None, None) at the leaf by the finest."""
        batch = next(batch for batch in self._batches[amount.count.column] if amount in batch.amounts)
        key = (str(units.level) if units is not None else "", fold.label if fold else "")
        if key not in batch.counted:
            batch.groups = batch.groups or self._grouped(batch)
            batch.counted[key] = self._distinct(batch.groups, units, fold, len(batch.amounts))
        counted: Array = batch.counted[key][batch.amounts.index(amount)]
        return counted

    def _distinct(self, groups: _Groups, units: Units | None, fold: Fold | None, amounts: int) -> Array:
        shape = (
            len(fold.strata) if fold else self._strata,
            self._years,
            len(units) if units is not None else self._units,
        )
        stratum = fold.of if fold else np.arange(self._strata)
        unit = units.of if units is not None else np.arange(self._units)
        target = (stratum[:, None, None] * shape[1] + np.arange(shape[1])[:, None]) * shape[2] + unit
        target = np.where(unit < 0, -1, target).ravel()
        return groups.counts(target, int(np.prod(shape)), amounts).reshape(amounts, *shape)

    def _grouped(self, batch: _Batch) -> _Groups:
        met = self._counted.distinct[batch.amounts[0].count.column]
        of_kind = np.zeros(len(met.holds), dtype=np.uint64)
        for bit, amount in enumerate(batch.amounts):
            of_kind |= met.holds[:, amount.mask].astype(np.uint64) << np.uint64(bit)
        words = of_kind[met.kind]
        place = self._stratum[self._counted.of[met.stratum]] * (self._years * self._units) + met.place
        for bit, amount in enumerate(batch.amounts):
            if amount.cells is not None:
                inside = np.broadcast_to(amount.cells, (self._strata, self._years, self._units)).ravel()[place]
                words &= ~((~inside).astype(np.uint64) << np.uint64(bit))
        return _Groups(place, met.codes, words)


def _summed_column(amount: Amount) -> str:
    """The column that is added up; empty where rows are."""
    return amount.count.column if amount.count.kind == "sum" else ""


def _gathered(key: Array, words: Array) -> tuple[Array, Array]:
    """Distinct keys ascending, and the words of each put together."""
    if np.any(key[1:] < key[:-1]):
        order = np.argsort(key, kind="stable")
        key, words = key[order], words[order]
    if not len(key):
        return key, words
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    together: Array = np.bitwise_or.reduceat(words, starts)
    return key[starts], together
