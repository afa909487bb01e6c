"""Execution of a plan: scans, amounts at the leaf, sums up the tree, the cube; ratios never (design §5)."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import chain
from typing import TypeAlias

import numpy as np
import pandas as pd

from quality_cli.catalogue.figures import Figure, counts_units
from quality_cli.core.strata import stratum_of
from quality_cli.core.where import TRUE, columns_of
from quality_cli.datasets.tables.batches import Array
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.table import Tables
from quality_cli.engine.combine.alternative_sources import Amounts, Combined, combined
from quality_cli.engine.combine.cube import (
    CONFLICT,
    COUNTED,
    NO_ROWS,
    NOT_APPLICABLE,
    NOT_LOADED,
    QUANTITIES,
    Block,
    Cube,
    Traits,
)
from quality_cli.engine.plan.partitions import Partition
from quality_cli.engine.plan.plan import Plan, Scan, lists_behind, sources_of
from quality_cli.engine.rollup.levels import Units
from quality_cli.engine.rollup.quantities import Ledger
from quality_cli.engine.rollup.strata import Fold, Strata
from quality_cli.engine.scan.accumulate import Counted
from quality_cli.engine.scan.scanning import run_scan
from quality_cli.engine.select import Reach

Engine: TypeAlias = Callable[[Plan, Tables, Scan], list[Counted]]
"""Runs a scan: the amounts of each of its partitions."""

_APART = 1 << 16
"""Cells of one figure's arrays from which figures are laid out one by one: to put them together would copy much."""


@dataclass(frozen=True, slots=True)
class Seen:
    """Figures at one level by some of their stratifiers (figure × stratum × school year × unit): amounts by name, where
    any row stands behind them, and where each other source (by its title) gave some of them."""

    amounts: Mapping[str, Array]
    filled: Array
    lent: Mapping[str, Array]


