"""The completeness of a plan: what is owed by the contracts and the register, and what has become of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import compress, product
from typing import TypeAlias

import numpy as np
import pandas as pd

from quality_cli.catalogue.model import ANSWERS
from quality_cli.catalogue.questions import Question, asked_of_units
from quality_cli.core.findings import Finding, Severity
from quality_cli.core.ids import closest
from quality_cli.core.organisations import Level
from quality_cli.core.periods import Period
from quality_cli.core.strata import Stratum, names_of, stratum_of
from quality_cli.core.where import Condition, columns_of
from quality_cli.datasets.contracts.contract import REGISTER, Contract
from quality_cli.datasets.contracts.reports import Obligation
from quality_cli.datasets.quoting import quoted, words_of
from quality_cli.datasets.tables.evaluate import Evaluator
from quality_cli.datasets.tables.frames import Frames
from quality_cli.datasets.tables.table import Tables, column_array
from quality_cli.engine.completeness.needs import needs_of, touches
from quality_cli.engine.completeness.reports import Completeness, Report, Standing, State
from quality_cli.engine.completeness.rows import Rows, reports_with_rows
from quality_cli.engine.completeness.statements import Statement, dataset_named, names
from quality_cli.engine.plan.plan import Plan

_Vouching: TypeAlias = tuple[str, ...] | None
"""Organisations any of whose rows tell that a report was received; None: those of anybody."""


def completeness(
    plan: Plan, tables: Tables, questions: Sequence[Question], statements: Iterable[Statement]
) -> Completeness:
    """Where every report stands that the figures of the plan rest on, in its school years.

    ``questions`` are those of the catalogue: an answer is a report where nothing else can give the figure.
    """
    return _Reckoning(plan, tables, questions, tuple(statements)).completeness()


@dataclass(frozen=True, slots=True)
class _Year:
    """A school year: the rows of its tables, and what tells of the rows of the register."""

    period: int
    frames: Frames
    register: Evaluator

    @classmethod
    def of(cls, period: int, tables: Tables) -> "_Year":
        frames = Frames(tables, period)
        return cls(period, frames, Evaluator(frames[REGISTER], frames))


class _Reckoning:
    """What is read of the tables on the way, each once."""

    def __init__(
        self, plan: Plan, tables: Tables, questions: Sequence[Question], statements: Sequence[Statement]
    ) -> None:
        self._plan = plan
        self._tables = tables
        self._contracts = plan.contracts
        self._needs = needs_of(plan.figures, plan.contracts)
        self._questions = [item for item in questions if item.indicator.id in plan.indicators and not item.exported]
        self._statements = statements
        self._rows: dict[tuple[str, tuple[str, ...]], Rows] = {}

    def completeness(self) -> Completeness:
        """Everything owed and where it stands."""
        standings: dict[tuple[int, Report, str], Standing] = {}
        heard: set[Statement] = set()
        denied: set[Statement] = set()
        stated = self._stated()
        for period, report, unit, vouching in self._owed():
            own = stated.get((period, unit, report.dataset), ())
            said = [item for item in own if names(item.report, report.key, self._contracts[report.dataset])]
            came = self._came(report, vouching, period)
            state = State.RECEIVED if came else State.NONE if said else State.MISSING
            standings[period, report, unit] = Standing(period, report, unit, state, vouching != (unit,))
            heard.update(said)
            # Without words a statement is of the rest of the table: what has rows is not denied by it.
            denied.update(item for item in said if came and (item.report or not report.key))
        return Completeness(tuple(standings.values()), tuple(self._told(heard, denied)))

    def _stated(self) -> Mapping[tuple[int, str, str], list[Statement]]:
        """Statements by school year, unit and dataset."""
        found: dict[tuple[int, str, str], list[Statement]] = {}
        for item in self._statements:
            dataset = dataset_named(item.table, self._contracts)
            if dataset is not None:
                found.setdefault((item.period, item.unit, dataset), []).append(item)
        return found

    def _told(self, heard: set[Statement], denied: set[Statement]) -> Iterator[Finding]:
        """What is wrong with statements, in their order."""
        known = words_of(
            text for contract in self._contracts.values() for text in (contract.title, *contract.vocabulary)
        )
        for item in self._statements:
            dataset = dataset_named(item.table, self._contracts)
            table = self._contracts[dataset].title if dataset else quoted(item.table, known, misspelt=True)
            report = quoted(item.report, known, misspelt=True)
            what = f"«{table}»" + f", «{report}»" * bool(report)
            if dataset is None:
                titles = [contract.title for contract in self._contracts.values()]
                message = f"заявлено, что сведений нет, но таблицы «{table}» нет{closest(item.table, titles)}"
                hint = "назовите таблицу так, как она называется в каталоге: quality check"
            elif item in denied:
                message = f"заявлено, что сведений нет, а строки есть: {what}"
                hint = "уберите заявление или строки; пока верны строки"
            elif item.period in self._plan.periods and item not in heard:
                message = f"заявлено, что сведений нет, но такого отчёта от этой организации не ждут: {what}"
                hint = "проверьте организацию, учебный год и слова столбца «Чего нет»"
            else:
                continue
            yield Finding("report.statement", Severity.WARNING, message, (item.place,), hint)

    def _owed(self) -> Iterator[tuple[int, Report, str, _Vouching]]:
        """Every report that is owed: of which school year and by whom."""
        needed = {
            dataset: [
                (item, _needed(item, self._contracts[dataset], rows)) for item in self._contracts[dataset].obligations
            ]
            for dataset, rows in self._needs.items()
        }
        for period in self._plan.periods:
            year = _Year.of(period, self._tables)
            for dataset, contract in self._contracts.items():
                if dataset == ANSWERS:
                    asked = asked_of_units(self._questions, self._tables, self._contracts, Period(period))
                    for unit, questions in asked.items():
                        for question in questions:
                            yield period, Report(ANSWERS, question.key), unit, (unit,)
                for obligation, reports in needed.get(dataset, ()):
                    if len(reports) and obligation.holds_in(period):
                        yield from self._by(obligation, contract, reports, year)

    def _by(
        self, obligation: Obligation, contract: Contract, reports: pd.DataFrame, year: _Year
    ) -> Iterator[tuple[int, Report, str, _Vouching]]:
        """What an obligation comes to in a school year: these reports, of those who owe them."""
        rows = reports.itertuples(index=False, name=None)
        all_reports = [Report(contract.dataset, stratum_of(zip(obligation.each, row, strict=True))) for row in rows]
        for unit, owes in self._who(obligation, contract, reports, year):
            vouching = self._vouching(obligation, unit)
            own = list(compress(all_reports, owes))
            for report in self._after_draw(obligation, own, vouching, year.period) if obligation.drawn else own:
                yield year.period, report, unit, vouching

    def _after_draw(
        self, obligation: Obligation, owed: Sequence[Report], vouching: _Vouching, period: int
    ) -> Iterator[Report]:
        """Of reports by values that are drawn: those that came and, where that is too few, one for all that lack."""
        ((name, number),) = obligation.drawn.items()
        sets: dict[Stratum, list[Report]] = {}
        for report in owed:
            sets.setdefault(tuple(pair for pair in report.key if pair[0] != name), []).append(report)
        for rest, alike in sets.items():
            came = [report for report in alike if self._came(report, vouching, period)]
            yield from came
            if len(came) < number:
                others = ", ".join(dict(report.key)[name] for report in alike if report not in came)
                yield Report(alike[0].dataset, (*rest, (name, f"ещё {number - len(came)} из: {others}")), name)

    def _who(
        self, obligation: Obligation, contract: Contract, reports: pd.DataFrame, year: _Year
    ) -> Iterator[tuple[str, Sequence[bool]]]:
        """Units that owe, each with whether it owes this or that report; also those that may, for all that is known."""
        tree = self._tables.organisations
        size = len(reports)
        if obligation.by != "each":
            yield from ((unit.id, [True] * size) for unit in tree.at(Level.MUNICIPALITY))
            return
        register = year.frames[REGISTER]
        condition = contract.concerns if obligation.who is None else obligation.who
        if columns_of(condition) <= set(register.columns):
            owes = np.repeat(~year.register(condition).false[:, None], size, axis=1)
        else:
            rows = register.take(np.repeat(np.arange(len(register)), size)).reset_index(drop=True)
            crossed = reports.take(np.tile(np.arange(size), len(register))).reset_index(drop=True)
            rows = rows.assign(**{str(name): column for name, column in crossed.items() if name not in rows})
            owes = (~Evaluator(rows, year.frames)(condition).false).reshape(-1, size)
        for unit_id, own in zip(register["id"].astype(str), owes.tolist(), strict=True):
            chosen = unit_id in tree and (obligation.who is not None or tree[unit_id].level is Level.ORGANISATION)
            if chosen and any(own):
                yield unit_id, own

    def _vouching(self, obligation: Obligation, unit: str) -> _Vouching:
        tree = self._tables.organisations
        match obligation.by:
            case "each":
                return (unit,)
            case "office":
                under = zip(tree, tree.under({unit}), strict=True)
                return tuple(other.id for other, below in under if below)
            case "register":
                return None

    def _came(self, report: Report, vouching: _Vouching, period: int) -> bool:
        """Whether the report has a row."""
        if report.dataset not in self._tables:
            return False
        names = names_of(report.key)
        if (report.dataset, names) not in self._rows:
            table = self._tables[report.dataset]
            self._rows[report.dataset, names] = reports_with_rows(table, names, self._plan.periods)
        units = self._rows[report.dataset, names].get((period, report.key), frozenset())
        return bool(units) if vouching is None else not units.isdisjoint(vouching)


def _needed(obligation: Obligation, contract: Contract, conditions: Sequence[Condition]) -> pd.DataFrame:
    """The reports of an obligation that figures need, as rows: combinations of values in columns as tables have them;
    where a dataset is one report, a row without columns."""
    combinations = list(product(*obligation.each.values()))
    columns = {
        name: column_array([values[place] for values in combinations], numeric=contract.is_numeric(name))
        for place, name in enumerate(obligation.each)
    }
    reports = pd.DataFrame(columns, index=range(len(combinations)))
    return reports[touches(conditions, reports)]
