"""Checks of contracts: what the cells of a row, of a table and of several tables must tell together.

They run when everything is joined and derived, and change nothing: what does not hold is a finding.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from quality_cli.core.findings import Finding, Findings, Place, Severity
from quality_cli.core.where import BETWEEN, Condition, columns_in_order
from quality_cli.datasets.contracts.checks import Check, ExistsIn, Single, Total, Whole
from quality_cli.datasets.contracts.column import Derivation
from quality_cli.datasets.contracts.contract import REGISTER
from quality_cli.datasets.derivation.derive import values_by
from quality_cli.datasets.tables.encoded import Array
from quality_cli.datasets.tables.evaluate import Evaluator, Mask
from quality_cli.datasets.tables.keys import NO_KEY, find, keys
from quality_cli.datasets.tables.provenance import Trace
from quality_cli.datasets.tables.table import FILE, PERIOD, SHEET, SHIPPED, Table

_ROUNDING = 1e-9

_Note: TypeAlias = Callable[[int], str]
"""What is told of a row, by its number among those found."""


def run_checks(
    tables: Mapping[str, Table], trace: Trace, findings: Findings, chosen: Sequence[str] | None = None
) -> None:
    """Check every table (or the chosen) by its contract; what does not hold is added to ``findings``."""
    for table in (table for name, table in tables.items() if chosen is None or name in chosen):
        _Checker(table, tables, trace, findings).run()


class _Checker:
    """The checks of one table. Rows of the catalogue's own files are not the analyst's to repair and are left out."""

    def __init__(self, table: Table, tables: Mapping[str, Table], trace: Trace, findings: Findings) -> None:
        self._contract, self._frame = table.contract, table.frame
        self._tables = tables
        self._frames = {name: other.frame for name, other in tables.items()}
        self._evaluate = Evaluator(table.frame, self._frames)
        self._trace = trace
        self._findings = findings
        self._rows = ~table.frame[FILE].astype(str).str.startswith(SHIPPED).to_numpy()

    def run(self) -> None:
        """All of them, in the order of the contract."""
        self._concern()
        for name, column in self._contract.columns.items():
            if column.derive is not None and column.derive.verify:
                self._verify(name, column.derive)
        for check in self._contract.checks:
            rows = self._rows & self._evaluate(check.only).true
            if check.must is not None:
                self._must(check, check.must, rows)
            elif check.exists_in is not None:
                self._exists_in(check, check.exists_in, rows)
            elif check.total is not None:
                self._total(check, check.total, rows)
            elif check.one is not None:
                self._one(check, check.one, rows)

    def _concern(self) -> None:
        """Rows of organisations that the dataset does not concern: nothing else is asked of them."""
        register, organisation = self._frames.get(REGISTER), self._contract.organisation
        if register is None or organisation is None or self._contract.dataset == REGISTER:
            return
        foreign = register["id"][Evaluator(register, self._frames)(self._contract.concerns).false]
        rows = self._rows & self._frame[organisation].isin(list(foreign)).to_numpy()
        self._rows &= ~rows
        message = f"«{self._contract.title}»: строка об организации, которой эта таблица не касается"
        hint = "исправьте организацию или её вид в реестре"
        self._tell("row.concern", Severity.ERROR, message, hint, self._frame[rows], organisation, [organisation])

    def _verify(self, name: str, rule: Derivation) -> None:
        given, column = self._frame[name], self._contract.columns[name]
        asked = self._rows & given.notna().to_numpy() & self._evaluate(rule.only).true
        right = pd.Series(values_by(rule, self._contract, self._frame, self._frames), index=given.index)
        if column.is_numeric:
            unlike = (given - right.astype("float64")).abs() > _ROUNDING
        else:
            unlike = given.astype(object) != right.astype(object)
        differs = asked & right.notna().to_numpy() & unlike.to_numpy()
        if not differs.any():
            return
        basis = "другим столбцам строки"
        if rule.summed:
            basis = f"сумме {', '.join(f'«{self._contract.columns[part].title}»' for part in rule.summed)}"
        elif rule.scale is not None:
            basis = f"таблице «{self._tables[rule.scale.dataset].contract.title}»"
        elif rule.max_of is not None:
            basis = f"сумме максимумов в заголовках столбцов «{self._contract.columns[rule.max_of].title}»"
        message = f"столбец «{column.title}» не соответствует {basis}"
        hint = "исправьте неверное; в расчёт взято то, что указано"
        told, counted = given[differs].tolist(), right[differs].tolist()

        def note(row: int) -> str:
            return f"указано {self._shown(name, told[row])}, должно быть {self._shown(name, counted[row])}"

        self._tell("check.derived", Severity.WARNING, message, hint, self._frame[differs], name, note=note)

    def _must(self, check: Check, must: Condition, rows: Mask) -> None:
        named = columns_in_order(must)
        hint = f"проверьте: {self._titles([*columns_in_order(check.only), *named])}"
        self._tell_check("check.row", check, hint, self._frame[rows & self._evaluate(must).false], named[0], named)

    def _exists_in(self, check: Check, rule: ExistsIn, rows: Mask) -> None:
        other = self._tables.get(rule.dataset)
        if other is None:
            return
        own_match, match = self._matched(rule.match, other)
        listed = other.frame[Evaluator(other.frame, self._frames)(rule.where).true]
        own, known = keys((self._frame, own_match), (listed, match))
        asked = rows & (own != NO_KEY)
        if PERIOD in own_match:
            asked &= self._frame[PERIOD].isin(other.frame[PERIOD]).to_numpy()
        absent = asked & (find(own, known) < 0)
        hint = f"исправьте: {self._titles(rule.match)} — или дополните таблицу «{other.contract.title}»"
        self._tell_check("check.absent", check, hint, self._frame[absent], list(rule.match)[-1], list(rule.match))

    def _total(self, check: Check, rule: Total, rows: Mask) -> None:
        other = self._tables.get(rule.at_most.dataset)
        if other is None:
            return
        own_match, match = self._matched(rule.at_most.match, other)
        frame = self._frame[rows]
        part = other.frame[Evaluator(other.frame, self._frames)(rule.at_most.where).true]
        (group,) = keys((frame, [*rule.by, *([PERIOD] if PERIOD in own_match else [])]))
        own, listed = keys((frame, own_match), (part, match))
        counted, limits = _counted(frame, group, rule), _counted(part, listed, rule.at_most)
        told, first = np.unique(group, return_index=True)
        first = np.sort(first[told != NO_KEY])
        count, limit = counted.reindex(group[first]).to_numpy(), limits.reindex(own[first]).to_numpy()
        over = count > limit * rule.at_most.times

        def note(row: int) -> str:
            return f"{count[over][row]:g}, а в таблице «{other.contract.title}» — {limit[over][row]:g}"

        hint = f"сверьте с таблицей «{other.contract.title}» и исправьте неверное"
        column = rule.sum or rule.distinct or rule.by[-1]
        self._tell_check("check.total", check, hint, frame.iloc[first[over]], column, rule.by, note)

    def _one(self, check: Check, rule: Single, rows: Mask) -> None:
        frame = self._frame[rows]
        per, pair = (
            keys((frame, [*names, *([PERIOD] if self._contract.period else [])]))[0]
            for names in (rule.per, [*rule.per, rule.value])
        )
        met, first = np.unique(pair, return_index=True)
        first = np.sort(first[met != NO_KEY])
        _, of, values = np.unique(per[first], return_inverse=True, return_counts=True)
        differing = frame.iloc[first[values[of] > 1]]
        hint = f"проверьте: {self._titles([*rule.per, rule.value])}"
        self._tell_check("check.single", check, hint, differing, rule.value, [rule.value])

    def _matched(self, match: Mapping[str, str], other: Table) -> tuple[list[str], list[str]]:
        """Own keys and those of the other table; rows are compared within one school year where both have it."""
        period = [PERIOD] if self._contract.period and other.contract.period else []
        return [*match, *period], [*match.values(), *period]

    def _tell_check(
        self,
        code: str,
        check: Check,
        hint: str,
        rows: pd.DataFrame,
        column: str,
        shown: Sequence[str],
        note: _Note | None = None,
    ) -> None:
        self._tell(code, Severity(check.severity), check.title, check.hint or hint, rows, column, shown, note)

    def _tell(
        self,
        code: str,
        severity: Severity,
        message: str,
        hint: str,
        rows: pd.DataFrame,
        column: str,
        shown: Sequence[str] = (),
        note: _Note | None = None,
    ) -> None:
        """A finding for each sheet, at the cells of ``column``; ``shown`` are columns whose values are told."""

        def place(position: int) -> Place:
            row = rows.iloc[position]
            cells = {self._contract.columns[name].title: self._shown(name, row[name]) for name in shown}
            told = [f"{title} — {cell}" for title, cell in cells.items() if cell]
            text = "; ".join([*([note(position)] if note else []), *told])
            return self._trace.place(self._contract.dataset, row, column, text)

        sheets = rows.groupby([FILE, SHEET], observed=True).indices.values()
        for positions in sorted(sheets, key=lambda found: found[0]):
            places = tuple(place(position) for position in positions[: self._findings.sample])
            self._findings.add(Finding(code, severity, message, places, hint, len(positions)))

    def _shown(self, name: str, value: Any) -> str:
        """A value for a note; free text and codes of people are not told."""
        column = self._contract.columns[name]
        if pd.isna(value):
            return "пусто"
        match column.type:
            case "text":
                return ""
            case "flag":
                return "да" if value else "нет"
            case "period":
                return f"{value:.0f}/{value + 1:.0f}"
            case "date":
                return ".".join(reversed(value.split("-")))
            case "integer" | "number" | "year":
                return f"{value:g}".replace(".", ",")
        return str(value).strip(BETWEEN).replace(BETWEEN, "; ")

    def _titles(self, names: Sequence[str] | Mapping[str, str]) -> str:
        return ", ".join(f"«{self._contract.columns[name].title}»" for name in dict.fromkeys(names))


def _counted(frame: pd.DataFrame, key: Array, rule: Total | Whole) -> pd.Series:
    """Sum, distinct values or rows of each group by its key; rows without a key are in no group."""
    known = key != NO_KEY
    groups = frame[known].groupby(key[known])
    counted: pd.Series = groups.size()
    if rule.sum is not None:
        counted = groups[rule.sum].sum(min_count=1)
    elif rule.distinct is not None:
        counted = groups[rule.distinct].nunique()
    return counted
