"""What is true of one thing of which facts are known: the where-language over a mapping instead of a table.

Three-valued (Kleene), as over tables: a fact that nobody knows makes a clause unknown, unless another one decides. A
number may be known only to lie in a range; a comparison holds where it does for every number of the range.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeAlias

from quality_cli.core.where import (
    AllKnown,
    AllOf,
    AnyOf,
    ColumnRef,
    Compare,
    Condition,
    Known,
    Not,
    OneOf,
    Op,
    Scalar,
    clauses_of,
)


@dataclass(frozen=True, slots=True)
class Range:
    """A number of which is known that it is not below ``low`` and not above ``high``."""

    low: float
    high: float


Fact: TypeAlias = Scalar | Range | tuple[str, ...] | None
"""None: nobody knows. To equal several words is to be among them; none of them is known to be none."""

Truth: TypeAlias = bool | None
"""None: unknown."""


def truth(condition: Condition, fact: Callable[[str], Fact]) -> Truth:
    """Whether a condition holds, where ``fact`` gives the value of each column.

    Raises ``TypeError`` for a condition over other tables: one thing has none.
    """
    match condition:
        case AllOf(items):
            return all_true(truth(item, fact) for item in items)
        case AnyOf(items):
            return any_true(truth(item, fact) for item in items)
        case Not(item):
            return _opposite(truth(item, fact))
        case AllKnown(item):
            told = all(truth(clause, fact) is not None for clause in clauses_of(item))
            return truth(item, fact) if told else None
        case Known(column, known):
            return (fact(column) is not None) is known
        case OneOf(column, values):
            own = fact(column)
            return any_true(_compared(own, "eq", value) for value in values)
        case Compare(column, op, value):
            return _compared(fact(column), op, fact(value.column) if isinstance(value, ColumnRef) else value)
        case _:
            raise TypeError("a condition over other tables")


def all_true(items: Iterable[Truth]) -> Truth:
    """No as soon as one is no; else unknown where one is; else yes."""
    return _opposite(any_true(map(_opposite, items)))


def any_true(items: Iterable[Truth]) -> Truth:
    """Yes as soon as one is yes; else unknown where one is; else no."""
    found: Truth = False
    for item in items:
        if item:
            return True
        if item is None:
            found = None
    return found


def _opposite(told: Truth) -> Truth:
    return None if told is None else not told


def _compared(own: Fact, op: Op, other: Fact) -> Truth:
    if own is None or other is None:
        return None
    if op == "ne":
        return _opposite(_compared(own, "eq", other))
    if isinstance(own, tuple):
        return other in own
    if isinstance(own, str) or isinstance(other, str | tuple):
        return own == other
    a, b = _range(own), _range(other)
    match op:
        case "lt":
            return _settled(a.high < b.low, a.low >= b.high)
        case "le":
            return _settled(a.high <= b.low, a.low > b.high)
        case "gt":
            return _settled(a.low > b.high, a.high <= b.low)
        case "ge":
            return _settled(a.low >= b.high, a.high < b.low)
        case _:
            return _settled(a.low == a.high == b.low == b.high, a.high < b.low or a.low > b.high)


def _range(value: float | Range) -> Range:
    return value if isinstance(value, Range) else Range(value, value)


def _settled(yes: bool, no: bool) -> Truth:
    return True if yes else False if no else None
