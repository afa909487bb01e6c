"""One scan: rows become distinct combinations of what the figures need, each with the number of rows behind it.

The result is a partial cube: those of batches, files, processes or other engines are merged by laying them together.
A combination of told values and tested conditions is a *profile*; there are few of them whatever the number of rows, so
every condition of every figure is evaluated over profiles and not over rows.
"""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa

from quality_cli.core.where import Condition
from quality_cli.datasets.batches import Array, Batch, Coded, fixed
from quality_cli.datasets.contract import Contract
from quality_cli.datasets.evaluate import Evaluator, Truth
from quality_cli.datasets.table import PERIOD, Tables
from quality_cli.engine.plan import Plan, Scan

_FALSE, _TRUE, _UNKNOWN = 0, 1, 2
_DENSE = 4
"""Cells a row up to which counting into an array is cheaper than sorting."""


@dataclass(frozen=True, slots=True)
class Condensed:
    """What a scan found; one item for each distinct combination.

    ``unit`` is a position in the register, ``period`` one among the plan's school years read (0 where the table is
    valid for every year), ``profile`` a row of ``profiles``; ``values`` are codes of distinct columns (-1: unknown),
    ``sums`` are in :data:`~quality_cli.datasets.batches.FIXED` parts. ``truths`` holds the tested conditions.
    """

    unit: Array
    period: Array
    profile: Array
    rows: Array
    values: Mapping[str, Array]
    sums: Mapping[str, Array]
    profiles: pd.DataFrame
    truths: Mapping[Condition, Truth]
    timeless: bool


@dataclass(frozen=True, slots=True)
class _Partial:
    """The same of one batch: profiles as told values and truths, distinct columns with what their codes stand for."""

    unit: Array
    period: Array
    profile: Array
    rows: Array
    values: Mapping[str, Coded]
    sums: Mapping[str, Array]
    profiles: list[tuple[Any, ...]]


def condense(plan: Plan, tables: Tables, scan: Scan) -> Condensed:
    """Run one scan over its table: batches on every core, laid together in their order."""
    table = tables[scan.dataset]
    work = _Batchwise(plan, tables, scan)
    batches = table.batches(plan.columns(scan), plan.read)
    if len(batches) == 1:
        return merged(plan, scan, [work(batches[0])])
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        return merged(plan, scan, list(pool.map(work, batches)))


class _Batchwise:
    """Condenses batches of one scan."""

    def __init__(self, plan: Plan, tables: Tables, scan: Scan) -> None:
        self._scan = scan
        self._contract = plan.contracts[scan.dataset]
        self._columns = plan.columns(scan)
        self._years = {year: index for index, year in enumerate(plan.read)}
        self._unit = {unit.id: index for index, unit in enumerate(tables.organisations)}
        self._lists = _Frames(tables)

    def __call__(self, load: Callable[[], Batch]) -> _Partial:
        batch = load()
        scan = self._scan
        unit, period, kept = self._placed(batch)
        told = [batch.coded(name) for name in scan.told]
        tested = [self._tested(batch, condition) for condition in scan.tested]
        values = {name: batch.coded(name) for name in scan.distinct}
        weights = batch.weights
        summed = {
            name: batch.sums[name] if name in batch.sums else fixed(_numbers(batch, name)) for name in scan.summed
        }
        if kept is not None:
            told = [Coded(column.codes[kept], column.values) for column in told]
            tested = [codes[kept] for codes in tested]
            values = {name: Coded(column.codes[kept], column.values) for name, column in values.items()}
            weights = None if weights is None else weights[kept]
            summed = {name: amounts[kept] for name, amounts in summed.items()}
        sizes = [column.size for column in told] + [3] * len(tested)
        profile, combinations = _profiles([*(column.codes for column in told), *tested], sizes, len(unit))
        words = [[*column.values.to_pylist(), None] for column in told] + [[_FALSE, _TRUE, _UNKNOWN]] * len(tested)
        decoded = [[word[code] for code in codes] for word, codes in zip(words, combinations.T.tolist(), strict=True)]
        profiles = list(zip(*decoded, strict=True)) if words else [()] * len(combinations)
        parts = [
            (unit, len(self._unit)),
            *([] if self._contract.period is None else [(period, len(self._years))]),
            *((column.codes, column.size) for column in values.values()),
            (profile, len(combinations)),
        ]
        cells, rows, sums = _counted(parts, weights, summed)
        split = iter(cells)
        return _Partial(
            unit=next(split),
            period=np.zeros(len(rows), dtype=np.int64) if self._contract.period is None else next(split),
            values={name: Coded(next(split), column.values) for name, column in values.items()},
            profile=next(split),
            rows=rows,
            sums=sums,
            profiles=profiles,
        )

    def _placed(self, batch: Batch) -> tuple[Array, Array, Array | None]:
        """Positions of unit and school year of each row; which rows have both, None where all have."""
        units = batch.coded(self._contract.organisation or "")
        unit = _positions(units, self._unit)
        if self._contract.period is None:
            period, outside = np.zeros(0, dtype=np.int32), unit < 0
        else:
            period = _positions(batch.coded(PERIOD), self._years)
            outside = (unit < 0) | (period < 0)
        if not outside.any():
            return unit, period, None
        kept = np.flatnonzero(~outside)
        return unit[kept], period[kept] if len(period) else period, kept

    def _tested(self, batch: Batch, condition: Condition) -> Array:
        truth = Evaluator(batch.frame(self._columns), self._lists)(condition)
        return np.where(truth.true, _TRUE, np.where(truth.false, _FALSE, _UNKNOWN)).astype(np.uint8)


