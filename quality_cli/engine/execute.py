"""Execution of a plan over tables: masks, one group-by at the leaf, sums up the tree, ratios never (design §5)."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
import pandas as pd

from quality_cli.catalogue.figures import Figure, counts_units
from quality_cli.core.organisations import Level
from quality_cli.core.where import TRUE, columns_of
from quality_cli.datasets.evaluate import Evaluator
from quality_cli.datasets.table import PERIOD, Tables
from quality_cli.engine.cube import Array, Cube, Traits, concatenated
from quality_cli.engine.keys import Keys, Units, View
from quality_cli.engine.plan import Partition, Plan, lists_behind
from quality_cli.engine.select import QUANTITIES, Selector
from quality_cli.engine.sources import Combined, Combiner, datasets_of
from quality_cli.engine.strata import Strata, subsets

NOT_APPLICABLE, NOT_LOADED, NO_ROWS, CONFLICT = "not_applicable", "not_loaded", "no_rows", "conflict"

_Block: TypeAlias = dict[str, Array]


@dataclass(frozen=True, slots=True)
class Counted:
    """Quantities by period × unit × strata: amounts by name, where any row stands behind them, and the titles of
    the other sources that gave some of them."""

    amounts: Mapping[str, Array]
    filled: Array
    lent: Array


class Executor:
    """Runs one plan; frames, masks and group keys are made once and shared by all figures."""

    def __init__(self, plan: Plan, tables: Tables) -> None:
        self._plan = plan
        self._tables = tables
        self._select = Selector(tables, plan.contracts)
        self._leaves = [unit.id for unit in tables.organisations]
        self._position = {unit_id: index for index, unit_id in enumerate(self._leaves)}
        figures = [figure for partition in plan.partitions for figure in partition.figures]
        wanted = {year + back for year in plan.periods for back in (0, *(figure.change for figure in figures))}
        self._periods = tuple(sorted(wanted))
        self._levels = [self._units(level) for level in plan.levels]
        self._order = {figure: index for index, figure in enumerate(figures)}

    def run(self) -> Cube:
        """Count everything that the plan names."""
        figures = tuple(sorted(self._order, key=lambda figure: self._order[figure]))
        blocks = [block for partition in self._plan.partitions for block in self._partition(partition)]
        traits = tuple(map(self._traits, figures))
        return Cube(
            figures,
            self._tables.organisations,
            concatenated(blocks),
            self._sources(figures),
            traits,
            self._plan.periods,
        )

    def _traits(self, figure: Figure) -> Traits:
        contract = self._plan.contracts[figure.denominator.dataset]
        read = columns_of(figure.numerator.where) if figure.inside else frozenset[str]()
        derived = [column.derive for name, column in contract.columns.items() if name in read]
        return Traits(
            counts_units=counts_units(figure, self._plan.contracts),
            links=any(rule is not None and rule.earlier is not None for rule in derived),
        )

    def _units(self, level: Level) -> Units:
        tree = self._tables.organisations
        units = [unit.id for unit in tree.at(level)]
        position = {unit_id: index for index, unit_id in enumerate(units)}
        above = [tree.ancestor(unit_id, level) for unit_id in self._leaves]
        of_leaf = np.array([position[unit.id] if unit else -1 for unit in above], dtype=np.intp)
        return Units(level, np.array(units, dtype=object), of_leaf)

    def _partition(self, partition: Partition) -> Iterator[_Block]:
        datasets = datasets_of(partition.figures)
        strata = Strata.of(partition.by, [self._tables[name] for name in sorted(datasets) if name in self._tables])
        keys = {name: Keys(self._tables[name], strata, self._periods, self._position)
                for name in datasets if name in self._tables}  # fmt: skip
        combine = Combiner(self._select, keys, strata, self._tables)
        for figure in partition.figures:
            yield from self._figure(figure, strata, keys, combine(figure))

    def _figure(self, figure: Figure, strata: Strata, keys: Mapping[str, Keys], combined: Combined) -> Iterator[_Block]:
        if figure.condition is not None:
            yield from self._satisfying(View(figure, strata, (), self._levels[0]), combined, keys)
            return
        for subset in subsets(len(strata.names)):
            for units in self._levels:
                view = View(figure, strata, subset, units)
                yield self._rows(view, self._counted(view, combined, keys), combined)
                yield from self._not_held(view, self._lifted(combined.selection.applicable, units))

    def _satisfying(self, view: View, combined: Combined, keys: Mapping[str, Keys]) -> Iterator[_Block]:
        """Organisations whose own value satisfies the condition, among those that have a value."""
        value, known = self._values(view, combined, keys)
        assert view.figure.condition is not None
        truth = Evaluator(pd.DataFrame({"value": value.ravel()}), {})(view.figure.condition)
        selection = combined.selection
        fits, own = (self._lifted(units, view.units)[None, :] for units in (selection.applicable, selection.concerned))
        told = {
            "numerator": fits & known & truth.true.reshape(value.shape),
            "denominator": fits & known,
            "excluded": (own & ~fits) | np.zeros_like(known),
            "unknown": fits & ~known,
        }
        leaves = np.array([self._position[unit_id] for unit_id in view.units.ids], dtype=np.intp)
        for units in self._levels:
            belongs = (units.of_leaf[leaves][:, None] == np.arange(len(units.ids))).astype(float)
            amounts = {name: array.astype(float) @ belongs for name, array in told.items()}
            counted = Counted(amounts, amounts["denominator"] > 0, np.full(amounts["denominator"].shape, "", object))
            yield self._rows(replace(view, units=units), counted, combined)

    def _values(self, view: View, combined: Combined, keys: Mapping[str, Keys]) -> tuple[Array, Array]:
        """The value of each organisation by period (or its change), and where there is one."""
        figure = view.figure
        counted = self._counted(view, combined, keys)
        amounts, known = counted.amounts, counted.filled
        if figure.factor is None:
            value = amounts["numerator"].astype(float)
            if self._plan.contracts[figure.population].empty_means == "zero":
                known = known | np.isin(self._periods, self._held(figure.population))[:, None]
        else:
            with np.errstate(divide="ignore", invalid="ignore"):
                value = figure.factor * amounts["numerator"] / amounts["denominator"]
            known = known & (amounts["denominator"] > 0)
        known = known & ((amounts["denominator"] > 0) | (amounts["unknown"] == 0))
        value = np.where(known, value, np.nan)
        if figure.change:
            where = {year: index for index, year in enumerate(self._periods)}
            before = [where.get(year + figure.change, -1) for year in self._periods]
            earlier, had = value[before], known[before] & (np.array(before) >= 0)[:, None]
            value, known = value - earlier, known & had
        return value, known

    def _counted(self, view: View, combined: Combined, keys: Mapping[str, Keys]) -> Counted:
        """The quantities of all sources together."""
        shape = (len(self._periods), len(view.units.ids), *view.sizes)
        amounts = {name: np.zeros(shape) for name in QUANTITIES}
        whole, lent = np.zeros(shape, dtype=bool), np.full(shape, "", dtype=object)
        for source, counts in combined.sources:
            filled = np.zeros(shape, dtype=bool)
            for name, (count, mask) in counts.items():
                if mask is None or count.dataset not in keys:
                    continue
                array = keys[count.dataset].count(count, mask, view.subset, view.units)
                amounts[name] += array
                # A sum of zeros is a zero, not an absence.
                rows = replace(count, kind="rows") if count.kind == "sum" else None
                behind = keys[count.dataset].count(rows, mask, view.subset, view.units) if rows else array
                filled |= behind != 0
            if source.source:
                lent[filled] += f"; {source.source}"
            whole |= filled
        return Counted(amounts, whole, lent)

    def _rows(self, view: View, counted: Counted, combined: Combined) -> _Block:
        """Rows of the results: a total for every unit concerned, a stratum where anything was counted."""
        selection, filled = combined.selection, counted.filled
        concerned = self._lifted(selection.concerned, view.units)
        applicable = self._lifted(selection.applicable, view.units)
        across = (1, -1, *(1 for _ in view.subset))
        wanted = filled & view.strata.named(view.subset, filled.shape) if view.subset else filled | concerned[None, :]
        index = np.nonzero(wanted)
        fits = (filled | applicable.reshape(across))[index]
        periods = np.array(self._periods, dtype=np.int64)[index[0]]
        amounts = {name: array[index] for name, array in counted.amounts.items()}
        state, note = self._states(view.figure, periods, counted.lent[index], filled[index], fits)
        if combined.differing is not None and len(view.subset) == len(view.strata.names):
            own = np.array([self._position[unit_id] for unit_id in view.units.ids[index[1]]], dtype=np.intp)
            told = combined.differing[(index[0], own, *index[2:])]
            state[told != ""], note[told != ""] = CONFLICT, told[told != ""]
        words = view.strata.words(view.subset, index[2:], len(periods))
        return self._block(view, periods, view.units.ids[index[1]], words, amounts, state, note)

    def _not_held(self, view: View, applicable: Array) -> Iterator[_Block]:
        """Strata that have no source in some years by design of the procedure."""
        names = [view.strata.names[position] for position in view.subset]
        units = view.units.ids[applicable]
        for gap in self._plan.indicators[view.figure.indicator].not_held:
            if sorted(gap.stratum) == sorted(names):
                held_until = gap.until.start if gap.until else max(self._periods, default=0)
                years = [year for year in self._periods if gap.since.start <= year <= held_until]
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
        view: View,
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

    def _lifted(self, chosen: Array, units: Units) -> Array:
        """Which units of a level hold at least one of the chosen."""
        lifted = np.zeros(len(units.ids), dtype=bool)
        above = units.of_leaf[chosen]
        lifted[above[above >= 0]] = True
        return lifted

    def _states(
        self, figure: Figure, periods: Array, lent: Array, filled: Array, applicable: Array
    ) -> tuple[Array, Array]:
        """Why a row has no figure: nothing was supplied, nothing fits, or the indicator does not concern the unit."""
        state, note = _filled("", len(periods)), _filled("", len(periods))
        note[lent != ""] = "по источнику: " + np.char.lstrip(lent[lent != ""].astype(str), "; ").astype(object)
        for dataset in figure.datasets:
            lacking = ~np.isin(periods, self._held(dataset)) & (lent == "")
            state[lacking], note[lacking] = NOT_LOADED, f"не загружено: {self._plan.contracts[dataset].title}"
        if self._plan.contracts[figure.population].empty_means == "no_data":
            empty = ~filled & (state == "")
            state[empty], note[empty] = NO_ROWS, "нет строк, подходящих под условие показателя"
        if figure.organisations != TRUE:
            state[~applicable], note[~applicable] = NOT_APPLICABLE, figure.otherwise
        return state, note

    def _held(self, dataset: str) -> Sequence[int]:
        """Periods that the table of a dataset tells of."""
        if dataset not in self._tables:
            return ()
        return self._periods if self._plan.contracts[dataset].period is None else self._tables[dataset].periods()

    def _sources(self, figures: Sequence[Figure]) -> dict[tuple[int, int], str]:
        """What each figure rests on: its datasets and the lists its conditions look into, by figure and period."""
        told = {(name, year): self._source(name, year) for name in self._plan.contracts for year in self._periods}
        return {
            (index, year): "; ".join(
                told[name, year]
                for name in (
                    *figure.datasets,
                    *lists_behind(figure, self._plan.contracts[figure.population]),
                    *(other.population for other in figure.also if year in self._held(other.population)),
                )
            )
            for index, figure in enumerate(figures)
            for year in self._periods
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


def _filled(word: str, size: int) -> Array:
    return np.full(size, word, dtype=object)
