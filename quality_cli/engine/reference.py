"""The quantities of the cube counted the slow and obvious way, row by row: the oracle of the engine (design §8).

Written from the definitions of design §3, not from the engine; shares with it nothing but the types. For tests only.
"""

import operator
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

from quality_cli.catalogue.figures import Count, Figure
from quality_cli.core.where import AllOf, AlsoIn, AnyOf, ColumnRef, Compare, Condition, Known, Not, OneOf
from quality_cli.datasets.table import PERIOD, Tables

Row: TypeAlias = Mapping[str, Any]
Rows: TypeAlias = Mapping[str, Sequence[Row]]
"""Rows by dataset; an unknown cell is None."""

_OPERATORS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "lt": operator.lt, "le": operator.le, "gt": operator.gt, "ge": operator.ge,
}  # fmt: skip


class Key(NamedTuple):
    """A row of the results: the figure's position, the school year, the unit and the stratum («» is the total)."""

    figure: int
    period: int
    level: str
    unit: str
    by: str
    stratum: str


class Counted(NamedTuple):
    """What was counted for a key."""

    numerator: float
    denominator: float
    excluded: float
    unknown: float


@dataclass(frozen=True, slots=True)
class _Side:
    """Rows of one quantity and how they are counted."""

    count: Count
    rows: list[Row]


def reference(figures: Sequence[Figure], tables: Tables, periods: Sequence[int]) -> dict[Key, Counted]:
    """Every quantity of every figure that at least one row stands behind."""
    rows = {name: table.records() for name, table in tables.by_dataset.items()}
    result: dict[Key, Counted] = {}
    for number, figure in enumerate(figures):
        sides = _sides(figure, rows)
        gathered: dict[Key, list[list[Row]]] = defaultdict(lambda: [[] for _ in Counted._fields])
        for position, side in enumerate(sides):
            for row in side.rows:
                for key in _keys(number, figure, side.count.dataset, row, tables, periods):
                    gathered[key][position].append(row)
        for key, members in gathered.items():
            amounts = [_amount(side.count, chosen) for side, chosen in zip(sides, members, strict=True)]
            result[key] = Counted(*amounts)
    return result


def truth(condition: Condition, row: Row, rows: Rows) -> bool | None:
    """Kleene's logic: None is unknown."""
    match condition:
        case AllOf(items):
            found = [truth(item, row, rows) for item in items]
            return False if False in found else None if None in found else True
        case AnyOf(items):
            found = [truth(item, row, rows) for item in items]
            return True if True in found else None if None in found else False
        case Not(item):
            inner = truth(item, row, rows)
            return None if inner is None else not inner
        case Known(column, known):
            return (row[column] is not None) == known
        case OneOf(column, values):
            return None if row[column] is None else row[column] in values
        case Compare(column, op, value):
            other = row[value.column] if isinstance(value, ColumnRef) else value
            return None if row[column] is None or other is None else _OPERATORS[op](row[column], other)
        case AlsoIn(dataset, on, where):
            listed = [other for other in rows.get(dataset, ()) if truth(where, other, rows) is True]
            if any(all(other[name] in (None, row[name]) for name in on) for other in listed):
                return True
            return None if dataset in rows and any(row[name] is None for name in on) else False


def _sides(figure: Figure, rows: Rows) -> tuple[_Side, _Side, _Side, _Side]:
    """Rows of N, D, X and the unknown ones: D = I ∧ d, N = (D ∧ ¬X) ∧ n."""
    if not figure.inside:
        top = _population(figure, figure.numerator, rows)
        bottom = _population(figure, figure.denominator, rows)
        own = top if figure.numerator.dataset == figure.population else bottom
        return top[0], bottom[0], own[1], own[2]
    base, excluded, unknown = _population(figure, figure.denominator, rows)
    numerator = _Side(figure.numerator, [])
    denominator = _Side(figure.denominator, [])
    for row in base.rows:
        inner = _holds(figure.numerator, row, rows)
        if inner is None:
            unknown.rows.append(row)
        else:
            denominator.rows.append(row)
            if inner:
                numerator.rows.append(row)
    return numerator, denominator, excluded, unknown


def _population(figure: Figure, count: Count, rows: Rows) -> tuple[_Side, _Side, _Side]:
    """The rows of one count without the excluded ones, the excluded, those of which it cannot be told."""
    chosen, excluded, unknown = _Side(count, []), _rows_of(count.dataset), _rows_of(count.dataset)
    exclude = figure.exclude if count.dataset == figure.population else None
    for row in rows.get(count.dataset, ()):
        included = truth(count.where, row, rows)
        out = truth(exclude, row, rows) if exclude is not None else False
        if included is False:
            continue
        if out is True:
            excluded.rows.extend([row] if included else [])
        elif included is None or out is None or _holds(count, row, rows) is None:
            unknown.rows.append(row)
        else:
            chosen.rows.append(row)
    return chosen, excluded, unknown


def _rows_of(dataset: str) -> _Side:
    return _Side(Count(dataset, AllOf(())), [])


def _holds(count: Count, row: Row, rows: Rows) -> bool | None:
    """Whether a row is counted; where the counted cell is empty, that is unknown."""
    holds = truth(count.where, row, rows)
    return None if holds and count.column and row[count.column] is None else holds


def _amount(count: Count, rows: Sequence[Row]) -> float:
    match count.kind:
        case "rows":
            return len(rows)
        case "distinct":
            return len({row[count.column] for row in rows})
        case "sum":
            return float(sum(row[count.column] for row in rows))


def _keys(number: int, figure: Figure, dataset: str, row: Row, tables: Tables, periods: Sequence[int]) -> Iterator[Key]:
    """Everywhere in the results that a row belongs to."""
    contract, tree = tables[dataset].contract, tables.organisations
    years = periods if contract.period is None else [year for year in periods if year == row[PERIOD]]
    organisation = row[contract.organisation or ""]
    units = [unit for level in tree.levels() if (unit := tree.ancestor(organisation, level))]
    singles = [(name,) for name in figure.by]
    for by in dict.fromkeys([(), *singles, figure.by]):
        cells = [row[name] for name in by]
        if None in cells:
            continue
        words = [f"{name}={cell if isinstance(cell, str) else int(cell)}" for name, cell in zip(by, cells, strict=True)]
        for year in years:
            for unit in units:
                yield Key(number, year, str(unit.level), unit.id, ",".join(by), ";".join(words))