class _Frames(Mapping[str, pd.DataFrame]):
    """Frames of tables, read when a condition looks into them."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables.by_dataset

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._tables[name].frame

    def __iter__(self) -> Iterator[str]:
        return iter(self._tables)

    def __len__(self) -> int:
        return len(self._tables)


def _numbers(batch: Batch, name: str) -> Array:
    numbers: Array = batch.frame([name])[name].to_numpy()
    return numbers


def _positions(column: Coded, position: Mapping[Any, int]) -> Array:
    """For each row the position of its value, -1 where there is none."""
    found = [position.get(value, -1) for value in column.values.to_pylist()]
    return np.array([*found, -1], dtype=np.int32)[column.codes]


def _profiles(codes: Sequence[Array], sizes: Sequence[int], rows: int) -> tuple[Array, Array]:
    """For each row the position of its combination of codes, and the combinations (a row each, a column for each code).

    Codes are read as digits of one number; where it grows beyond what an array of marks can hold, the numbers met so
    far are numbered anew.
    """
    most = max(_DENSE * rows, 1 << 16)
    number: Array = np.zeros(rows, dtype=np.int32)
    combinations: Array = np.zeros((1, 0), dtype=np.int32)
    pending: list[int] = []
    for code, size in zip(codes, sizes, strict=True):
        if pending and len(combinations) * int(np.prod(pending)) * size > most:
            number, combinations = _renumbered(number, combinations, pending)
            pending = []
        wide = len(combinations) * int(np.prod(pending)) * size >= 1 << 31
        number = (number.astype(np.int64) if wide else number) * size + code
        pending.append(size)
    return _renumbered(number, combinations, pending)


def _renumbered(number: Array, combinations: Array, pending: list[int]) -> tuple[Array, Array]:
    """Number the combinations met from 0 and tell their digits."""
    size = len(combinations) * int(np.prod(pending))
    if size <= max(_DENSE * len(number), 1 << 16):
        marks = np.zeros(size, dtype=bool)
        marks[number] = True
        met = np.flatnonzero(marks)
        place = np.zeros(size, dtype=np.int32)
        place[met] = np.arange(len(met), dtype=np.int32)
        number = place[number]
    else:
        met, number = np.unique(number, return_inverse=True)
    digits = []
    rest = met
    for radix in reversed(pending):
        rest, digit = np.divmod(rest, radix)
        digits.append(digit)
    return number.astype(np.int32), np.column_stack([combinations[rest], *reversed(digits)])


def _counted(
    parts: Sequence[tuple[Array, int]], weights: Array | None, summed: Mapping[str, Array]
) -> tuple[list[Array], Array, dict[str, Array]]:
    """Distinct combinations of ``parts`` (codes and how many there are), rows and sums behind each."""
    radixes = [size for _, size in parts]
    total = 1
    for size in radixes:
        total *= size
    rows = len(parts[0][0])
    if total >= 1 << 62:
        raise OverflowError(f"combinations of {radixes} do not fit into a number")
    # A batch of sorted rows holds few units: count from the least to the greatest only.
    low = int(parts[0][0].min()) if rows else 0
    high = int(parts[0][0].max()) + 1 if rows else 1
    total = total // radixes[0] * (high - low)
    key = (parts[0][0] - low).astype(np.int32 if total < 1 << 31 else np.int64)
    for codes, size in parts[1:]:
        key = key * size + codes
    met: Array
    behind: Array
    if total <= max(_DENSE * rows, 1 << 16):
        plain = np.bincount(key, minlength=total)
        met = np.flatnonzero(plain)
        behind = (plain if weights is None else np.bincount(key, weights, minlength=total))[met]
        sums = {name: np.bincount(key, amounts, minlength=total)[met] for name, amounts in summed.items()}
    elif weights is None and not summed:
        key = np.sort(key)
        starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]])) if rows else np.zeros(0, dtype=np.intp)
        met, behind, sums = key[starts], np.diff([*starts, rows]), {}
    else:
        met, place = np.unique(key, return_inverse=True)
        behind = np.bincount(place, weights, minlength=len(met))
        sums = {name: np.bincount(place, amounts, minlength=len(met)) for name, amounts in summed.items()}
    digits = []
    rest = met
    for radix in reversed(radixes[1:]):
        rest, digit = np.divmod(rest, radix)
        digits.append(digit)
    return [(rest + low).astype(np.int32), *reversed(digits)], behind.astype(np.int64), sums


def merged(plan: Plan, scan: Scan, partials: Sequence[_Partial]) -> Condensed:
    """Lay partial cubes together: profiles and values of each get the numbers they have in all."""
    met: dict[tuple[Any, ...], int] = {}
    profile = []
    for part in partials:
        place = np.array([met.setdefault(combination, len(met)) for combination in part.profiles], dtype=np.int32)
        profile.append(place[part.profile])
    contract = plan.contracts[scan.dataset]
    told, tested = len(scan.told), list(zip(*met, strict=True))[len(scan.told) :] if met else []
    columns = {
        name: _decoded([combination[place] for combination in met], name, contract)
        for place, name in enumerate(scan.told[:told])
    }
    truths = {}
    for condition, codes in zip(scan.tested, tested, strict=True):
        array = np.array(codes, dtype=np.uint8)
        truths[condition] = Truth(array == _TRUE, array == _FALSE)
    return Condensed(
        unit=_laid([part.unit for part in partials]),
        period=_laid([part.period for part in partials]),
        profile=_laid(profile),
        rows=_laid([part.rows for part in partials]),
        values={name: _common([part.values[name] for part in partials]) for name in scan.distinct},
        sums={name: _laid([part.sums[name] for part in partials]) for name in scan.summed},
        profiles=pd.DataFrame(columns, index=range(len(met))),
        truths=truths,
        timeless=contract.period is None,
    )


def _laid(arrays: Sequence[Array]) -> Array:
    return arrays[0] if len(arrays) == 1 else np.concatenate(arrays)


def _decoded(values: Sequence[Any], name: str, contract: Contract) -> Any:
    """A column of the profiles in the physical form of a frame."""
    if name == PERIOD or contract.columns[name].is_numeric:
        return np.array([np.nan if value is None else value for value in values], dtype=np.float64)
    return pd.Categorical(pd.array(list(values), dtype=object))


def _common(columns: Sequence[Coded]) -> Array:
    """Codes of the same values in every batch; -1 where the value is unknown."""
    if len(columns) == 1:
        return np.where(columns[0].codes == len(columns[0].values), -1, columns[0].codes)
    place = pa.chunked_array([column.values for column in columns]).combine_chunks().dictionary_encode().indices
    places = place.to_numpy()
    found, start = [], 0
    for column in columns:
        own = np.append(places[start : start + len(column.values)], -1)
        found.append(own[column.codes])
        start += len(column.values)
    return np.concatenate(found)
