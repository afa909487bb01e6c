"""One scan: rows become distinct combinations of what the figures need, each with the number of rows behind it.

The result is a partial cube: those of batches, files, processes or other engines are merged by laying them together.
A combination of told values and tested conditions is a *profile*; there are few of them whatever the number of rows, so
every condition of every figure is evaluated over profiles and not over rows.
"""

import math
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from quality_cli.core.where import AlsoIn, Condition, Known, columns_of, walk
from quality_cli.datasets.batches import Array, Batch, Coded, fixed
from quality_cli.datasets.contract import Contract
from quality_cli.datasets.evaluate import Evaluator, Truth
from quality_cli.datasets.table import PERIOD, Tables
from quality_cli.engine.plan import Plan, Scan
from quality_cli.engine.profiles import MARKS, alike, profiles, split

_FALSE, _TRUE, _UNKNOWN = 0, 1, 2
_DENSE = 16
"""Cells a row up to which counting into an array is cheaper than sorting."""

SLICE = 1 << 16
"""Rows counted at once where they lie by unit."""


@dataclass(frozen=True)
class Condensed:
    """What a scan found; one item for each distinct combination (several, where it was met in several slices or
    batches).

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

    @cached_property
    def order(self) -> Array | slice:
        """What puts the items into the order of units."""
        unit = self.unit
        return np.argsort(unit, kind="stable") if np.any(unit[1:] < unit[:-1]) else slice(None)


@dataclass(frozen=True, slots=True)
class Partial:
    """The same of one batch: profiles as told values and truths, distinct columns with what their codes stand for."""

    unit: Array
    period: Array
    profile: Array
    rows: Array
    values: Mapping[str, Coded]
    sums: Mapping[str, Array]
    profiles: Array
    words: list[list[Any]]


def condense(plan: Plan, tables: Tables, scans: Sequence[Scan]) -> list[Condensed]:
    """Run all scans over one table: every batch is read once, on every core, and laid to the others in their order."""
    table = tables[scans[0].dataset]
    work = Batchwise(plan, tables, scans)
    batches = table.batches(tuple(dict.fromkeys(name for scan in scans for name in plan.columns(scan))), plan.read)
    if len(batches) == 1:
        found = [work(batches[0]())]
    else:
        with ThreadPoolExecutor(os.cpu_count()) as pool:
            found = list(pool.map(lambda load: work(load()), batches))
    return [merged(plan, scan, [parts[place] for parts in found]) for place, scan in enumerate(scans)]


class Batchwise:
    """Condenses batches of one table for some scans."""

    def __init__(self, plan: Plan, tables: Tables, scans: Sequence[Scan]) -> None:
        self._plan = plan
        self._scans = scans
        self._contract = plan.contracts[scans[0].dataset]
        self._years = {year: index for index, year in enumerate(plan.read)}
        self._units = pa.array([unit.id for unit in tables.organisations], pa.string())
        self._tables = tables

    def __call__(self, batch: Batch) -> list[Partial]:
        """One partial cube for each scan."""
        units = batch.coded(self._contract.organisation or "")
        places = pc.index_in(units.values, value_set=self._units).fill_null(-1).to_numpy(zero_copy_only=False)
        unit = np.append(places, np.int32(-1))[units.codes]
        timeless = self._contract.period is None
        period = np.zeros(len(unit), np.int32) if timeless else _positions(batch.coded(PERIOD), self._years)
        outside = (unit < 0) | (period < 0)
        kept = np.flatnonzero(~outside) if outside.any() else None
        if kept is not None:
            unit, period = unit[kept], period[kept]
        return [self._partial(batch, scan, unit, period, kept) for scan in self._scans]

    def _partial(self, batch: Batch, scan: Scan, unit: Array, period: Array, kept: Array | None) -> Partial:
        def own(array: Array) -> Array:
            return array if kept is None else array[kept]

        if len(batch) > SLICE:
            told = alike(batch, scan.told, scan.conditions, scan.by, self._contract)
        else:
            told = [batch.coded(name) for name in scan.told]
        codes = [*(column.codes for column in told), *(self._tested(batch, scan, test) for test in scan.tested)]
        sizes = [column.size for column in told] + [3] * len(scan.tested)
        profile, combinations = profiles([own(code) for code in codes], sizes, len(unit))
        words = [[*column.values.to_pylist(), None] for column in told] + [[_FALSE, _TRUE, _UNKNOWN]] * len(scan.tested)
        values = [batch.coded(name) for name in scan.distinct]
        parts = [
            (unit, len(self._units)),
            (period, len(self._years)),
            *((own(column.codes), column.size) for column in values),
            (profile, len(combinations)),
        ]
        summed = {
            name: own(batch.sums[name] if name in batch.sums else fixed(batch.frame([name])[name].to_numpy()))
            for name in scan.summed
        }
        weights = None if batch.weights is None else own(batch.weights)
        (unit, period, *codes, profile), rows, sums = _counted(parts, weights, summed)
        return Partial(
            unit=unit,
            period=period,
            profile=profile,
            rows=rows,
            values={n: Coded(code, c.values) for n, code, c in zip(scan.distinct, codes, values, strict=True)},
            sums=sums,
            profiles=combinations,
            words=words,
        )

    def _tested(self, batch: Batch, scan: Scan, condition: Condition) -> Array:
        columns = columns_of(condition)
        if isinstance(condition, Known):
            column = batch.coded(condition.column)
            holds: Array = (column.codes == len(column.values)) != condition.known
            return holds.astype(np.uint8)
        if len(columns) > 1 or isinstance(condition, AlsoIn):
            own = batch.frame(sorted(columns))
            return _codes(Evaluator(own, _lists(condition, self._tables))(condition))
        (name,) = columns
        numeric = name == PERIOD or self._contract.columns[name].is_numeric
        if name != PERIOD and self._contract.columns[name].type == "number":
            return _codes(Evaluator(batch.frame([name]), {})(condition))
        column = batch.coded(name)
        of_value = _codes(Evaluator.of_values(name, column.values.to_pylist(), numeric=numeric)(condition))
        return np.append(of_value, np.uint8(_UNKNOWN))[column.codes]


def _codes(truth: Truth) -> Array:
    return np.where(truth.true, _TRUE, np.where(truth.false, _FALSE, _UNKNOWN)).astype(np.uint8)


def _lists(condition: Condition, tables: Tables) -> dict[str, pd.DataFrame]:
    """Of the tables that a condition looks into, the columns that it reads there."""
    columns: dict[str, set[str]] = {}
    inside = [condition]
    while inside:
        for node in walk(inside.pop()):
            if isinstance(node, AlsoIn):
                columns.setdefault(node.dataset, set()).update(node.on, columns_of(node.where))
                inside.append(node.where)
    return {name: tables[name].part(sorted(names)) for name, names in columns.items() if name in tables}


def _positions(column: Coded, position: Mapping[Any, int]) -> Array:
    """For each row the position of its value, -1 where there is none."""
    found = [position.get(value, -1) for value in column.values.to_pylist()]
    return np.array([*found, -1], dtype=np.int32)[column.codes]


def _counted(
    parts: Sequence[tuple[Array, int]], weights: Array | None, summed: Mapping[str, Array]
) -> tuple[list[Array], Array, dict[str, Array]]:
    """Combinations of ``parts`` (codes and how many there are), rows and sums behind each.

    Where rows lie by the first part (by unit, as exports do) they are counted slice by slice: few units stand in one,
    and what is counted stays in the processor's cache. A combination may then be told twice; amounts add up.
    """
    rows = len(parts[0][0])
    first = parts[0][0]
    step = SLICE if rows > SLICE and not np.any(first[1:] < first[:-1]) else max(rows, 1)
    slices = [slice(low, low + step) for low in range(0, max(rows, 1), step)]
    found = [
        _of_slice(
            [(codes[part], size) for codes, size in parts],
            None if weights is None else weights[part],
            {name: amounts[part] for name, amounts in summed.items()},
        )
        for part in slices
    ]
    codes = [_laid(list(columns)) for columns in zip(*(item[0] for item in found), strict=True)]
    sums = {name: _laid([item[2][name] for item in found]) for name in summed}
    return codes, _laid([item[1] for item in found]), sums


def _of_slice(
    parts: Sequence[tuple[Array, int]], weights: Array | None, summed: Mapping[str, Array]
) -> tuple[list[Array], Array, dict[str, Array]]:
    first, radixes = parts[0][0], [size for _, size in parts[1:]]
    rows = len(first)
    low = int(first.min()) if rows else 0
    total = (int(first.max()) + 1 - low if rows else 1) * math.prod(radixes)
    if total >= 1 << 62:
        raise OverflowError(f"combinations of {radixes} do not fit into a number")
    key: Array = (first - low).astype(np.int32 if total < 1 << 31 else np.int64)
    for codes, size in parts[1:]:
        key = key * size + codes
    met: Array
    behind: Array
    if total <= max(_DENSE * rows, MARKS):
        plain = np.bincount(key, minlength=total)
        met = np.flatnonzero(plain)
        behind = (plain if weights is None else np.bincount(key, weights, minlength=total))[met]
        sums = {name: np.bincount(key, amounts, minlength=total)[met] for name, amounts in summed.items()}
    elif weights is None and not summed:
        key = np.sort(key)
        starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
        met, behind, sums = key[starts], np.diff([*starts, rows]), {}
    else:
        met, place = np.unique(key, return_inverse=True)
        behind = np.bincount(place, weights, minlength=len(met))
        sums = {name: np.bincount(place, amounts, minlength=len(met)) for name, amounts in summed.items()}
    unit, digits = split(met, radixes)
    whole = [(unit + low).astype(np.int32), *(digit.astype(np.int32, copy=False) for digit in digits)]
    return whole, behind.astype(np.int32), sums


def merged(plan: Plan, scan: Scan, partials: Sequence[Partial]) -> Condensed:
    """Lay partial cubes together: profiles and values of each get the numbers they have in all."""
    contract = plan.contracts[scan.dataset]
    vocabulary: list[dict[Any, int]] = [{} for _ in (*scan.told, *scan.tested)]
    common: list[list[Array]] = [[] for _ in vocabulary]
    for part in partials:
        for column, (known, words) in enumerate(zip(vocabulary, part.words, strict=True)):
            places = np.array([known.setdefault(word, len(known)) for word in words], dtype=np.int32)
            common[column].append(places[part.profiles[:, column]])
    counts = [len(part.profiles) for part in partials]
    of, met = profiles([_laid(codes) for codes in common], list(map(len, vocabulary)), sum(counts))
    profile = [own[part.profile] for own, part in zip(np.split(of, np.cumsum(counts)[:-1]), partials, strict=True)]
    told = [list(known) for known in vocabulary]
    values = [[words[code] for code in codes] for words, codes in zip(told, met.T.tolist(), strict=True)]
    columns = {name: _decoded(cells, name, contract) for name, cells in zip(scan.told, values, strict=False)}
    truths = {}
    for condition, codes in zip(scan.tested, values[len(scan.told) :], strict=True):
        array = np.array(codes, dtype=np.uint8)
        truths[condition] = Truth(array == _TRUE, array == _FALSE)
    return Condensed(
        unit=_laid([part.unit for part in partials]),
        period=_laid([part.period.astype(np.int8) for part in partials]),
        profile=_laid([codes.astype(np.uint16) if len(met) <= MARKS else codes for codes in profile]),
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
