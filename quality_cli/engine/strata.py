"""Stratifiers: the combinations of values met, and the words by which results name them."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from quality_cli.datasets.batches import Array
from quality_cli.datasets.contract import Contract


def subsets(count: int) -> list[tuple[int, ...]]:
    """What ``by`` asks for: the total, each stratifier alone, the full cross."""
    single = [(position,) for position in range(count)]
    return [(), *single, *([tuple(range(count))] if count > 1 else [])]


@dataclass(frozen=True, slots=True)
class Fold:
    """How the finest strata gather into those of some stratifiers only.

    ``of`` is for each finest stratum the position of what it gathers into; ``words`` name these; ``named`` tells which
    of them have no unknown value; ``whole``: they are the finest strata themselves.
    """

    of: Array
    order: Array
    starts: Array
    label: str
    words: tuple[str, ...]
    named: Array
    whole: bool

    def summed(self, array: Array, axis: int = 0) -> Array:
        """Add up an axis of finest strata."""
        if self.whole:
            return array
        if len(self.words) == 1:
            total: Array = array.sum(axis=axis, keepdims=True)
            return total
        gathered: Array = np.add.reduceat(array.take(self.order, axis), self.starts, axis=axis)
        return gathered


class Strata:
    """Combinations of values of some stratifiers that stand in the data, in the order of results: numbers ascending,
    words in the order of the contract, an unknown value last. There is always at least one."""

    def __init__(self, names: Sequence[str], frames: Iterable[tuple[pd.DataFrame, Contract]]) -> None:
        self.names = tuple(names)
        frames = list(frames)
        self._order = {name: _order(name, frames) for name in self.names}
        met = {combination for frame, _ in frames for combination in self._combinations(frame)}
        self._met = sorted(met) or [tuple(len(self._order[name]) for name in self.names)]
        self._place = {combination: place for place, combination in enumerate(self._met)}

    def __len__(self) -> int:
        return len(self._met)

    def codes(self, frame: pd.DataFrame) -> Array:
        """For each row of a frame the position of its stratum."""
        return np.array([self._place[combination] for combination in self._combinations(frame)], dtype=np.intp)

    @cached_property
    def folds(self) -> tuple[Fold, ...]:
        """All that ``by`` asks for, in the order of :func:`subsets`."""
        return tuple(map(self._fold, subsets(len(self.names))))

    def _fold(self, subset: tuple[int, ...]) -> Fold:
        parts = [tuple(combination[position] for position in subset) for combination in self._met]
        place = {part: index for index, part in enumerate(sorted(set(parts)))}
        of = np.array([place[part] for part in parts], dtype=np.intp)
        order = np.argsort(of, kind="stable")
        starts = np.searchsorted(of[order], np.arange(len(place)))
        names = [self.names[position] for position in subset]
        values = [list(self._order[name]) for name in names]
        words, named = [], []
        for part in place:
            known = all(code < len(value) for code, value in zip(part, values, strict=True))
            named.append(known)
            cells = zip(names, values, part, strict=True)
            words.append(";".join(f"{name}={value[code]}" for name, value, code in cells) if known else "")
        return Fold(
            of,
            order,
            starts,
            ",".join(names),
            tuple(words),
            np.array(named, dtype=bool),
            len(subset) == len(self.names),
        )

    def _combinations(self, frame: pd.DataFrame) -> Iterable[tuple[int, ...]]:
        columns = [self._column(frame[name], self._order[name]) for name in self.names]
        return zip(*columns, strict=True) if columns else [()] * len(frame)

    def _column(self, series: pd.Series, order: Mapping[object, int]) -> list[int]:
        unknown = len(order)
        if isinstance(series.dtype, pd.CategoricalDtype):
            place = [*(order[word] for word in series.cat.categories), unknown]
            return [place[code] for code in series.cat.codes.tolist()]
        return [unknown if math.isnan(value) else order[int(value)] for value in series.tolist()]


def _order(name: str, frames: Sequence[tuple[pd.DataFrame, Contract]]) -> dict[object, int]:
    """Positions of the values of a stratifier that stand in any of the frames."""
    words: set[str] = set()
    numbers: set[int] = set()
    listed: dict[str, int] = {}
    for frame, contract in frames:
        column = contract.columns[name]
        values = frame[name].dropna().unique()
        if column.is_numeric:
            numbers |= {int(value) for value in values}
        else:
            words |= set(map(str, values))
            listed = listed or {word: index for index, word in enumerate(column.values)}
    ordered = [*sorted(numbers), *sorted(words, key=lambda word: (listed.get(word, len(listed)), word))]
    return {value: index for index, value in enumerate(ordered)}
