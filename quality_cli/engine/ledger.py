"""Counting: what the masks of many figures amount to, over one condensed scan by one set of stratifiers (design §5).

An array of amounts has the axes stratum × unit × school year; a table that is valid for every year has one school year.
Rows and sums add up, so they are counted at the leaf only and climb. Distinct values do not: they are counted at each
level, from the same records. All masks that were asked for by the time the first is needed are counted together.
"""

from dataclasses import dataclass, replace

import numpy as np

from quality_cli.catalogue.figures import Count
from quality_cli.core.organisations import Level
from quality_cli.datasets.batches import FIXED, Array
from quality_cli.datasets.evaluate import Mask
from quality_cli.engine.condense import Condensed
from quality_cli.engine.levels import Units
from quality_cli.engine.strata import Fold, Strata

_WORD = 64
"""Masks that one machine word holds."""

_WHOLE = 1 << 23
"""Most cells (class × place) counted in one go."""

_BLOCK = 1 << 20
"""Where there are more they are counted by units, as many cells at once as a processor's cache holds."""


@dataclass(frozen=True, eq=False, slots=True)
class Amount:
    """Rows, a sum or distinct values (``count``) of the rows whose profile is in mask number ``mask`` and whose cell is
    in ``cells`` (it broadcasts to stratum × unit × school year; None: any)."""

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

    def rows(self) -> "Amount":
        """The rows behind it."""
        return self if self.count.kind == "rows" else self.ledger.rows(self)

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
        kept = (words != 0) & (value >= 0)
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
    """Counts amounts over one condensed scan."""

    def __init__(self, condensed: Condensed, strata: Strata, units: int, periods: int) -> None:
        self._condensed = condensed
        self._stratum = strata.codes(condensed.profiles)
        self._shape = (len(strata), units, 1 if condensed.timeless else periods)
        self._masks: list[Mask] = []
        self._number: dict[bytes, int] = {}
        self._asked: dict[str, dict[int, None]] = {}
        self._leaves: dict[str, tuple[dict[int, int], Array | None]] = {}
        self._climbed: dict[tuple[str, Level, str], tuple[dict[int, int], Array | None]] = {}
        self._batches: dict[str, list[_Batch]] = {}

    def amount(self, count: Count, mask: Mask) -> Amount:
        """Ask for an amount."""
        number = self._number.setdefault(mask.tobytes(), len(self._masks))
        if number == len(self._masks):
            self._masks.append(mask)
        return self.kept(Amount(self, count, number))

    def kept(self, amount: Amount) -> Amount:
        """Remember that an amount is asked for."""
        if amount.count.kind == "distinct":
            batches = self._batches.setdefault(amount.count.column, [])
            if not batches or batches[-1].closed:
                batches.append(_Batch())
            batches[-1].amounts.append(amount)
        else:
            self._asked.setdefault(_summed_column(amount), {})[amount.mask] = None
        return amount

    def rows(self, amount: Amount) -> Amount:
        """The rows behind an amount."""
        return self.kept(replace(amount, count=replace(amount.count, kind="rows", column="")))

    def additive(self, amount: Amount) -> Array:
        """Rows, or a sum in whole millionths, at the leaf."""
        place, leaves = self._counted(amount)
        found: Array = leaves[place[amount.mask]]
        return found

    def climbed(self, amount: Amount, units: Units, fold: Fold) -> Array:
        """The same at a level by some stratifiers; all masks asked for climb together."""
        place, leaves = self._counted(amount)
        key = _summed_column(amount), units.level, fold.label
        known, arrays = self._climbed.get(key, (place, None))
        if arrays is None or known is not place:
            arrays = units.summed(fold.summed(leaves, axis=1))
            self._climbed[key] = place, arrays
        found: Array = arrays[place[amount.mask]]
        return found

    def _counted(self, amount: Amount) -> tuple[dict[int, int], Array]:
        """Mask × stratum × unit × school year for all masks asked for, and the place of each."""
        column = _summed_column(amount)
        place, leaves = self._leaves.get(column, ({}, None))
        if amount.mask not in place:
            numbers = [number for number in self._asked[column] if number not in place]
            weights = self._condensed.sums[column] if column else self._condensed.rows
            more = self._summed(np.array([self._masks[number] for number in numbers]), weights)
            place = {number: at for at, number in enumerate([*place, *numbers])}
            leaves = more if leaves is None else np.concatenate([leaves, more])
            self._leaves[column] = place, leaves
        assert leaves is not None
        return place, leaves

    def _summed(self, masks: Array, weights: Array) -> Array:
        """Weights of the records in each mask: mask × stratum × unit × school year.

        Profiles that no mask and no stratifier tells apart are one class. Records are counted by class and place, then
        classes go into the masks that hold them by a product of matrices for each stratum.
        """
        strata, units, periods = self._shape
        marks = np.column_stack([self._stratum, np.packbits(masks, axis=0).T.astype(np.intp)])
        classes, first, of_profile = np.unique(marks, axis=0, return_index=True, return_inverse=True)
        starts = np.searchsorted(classes[:, 0], np.arange(strata + 1))
        holds = masks[:, first].astype(np.float64)
        found = np.zeros((len(masks), strata, units * periods))
        of_class = of_profile.ravel().astype(np.int32)
        condensed, step = self._condensed, units
        order: Array | slice = slice(None)
        if units * periods * len(classes) > _WHOLE:
            step, order = max(1, _BLOCK // (len(classes) * periods)), condensed.order
        unit, weights = condensed.unit[order], weights[order]
        period, profile = condensed.period[order], condensed.profile[order]
        # Threads of the matrix library take longer to wake than a small product takes.
        small = len(masks) * len(classes) * step * periods < _BLOCK
        product = _small_product if small else _product
        for low in range(0, units, step):
            start, end = low * periods, min(low + step, units) * periods
            part = slice(None) if step == units else slice(*np.searchsorted(unit, [low, low + step]))
            place = unit[part].astype(np.int32) * periods + period[part] - start
            key = place * len(classes) + of_class[profile[part]]
            counted = np.bincount(key, weights[part], minlength=(end - start) * len(classes))
            counted = counted.reshape(end - start, len(classes))
            for stratum in range(strata):
                own = slice(starts[stratum], starts[stratum + 1])
                found[:, stratum, start:end] = product(holds[:, own], counted[:, own])
        return found.reshape(-1, strata, units, periods)

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
        strata, register, periods = self._shape
        shape = (len(fold.words) if fold else strata, len(units) if units is not None else register, periods)
        stratum = fold.of if fold else np.arange(strata)
        unit = units.of if units is not None else np.arange(register)
        target = (stratum[:, None, None] * shape[1] + unit[None, :, None]) * periods + np.arange(periods)
        target = np.where(unit[None, :, None] < 0, -1, target).ravel()
        counts: Array = groups.counts(target, int(np.prod(shape)), amounts).astype(np.float64)
        return counts.reshape(amounts, *shape)

    def _grouped(self, batch: _Batch) -> _Groups:
        of_profile = np.zeros(len(self._stratum), dtype=np.uint64)
        for bit, amount in enumerate(batch.amounts):
            of_profile |= self._masks[amount.mask].astype(np.uint64) << np.uint64(bit)
        words = of_profile[self._condensed.profile]
        _, units, periods = self._shape
        place = self._stratum[self._condensed.profile] * (units * periods)
        place += self._condensed.unit.astype(np.int64) * periods + self._condensed.period
        for bit, amount in enumerate(batch.amounts):
            if amount.cells is not None:
                inside = np.broadcast_to(amount.cells, self._shape).ravel()[place]
                words &= ~((~inside).astype(np.uint64) << np.uint64(bit))
        return _Groups(place, self._condensed.values[batch.amounts[0].count.column], words)


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


def _product(holds: Array, counted: Array) -> Array:
    found: Array = holds @ counted.T
    return found


def _small_product(holds: Array, counted: Array) -> Array:
    found: Array = np.einsum("mc,pc->mp", holds, counted)
    return found
