"""A figure of one organisation taken apart: its conditions one by one, with the rows that are left after each.

It selects rows by the very :func:`~quality_cli.engine.plan.selection.select` of the scan, so that it cannot disagree
with the results.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.core.strata import stratum_of
from quality_cli.core.where import BETWEEN, TRUE, AllOf, Condition, columns_of
from quality_cli.datasets.tables.batches import FIXED, fixed
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator, Mask
from quality_cli.datasets.tables.table import CELL, FILE, PERIOD, ROW, SHEET, Tables
from quality_cli.datasets.tables.yearly import yearly
from quality_cli.engine.combine.execute import Executor
from quality_cli.engine.completeness.coverage import Coverage
from quality_cli.engine.completeness.whole import Whole
from quality_cli.engine.plan.plan import Plan
from quality_cli.engine.plan.reach import Reach
from quality_cli.engine.plan.selection import select


@dataclass(frozen=True, slots=True)
class Step:
    """A condition, and how many rows of the organisation satisfy it and all those before it.

    ``role``: «population» (rows of the organisation; no condition), «denominator», «excluded», «unknown», «numerator».
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
class FigureExplanation:
    """Everything of one figure, organisation, school year and stratum: the rows by file and, of those that were made of
    single cells, the cells («sheet · C7») by file."""

    steps: tuple[Step, ...]
    files: Mapping[str, tuple[int, ...]]
    gaps: tuple[Gap, ...]
    cells: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class Explainer:
    """Takes figures of one plan apart."""

    def __init__(self, plan: Plan, tables: Tables, coverage: Coverage | None = None) -> None:
        executor = Executor(plan, tables, coverage=coverage)
        tables = yearly(tables, plan.read)
        self._plan = plan
        self._coverage = coverage or Whole(plan, tables)
        self._tables = tables
        self._reach = Reach(tables, plan.contracts, plan.read)
        frames = {name: table.frame for name, table in tables.by_dataset.items()}
        self._evaluators = {name: Evaluator(frame, frames) for name, frame in frames.items()}
        self._position = {org.id: position for position, org in enumerate(tables.organisations)}
        self._leaves: dict[str, Array] = {}
        self._combined = cache(executor.combined)
        self._left_out = executor.left_out

    def __call__(self, figure: Figure, org: str, period: int, stratum: Mapping[str, str]) -> FigureExplanation:
        """Take ``figure`` apart; ``files`` are the rows (from 1) of its denominator and numerator by file."""
        counts = select(figure, self._evaluators)
        unit = self._tables.organisations[org]
        out = self._left_out(figure, unit.level, period, stratum_of(stratum.items()))
        here = {
            dataset: self._counted(figure, dataset, org, period, stratum, out)
            for dataset in dict.fromkeys(count.dataset for count, _ in counts.values())
            if dataset in self._tables
        }
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
        if figure.population not in (figure.denominator.dataset, figure.numerator.dataset):
            steps += self._aside(figure, chosen)
        if figure.inside and "numerator" in chosen:
            start = chosen["denominator"][1]
            steps += self._clauses("numerator", figure.numerator, start, population=False)
            steps.append(self._step("numerator", None, *chosen["numerator"]))
        counted = [chosen[name] for name in ("denominator", "numerator") if name in chosen]
        if figure.other_sources:
            for source, count, rows, name in self._contributed(figure, org, period, stratum, out):
                steps.append(replace(self._step(name, None, count, rows), source=source))
                counted.append((count, rows))
        gaps = tuple(self._gaps(figure, chosen))
        return FigureExplanation(tuple(steps), self._places(counted), gaps, self._cells(counted))

    def _contributed(
        self, figure: Figure, org: str, period: int, stratum: Mapping[str, str], out: Array | None
    ) -> Iterator[tuple[str, Count, Mask, str]]:
        """Rows that other sources give, in the cells that the execution leaves to them."""
        found, strata = self._combined(figure)
        year = self._plan.read.index(period)
        for contribution in found.contributions[1:]:
            assert contribution.free is not None
            if not contribution.figure.tells_by(stratum):
                continue  # its numbers of other strata do not make it up
            free_cells = np.broadcast_to(contribution.free, (len(strata), len(self._plan.read), len(self._position)))
            counts = select(contribution.figure, self._evaluators)
            for name in ("denominator", "numerator"):
                count, mask = counts[name]
                if mask is None or count.dataset not in self._tables:
                    continue
                here = self._counted(contribution.figure, count.dataset, org, period, stratum, out)
                rows = np.flatnonzero(mask & here)
                codes = strata.codes(self._tables[count.dataset].frame.iloc[rows])
                free = free_cells[codes, year, self._leaf(count.dataset)[rows]]
                if free.any():
                    given = np.zeros(len(mask), dtype=bool)
                    given[rows[free]] = True
                    yield contribution.figure.source, count, given, name

    def _counted(
        self, figure: Figure, dataset: str, org: str, period: int, stratum: Mapping[str, str], out: Array | None
    ) -> Mask:
        """The rows that are of the organisations whose rows the figure counts: without those ``out``."""
        there = np.array(self._tables.organisations.existing(period), dtype=bool)
        for counted in (self._reach.counted(figure), self._coverage.divided(figure, dataset)):
            if counted is not None:
                there = there & counted[self._plan.read.index(period)]
        if out is not None:
            there = there & ~out
        counted_rows: Mask = np.append(there, False)[self._leaf(dataset)]
        return self._rows_of(dataset, org, period, stratum) & counted_rows

    def _leaf(self, dataset: str) -> Array:
        """For every row the position of the organisation that it belongs to, -1 where there is none."""
        if dataset not in self._leaves:
            table = self._tables[dataset]
            orgs = table.frame[table.contract.organisation or ""].cat
            positions = np.array([self._position.get(str(name), -1) for name in orgs.categories] + [-1], dtype=np.intp)
            self._leaves[dataset] = positions[orgs.codes.to_numpy()]
        return self._leaves[dataset]

    def _rows_of(self, dataset: str, org: str, period: int, stratum: Mapping[str, str]) -> Mask:
        """Rows of the organisation and of those under it, of the school year, in the stratum as far as the table tells
        it: a denominator may be the same for every stage."""
        table = self._tables[dataset]
        under = np.array(self._tables.organisations.under({org}), dtype=bool)
        mask = np.append(under, False)[self._leaf(dataset)] & (table.frame[PERIOD].to_numpy() == period)
        for name, value in stratum.items():
            if name not in table.contract.columns:
                continue
            cells = table.frame[name]
            numeric = table.contract.columns[name].is_numeric
            mask = mask & (cells == (float(value) if numeric else value)).to_numpy()
        return np.asarray(mask, dtype=bool)

    def _clauses(self, role: str, count: Count, start: Mask, *, population: bool = True) -> Iterator[Step]:
        """The rows to begin with, and what is left of them after each condition."""
        rows = Count(count.dataset, TRUE)
        if population:
            yield self._step("population", None, rows, start)
        left = start
        for clause in count.where.items if isinstance(count.where, AllOf) else (count.where,):
            left = left & self._evaluators[count.dataset](clause).true
            yield self._step(role, clause, rows, left)

    def _aside(self, figure: Figure, chosen: Mapping[str, tuple[Count, Mask]]) -> Iterator[Step]:
        for name, condition in (("excluded", figure.exclude), ("unknown", None)):
            if name in chosen and chosen[name][1].any():
                yield self._step(name, condition, *chosen[name])

    def _step(self, role: str, condition: Condition | None, count: Count, mask: Mask) -> Step:
        cells = self._tables[count.dataset].frame.loc[mask, [*count.columns]]
        match count.kind:
            case "rows":
                amount = float(mask.sum())
            case "distinct":
                amount = float(len(cells.dropna().drop_duplicates()))
            case "sum":
                amount = float(fixed(cells.to_numpy()).sum()) / FIXED
        return Step(role, count.dataset, condition, int(mask.sum()), amount)

    def _places(self, counted: list[tuple[Count, Mask]]) -> dict[str, tuple[int, ...]]:
        found: dict[str, set[int]] = {}
        for count, mask in counted:
            rows = self._tables[count.dataset].frame.loc[mask, [FILE, ROW]]
            for file, row in zip(rows[FILE].tolist(), rows[ROW].tolist(), strict=True):
                found.setdefault(str(file), set()).add(int(row))
        return {file: tuple(sorted(rows)) for file, rows in sorted(found.items())}

    def _cells(self, counted: list[tuple[Count, Mask]]) -> dict[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {}
        for count, mask in counted:
            frame = self._tables[count.dataset].frame
            if CELL in frame:
                told = frame.loc[mask, [FILE, SHEET, CELL]].dropna()
                for file, sheet, cell in zip(*(told[name].tolist() for name in told), strict=True):
                    found.setdefault(str(file), {})[" · ".join(filter(None, (sheet, cell)))] = None
        return {file: tuple(cells) for file, cells in sorted(found.items())}

    def _gaps(self, figure: Figure, chosen: Mapping[str, tuple[Count, Mask]]) -> Iterator[Gap]:
        if not figure.inside or not {"numerator", "denominator"} <= chosen.keys():
            return
        count = figure.numerator
        outside = np.flatnonzero(chosen["denominator"][1] & ~chosen["numerator"][1])
        if not outside.size:
            return
        clauses = count.where.items if isinstance(count.where, AllOf) else (count.where,)
        truths = np.stack([self._evaluators[count.dataset](clause).true[outside] for clause in clauses])
        rows = self._tables[count.dataset].frame.iloc[outside]
        cells = {name: list(map(_shown, rows[name])) for name in sorted(set().union(*map(columns_of, clauses)))}
        files, numbers = rows[FILE].tolist(), rows[ROW].tolist()
        for at, first in enumerate(truths.argmin(axis=0)):  # the first that is not true
            values = {name: cells[name][at] for name in sorted(columns_of(clauses[first]))}
            yield Gap(str(files[at]), int(numbers[at]), clauses[first], values)


def _shown(cell: object) -> object:
    """A cell as people write it: several values with «;» between."""
    return cell.strip(BETWEEN).replace(BETWEEN, "; ") if isinstance(cell, str) else cell
