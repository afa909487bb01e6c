"""Evaluation of the where-language over a frame: vectorised, three-valued."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

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
    Scalar,
    clauses_of,
)
from quality_cli.datasets.tables.encoded import Array, Encoded
from quality_cli.datasets.tables.keys import coded, combined, find
from quality_cli.datasets.tables.table import PERIOD

Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "le": operator.le,
    "gt": operator.gt,
    "ge": operator.ge,
}


@dataclass(frozen=True, slots=True)
class Truth:
    """Where a condition is true and where it is false; elsewhere it is unknown. Both masks have one item per row."""

    true: Mask
    false: Mask

    @property
    def unknown(self) -> Mask:
        """Where neither is known."""
        return ~(self.true | self.false)

    def __and__(self, other: "Truth") -> "Truth":
        return Truth(self.true & other.true, self.false | other.false)

    def __or__(self, other: "Truth") -> "Truth":
        return Truth(self.true | other.true, self.false & other.false)

    def __invert__(self) -> "Truth":
        return Truth(self.false, self.true)


_Column: TypeAlias = Encoded | Array
"""Words as objects, each once, or numbers with NaN for unknown."""

_NOTHING = pd.DataFrame()


class Evaluator:
    """Evaluates conditions over one frame; each distinct condition is computed once.

    ``others`` are the frames of other datasets, for ``also_in``; ``told`` holds what is known beforehand.
    """

    def __init__(
        self,
        frame: pd.DataFrame,
        others: Mapping[str, pd.DataFrame],
        told: Mapping[Condition, Truth] = MappingProxyType({}),
    ) -> None:
        self._frame = frame
        self._rows = len(frame)
        self._others = others
        self._columns: dict[str, _Column] = {}
        self._several: dict[str, Mapping[int, list[str]]] = {}
        self._known: dict[Condition, Truth] = dict(told)

    @classmethod
    def of_values(cls, name: str, values: Sequence[str | float | None] | Array, *, numeric: bool) -> "Evaluator":
        """For conditions over one column of these values: words each once, numbers as they come; None or NaN
        is an unknown cell."""
        made = cls(_NOTHING, {})
        made._rows = len(values)
        if numeric:
            made._columns[name] = np.array(values, dtype=np.float64)
        else:
            known = np.array([value is not None for value in values], dtype=bool)
            codes = np.where(known, np.cumsum(known) - 1, -1)
            made._columns[name] = Encoded(codes, np.array(values, dtype=object)[known])
        return made

    @classmethod
    def of_numbers(cls, columns: Mapping[str, Array], rows: int) -> "Evaluator":
        """For conditions over columns of numbers of so many rows; NaN is an unknown cell."""
        made = cls(_NOTHING, {})
        made._rows = rows
        made._columns.update(columns)
        return made

    def __call__(self, condition: Condition) -> Truth:
        """Masks of ``condition``; columns are known to exist (the catalogue is bound to contracts before)."""
        found = self._known.get(condition)
        if found is None:
            found = self._known[condition] = self._compute(condition)
        return found

    def _compute(self, condition: Condition) -> Truth:
        match condition:
            case AllOf(items):
                result = self._constant(True)
                for item in items:
                    result &= self(item)
                return result
            case AnyOf(items):
                result = self._constant(False)
                for item in items:
                    result |= self(item)
                return result
            case Not(item):
                return ~self(item)
            case AllKnown(item):
                told = ~np.any(
                    [self._constant(False).true, *(self(clause).unknown for clause in clauses_of(item))], axis=0
                )
                return Truth(self(item).true & told, self(item).false & told)
            case Known(column, known):
                present = self._present(column)
                return Truth(present, ~present) if known else Truth(~present, present)
            case OneOf(column, values):
                return self._one_of(column, values)
            case Compare():
                return self._comparison(condition)
            case AlsoIn():
                return self._also_in(condition)

    def _constant(self, value: bool) -> Truth:
        mask = np.full(self._rows, value)
        return Truth(mask, ~mask)

    def _column(self, name: str) -> _Column:
        if name not in self._columns:
            self._columns[name] = _plain(self._frame[name])
        return self._columns[name]

    def _present(self, name: str) -> Mask:
        column = self._column(name)
        return np.asarray(column.codes >= 0 if isinstance(column, Encoded) else ~np.isnan(column))

    def _comparison(self, condition: Compare) -> Truth:
        column, compare, value = self._column(condition.column), COMPARE[condition.op], condition.value
        known = self._present(condition.column)
        if isinstance(value, ColumnRef):
            other = self._column(value.column)
            sides = [_whole(side) for side in (column, other)]
            known = known & self._present(value.column)
            true = np.zeros(len(known), dtype=bool)
            true[known] = compare(*(side[known] for side in sides))
        elif isinstance(column, Encoded):
            return self._of_words(column, condition)
        else:
            true = known & compare(column, float(value))
        return Truth(true, known & ~true)

    def _of_words(self, column: Encoded, condition: Compare) -> Truth:
        """A comparison with a word, by distinct cell; one of several values equals each of them."""
        true = np.asarray(COMPARE[condition.op](column.values, str(condition.value)), dtype=bool)
        false = ~true
        for place, values in self._of_several(condition.column, column).items():
            among = str(condition.value) in values
            unsure = not among and "" in values
            true[place] = not unsure and among == (condition.op == "eq")
            false[place] = not unsure and not true[place]
        return Truth(np.append(true, False)[column.codes], np.append(false, False)[column.codes])

    def _of_several(self, name: str, column: Encoded) -> Mapping[int, list[str]]:
        """The distinct cells that hold several values, by position."""
        if name not in self._several:
            cells = enumerate(column.values)
            self._several[name] = {place: cell.split(BETWEEN) for place, cell in cells if BETWEEN in str(cell)}
        return self._several[name]

    def _one_of(self, column: str, values: tuple[Scalar, ...]) -> Truth:
        result = self._constant(False)
        for value in values:
            result |= self(Compare(column, "eq", value))
        return result

    def _also_in(self, condition: AlsoIn) -> Truth:
        """A list that nobody gave holds nobody; a row that is not found and whose own key is not wholly known is
        unknown.

        A row of the list with a blank cell is nobody's, but where the condition says that it means «any»: a school
        listed without a grade is listed for every one. With ``among``, see :class:`AlsoIn`.
        """
        other = self._others.get(condition.dataset)
        if other is None or other.empty:
            nobody = np.zeros(self._rows, dtype=bool)
            return self._constant(False) if condition.among is None else Truth(nobody, nobody)
        evaluate = Evaluator(other, self._others)
        fits = evaluate(condition.where)
        known = np.all([self._present(name) for name in condition.own], axis=0)
        if condition.among is None:
            found = self._matching(condition, other[fits.true])
            return Truth(found, known & ~found)
        asked = evaluate(condition.among)
        found = self._matching(condition, other[asked.true & fits.true])
        possible = self._matching(condition, other[~asked.false & ~fits.false])
        answered = self._matching(condition, other[asked.true])
        return Truth(found, known & answered & ~possible)

    def _matching(self, condition: AlsoIn, listed: pd.DataFrame) -> Mask:
        """Rows whose key stands in the list, in their own school year where both tables have school years."""
        on = condition.on
        dated = all(PERIOD in side and side[PERIOD].notna().any() for side in (self._frame, listed))
        if dated and not condition.any_year:
            on = (*on, (PERIOD, PERIOD))
        parts = [coded((self._frame[own], listed[theirs])) for own, theirs in on]
        may = np.array([own in condition.blank_is_any for own, _ in on])
        blank = np.array([codes[self._rows :] < 0 for codes, _ in parts]) & may[:, None]
        found = np.zeros(self._rows, dtype=bool)
        for pattern in np.unique(blank, axis=1).T:
            alike = np.concatenate([np.ones(self._rows, dtype=bool), (blank == pattern[:, None]).all(axis=0)])
            asked = [(codes[alike], size) for (codes, size), is_any in zip(parts, pattern, strict=True) if not is_any]
            key = combined(asked, int(alike.sum()))
            found |= find(key[: self._rows], key[self._rows :]) >= 0
        return found


def _plain(series: pd.Series) -> _Column:
    if isinstance(series.dtype, pd.CategoricalDtype):
        return Encoded(series.cat.codes.to_numpy(), series.cat.categories.to_numpy(dtype=object))
    return series.to_numpy(dtype=np.float64)


def _whole(column: _Column) -> Array:
    """The value of each row, NaN where it is unknown."""
    return np.append(column.values, np.nan)[column.codes] if isinstance(column, Encoded) else column
