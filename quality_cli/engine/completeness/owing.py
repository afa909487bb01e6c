"""Who owes which reports of a dataset, by its contract and the register."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import compress, product
from typing import TypeAlias

import numpy as np

from quality_cli.core.organisations import Level
from quality_cli.core.strata import Stratum, stratum_of
from quality_cli.core.where import Condition, columns_of
from quality_cli.datasets.contracts.contract import REGISTER, Contract
from quality_cli.datasets.contracts.reports import Obligation
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.table import PERIOD, Tables, column_array
from quality_cli.datasets.tables.yearly import lists_of, yearly
from quality_cli.engine.completeness.needs import Cases
from quality_cli.engine.completeness.reports import Report
from quality_cli.engine.completeness.rows import Rows, reports_with_rows

Owed: TypeAlias = tuple[Report, bool, Array, Array]
"""A report, whether it is owed for everybody under the unit; who owes it, of whom it has rows: school years × units."""


class Owing:
    """Finds the reports that are owed in ``years``; of each table what tells of them is read once."""

    def __init__(self, tables: Tables, contracts: Mapping[str, Contract], years: Sequence[int]) -> None:
        self._tables = tables
        self._yearly = yearly(tables, years)
        self._contracts = contracts
        self._years = years
        tree = tables.organisations
        self.existing: Array = np.array([tree.existing(year) for year in years], dtype=bool).reshape(-1, len(tree))
        levels = [unit.level for unit in tree]
        self._is_organisation = np.array([level is Level.ORGANISATION for level in levels], dtype=bool)
        self._municipalities = np.flatnonzero([level is Level.MUNICIPALITY for level in levels])
        self._above = np.array(tree.positions(Level.MUNICIPALITY), dtype=np.intp)
        self._rows: dict[tuple[str, tuple[str, ...]], Rows] = {}
        self._fitting: dict[tuple[Condition, Stratum], Array] = {}

    def of(self, contract: Contract, rows: Sequence[Condition]) -> Iterator[Owed]:
        """What is owed of a dataset and may have any of these rows."""
        asked = [
            (obligation, Report(contract.dataset, stratum_of(zip(obligation.each, cells, strict=True))))
            for obligation in contract.obligations
            for cells in product(*obligation.each.values())
        ]
        cases = Cases([report for _, report in asked], contract)
        needed, _ = cases.reports(cases.touched(rows))
        needed_keys = {frozenset(report.key) for _, report in compress(asked, needed.tolist())}
        # What was drawn instead tells that a needed one was not.
        sets = {_rest(obligation, report) for obligation, report in asked if frozenset(report.key) in needed_keys}
        chosen = [
            (own, report)
            for own, report in asked
            if frozenset(report.key) in needed_keys or (own.drawn and _rest(own, report) in sets)
        ]
        for obligation in contract.obligations:
            reports = [report for own, report in chosen if own is obligation]
            holds = np.array([obligation.holds_in(year) for year in self._years], dtype=bool)[:, None]
            if not reports or not holds.any():
                continue
            owes = self._who(obligation, contract, reports) & holds
            came = [self._came(report, obligation) for report in reports]
            shared = obligation.by != "each"
            if not obligation.drawn:
                yield from ((report, shared, own, has) for report, own, has in zip(reports, owes, came, strict=True))
            else:
                for report, own, has in self._after_draw(obligation, reports, owes, came):
                    if not needed_keys.isdisjoint(map(frozenset, report.cases)):
                        yield report, shared, own, has

    def rows_of(self, dataset: str, names: tuple[str, ...]) -> Rows:
        """What a table has rows of; nothing where there is no table."""
        if dataset not in self._tables:
            return {}
        if (dataset, names) not in self._rows:
            table = self._tables[dataset]
            self._rows[dataset, names] = reports_with_rows(table, names, self._years, self._tables.organisations)
        return self._rows[dataset, names]

    def _who(self, obligation: Obligation, contract: Contract, reports: Sequence[Report]) -> Array:
        """Reports × school years × units: who owes, also those that may, for all that is known."""
        if obligation.by != "each":
            owes = np.zeros_like(self.existing)
            owes[:, self._municipalities] = self.existing[:, self._municipalities]
            return np.repeat(owes[None], len(reports), axis=0)
        condition = contract.concerns if obligation.who is None else obligation.who
        chosen = self.existing & (self._is_organisation | (obligation.who is not None))
        return self._fitting_to(condition, contract, reports) & chosen

    def _fitting_to(self, condition: Condition, contract: Contract, reports: Sequence[Report]) -> Array:
        """Who satisfies a condition over a row of the register and what the keys of the reports add to it."""
        if REGISTER not in self._tables:
            return np.ones((len(reports), *self.existing.shape), dtype=bool)
        frame = self._yearly[REGISTER].frame
        read = columns_of(condition) - set(frame.columns)
        keys = [tuple(pair for pair in report.key if pair[0] in read) for report in reports]
        lacking = [key for key in dict.fromkeys(keys) if (condition, key) not in self._fitting]
        if lacking:
            needed = frame[[name for name in frame.columns if name == PERIOD or name in columns_of(condition)]]
            crossed = needed.take(np.tile(np.arange(len(frame)), len(lacking))).reset_index(drop=True)
            for place, (name, _) in enumerate(lacking[0]):
                numeric = contract.is_numeric(name)
                cells = np.array([key[place][1] for key in lacking], dtype=float if numeric else object)
                crossed[name] = column_array(np.repeat(cells, len(frame)), numeric=numeric)
            false = Evaluator(crossed, lists_of(condition, self._yearly))(condition).false
            position = {unit.id: place for place, unit in enumerate(self._tables.organisations)}
            listed = frame["id"].astype(str).tolist()[: len(frame) // max(1, len(self._years))]
            known = [place for place, unit in enumerate(listed) if unit in position]
            fits = np.zeros((len(lacking), *self.existing.shape), dtype=bool)
            shape = (len(lacking), len(self._years), -1)
            fits[:, :, [position[listed[place]] for place in known]] = ~false.reshape(shape)[:, :, known]
            self._fitting.update(((condition, key), own) for key, own in zip(lacking, fits, strict=True))
        return np.array([self._fitting[condition, key] for key in keys])

    def _came(self, report: Report, obligation: Obligation, dataset: str = "") -> Array:
        """Of which units the report has rows (in another dataset, where that tells of it as well)."""
        names = tuple(name for name, _ in report.key)
        rows = self.rows_of(dataset or report.dataset, names).get(report.key)
        if rows is None:
            return np.zeros_like(self.existing)
        if obligation.by == "each":
            return rows[:, :-1]
        came = np.zeros_like(self.existing)
        for number, place in enumerate(self._municipalities.tolist()):
            own = rows if obligation.by == "register" else rows[:, :-1][:, self._above == number]
            came[:, place] = own.any(axis=1)
        return came

    def _after_draw(
        self, obligation: Obligation, owed: Sequence[Report], owes: Array, came: Sequence[Array]
    ) -> Iterator[tuple[Report, Array, Array]]:
        """Of reports by values that are drawn: those of which it is known that they were, since they came or another
        table speaks of them; and where that is too few, one for all that lack."""
        ((name, number),) = obligation.drawn.items()
        told = [
            np.logical_or.reduce([own, *(self._came(report, obligation, other) for other in obligation.drawn_in)])
            for report, own in zip(owed, came, strict=True)
        ]
        sets: dict[Stratum, list[int]] = {}
        for place, report in enumerate(owed):
            sets.setdefault(tuple(pair for pair in report.key if pair[0] != name), []).append(place)
        for rest, alike in sets.items():
            for place in alike:
                yield owed[place], owes[place] & told[place], came[place]
            known = np.array([told[place] for place in alike])
            may = np.array([owes[place] for place in alike]) & ~known
            lack = np.minimum(number - known.sum(axis=0), may.sum(axis=0))
            short = lack > 0
            if not short.any():
                continue
            met, which = np.unique(np.vstack([lack[None], may])[:, short], axis=1, return_inverse=True)
            for pattern, (lacking, *open_to) in enumerate(met.T.tolist()):
                mask = np.zeros_like(short)
                mask[short] = which.reshape(-1) == pattern
                may_be = [owed[place] for place, is_open in zip(alike, open_to, strict=True) if is_open]
                if len(may_be) > lacking:
                    options = tuple(dict(report.key)[name] for report in may_be)
                    key = (*rest, (name, f"ещё {lacking} из: {', '.join(options)}"))
                    may_be = [Report(owed[0].dataset, key, name, options, lacking)]
                for report in may_be:
                    yield report, mask, np.zeros_like(mask)


def _rest(obligation: Obligation, report: Report) -> tuple[int, Stratum]:
    """The set of reports among which one is drawn: they differ in what is drawn only."""
    return id(obligation), tuple(pair for pair in report.key if pair[0] not in obligation.drawn)
