"""Execution of a plan over tables: masks, one group-by at the leaf, sums up the tree, ratios never (design §5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TypeAlias

import numpy as np
import pandas as pd

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.core.organisations import Level
from quality_cli.core.where import Condition, columns_of
from quality_cli.datasets.evaluate import Evaluator, Mask, Truth
from quality_cli.datasets.organisations import REGISTER
from quality_cli.datasets.table import PERIOD, Table, Tables
from quality_cli.engine.cube import Array, Cube, Traits, concatenated
from quality_cli.engine.plan import Partition, Plan, lists_behind
from quality_cli.engine.strata import Strata, subsets

NOT_APPLICABLE, NOT_LOADED, NO_ROWS = "not_applicable", "not_loaded", "no_rows"
QUANTITIES = ("numerator", "denominator", "excluded", "unknown")

_Block: TypeAlias = dict[str, Array]


@dataclass(frozen=True, slots=True)
class _Units:
    """Units of one level in register order, and for every unit of the tree the position of the one above it.

    A row may belong to a municipality itself: what its office was asked.
    """

    level: Level
    ids: Array
    of_leaf: Array  # position of the unit at this level, -1 where there is none


@dataclass(frozen=True, slots=True)
class _View:
    """What one block of rows shows: a figure at one level by some of its stratifiers."""

    figure: Figure
    strata: Strata
    subset: tuple[int, ...]
    units: _Units

    @property
    def sizes(self) -> tuple[int, ...]:
        return tuple(self.strata.size(position) for position in self.subset)


class Executor:
    """Runs one plan; frames, masks and group keys are made once and shared by all figures."""

    def __init__(self, plan: Plan, tables: Tables) -> None:
        self._plan = plan
        self._tables = tables
        self._frames: Mapping[str, pd.DataFrame] = {name: table.frame for name, table in tables.by_dataset.items()}
        self._evaluators = {name: Evaluator(frame, self._frames) for name, frame in self._frames.items()}
        self._leaves = [unit.id for unit in tables.organisations]
        self._position = {unit_id: index for index, unit_id in enumerate(self._leaves)}
        self._levels = [self._units(level) for level in plan.levels]
        self._order = {figure: i for i, figure in enumerate(chain.from_iterable(p.figures for p in plan.partitions))}

    def run(self) -> Cube:
        """Count everything that the plan names."""
        figures = tuple(sorted(self._order, key=lambda figure: self._order[figure]))
        blocks = [block for partition in self._plan.partitions for block in self._partition(partition)]
        traits = tuple(map(self._traits, figures))
        return Cube(figures, self._tables.organisations, concatenated(blocks), self._sources(figures), traits)

    def _traits(self, figure: Figure) -> Traits:
        contract = self._plan.contracts[figure.denominator.dataset]
        read = columns_of(figure.numerator.where) if figure.inside else frozenset[str]()
        derived = [column.derive for name, column in contract.columns.items() if name in read]
        return Traits(
            counts_units=figure.denominator.dataset == REGISTER or figure.denominator.column == contract.organisation,
            links=any(rule is not None and rule.earlier is not None for rule in derived),
        )

    def _units(self, level: Level) -> _Units:
        tree = self._tables.organisations
        units = [unit.id for unit in tree.at(level)]
        position = {unit_id: index for index, unit_id in enumerate(units)}
        above = [tree.ancestor(unit_id, level) for unit_id in self._leaves]
        of_leaf = np.array([position[unit.id] if unit else -1 for unit in above], dtype=np.intp)
        return _Units(level, np.array(units, dtype=object), of_leaf)

    def _partition(self, partition: Partition) -> Iterator[_Block]:
        datasets = {count.dataset for f in partition.figures for count in (f.denominator, f.numerator)}
        strata = Strata.of(partition.by, [self._tables[name] for name in sorted(datasets) if name in self._tables])
        keys = {name: _Keys(self._tables[name], strata, self._plan.periods, self._position)
                for name in datasets if name in self._tables}  # fmt: skip
        concerned = self._selected(self._plan.contracts[partition.dataset].concerns)
        for figure in partition.figures:
            yield from self._figure(figure, strata, keys, concerned)

    def _selected(self, condition: Condition) -> Array:
        """Which units of the register satisfy a condition, or may satisfy it for all the register says."""
        register = self._frames.get(REGISTER)
        if register is None:
            return np.ones(len(self._leaves), dtype=bool)
        chosen = set(register["id"][~self._evaluators[REGISTER](condition).false])
        return np.array([unit_id in chosen for unit_id in self._leaves], dtype=bool)

    def _figure(
        self, figure: Figure, strata: Strata, keys: Mapping[str, "_Keys"], concerned: Array
    ) -> Iterator[_Block]:
        counts = self._counts(figure)
        rule = self._plan.indicators[figure.indicator].organisations
        applicable = concerned & self._selected(rule.where) if rule else concerned
        if rule and not rule.otherwise:
            concerned = applicable
        for subset in subsets(len(strata.names)):
            for units in self._levels:
                view = _View(figure, strata, subset, units)
                counted = {name: self._counted(view, count, mask, keys) for name, (count, mask) in counts.items()}
                filled = self._filled(view, counts, counted, keys)
                yield self._rows(view, counted, filled, self._lifted(concerned, units), self._lifted(applicable, units))
                yield from self._not_held(view, self._lifted(applicable, units))

    def _counts(self, figure: Figure) -> dict[str, tuple[Count, Mask | None]]:
        """What is counted and in which rows: D = I ∧ d, X, N = (D ∧ ¬X) ∧ n; the unknown leave D and are counted."""
        base, excluded = self._truth(figure, figure.denominator)
        rows = Count(figure.denominator.dataset, figure.denominator.where)
        if figure.inside:
            inner = self._known(figure.numerator)
            if base is None or inner is None:
                return dict.fromkeys(QUANTITIES, (rows, None))
            return {
                "numerator": (figure.numerator, base.true & inner.true),
                "denominator": (figure.denominator, base.true & ~inner.unknown),
                "excluded": (rows, excluded),
                "unknown": (rows, base.unknown | (base.true & inner.unknown)),
            }
        top, excluded_top = self._truth(figure, figure.numerator)
        own, own_excluded = base, excluded
        if figure.numerator.dataset == figure.population:
            rows, own, own_excluded = replace(rows, dataset=figure.population), top, excluded_top
        return {
            "numerator": (figure.numerator, None if top is None else top.true),
            "denominator": (figure.denominator, None if base is None else base.true),
            "excluded": (rows, own_excluded),
            "unknown": (rows, None if own is None else own.unknown),
        }

    def _known(self, count: Count) -> Truth | None:
        """Where the condition of a count holds; a row whose counted cell is empty is unknown."""
        evaluate = self._evaluators.get(count.dataset)
        if evaluate is None:
            return None
        truth = evaluate(count.where)
        if not count.column:
            return truth
        present = self._frames[count.dataset][count.column].notna().to_numpy()
        return Truth(truth.true & present, truth.false)

    def _truth(self, figure: Figure, count: Count) -> tuple[Truth | None, Mask | None]:
        """Where a count holds without the excluded rows, and the excluded rows."""
        truth = self._known(count)
        if truth is None or figure.exclude is None or count.dataset != figure.population:
            return truth, None
        evaluate = self._evaluators[count.dataset]
        exclude = evaluate(figure.exclude)
        return truth & ~exclude, evaluate(count.where).true & exclude.true

    def _counted(self, view: _View, count: Count, mask: Mask | None, keys: Mapping[str, "_Keys"]) -> Array:
        if mask is None or count.dataset not in keys:
            return np.zeros((len(self._plan.periods), len(view.units.ids), *view.sizes))
        return keys[count.dataset].count(count, mask, view.subset, view.units)

    def _filled(
        self,
        view: _View,
        counts: Mapping[str, tuple[Count, Mask | None]],
        counted: Mapping[str, Array],
        keys: Mapping[str, "_Keys"],
    ) -> Array:
        """Where any row stands behind the figure: a sum of zeros is a zero, not an absence."""
        rows = [
            self._counted(view, replace(count, kind="rows"), mask, keys) if count.kind == "sum" else counted[name]
            for name, (count, mask) in counts.items()
        ]
        return np.asarray(np.any([array != 0 for array in rows], axis=0))

    def _rows(
        self, view: _View, counted: Mapping[str, Array], filled: Array, concerned: Array, applicable: Array
    ) -> _Block:
        """Rows of the results: a total for every unit concerned, a stratum where anything was counted."""
        across = (1, -1, *(1 for _ in view.subset))
        wanted = filled & view.strata.named(view.subset, filled.shape) if view.subset else filled | concerned[None, :]
        index = np.nonzero(wanted)
        fits = (filled | applicable.reshape(across))[index]
        periods = np.array(self._plan.periods, dtype=np.int64)[index[0]]
        counts = {name: array[index] for name, array in counted.items()}
        state, note = self._states(view.figure, periods, filled[index], fits)
        words = view.strata.words(view.subset, index[2:], len(periods))
        return self._block(view, periods, view.units.ids[index[1]], words, counts, state, note)

    def _not_held(self, view: _View, applicable: Array) -> Iterator[_Block]:
        """Strata that have no source in some years by design of the procedure."""
        names = [view.strata.names[position] for position in view.subset]
        units = view.units.ids[applicable]
        for gap in self._plan.indicators[view.figure.indicator].not_held:
            if sorted(gap.stratum) == sorted(names):
                held_until = gap.until.start if gap.until else max(self._plan.periods, default=0)
                years = [year for year in self._plan.periods if gap.since.start <= year <= held_until]
                size = len(years) * len(units)
                word = ";".join(f"{name}={gap.stratum[name]}" for name in names)
                yield self._block(
                    view,
                    np.repeat(np.array(years, dtype=np.int64), len(units)),
                    np.tile(units, len(years)),
                    _filled(word, size),
                    dict.fromkeys(QUANTITIES, np.zeros(size)),
                    _filled(NOT_APPLICABLE, size),
                    _filled(gap.reason, size),
                )

    def _block(
        self,
        view: _View,
        periods: Array,
        units: Array,
        words: Array,
        counts: Mapping[str, Array],
        state: Array,
        note: Array,
    ) -> _Block:
        size = len(periods)
        return {
            "figure": np.full(size, self._order[view.figure]),
            "period": periods,
            "level": _filled(str(view.units.level), size),
            "unit": units,
            "by": _filled(view.strata.label(view.subset), size),
            "stratum": words,
            **counts,
            "state": state,
            "note": note,
        }

    def _lifted(self, chosen: Array, units: _Units) -> Array:
        """Which units of a level hold at least one of the chosen."""
        lifted = np.zeros(len(units.ids), dtype=bool)
        above = units.of_leaf[chosen]
        lifted[above[above >= 0]] = True
        return lifted

    def _states(self, figure: Figure, periods: Array, filled: Array, applicable: Array) -> tuple[Array, Array]:
        """Why a row has no figure: nothing was supplied, nothing fits, or the indicator does not concern the unit."""
        state, note = _filled("", len(periods)), _filled("", len(periods))
        for dataset in figure.datasets:
            contract = self._plan.contracts[dataset]
            if not (dataset in self._tables and contract.period is None):
                held = self._tables[dataset].periods() if dataset in self._tables else []
                lacking = ~np.isin(periods, held)
                state[lacking], note[lacking] = NOT_LOADED, f"не загружено: {contract.title}"
        if self._plan.contracts[figure.population].empty_means == "no_data":
            empty = ~filled & (state == "")
            state[empty], note[empty] = NO_ROWS, "нет строк, подходящих под условие показателя"
        rule = self._plan.indicators[figure.indicator].organisations
        if rule is not None:
            state[~applicable], note[~applicable] = NOT_APPLICABLE, rule.otherwise
        return state, note

    def _sources(self, figures: Sequence[Figure]) -> dict[tuple[int, int], str]:
        """What each figure rests on: its datasets and the lists its conditions look into, by figure and period."""
        told = {(name, year): self._source(name, year) for name in self._plan.contracts for year in self._plan.periods}
        return {
            (index, year): "; ".join(
                told[name, year]
                for name in (*figure.datasets, *lists_behind(figure, self._plan.contracts[figure.population]))
            )
            for index, figure in enumerate(figures)
            for year in self._plan.periods
        }

    def _source(self, dataset: str, year: int) -> str:
        title = self._plan.contracts[dataset].title
        table = self._tables.by_dataset.get(dataset)
        if table is None:
            return f"{title}: не загружено"
        frame = table.frame
        rows = frame if table.contract.period is None else frame[frame[PERIOD] == year]
        files = sorted(map(str, rows["_file"].dropna().unique()))
        if not files:
            return f"{title}: не загружено"
        return f"{title}: {files[0]}" if len(files) == 1 else f"{title}: файлов — {len(files)}"


class _Keys:
    """Group keys of one table: for every row its period, organisation and strata as positions."""

    def __init__(self, table: Table, strata: Strata, periods: Sequence[int], position: Mapping[str, int]) -> None:
        frame = table.frame
        contract = table.contract
        self._frame = frame
        self._shape_periods = len(periods)
        self._strata = strata
        units = frame[contract.organisation] if contract.organisation else pd.Series(pd.Categorical([]))
        codes = np.array([position.get(str(name), -1) for name in units.cat.categories] + [-1], dtype=np.intp)
        self._leaf = codes[units.cat.codes.to_numpy()]
        years = frame[PERIOD].to_numpy()
        self._timeless = contract.period is None
        where = {year: index for index, year in enumerate(periods)}
        self._period = np.array([where.get(year, -1) for year in years], dtype=np.intp)
        self._codes = strata.codes(frame)

    def count(self, count: Count, mask: Mask, subset: tuple[int, ...], units: _Units) -> Array:
        """Counts of the rows in ``mask`` by period x unit x the strata of ``subset``."""
        unit = np.where(self._leaf >= 0, units.of_leaf[self._leaf], -1)
        chosen = mask & (unit >= 0)
        if not self._timeless:
            chosen &= self._period >= 0
        rows = np.flatnonzero(chosen)
        sizes = [self._strata.size(position) for position in subset]
        shape = (1 if self._timeless else self._shape_periods, len(units.ids), *sizes)
        key = np.zeros(len(rows), dtype=np.int64) if self._timeless else self._period[rows].astype(np.int64)
        key = key * len(units.ids) + unit[rows]
        for position, size in zip(subset, sizes, strict=True):
            key = key * size + self._codes[position][rows]
        cells = int(np.prod(shape))
        match count.kind:
            case "rows":
                flat = np.bincount(key, minlength=cells).astype(float)
            case "sum":
                flat = np.bincount(
                    key, weights=np.nan_to_num(self._frame[count.column].to_numpy()[rows]), minlength=cells
                )
            case "distinct":
                values, _ = pd.factorize(self._frame[count.column].to_numpy(dtype=object)[rows])
                known = values >= 0
                pairs = np.unique(key[known] * (values.max(initial=0) + 1) + values[known])
                flat = np.bincount(pairs // (values.max(initial=0) + 1), minlength=cells).astype(float)
        counted = flat.reshape(shape)
        return np.repeat(counted, self._shape_periods, axis=0) if self._timeless else counted


def _filled(word: str, size: int) -> Array:
    return np.full(size, word, dtype=object)
