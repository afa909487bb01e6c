"""Evaluation of the where-language over a frame: vectorised, three-valued."""

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

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
)

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


@dataclass(frozen=True, slots=True)
class _Words:
    """A column of words: ``codes`` (one a row, -1 unknown) are positions in ``words``."""

    codes: np.ndarray[Any, np.dtype[Any]]
    words: np.ndarray[Any, np.dtype[Any]]

    def whole(self) -> np.ndarray[Any, np.dtype[Any]]:
        """The word of each row, NaN where it is unknown."""
        found: np.ndarray[Any, np.dtype[Any]] = np.append(self.words, np.nan)[self.codes]
        return found


_Column: TypeAlias = _Words | np.ndarray[Any, np.dtype[Any]]
"""Words, or numbers with NaN for unknown."""


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
        self._known: dict[Condition, Truth] = dict(told)

    @classmethod
    def of_values(cls, name: str, values: Sequence[str | float | None], *, numeric: bool) -> "Evaluator":
        """For conditions over one column that takes each of these values once; None is an unknown cell."""
        made = cls(_NOTHING, {})
        made._rows = len(values)
        if numeric:
            made._columns[name] = np.array(values, dtype=np.float64)
        else:
            known = np.array([value is not None for value in values], dtype=bool)
            codes = np.where(known, np.cumsum(known) - 1, -1)
            made._columns[name] = _Words(codes, np.array(values, dtype=object)[known])
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
        return np.asarray(column.codes >= 0 if isinstance(column, _Words) else ~np.isnan(column))

    def _comparison(self, condition: Compare) -> Truth:
        column, compare, value = self._column(condition.column), COMPARE[condition.op], condition.value
        known = self._present(condition.column)
        if isinstance(value, ColumnRef):
            other = self._column(value.column)
            sides = [side.whole() if isinstance(side, _Words) else side for side in (column, other)]
            known = known & self._present(value.column)
            true = np.zeros(len(known), dtype=bool)
            true[known] = compare(*(side[known] for side in sides))
        elif isinstance(column, _Words):
            true = np.append(compare(column.words, str(value)), False)[column.codes].astype(bool)
        else:
            true = known & compare(column, float(value))
        return Truth(true, known & ~true)

    def _one_of(self, column: str, values: tuple[Scalar, ...]) -> Truth:
        result = self._constant(False)
        for value in values:
            result |= self(Compare(column, "eq", value))
        return result

    def _also_in(self, condition: AlsoIn) -> Truth:
        """A blank cell of the list's own key means «any»: a school listed without a grade is listed for every one.

        A row that is not found and whose own key is not wholly known is unknown; a list that nobody gave holds nobody.
        With ``among``, see :class:`AlsoIn`.
        """
        other = self._others.get(condition.dataset)
        if other is None or other.empty:
            return self._constant(False) if condition.among is None else self._unknown()
        evaluate = Evaluator(other, self._others)
        listed = evaluate(condition.where)
        known = np.all([self._present(name) for name in condition.own], axis=0)
        if condition.among is None:
            found = self._matching(condition.on, other[listed.true])
            return Truth(found, known & ~found)
        asked = evaluate(condition.among)
        found = self._matching(condition.on, other[asked.true & listed.true])
        may = self._matching(condition.on, other[~asked.false & ~listed.false])
        spoke = self._matching(condition.on, other[asked.true])
        return Truth(found, known & spoke & ~may)

    def _unknown(self) -> Truth:
        nowhere = np.zeros(self._rows, dtype=bool)
        return Truth(nowhere, nowhere)

    def _matching(self, on: tuple[tuple[str, str], ...], listed_rows: pd.DataFrame) -> Mask:
        """Rows whose key stands in the list; a blank cell of the list's key means «any»."""
        codes = [_common(self._column(own), _plain(listed_rows[theirs])) for own, theirs in on]
        given = np.array([listed >= 0 for _, listed in codes])
        found = np.zeros(self._rows, dtype=bool)
        for pattern in np.unique(given, axis=1).T:
            asked = [pair for pair, is_given in zip(codes, pattern, strict=True) if is_given]
            alike = (given == pattern[:, None]).all(axis=0)
            own_key, key = np.zeros(len(found), dtype=np.int64), np.zeros(int(alike.sum()), dtype=np.int64)
            for own, listed in asked:
                size = max(own.max(initial=0), listed.max(initial=0)) + 2
                own_key, key = own_key * size + own + 1, key * size + listed[alike] + 1
            found |= np.isin(own_key, key)
        return found


def _plain(series: pd.Series) -> _Column:
    if isinstance(series.dtype, pd.CategoricalDtype):
        return _Words(series.cat.codes.to_numpy(), series.cat.categories.to_numpy(dtype=object))
    return series.to_numpy(dtype=np.float64)


def _common(own: _Column, listed: _Column) -> tuple[Any, Any]:
    """Two columns (of one kind: catalogues are bound to contracts) as codes of the same values; -1: unknown."""
    if isinstance(own, _Words) and isinstance(listed, _Words):
        place = {word: code for code, word in enumerate(own.words)}
        strange = range(len(place), len(place) + len(listed.words))
        codes = [place.get(word, code) for word, code in zip(listed.words, strange, strict=True)]
        return own.codes.astype(np.int64), np.array([*codes, -1], dtype=np.int64)[listed.codes]
    both = [np.asarray(column, dtype=np.float64) for column in (own, listed)]
    values, positions = np.unique(np.concatenate(both), return_inverse=True)
    positions[np.isnan(values[positions])] = -1
    return positions[: len(both[0])], positions[len(both[0]) :]
