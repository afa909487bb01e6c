"""Evaluation of the where-language over a frame: vectorised, three-valued."""

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, TypeAlias

import numpy as np
import pandas as pd

from quality_cli.core.where import AllOf, AlsoIn, AnyOf, ColumnRef, Compare, Condition, Known, Not, OneOf, Scalar

Mask: TypeAlias = np.ndarray[Any, np.dtype[np.bool_]]

_COMPARE: Mapping[str, Callable[[Any, Any], Any]] = {
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
        self._others = others
        self._known: dict[Condition, Truth] = dict(told)

    def __call__(self, condition: Condition) -> Truth:
        """Masks of ``condition``; columns are known to exist (the catalogue is bound to contracts before)."""
        if condition not in self._known:
            self._known[condition] = self._compute(condition)
        return self._known[condition]

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
            case Known(column, known):
                present = self._frame[column].notna().to_numpy()
                return Truth(present, ~present) if known else Truth(~present, present)
            case OneOf(column, values):
                return self._one_of(column, values)
            case Compare():
                return self._comparison(condition)
            case AlsoIn():
                return self._also_in(condition)

    def _constant(self, value: bool) -> Truth:
        mask = np.full(len(self._frame), value)
        return Truth(mask, ~mask)

    def _compare(self, left: Any, op: str, right: Any) -> Truth:
        known = ~(pd.isna(left) | pd.isna(right))
        true = known & np.asarray(_COMPARE[op](left, right), dtype=bool)
        return Truth(true, known & ~true)

    def _comparison(self, condition: Compare) -> Truth:
        series, op, value = self._frame[condition.column], condition.op, condition.value
        if isinstance(value, ColumnRef):
            return self._compare(_sortable(series), op, _sortable(self._frame[value.column]))
        if isinstance(series.dtype, pd.CategoricalDtype):
            words = series.cat.categories.astype(str)
            hits = np.append(np.asarray(_COMPARE[op](words, str(value)), dtype=bool), False)
            codes = series.cat.codes.to_numpy()
            true = hits[codes]
            return Truth(true, (codes >= 0) & ~true)
        return self._compare(series.to_numpy(), op, float(value))

    def _one_of(self, column: str, values: tuple[Scalar, ...]) -> Truth:
        result = self._constant(False)
        for value in values:
            result |= self(Compare(column, "eq", value))
        return result

    def _also_in(self, condition: AlsoIn) -> Truth:
        """A blank cell of the list's own key means «any»: a school listed without a grade is listed for every one.

        A row that is not found and whose own key is not wholly known is unknown; a list that nobody gave holds nobody.
        """
        other = self._others.get(condition.dataset)
        if other is None or other.empty:
            return self._constant(False)
        rows = other[Evaluator(other, self._others)(condition.where).true]
        listed = rows[list(condition.on)].astype(object).drop_duplicates()
        found = np.zeros(len(self._frame), dtype=bool)
        for given, part in listed.groupby([listed[column].notna() for column in condition.on], sort=False):
            columns = [column for column, is_given in zip(condition.on, _tuple(given), strict=True) if is_given]
            if columns:
                keys = pd.MultiIndex.from_frame(part[columns])
                found |= pd.MultiIndex.from_frame(self._frame[columns].astype(object)).isin(keys)
            else:
                found |= True
        known = self._frame[list(condition.on)].notna().all(axis=1).to_numpy()
        return Truth(found, known & ~found)


def _tuple(value: object) -> tuple[bool, ...]:
    return tuple(value) if isinstance(value, tuple) else (bool(value),)


def _sortable(series: pd.Series) -> Any:
    return series.astype(object).to_numpy() if isinstance(series.dtype, pd.CategoricalDtype) else series.to_numpy()