class Executor:
    """Runs one plan; what a scan finds is shared by all figures it serves."""

    def __init__(self, plan: Plan, tables: Tables, engine: Engine = run_scan) -> None:
        self._plan = plan
        self._tables = tables
        self._reach = Reach(tables, plan.contracts)
        self._levels = [Units.at(level, tables.organisations) for level in plan.levels]
        self._counted: dict[Partition, Counted] = {}
        for scan in plan.scans:
            self._counted.update(zip(scan.partitions, engine(plan, tables, scan), strict=True))
        self._order = {figure: index for index, figure in enumerate(plan.figures)}
        self._years: dict[str, Array] = {}

    def run(self) -> Cube:
        """Lay out everything that the plan names; once, for what was counted is let go on the way."""
        blocks: list[Block] = []
        for by, figures in self._plan.broken_down.items():
            blocks += self._laid_out(figures)
            self._counted = {partition: found for partition, found in self._counted.items() if partition.by != by}
        return Cube(
            tuple(self._order),
            self._tables.organisations,
            tuple(blocks),
            self._sources(),
            tuple(map(self._traits, self._order)),
            self._plan.periods,
        )

    def combined(self, figure: Figure) -> tuple[Combined, Strata]:
        """What one figure counts in each of its sources."""
        strata, ledgers = self._ledgers([figure])
        return combined(self._asked(figure, ledgers)), strata

    def members(self, figure: Figure, period: int) -> dict[str, float | None]:
        """The organisations that a share of organisations is about, each with its own value (None: it has none)."""
        found, strata = self.combined(figure)
        organisations = self._levels[0]
        value, known = self._values(figure, self._seen(organisations, strata.folds[0], [found]))
        year = self._plan.read.index(period)
        fits = organisations.holding(self._reach.applicable(figure))
        units = list(self._tables.organisations)
        return {
            units[position].id: float(value[0, year, place]) if known[0, year, place] else None
            for place, position in enumerate(organisations.positions)
            if fits[place]
        }

    def _laid_out(self, figures: Sequence[Figure]) -> Iterator[Block]:
        """Rows of figures that are broken down alike."""
        strata, ledgers = self._ledgers(figures)
        counted = [(figure, combined(self._asked(figure, ledgers))) for figure in figures]
        plain = [pair for pair in counted if pair[0].condition is None and not pair[0].also]
        alone = [pair for pair in counted if pair[0].condition is None and pair[0].also]
        groups = [plain, *([pair] for pair in alone)]
        if len(strata) * len(self._tables.organisations) * len(self._plan.read) * len(QUANTITIES) > _APART:
            groups = [[pair] for pair in (*plain, *alone)]
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                yield from chain.from_iterable(pool.map(lambda group: list(self._figures(group, strata)), groups))
        else:
            yield from chain.from_iterable(self._figures(group, strata) for group in groups)
        for figure, found in counted:
            if figure.condition is not None:
                yield from self._satisfying(figure, strata, found)

    def _ledgers(self, figures: Sequence[Figure]) -> tuple[Strata, dict[Partition, Ledger]]:
        """The strata of figures that are broken down alike, and what each partition that serves them counted."""
        sources = [source for figure in figures for source in sources_of(figure)]
        found = {partition: self._counted[partition] for s in sources for partition in self._serving(s).values()}
        contracts = self._plan.contracts
        strata = Strata(figures[0].by, [(c.strata, contracts[p.dataset]) for p, c in found.items()])
        return strata, {partition: Ledger(counted, strata) for partition, counted in found.items()}

    def _serving(self, source: Figure) -> dict[str, Partition]:
        """Which partition serves a figure (or the same by another source) in each dataset that was supplied."""
        return {name: self._plan.serving[source, name] for name in source.datasets if name in self._tables}

    def _asked(self, figure: Figure, ledgers: Mapping[Partition, Ledger]) -> list[tuple[Figure, Amounts]]:
        """The amounts of a figure by each of its sources that was supplied."""
        found: list[tuple[Figure, Amounts]] = []
        for source in sources_of(figure):
            if source is not figure and source.population not in self._tables:
                continue
            own = self._reach.own(source)
            amounts = {
                name: amount.within(own if dataset == source.population else None)
                for dataset, partition in self._serving(source).items()
                for name, amount in ledgers[partition].amounts(source)
            }
            found.append((source, amounts))
        return found

    def _figures(self, counted: Sequence[tuple[Figure, Combined]], strata: Strata) -> Iterator[Block]:
        """Rows of figures that are laid out together."""
        if not counted:
            return
        figures = [figure for figure, _ in counted]
        for fold in strata.folds:
            for units in self._levels:
                seen = self._seen(units, fold, [found for _, found in counted])
                yield self._block(figures, units, fold, seen, counted[0][1].differing)
                for figure in figures:
                    yield from self._not_held(figure, units, fold)

    def _seen(self, units: Units, fold: Fold, counted: Sequence[Combined]) -> Seen:
        """The quantities of all sources together, by figure × stratum × school year × unit."""
        shape = (len(fold.strata), len(self._plan.read), len(units))
        amounts: dict[str, list[Array]] = {name: [] for name in QUANTITIES}
        filled: list[Array] = []
        lent: dict[str, Array] = {}
        for found in counted:
            given, behind = found.sources[0].at(units, fold)
            for other in found.sources[1:]:
                more, there = other.at(units, fold)
                given |= {name: given[name] + array if name in given else array for name, array in more.items()}
                behind = behind | there
                lent[other.figure.source] = _of_shape(there, shape)[None]
            filled.append(_of_shape(behind, shape))
            for name, arrays in amounts.items():
                arrays.append(_of_shape(given[name], shape) if name in given else _NOTHING)
        return Seen({name: _stacked(arrays, shape) for name, arrays in amounts.items()}, _stacked(filled, shape), lent)

    def _satisfying(self, figure: Figure, strata: Strata, found: Combined) -> Iterator[Block]:
        """Organisations whose own value satisfies the condition, among those that have a value."""
        (fold,) = strata.folds
        organisations = self._levels[0]
        value, known = self._values(figure, self._seen(organisations, fold, [found]))
        assert figure.condition is not None
        truth = Evaluator(pd.DataFrame({"value": value.ravel()}), {})(figure.condition)
        fits = organisations.holding(self._reach.applicable(figure))
        own = organisations.holding(self._reach.concerned(figure))
        told = {
            "numerator": fits & known & truth.true.reshape(value.shape),
            "denominator": fits & known,
            "excluded": (own & ~fits) | np.zeros_like(known),
            "unknown": fits & ~known,
        }
        units, periods = len(self._tables.organisations), len(self._plan.read)
        for level in self._levels:
            amounts = {}
            for name, array in told.items():
                leaf = np.zeros((1, periods, units))
                leaf[..., organisations.positions] = array
                amounts[name] = level.summed(leaf)[None]
            yield self._block([figure], level, fold, Seen(amounts, amounts["denominator"] > 0, {}))

    def _values(self, figure: Figure, seen: Seen) -> tuple[Array, Array]:
        """The value of each organisation by period (or its change), and where there is one."""
        amounts, known = {name: array[0] for name, array in seen.amounts.items()}, seen.filled[0]
        if figure.factor is None:
            value = amounts["numerator"].astype(float)
            if self._plan.contracts[figure.population].empty_means == "zero":
                known = known | self._held(figure.population)[:, None]
        else:
            with np.errstate(divide="ignore", invalid="ignore"):
                value = figure.factor * amounts["numerator"] / amounts["denominator"]
            known = known & (amounts["denominator"] > 0)
        known = known & ((amounts["denominator"] > 0) | (amounts["unknown"] == 0))
        value = np.where(known, value, np.nan)
        if figure.change:
            where = {year: index for index, year in enumerate(self._plan.read)}
            before = np.array([where.get(year + figure.change, -1) for year in self._plan.read])
            earlier, had = value[:, before], known[:, before] & (before >= 0)[:, None]
            value, known = value - earlier, known & had
        return value, known

    def _block(
        self, figures: Sequence[Figure], units: Units, fold: Fold, seen: Seen, differing: Array | None = None
    ) -> Block:
        """Rows of the results: a total for every unit concerned, a stratum where anything was counted."""
        filled = seen.filled
        if fold.label:
            wanted = filled & fold.named[:, None, None]
        else:
            concerned = np.array([units.holding(self._reach.concerned(figure)) for figure in figures])
            wanted = filled | concerned[:, None, None, :]
        # In the order of results: school year, unit, stratum.
        figure, year, unit, stratum = np.nonzero(wanted.transpose(0, 2, 3, 1))
        index = (figure, stratum, year, unit)
        lent = {title: array[index] for title, array in seen.lent.items()}
        state, notes, note = self._states(figures, units, index, lent, filled[index])
        if differing is not None and fold.label == ",".join(figures[0].by):
            told = differing[stratum, year % differing.shape[1], units.positions[unit]]
            for row in np.flatnonzero(told != ""):
                state[row], note[row] = CONFLICT, len(notes)
                notes.append(told[row])
        return Block(
            figure=_compact(np.array([self._order[item] for item in figures], dtype=np.int32)[figure]),
            level=units.level,
            by=fold.label,
            strata=fold.strata,
            notes=tuple(notes),
            period=_compact(np.array(self._plan.read, dtype=np.int16)[year]),
            unit=units.positions[unit],
            stratum=_compact(stratum.astype(np.min_scalar_type(len(fold.strata)))),
            counts={name: _compact(_picked(array, index)) for name, array in seen.amounts.items()},
            state=_compact(state),
            note=_compact(note),
        )

    def _not_held(self, figure: Figure, units: Units, fold: Fold) -> Iterator[Block]:
        """Strata that have no source in some years by design of the procedure."""
        if not self._plan.indicators[figure.indicator].not_held:
            return
        names = fold.label.split(",") if fold.label else []
        own = np.flatnonzero(units.holding(self._reach.applicable(figure)))
        for gap in self._plan.indicators[figure.indicator].not_held:
            if sorted(gap.stratum) == sorted(names):
                held_until = gap.until.start if gap.until else max(self._plan.read, default=0)
                years = [year for year in self._plan.read if gap.since.start <= year <= held_until]
                size = len(years) * len(own)
                yield Block(
                    figure=np.full(size, self._order[figure], dtype=np.int32),
                    level=units.level,
                    by=fold.label,
                    strata=(stratum_of((name, gap.stratum[name]) for name in names),),
                    notes=(gap.reason,),
                    period=np.repeat(np.array(years, dtype=np.int16), len(own)),
                    unit=np.tile(units.positions[own], len(years)),
                    stratum=np.zeros(size, dtype=np.intp),
                    counts=dict.fromkeys(QUANTITIES, np.zeros(size)),
                    state=np.full(size, NOT_APPLICABLE, dtype=np.int8),
                    note=np.zeros(size, dtype=np.intp),
                )

    def _states(
        self,
        figures: Sequence[Figure],
        units: Units,
        index: tuple[Array, Array, Array, Array],
        lent: Mapping[str, Array],
        filled: Array,
    ) -> tuple[Array, list[str], Array]:
        """Why a row has no figure: nothing was supplied, nothing fits, or the indicator does not concern the unit; the
        notes in words, and which note each row has. A figure by other sources (``lent``) stands alone."""
        figure, _, year, unit = index
        notes = [""]
        by_other = np.zeros(len(figure), dtype=np.int32)
        for bit, array in enumerate(lent.values()):
            by_other |= array.astype(np.int32) << bit
        # What the school year alone decides, for every figure.
        state = np.full((len(figures), len(self._plan.read)), COUNTED, dtype=np.int8)
        note = np.zeros(state.shape, dtype=np.int32)
        for place, item in enumerate(figures):
            for dataset in item.datasets:
                if not (held := self._held(dataset)).all():
                    state[place, ~held], note[place, ~held] = NOT_LOADED, len(notes)
                    notes.append(f"не загружено: {self._plan.contracts[dataset].title}")
        told = by_other == 0
        states = np.where(told, state[figure, year], COUNTED).astype(np.int8)
        found = np.where(told, note[figure, year], 0).astype(np.int32)
        for given in np.unique(by_other[by_other > 0]).tolist():
            found[by_other == given] = len(notes)
            notes.append(f"по источнику: {'; '.join(title for bit, title in enumerate(lent) if given >> bit & 1)}")
        silent = np.array([self._plan.contracts[item.population].empty_means == "no_data" for item in figures])
        empty = silent[figure] & ~filled & (states == COUNTED)
        states[empty], found[empty] = NO_ROWS, len(notes)
        notes.append("нет строк, подходящих под условие показателя")
        fits = [units.holding(self._reach.applicable(item)) | (item.organisations == TRUE) for item in figures]
        others = ~filled & ~np.array(fits)[figure, unit]
        states[others], found[others] = NOT_APPLICABLE, len(notes) + figure[others]
        notes += [item.otherwise for item in figures]
        return states, notes, found

    def _held(self, dataset: str) -> Array:
        """Which of the school years read the table of a dataset tells of."""
        if dataset not in self._years:
            table = self._tables.by_dataset.get(dataset)
            timeless = self._plan.contracts[dataset].period is None
            held = [] if table is None else self._plan.read if timeless else table.periods()
            self._years[dataset] = np.isin(self._plan.read, held)
        return self._years[dataset]

    def _traits(self, figure: Figure) -> Traits:
        contract = self._plan.contracts[figure.denominator.dataset]
        read = columns_of(figure.numerator.where) if figure.inside else frozenset[str]()
        derived = [column.derive for name, column in contract.columns.items() if name in read]
        return Traits(
            counts_units=counts_units(figure, self._plan.contracts),
            links=any(rule is not None and rule.earlier is not None for rule in derived),
        )

    def _sources(self) -> dict[tuple[int, int], str]:
        """What each figure rests on: its datasets and the lists its conditions look into, by figure and period."""
        told: dict[tuple[str, int], str] = {}

        def source(dataset: str, year: int) -> str:
            if (dataset, year) not in told:
                told[dataset, year] = self._source(dataset, year)
            return told[dataset, year]

        found = {}
        for figure, index in self._order.items():
            behind = (*figure.datasets, *lists_behind(figure, self._plan.contracts[figure.population]))
            others = [other.population for other in figure.also]
            for place, year in enumerate(self._plan.read):
                held = (name for name in others if self._held(name)[place])
                found[index, year] = "; ".join(source(name, year) for name in (*behind, *held))
        return found

    def _source(self, dataset: str, year: int) -> str:
        contract = self._plan.contracts[dataset]
        table = self._tables.by_dataset.get(dataset)
        held = table is not None and self._held(dataset)[self._plan.read.index(year)]
        files = table.files(year if contract.period else None) if table is not None and held else []
        if not files:
            return f"{contract.title}: не загружено"
        return f"{contract.title}: {files[0]}" if len(files) == 1 else f"{contract.title}: файлов — {len(files)}"


_NOTHING = np.zeros((1, 1, 1))


def _of_shape(array: Array, shape: tuple[int, ...]) -> Array:
    return array if array.shape == shape else np.broadcast_to(array, shape)


def _stacked(arrays: Sequence[Array], shape: tuple[int, ...]) -> Array:
    """Arrays of all figures; nothing but a repeated zero where none has any."""
    if all(array is _NOTHING for array in arrays):
        return np.broadcast_to(_NOTHING, (len(arrays), *shape))
    if len(arrays) == 1:
        return _of_shape(arrays[0], shape)[None]
    return np.stack([_of_shape(array, shape) for array in arrays])


def _compact(array: Array) -> Array:
    """A long array that is nothing but one value repeated as that value."""
    if array.nbytes < _APART or (array != array[0]).any():
        return array
    return np.broadcast_to(array[:1].copy(), len(array))  # a view would keep the whole of it


def _picked(array: Array, index: tuple[Array, Array, Array, Array]) -> Array:
    """The cells of an array; of one that is nothing but a repeated zero, no more than that."""
    if not any(array.strides):
        return np.broadcast_to(np.array(array.flat[:1]), len(index[0]))
    picked: Array = array[index]
    return picked
