"""Conditions, joining and derivation the slow and obvious way, row by row: the oracle of this room. For tests only.

Written from the words of the contract, not from the code beside it; shares with that nothing but the types. A row is a
mapping from columns to cells, an unknown cell is None, and None is never the same as another None.
"""

import math
import operator
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any, TypeAlias

from quality_cli.core.where import (
    BETWEEN,
    AllKnown,
    AllOf,
    AlsoIn,
    AnyOf,
    ColumnRef,
    Compare,
    Condition,
    Known,
    Not,
    OneOf,
    clauses_of,
)
from quality_cli.datasets.contracts.column import Derivation, EarlierValue, ScaleLookup
from quality_cli.datasets.contracts.contract import Contract
from quality_cli.datasets.tables.table import PERIOD

Row: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = Mapping[str, Sequence[Row]]
"""Rows by dataset."""

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip


def truth(condition: Condition, row: Row, rows: Rows) -> bool | None:
    """Kleene's logic: None is unknown."""
    match condition:
        case AllOf(items):
            found = [truth(item, row, rows) for item in items]
            return False if False in found else None if None in found else True
        case AnyOf(items):
            return _any([truth(item, row, rows) for item in items])
        case Not(item):
            inner = truth(item, row, rows)
            return None if inner is None else not inner
        case Known(column, known):
            return (row[column] is not None) == known
        case OneOf(column, values):
            return _any([_equal(row[column], value) for value in values])
        case Compare(column, op, value):
            other = row[value.column] if isinstance(value, ColumnRef) else value
            if isinstance(row[column], str) and BETWEEN in row[column]:
                among = _equal(row[column], other)
                return None if among is None else among == (op == "eq")
            return None if row[column] is None or other is None else _OPERATORS[op](row[column], other)
        case AllKnown(item):
            told = all(truth(clause, row, rows) is not None for clause in clauses_of(item))
            return truth(item, row, rows) if told else None
        case AlsoIn(dataset, on, where, blank_is_any, among, any_year):
            known = all(row[own] is not None for own in condition.own)
            listed = [
                (None if among is None else truth(among, other, rows), truth(where, other, rows))
                for other in rows.get(dataset, ())
                if all(_alike(row[own], other[theirs], any_of=own in blank_is_any) for own, theirs in on)
                and (any_year or _same_year(row.get(PERIOD), other.get(PERIOD)))
            ]
            if among is None:
                is_listed = any(fits is True for _, fits in listed)
                return is_listed or (False if known or not rows.get(dataset) else None)
            if (True, True) in listed:
                return True
            possible = any(asked is not False and fits is not False for asked, fits in listed)
            return False if known and not possible and any(asked is True for asked, _ in listed) else None


def _any(found: Sequence[bool | None]) -> bool | None:
    return True if True in found else None if None in found else False


def _equal(cell: Any, value: Any) -> bool | None:
    """Of several values in a cell any; where one of them was not understood, another may be it."""
    if isinstance(cell, str) and BETWEEN in cell:
        values = cell.split(BETWEEN)
        return True if value in values else None if "" in values else False
    return None if cell is None else bool(cell == value)


def _alike(own: Any, listed: Any, *, any_of: bool = False) -> bool:
    return any_of if listed is None else own == listed


def _same_year(own: Any, listed: Any) -> bool:
    """What has no school year is of every one."""
    return own is None or listed is None or own == listed


def joined(contract: Contract, rows: Sequence[Row]) -> list[Row]:
    """Rows without those that repeat an earlier one by the whole key, which must be known, and by the login; a blank
    round is a value as any other."""
    kept: list[Row] = []
    for row in rows:
        key = [row[name] for name in contract.key]
        repeats = (other for other in kept if [other[name] for name in contract.key] == key)
        known = all(row[name] is not None for name in contract.key if name != contract.round)
        if not key or not known or all(other.get("login") != row.get("login") for other in repeats):
            kept.append(row)
    return kept


def united(contract: Contract, contracts: Mapping[str, Contract], others: Rows) -> list[Row]:
    """The rows of the tables of a union, under its own names; what a table lacks is unknown."""
    found: list[Row] = []
    for member in contract.union:
        for row in others.get(member.dataset, ()):
            if truth(member.where, row, others) is not True:
                continue
            other, rule = contracts[member.dataset], member.unpivot
            own = {name: row.get(member.columns.get(name, name)) for name in contract.columns}
            if contract.organisation and contract.organisation not in member.columns:
                own[contract.organisation] = row[other.organisation or ""]
            if contract.period:
                year = row[PERIOD]
                own[contract.period.column] = None if year is None else year + (1 if contract.period.spring_of else 0)
            if rule is None:
                found.append({**own, PERIOD: row[PERIOD]})
                continue
            lines = (row.get(f"{rule.family}.heads") or "").split("\n")
            cells = [(line.split("\t"), row.get(f"{rule.family}.{line.split(chr(9))[0]}")) for line in lines if line]
            nothing = all(cell is None for _, cell in cells)
            for (label, top, mark), cell in cells:
                if cell is not None or nothing:
                    told = {"label": label, "value": cell, "max": float(top) if top else None, "mark": mark or None}
                    found.append({**own, **{rule.filled[key]: told[key] for key in rule.filled}, PERIOD: row[PERIOD]})
    return found


