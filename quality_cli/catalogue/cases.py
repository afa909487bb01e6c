"""Every case that conditions can tell apart: whether a row may exist of which some are true and others false.

A column matters by few values: those that a condition names, one in each gap between them, and no value. The cases of
columns that no condition reads together are independent, so that few combinations are tried. What other tables say
(``also_in``) may be anything: a case that is not found certainly does not exist, one that is found may not either.
"""

import math
import operator
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, combinations, islice, pairwise, product
from typing import TypeAlias

from quality_cli.catalogue.figures import Figure
from quality_cli.core.where import (
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
    Scalar,
    clauses_of,
    columns_of,
)
from quality_cli.datasets.contracts.column import Column
from quality_cli.datasets.contracts.conditions import literal_problem

Cell: TypeAlias = Scalar | frozenset[Scalar] | None
"""A value, the values of a cell that holds several, or none."""

Row: TypeAlias = Mapping[str | AlsoIn, Cell]
Asked: TypeAlias = tuple[Condition, bool]
"""A condition and what it must be: true or false, and not unknown."""


@dataclass(frozen=True, slots=True)
class _Columns:
    """Columns of a table, told apart as objects: a contract does not change, and comparing it would cost more than what
    is asked of it."""

    columns: Mapping[str, Column]

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Columns) and self.columns is other.columns

    def __hash__(self) -> int:
        return id(self.columns)


@dataclass(frozen=True, slots=True, eq=False)
class _Item:
    """A simple condition as it is asked, and what it reads of a row: columns, and what other tables say; equal ones are
    one object (see :func:`_item`)."""

    condition: Condition
    wanted: bool
    clauses: tuple[Condition, ...]
    names: tuple[str | AlsoIn, ...]


_ASKED = 1 << 14
"""Questions of which the answers are kept: figures of a catalogue ask much the same."""

_MOST = 4096
"""Cases tried for columns that belong together; where there are more, anything is taken to be possible."""


def case(columns: Mapping[str, Column], *asked: Asked) -> Row | None:
    """A row of which all that is asked holds, without the columns that do not matter; None where there is none."""
    found: dict[str | AlsoIn, Cell] = {}
    own = _Columns(columns)
    simple = [_item(*item) for pair in asked for item in _simple(*pair)]
    for together in _together([item for item in simple if _understood(item, own)]):
        row = _row(tuple(together), own)
        if row is None:
            return None
        found.update(row)
    return found


@lru_cache(maxsize=_ASKED)
def _row(together: tuple[_Item, ...], own: "_Columns") -> Row | None:
    """The cells of a group; none of them where there are too many cases."""
    columns = own.columns
    if len(together) == 1 and together[0].names and (value := _named_by(together[0])) is not None:
        return {together[0].names[0]: value}
    names = tuple(dict.fromkeys(name for item in together for name in item.names))
    clauses = [clause for item in together for clause in item.clauses]
    values = [_cells(name, columns, clauses) for name in names]
    if math.prod(map(len, values)) > _MOST:
        return {}
    rows: Iterator[Row] = (dict(zip(names, cells, strict=True)) for cells in product(*values))
    return next((row for row in rows if all(_truth(item.condition, row) is item.wanted for item in together)), None)


def _named_by(item: _Item) -> Cell:
    """The value that satisfies a condition by itself."""
    match item.condition, item.wanted:
        case ((Compare(_, "eq", str() | int() | float() as value) | OneOf(_, (value, *_))), True):
            return value
    return None


def certain(*conditions: Condition) -> bool:
    """Whether a case found for them certainly exists: nothing is asked of other tables."""
    return not any(isinstance(clause, AlsoIn) for condition in conditions for clause in clauses_of(condition))


def kept(figure: Figure) -> tuple[tuple[Condition, bool], ...]:
    """That a row is not excluded, as it is asked of :func:`~quality_cli.catalogue.cases.case`."""
    return () if figure.exclude is None else ((figure.exclude, False),)


def within(columns: Mapping[str, Column], *conditions: Condition) -> Mapping[str, Column]:
    """The columns that the conditions read, without values beyond the outermost that they name: where a contract sets
    no limits, nobody knows whether there are any."""
    clauses = [clause for condition in conditions for clause in clauses_of(condition)]
    found = {}
    for name in {name for clause in clauses for name in columns_of(clause) if name in columns}:
        column, named = columns[name], [v for clause in clauses if name in columns_of(clause) for v in literals(clause)]
        numbers = [value for value in named if isinstance(value, int | float)]
        if column.type in ("text", "letter", "organisation"):
            column = column.model_copy(update={"type": "category", "values": {str(word): [] for word in named}})
        elif numbers and column.is_numeric:
            low = min(numbers) if column.min is None else column.min
            high = max(numbers) if column.max is None else column.max
            column = column.model_copy(update={"min": low, "max": high})
        found[name] = column
    return found


def conflict(columns: Mapping[str, Column], *conditions: Condition) -> tuple[Condition, ...]:
    """The fewest conditions that no row satisfies together; none where some row does."""
    items = [item for condition in conditions for item in _simple(condition, True)]
    if case(columns, *items) is not None:
        return ()
    for item in tuple(items):
        rest = [other for other in items if other is not item]
        if case(columns, *rest) is None:
            items = rest
    return tuple(item for item, _ in items)


def _simple(condition: Condition, wanted: bool) -> Iterator[Asked]:
    """The same asked of simpler conditions: all true of «all», all false of «any»."""
    match condition:
        case Not(item):
            yield from _simple(item, not wanted)
        case AllOf(items) if wanted:
            for item in items:
                yield from _simple(item, True)
        case AnyOf(items) if not wanted:
            for item in items:
                yield from _simple(item, False)
        case _:
            yield condition, wanted


