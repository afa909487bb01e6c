"""Totals below the sum of their parts: of what a unit says twice no figure that sums the parts has a value.

One of the two numbers is wrong, and nobody knows which: a row is too high or one too many, or the total is stale. A
figure of the unit that sums any of the rows is a contradiction; where it sums all of them and nothing is known of the
rest, the total says a value too. Above the unit it is as one that has said nothing.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from quality_cli.catalogue.figures import Figure
from quality_cli.core.russian import num
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator, Mask
from quality_cli.datasets.tables.frames import Frames
from quality_cli.datasets.tables.table import PERIOD, Table, Tables
from quality_cli.engine.combine.alternative_sources import CombinedSources, Contribution
from quality_cli.engine.combine.cube import Reason, Remark, SourceValue
from quality_cli.engine.combine.values import value
from quality_cli.engine.plan.plan import Plan
from quality_cli.engine.plan.selection import select
from quality_cli.engine.rollup.levels import OrgLevel
from quality_cli.engine.rollup.strata import Margin, Strata

_SIDES = ("numerator", "denominator")
_ROUNDING = 1e-9


@dataclass(frozen=True, slots=True)
class _Total:
    """A total of a unit (its position in the register) in a school year (its position among those read): the rows of
    its table that are its ``parts``, those of the unit and year, and by column its own number and the sum of these."""

    dataset: str
    unit: int
    year: int
    parts: Mask
    rows: Mask
    amounts: Mapping[str, tuple[float, float]]


class Disputed:
    """Marks figures of units whose totals are below their parts; nothing is done where there is no such total."""

    def __init__(self, plan: Plan, tables: Tables) -> None:
        self._plan, self._tables = plan, tables
        self._tree = tables.organisations
        self._totals = [own for table in tables.totals.values() for own in self._of_table(table)]

    def __call__(self, figure: Figure, found: CombinedSources, strata: Strata) -> CombinedSources:
        """The same counts with a remark wherever a figure sums parts of such a total."""
        if not self._totals or figure.condition is not None:
            return found
        differing = dict(found.differing)
        for margin in strata.margins:
            for total in self._totals:
                for place in self._summed(found, total, margin, strata):
                    shape = len(margin.strata), len(self._plan.read), len(self._tree)
                    own = differing.get(margin.names)
                    marked = np.full(shape, None) if own is None else np.broadcast_to(own, shape).copy()
                    if marked[place, total.year, total.unit] is None:
                        marked[place, total.year, total.unit] = self._remark(figure, found, total, margin, place)
                    differing[margin.names] = marked
        return replace(found, differing=differing)

    def _of_table(self, table: Table) -> Iterator[_Total]:
        """The totals of one dataset that are below the rows that are left of it."""
        contract, dataset = table.contract, table.contract.dataset
        if dataset not in self._tables:
            return
        frame = self._tables[dataset].frame
        units = frame[contract.organisation or ""].astype(object).to_numpy()
        position = {unit.id: place for place, unit in enumerate(self._tree)}
        for row in table.records():
            if row[PERIOD] not in self._plan.read or row[contract.organisation or ""] not in position:
                continue
            unit = row[contract.organisation or ""]
            under = {one.id for one, held in zip(self._tree, self._tree.under({unit}), strict=True) if held}
            rows = np.isin(units, list(under)) & (frame[PERIOD].to_numpy() == row[PERIOD])
            parts = rows.copy()
            for name in (*contract.labels, *([contract.round] if contract.round else [])):
                if row[name] is not None:
                    parts &= (frame[name] == row[name]).to_numpy(dtype=bool)
                elif name == contract.round:
                    parts &= frame[name].isna().to_numpy()
            sums = {name: (row[name], float(frame[name][parts].sum())) for name in contract.amounts}
            below = {name: both for name, both in sums.items() if both[0] is not None and both[0] < both[1] - _ROUNDING}
            if below:
                year = self._plan.read.index(int(row[PERIOD]))
                yield _Total(dataset, position[unit], year, parts, rows, below)

    @cached_property
    def _evaluators(self) -> Mapping[str, Evaluator]:
        frames = Frames(self._tables)
        return {name: Evaluator(frames[name], frames) for name in self._tables.by_dataset}

    def _sides(self, figure: Figure, total: _Total) -> Iterator[tuple[str, str, Mask]]:
        """The sides of a figure that sum a column of the total: which, what column, which rows of the table."""
        counts = select(figure, self._evaluators)
        for side in _SIDES:
            count, mask = counts[side]
            if count.dataset == total.dataset and count.kind == "sum" and mask is not None:
                (column,) = count.columns
                if column in total.amounts:
                    yield side, column, mask & total.rows

    def _summed(self, found: CombinedSources, total: _Total, margin: Margin, strata: Strata) -> Sequence[int]:
        """The strata of a margin in which parts of the total are summed."""
        frame, contract = self._tables[total.dataset].frame, self._tables[total.dataset].contract
        places: set[int] = set()
        for contribution in found.contributions:
            for side, _, rows in self._sides(contribution.figure, total):
                counted = self._at(contribution, total, margin, side)
                if counted is not None and (rows & total.parts).any():
                    if set(margin.names) <= contract.columns.keys():
                        met = margin.stratum_of[strata.codes(frame[rows & total.parts])]
                        places.update(place for place in met.tolist() if counted[place])
                    else:
                        places.update(np.flatnonzero(counted).tolist())
        return sorted(places)

    def _at(self, contribution: Contribution, total: _Total, margin: Margin, side: str) -> Array | None:
        """What a source counts of a side in the unit of the total, by stratum of a margin."""
        level = OrgLevel.of([*self._tree][total.unit].level, self._tree)
        counted, _ = contribution.at(level, margin)
        if side not in counted:
            return None
        shape = len(margin.strata), len(self._plan.read), len(level)
        own: Array = np.broadcast_to(counted[side], shape)[:, total.year, level.positions == total.unit][:, 0]
        return own

    def _remark(self, figure: Figure, found: CombinedSources, total: _Total, margin: Margin, place: int) -> Remark:
        """What is said of a row: by the rows, and by the total where it stands for all that is summed."""
        by_rows, by_total = dict.fromkeys(_SIDES, 0.0), dict.fromkeys(_SIDES, 0.0)
        for contribution in found.contributions:
            summed = {side: (column, rows) for side, column, rows in self._sides(contribution.figure, total)}
            for side in _SIDES:
                counted = self._at(contribution, total, margin, side)
                own = 0.0 if counted is None else float(counted[place])
                by_rows[side] += own
                by_total[side] += own
                if side in summed and own:
                    column, rows = summed[side]
                    whole = own == float(self._tables[total.dataset].frame[column][rows].sum())
                    told, parts = total.amounts[column]
                    by_total[side] += told - parts if whole and not (total.parts & ~rows).any() else np.nan
        title = self._tables[total.dataset].contract.title
        columns = self._tables[total.dataset].contract.columns
        numbers = (
            f"{columns[name].title}: в итоге {num(told, 0)}, сумма строк — {num(parts, 0)}"
            for name, (told, parts) in total.amounts.items()
        )
        values = (
            _said(figure, f"строки таблицы «{title}»", by_rows, taken=True),
            _said(figure, f"итог в таблице «{title}»", by_total, taken=False),
        )
        return Remark(
            Reason.TOTAL_BELOW,
            dataset=total.dataset,
            text="; ".join(numbers),
            values=tuple(one for one in values if not np.isnan(one.value)),
        )


def _said(figure: Figure, source: str, sides: Mapping[str, float], *, taken: bool) -> SourceValue:
    top, base = sides["numerator"], sides["denominator"]
    return SourceValue(source, top, base, float(value(figure, np.array(top), np.array(base))), taken)
