"""Rows that sum up other rows of their table are taken apart before anything is counted.

Two kinds of rows may be such totals, in tables whose contract has numbers that add up
(:attr:`~quality_cli.datasets.contracts.contract.Contract.amounts`):

- a row of a unit with units below it (a municipality, a region) which does not owe that report itself;
- a row in which a column of the key is blank (no grade, or «Итого» in its place) beside rows that tell it.

Their *parts* are the rows of the same unit or of units below it that tell the same and more. A row that has parts, or
rows of units below that speak of a share of it, is never added to them: it is compared with their sum and left out.
One that has none is all that is known, and stays.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.core.organisations import LEVEL_OF_KIND, Level, OrgTree
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.contracts.reports import Obligation
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator, Mask
from quality_cli.datasets.tables.keys import NO_KEY, keys
from quality_cli.datasets.tables.provenance import Trace
from quality_cli.datasets.tables.table import FILE, PERIOD, SHEET, Table

_SCOPE = "_scope"
_ROUNDING = 1e-9


@dataclass(slots=True)
class _Sums:
    """Of each row what its parts sum up to (NaN where none tells), whether it has parts, and whether rows that are no
    part of it speak of a share of it."""

    parts: Array
    others: Array
    amounts: dict[str, Array] = field(default_factory=dict)


def without_totals(
    table: Table,
    register: pd.DataFrame,
    tree: OrgTree,
    frames: Mapping[str, pd.DataFrame],
    trace: Trace,
    told: Findings,
) -> tuple[Table, Table | None]:
    """The table without rows that sum up others of its rows, each told with its sheet and row; and those of them that
    are below the sum of their parts, if there are any.

    ``frames`` are those that conditions of the contract look into.
    """
    contract, frame = table.contract, table.frame
    if contract.organisation is None or not contract.amounts or frame.empty:
        return table, None
    totals = _Totals(contract, frame, register, tree, frames)
    if not totals.suspected.any():
        return table, None
    sums = totals.resolve()
    below = _Teller(contract, frame, sums, trace, told).tell(totals)
    kept, conflicting = (Table(contract, frame[rows].reset_index(drop=True)) for rows in (~totals.left_out, below))
    return kept, conflicting if len(conflicting) else None


class _Totals:
    """The rows of one table that may sum up others, and those of them that do."""

    def __init__(
        self,
        contract: Contract,
        frame: pd.DataFrame,
        register: pd.DataFrame,
        tree: OrgTree,
        frames: Mapping[str, pd.DataFrame],
    ) -> None:
        assert contract.organisation is not None
        self._contract, self._frame = contract, frame
        self._labels = contract.labels
        units = frame[contract.organisation].astype("category")
        codes, names = units.cat.codes.to_numpy(), [*units.cat.categories, ""]  # code -1: the last
        self._above = [tuple(unit.id for unit in reversed(tree.path(name))) for name in names]
        self._unit = np.where(codes < 0, len(names) - 1, codes)
        self._depth = np.array([len(path) for path in self._above], dtype=np.intp)[self._unit]
        parents = {unit.parent for unit in tree}
        self.of_parent: Mask = np.array([name in parents for name in names], dtype=bool)[self._unit]
        if self.of_parent.any():
            rows = np.flatnonzero(self.of_parent)
            self.of_parent[rows] = ~_owed(contract, frame.iloc[rows].reset_index(drop=True), register, frames)
        self._blank = self._blanks()
        self.suspected: Mask = self.of_parent | (self._blank.any(axis=1) & (self._depth > 0))
        self.left_out: Mask = np.zeros(len(frame), dtype=bool)

    def _blanks(self) -> Mask:
        """Rows × labels: where a row does not tell what its numbers are about."""
        blank = np.zeros((len(self._frame), max(1, len(self._labels))), dtype=bool)
        for place, name in enumerate(self._labels):
            blank[:, place] = self._frame[name].isna()
        return blank

    def resolve(self) -> _Sums:
        """Leave the totals out, the most particular first, so that no sum holds a total and its parts."""
        count = len(self._frame)
        sums = _Sums(np.zeros(count, dtype=bool), np.zeros(count, dtype=bool))
        sums.amounts = {name: np.full(count, np.nan) for name in self._contract.amounts}
        settled = ~self.suspected
        for rows in self._groups():
            for others, are_parts in self._compared(rows, settled):
                own, theirs = self._keyed(rows, others)
                met = np.isin(own, theirs)
                if not are_parts:
                    sums.others[rows] |= met
                    continue
                sums.parts[rows] |= met
                for name, whole in sums.amounts.items():
                    added = self._frame[name].iloc[others].groupby(theirs).sum(min_count=1).reindex(own).to_numpy()
                    whole[rows] = np.where(np.isnan(added), whole[rows], np.nan_to_num(whole[rows]) + added)
            self.left_out[rows] = sums.parts[rows] | (sums.others[rows] & self.of_parent[rows])
            settled[rows] = ~self.left_out[rows]
        return sums

    def _groups(self) -> Iterator[Array]:
        """Suspected rows that stand equally high and are blank in the same columns: those of the lowest units and the
        fewest blanks first."""
        rows = np.flatnonzero(self.suspected)
        kinds = np.column_stack([-self._depth[rows], self._blank[rows].sum(axis=1), self._blank[rows]])
        _, kind = np.unique(kinds, axis=0, return_inverse=True)
        for number in range(int(kind.max()) + 1):
            yield rows[kind.reshape(-1) == number]

    def _compared(self, rows: Array, settled: Mask) -> Iterator[tuple[Array, bool]]:
        """Settled rows that those of a group may sum up, by which columns they are blank in; and whether they tell all
        that the group tells."""
        depth, blank = self._depth[rows[0]], self._blank[rows[0]]
        for pattern in np.unique(self._blank[settled], axis=0):
            like = settled & (self._blank == pattern).all(axis=1)
            tells_all = not (pattern & ~blank).any()
            if self.of_parent[rows].any():
                yield np.flatnonzero(like & (self._depth > depth)), tells_all
            if tells_all and (pattern != blank).any():
                yield np.flatnonzero(like & (self._depth == depth)), True

    def _keyed(self, rows: Array, others: Array) -> tuple[Array, Array]:
        """Keys of the rows of a group and of rows at or below their units, by what both tell."""
        depth = self._depth[rows[0]]
        told = [
            name
            for place, name in enumerate(self._labels)
            if not (self._blank[rows[0], place] or (len(others) and self._blank[others[0], place]))
        ]
        contract = self._contract
        scopes = np.array([path[depth - 1] if len(path) >= depth else None for path in self._above], dtype=object)

        def side(chosen: Array) -> pd.DataFrame:
            frame = self._frame.iloc[chosen][told].reset_index(drop=True)
            frame[_SCOPE] = pd.Categorical(scopes[self._unit[chosen]])
            frame[PERIOD] = self._frame[PERIOD].iloc[chosen].fillna(-1).to_numpy()
            if contract.round:
                frame[contract.round] = pd.Categorical(
                    self._frame[contract.round].iloc[chosen].astype(object).fillna("").to_list()
                )
            return frame

        names = [*told, _SCOPE, PERIOD, *([contract.round] if contract.round else [])]
        own, theirs = keys((side(rows), names), (side(others), names))
        return own, np.where(theirs == NO_KEY, NO_KEY - 1, theirs)


def _owed(contract: Contract, frame: pd.DataFrame, register: pd.DataFrame, frames: Mapping[str, pd.DataFrame]) -> Mask:
    """Rows of reports that their own unit owes, by the contract: they are about itself, not about those below it."""
    owed: Mask = np.zeros(len(frame), dtype=bool)
    assert contract.organisation is not None
    units = frame[contract.organisation].astype(object)
    row_of = {unit: row for row, unit in enumerate(register["id"].astype(object))}
    at = np.array([row_of.get(unit, -1) for unit in units], dtype=np.intp)
    of_register = register.iloc[at].reset_index(drop=True)
    own = frame[[name for name in frame if name not in register]].reset_index(drop=True)
    both = pd.concat([own, of_register], axis=1)
    for obligation in contract.obligations:
        named = np.ones(len(frame), dtype=bool)
        for name, values in obligation.each.items():
            named &= frame[name].isin(values).to_numpy()
        owed |= named & (at >= 0) & _owes(obligation, both, frames)
    return owed


def _owes(obligation: Obligation, rows: pd.DataFrame, frames: Mapping[str, pd.DataFrame]) -> Mask:
    """Of rows of a table with those of the register beside them, whether the unit is one of those that owe."""
    if obligation.by == "office":
        offices = [kind for kind, level in LEVEL_OF_KIND.items() if level is Level.MUNICIPALITY]
        return np.asarray(rows["kind"].isin(offices), dtype=bool)
    if obligation.by == "register":
        return np.ones(len(rows), dtype=bool)
    if obligation.who is None:
        return np.zeros(len(rows), dtype=bool)
    return Evaluator(rows, frames)(obligation.who).true


class _Teller:
    """Tells of the totals of one table: one finding for each sheet and outcome, with the numbers at each row."""

    def __init__(self, contract: Contract, frame: pd.DataFrame, sums: _Sums, trace: Trace, told: Findings) -> None:
        self._contract, self._frame, self._sums = contract, frame, sums
        self._trace, self._told = trace, told

    def tell(self, totals: "_Totals") -> Mask:
        """Totals below their parts, which are returned, are errors, those above them warnings; those that agree are
        told for the record."""
        below, above, known = (np.zeros(len(self._frame), dtype=bool) for _ in range(3))
        for name, whole in self._sums.amounts.items():
            own = self._frame[name].to_numpy()
            below |= own < whole - _ROUNDING
            above |= own > whole + _ROUNDING
            known |= ~np.isnan(own - whole)
        out, parts = totals.left_out, self._sums.parts
        used = totals.of_parent & ~out
        self._add(
            *(
                "total.conflict",
                Severity.ERROR,
                "итог меньше суммы своих строк: показатели, где они сложены, противоречивы",
            ),
            *("сверьте: число в одной из строк завышено, строка лишняя, или итог устарел", out & parts & below),
        )
        self._add(
            *("row.total", Severity.WARNING, "итог больше суммы своих строк; он не учтён, учтены строки"),
            *("проверьте, чьих строк не хватает", out & parts & above & ~below),
        )
        self._add(
            *("row.total", Severity.INFO, "строка итога равна сумме своих строк и с ними не сложена"),
            *("", out & parts & known & ~above & ~below),
        )
        self._add(
            *("row.total", Severity.INFO, "строка итога не сложена со строками, которые в нём уже есть"),
            *("", out & ~(parts & known)),
        )
        self._add(
            *("row.total", Severity.WARNING, "строк, из которых сложен итог, нет: учтён он сам, без разбивки"),
            *("запросите строки организаций: без них нет ни их чисел, ни долей по их отчётам", used),
        )
        found: Mask = out & parts & below
        return found

    def _add(self, code: str, severity: Severity, message: str, hint: str, rows: Mask) -> None:
        frame = self._frame[rows]
        for positions in frame.groupby([FILE, SHEET], observed=True).indices.values():
            places = tuple(self._place(np.flatnonzero(rows)[row]) for row in positions[: self._told.sample])
            self._told.add(Finding(code, severity, message, places, hint, len(positions)))

    def _place(self, row: int) -> Place:
        notes = []
        for name, whole in self._sums.amounts.items():
            own = self._frame[name].to_numpy()[row]
            if not np.isnan(own):
                summed = "" if np.isnan(whole[row]) else f", сумма строк — {whole[row]:g}"
                notes.append(f"{self._contract.columns[name].title}: в итоге {own:g}{summed}")
        column = self._contract.amounts[0]
        return self._trace.place(self._contract.dataset, self._frame.iloc[row], column, "; ".join(notes))
