"""A figure of one unit taken apart: its conditions one by one, with the rows that are left after each.

It selects rows by the very :class:`Selector` of the execution, so that it cannot disagree with the results.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

import numpy as np

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.core.where import TRUE, AllOf, Condition, columns_of
from quality_cli.datasets.evaluate import Mask
from quality_cli.datasets.table import FILE, PERIOD, ROW, Tables
from quality_cli.engine.keys import Keys, leaf_positions
from quality_cli.engine.plan import Plan
from quality_cli.engine.select import Selector
from quality_cli.engine.sources import Combined, Combiner, datasets_of
from quality_cli.engine.strata import Strata


@dataclass(frozen=True, slots=True)
class Step:
    """A condition, and how many rows of the unit satisfy it and all those before it.

    ``role``: «population» (rows of the unit; no condition), «denominator», «excluded», «unknown», «numerator».
    ``amount`` is what is counted in these rows: the rows themselves, distinct values or a sum. ``source``: the title of
    another source of the figure, empty for its own.
    """

    role: str
    dataset: str
    condition: Condition | None
    rows: int
    amount: float
    source: str = ""


@dataclass(frozen=True, slots=True)
class Gap:
    """A row of the denominator that is not in the numerator: its place, the first condition that it does not
    satisfy, and the values of the columns of that condition."""

    file: str
    row: int
    failed: Condition
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Trace:
    """Everything of one figure, unit, school year and stratum."""

    steps: tuple[Step, ...]
    files: Mapping[str, tuple[int, ...]]
    gaps: tuple[Gap, ...]


class Tracer:
    """Takes figures of one plan apart."""

    def __init__(self, plan: Plan, tables: Tables) -> None:
        self._tables = tables
        self._select = Selector(tables, plan.contracts)

    def __call__(self, figure: Figure, unit: str, period: int, stratum: Mapping[str, str]) -> Trace:
        """Take ``figure`` apart; ``files`` are the rows (from 1) of its denominator and numerator by file."""
        combined = self._combined(figure, period)
        selection = combined.selection
        counts = selection.counts
        here = {
            dataset: self._rows_of(dataset, unit, period, stratum)
            for dataset in dict.fromkeys(count.dataset for count, _ in counts.values())
            if dataset in self._tables
        }
        if selection.own is not None and figure.population in here:
            here[figure.population] &= selection.own
        chosen = {
            name: (count, mask & here[count.dataset])
            for name, (count, mask) in counts.items()
            if mask is not None and count.dataset in here
        }
        steps: list[Step] = []
        for name in ("denominator", "numerator"):
            if name in chosen and not (name == "numerator" and figure.inside):
                count, _ = counts[name]
                steps += self._clauses(name, count, here[count.dataset])
                if count.dataset == figure.population:
                    steps += self._aside(figure, chosen)
                steps.append(self._step(name, None, *chosen[name]))
        if figure.inside and "numerator" in chosen:
            start = chosen["denominator"][1]
            steps += self._clauses("numerator", figure.numerator, start, population=False)
            steps.append(self._step("numerator", None, *chosen["numerator"]))
        counted = [chosen[name] for name in ("denominator", "numerator") if name in chosen]
        for source, lent in combined.sources[1:]:
            for name in ("denominator", "numerator"):
                count, mask = lent[name]
                if mask is not None and count.dataset in self._tables:
                    rows = mask & self._rows_of(count.dataset, unit, period, stratum)
                    steps += [replace(self._step(name, None, count, rows), source=source.source)] if rows.any() else []
                    counted.append((count, rows))
        return Trace(tuple(steps), self._places(counted), tuple(self._gaps(figure, chosen)))

    def applicable(self, figure: Figure) -> set[str]:
        """Ids of the units that the figure makes sense for."""
        chosen = self._select(figure).applicable
        return {unit.id for unit, fits in zip(self._tables.organisations, chosen, strict=True) if fits}

    def _combined(self, figure: Figure, period: int) -> Combined:
        """The rows of all sources of the figure, as the execution combines them."""
        tables = {name: self._tables[name] for name in datasets_of([figure]) if name in self._tables}
        strata = Strata.of(figure.by, [tables[name] for name in sorted(tables)])
        position = {unit.id: index for index, unit in enumerate(self._tables.organisations)}
        keys = {name: Keys(table, strata, (period,), position) for name, table in tables.items()}
        return Combiner(self._select, keys, strata, self._tables)(figure)

    def _rows_of(self, dataset: str, unit: str, period: int, stratum: Mapping[str, str]) -> Mask:
        """Rows of the unit and of those under it, of the school year, in the stratum."""
        table, tree = self._tables[dataset], self._tables.organisations
        position = {leaf.id: index for index, leaf in enumerate(tree)}
        mask = np.append(np.array(tree.under({unit}), dtype=bool), False)[leaf_positions(table, position)]
        if table.contract.period is not None:
            mask = mask & (table.frame[PERIOD].to_numpy() == period)
        for name, value in stratum.items():
            cells = table.frame[name]
            numeric = table.contract.columns[name].is_numeric
            mask = mask & (cells.to_numpy() == float(value) if numeric else (cells.astype(object) == value).to_numpy())
        return np.asarray(mask, dtype=bool)

    def _clauses(self, role: str, count: Count, start: Mask, *, population: bool = True) -> Iterator[Step]:
        """The rows to begin with, and what is left of them after each condition."""
        rows = Count(count.dataset, TRUE)
        if population:
            yield self._step("population", None, rows, start)
        left = start
        for clause in count.where.items if isinstance(count.where, AllOf) else (count.where,):
            left = left & self._select.truth(count.dataset, clause).true
            yield self._step(role, clause, rows, left)

    def _aside(self, figure: Figure, chosen: Mapping[str, tuple[Count, Mask]]) -> Iterator[Step]:
        for name, condition in (("excluded", figure.exclude), ("unknown", None)):
            if name in chosen and chosen[name][1].any():
                yield self._step(name, condition, *chosen[name])

    def _step(self, role: str, condition: Condition | None, count: Count, mask: Mask) -> Step:
        column = self._tables[count.dataset].frame[count.column][mask] if count.column else None
        match count.kind:
            case "rows":
                amount = float(mask.sum())
            case "distinct":
                assert column is not None
                amount = float(column.nunique())
            case "sum":
                assert column is not None
                amount = float(column.sum())
        return Step(role, count.dataset, condition, int(mask.sum()), amount)

    def _places(self, counted: list[tuple[Count, Mask]]) -> dict[str, tuple[int, ...]]:
        found: dict[str, set[int]] = {}
        for count, mask in counted:
            frame = self._tables[count.dataset].frame
            for file, row in zip(frame[FILE][mask], frame[ROW][mask], strict=True):
                found.setdefault(str(file), set()).add(int(row))
        return {file: tuple(sorted(rows)) for file, rows in sorted(found.items())}

    def _gaps(self, figure: Figure, chosen: Mapping[str, tuple[Count, Mask]]) -> Iterator[Gap]:
        if not figure.inside or not {"numerator", "denominator"} <= chosen.keys():
            return
        count, outside = figure.numerator, chosen["denominator"][1] & ~chosen["numerator"][1]
        frame = self._tables[count.dataset].frame
        clauses = count.where.items if isinstance(count.where, AllOf) else (count.where,)
        truths = [(clause, self._select.truth(count.dataset, clause).true) for clause in clauses]
        for index in np.flatnonzero(outside):
            failed = next(clause for clause, true in truths if not true[index])
            values = {name: frame[name].iloc[index] for name in sorted(columns_of(failed))}
            yield Gap(str(frame[FILE].iloc[index]), int(frame[ROW].iloc[index]), failed, values)