def derived(contract: Contract, rows: Sequence[Row], others: Rows) -> list[Row]:
    """Rows with the cells that the contract derives, in its order; ``others`` are the tables as they were joined."""
    found: list[Row] = []
    for given in rows:
        row = dict(given)
        for name, column in contract.columns.items():
            rule = column.derive
            if rule is not None and row[name] is None and truth(rule.only, row, others) is True:
                row[name] = _value(rule, contract, row, rows, others)
        found.append(row)
    return found


def _value(rule: Derivation, contract: Contract, row: Row, own: Sequence[Row], others: Rows) -> Any:
    if rule.where is not None:
        return truth(rule.where, row, others)
    if isinstance(rule.sum_of, list):
        cells = [row[name] for name in rule.sum_of]
        return None if None in cells else sum(cells)
    if rule.sum_of is not None:
        members = {name: cell for name, cell in row.items() if name.startswith(f"{rule.sum_of}.")}
        about = (".max", ".filled", ".heads")
        known = [cell for name, cell in members.items() if cell is not None and not name.endswith(about)]
        return sum(known) if known else None
    if rule.difference or rule.percent or rule.text:
        return _of_cells(rule, row)
    if rule.max_of is not None:
        return row.get(f"{rule.max_of}.max")
    if rule.filled_of is not None:
        return row.get(f"{rule.filled_of}.filled")
    if rule.share_of is not None:
        share, whole = row[rule.share_of.share], row[rule.share_of.of]
        return None if share is None or whole is None else math.floor(share * whole / 100 + 0.5)
    if rule.map is not None:
        return rule.map.words.get(row[rule.map.column])
    if rule.scale is not None:
        return _mark(rule.scale, row, others.get(rule.scale.dataset, ()))
    if rule.since_main is not None:
        return _since_main(rule.since_main, contract, row, own)
    if rule.latest_round is not None:
        return _latest(rule.latest_round, contract, row, own)
    assert rule.earlier is not None
    return _earlier(rule.earlier, row, others.get(rule.earlier.dataset, ()))


def _of_cells(rule: Derivation, row: Row) -> Any:
    """A difference, a percentage or a text made of other cells, of which none may be unknown."""
    if rule.difference is not None:
        after, before = (None if row[name] is None else Fraction(str(row[name])) for name in rule.difference)
        return None if after is None or before is None else float(round(after - before, 6))
    if rule.percent is not None:
        part, whole = (row[name] for name in rule.percent)
        return None if part is None or not whole else 100 * float(part) / float(whole)
    text = rule.text or ""
    for name in rule.reads:
        if row[name] is None:
            return None
        text = text.replace("{" + name + "}", row[name] if isinstance(row[name], str) else f"{row[name]:g}")
    return text


def _since_main(column: str, contract: Contract, row: Row, rows: Sequence[Row]) -> Any:
    """The cell less that of the row of the year itself, in a row of a round."""
    key = [name for name in contract.key if name != contract.round]
    main = [
        other[column]
        for other in rows
        if other[str(contract.round)] is None
        and all(row[name] is not None and row[name] == other[name] for name in key)
    ]
    if row[str(contract.round)] is None or not main or None in (row[column], main[-1]):
        return None
    return float(round(Fraction(str(float(row[column]))) - Fraction(str(float(main[-1]))), 6))


def _latest(columns: Sequence[str], contract: Contract, row: Row, rows: Sequence[Row]) -> Any:
    """Whether no row of the same columns and school year is of a later round."""
    same = [PERIOD, *columns]
    order = (None, *contract.rounds)
    if any(row[name] is None for name in same):
        return None
    alike = [other for other in rows if all(row[name] == other[name] for name in same)]
    return all(order.index(row[str(contract.round)]) >= order.index(other[str(contract.round)]) for other in alike)


def _mark(rule: ScaleLookup, row: Row, scales: Sequence[Row]) -> Any:
    """The number of the last threshold that the score reaches, by the last whole scale of the same key."""
    mark = None
    for scale in scales:
        same = all(row[name] is not None and row[name] == scale[name] for name in rule.match)
        if same and row[rule.score] is not None and all(scale[name] is not None for name in rule.thresholds):
            if rule.gives == "distance":
                away = [row[rule.score] - scale[name] for name in rule.thresholds]
                mark = min(away, key=abs)
                continue
            reached = sum(row[rule.score] >= scale[name] for name in rule.thresholds)
            mark = [rule.lowest, *rule.thresholds.values()][reached]
    return mark


def _earlier(rule: EarlierValue, row: Row, others: Sequence[Row]) -> Any:
    """The value of the same child's row of the latest earlier school year, the greatest of several."""
    before = [
        (other[PERIOD], other[rule.value])
        for other in others
        if all(row[own] is not None and row[own] == other[name] for own, name in rule.match.items())
        and None not in (other[PERIOD], other[rule.value], row[PERIOD])
        and other[PERIOD] < row[PERIOD]
    ]
    return max(before)[1] if before else None