@lru_cache(maxsize=_ASKED)
def _item(condition: Condition, wanted: bool) -> _Item:
    clauses = clauses_of(condition)
    names: dict[str | AlsoIn, None] = {}
    for clause in clauses:
        names.update(dict.fromkeys((clause,) if isinstance(clause, AlsoIn) else sorted(columns_of(clause))))
    return _Item(condition, wanted, clauses, tuple(names))


@lru_cache(maxsize=_ASKED)
def _understood(item: _Item, own: "_Columns") -> bool:
    """Whether columns and literals are as they must be: what is wrong with others is told by the contract."""
    columns = own.columns
    for clause in item.clauses:
        names = () if isinstance(clause, AlsoIn) else columns_of(clause)
        if any(name not in columns for name in names):
            return False
        ordered = isinstance(clause, Compare) and clause.op not in ("eq", "ne")
        if len({columns[name].is_numeric for name in names} | ({True} if ordered else set())) > 1:
            return False
        if any(literal_problem(columns[name], value) for name in names for value in literals(clause)):
            return False
    return True


def _together(items: Iterable[_Item]) -> list[list[_Item]]:
    """Groups of conditions that read a column in common."""
    groups: list[tuple[set[str | AlsoIn], list[_Item]]] = []
    for item in items:
        names, members, apart = set(item.names), [item], []
        for group in groups:
            if group[0] & names:
                names, members = names | group[0], group[1] + members
            else:
                apart.append(group)
        groups = [*apart, (names, members)]
    return [members for _, members in groups]


def _cells(name: str | AlsoIn, columns: Mapping[str, Column], clauses: Sequence[Condition]) -> list[Cell]:
    """Values of a column that the clauses tell apart, one of each kind; where columns are compared with one another,
    one for each of them."""
    if isinstance(name, AlsoIn):
        return [True, False, None]
    compared = any(isinstance(clause, Compare) and isinstance(clause.value, ColumnRef) for clause in clauses)
    named: dict[Scalar, None] = {}
    for clause in clauses:
        if compared or name in columns_of(clause):
            named.update(dict.fromkeys(literals(clause)))
    alike = len(frozenset().union(*map(columns_of, clauses))) if compared else 1
    return [*_values(columns[name], list(named), alike), None]


def literals(clause: Condition) -> tuple[Scalar, ...]:
    """The values that a clause names."""
    match clause:
        case Compare(value=str() | int() | float() as value):
            return (value,)
        case OneOf(values=values):
            return values
        case _:
            return ()


def _values(column: Column, named: Sequence[Scalar], alike: int) -> Iterable[Cell]:
    """The values named that the column may hold and ``alike`` values of each kind that they leave."""
    if column.type == "flag":
        return (True, False)
    if column.several:
        words = [*named, ""]
        some = chain.from_iterable(combinations(words, size) for size in range(1, len(words) + 1))
        return map(frozenset, islice(some, _MOST))
    if not column.is_numeric:
        others = list(column.values) if column.type == "category" else [f"\0{number}" for number in range(alike)]
        known = [word for word in named if column.type != "category" or word in column.values]
        return [*known, *[word for word in others if word not in known][:alike]]
    if column.values:
        return [int(word) for word in column.values]
    return _numbers(column, [value for value in named if isinstance(value, int | float)], alike)


def _numbers(column: Column, named: Sequence[float], alike: int) -> list[Cell]:
    low = -math.inf if column.min is None else column.min
    high = math.inf if column.max is None else column.max
    marks = sorted({*named, *(end for end in (low, high) if math.isfinite(end))} or {0.0})
    if column.type == "number":
        steps = [step / (alike + 1) for step in range(alike + 1)]
        found = {start + (end - start) * step for start, end in pairwise(marks) for step in steps}
        found |= {marks[0] - step for step in range(alike + 1)} | {marks[-1] + step for step in range(alike + 1)}
    else:
        found = {math.floor(mark) + step for mark in marks for step in range(-alike, alike + 2)}
    return [value for value in sorted(found) if low <= value <= high]


def _truth(condition: Condition, row: Row) -> bool | None:
    """Whether a condition holds of a row, as :class:`~quality_cli.datasets.tables.evaluate.Evaluator` says."""
    match condition:
        case AllOf(items):
            told = {_truth(item, row) for item in items}
            return False if False in told else None if None in told else True
        case AnyOf(items):
            told = {_truth(item, row) for item in items}
            return True if True in told else None if None in told else False
        case Not(item):
            held = _truth(item, row)
            return None if held is None else not held
        case AllKnown(item):
            return None if None in {_truth(clause, row) for clause in clauses_of(item)} else _truth(item, row)
        case AlsoIn():
            return None if row[condition] is None else bool(row[condition])
        case Known(column, known):
            return (row[column] is not None) is known
        case OneOf(column, values):
            cell = row[column]
            return None if cell is None else any(_same(cell, value) for value in values)
        case Compare(column, op, value):
            cell, other = row[column], row[value.column] if isinstance(value, ColumnRef) else value
            if cell is None or other is None:
                return None
            if op in ("eq", "ne"):
                return _same(cell, other) is (op == "eq")
            return bool(getattr(operator, op)(cell, other))


def _same(cell: Cell, value: Cell) -> bool:
    return value in cell if isinstance(cell, frozenset) else cell == value
