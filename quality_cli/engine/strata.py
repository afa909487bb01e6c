"""Stratifiers: the values they take and the words by which results name them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from quality_cli.datasets.contract import Column
from quality_cli.datasets.table import Table
from quality_cli.engine.cube import Array


def subsets(count: int) -> list[tuple[int, ...]]:
    """What ``by`` asks for: the total, each stratifier alone, the full cross."""
    single = [(position,) for position in range(count)]
    return [(), *single, *([tuple(range(count))] if count > 1 else [])]


@dataclass(frozen=True, slots=True)
class Strata:
    """Values of each stratifier in the order of results; one more position stands for «unknown»."""

    names: tuple[str, ...]
    values: tuple[tuple[str | int, ...], ...]

    @classmethod
    def of(cls, names: Sequence[str], tables: Sequence[Table]) -> "Strata":
        """Values met in any of the tables: numbers ascending, words in the order of the contract."""
        return cls(tuple(names), tuple(_values(name, tables) for name in names))

    def size(self, position: int) -> int:
        """How many positions a stratifier has, «unknown» (the last) included."""
        return len(self.values[position]) + 1

    def codes(self, frame: pd.DataFrame) -> list[Array]:
        """For every stratifier the position of each row."""
        return [self._codes(position, frame[name]) for position, name in enumerate(self.names)]

    def _codes(self, position: int, series: pd.Series) -> Array:
        place = {value: index for index, value in enumerate(self.values[position])}
        unknown = len(place)
        if isinstance(series.dtype, pd.CategoricalDtype):
            table = np.array([place.get(word, unknown) for word in series.cat.categories] + [unknown], dtype=np.intp)
            return table[series.cat.codes.to_numpy()]
        distinct, inverse = np.unique(series.to_numpy(), return_inverse=True)
        table = np.array([place.get(value, unknown) for value in distinct.tolist()], dtype=np.intp)
        return table[inverse]

    def named(self, subset: Sequence[int], shape: tuple[int, ...]) -> Array:
        """Mask of the cells whose strata are all known, for an array of shape period x unit x strata."""
        mask = np.ones(shape, dtype=bool)
        for axis, position in enumerate(subset, start=2):
            known = np.arange(shape[axis]) < len(self.values[position])
            mask &= known.reshape([-1 if index == axis else 1 for index in range(len(shape))])
        return mask

    def label(self, subset: Sequence[int]) -> str:
        """The ``by`` column of results: ``grade,subject``."""
        return ",".join(self.names[position] for position in subset)

    def words(self, subset: Sequence[int], index: Sequence[Array], rows: int) -> Array:
        """The ``stratum`` column of results: ``grade=4;subject=Математика``; empty for the total."""
        if not subset:
            return np.full(rows, "", dtype=object)
        parts = [
            np.array([f"{self.names[position]}={value}" for value in self.values[position]], dtype=object)[cells]
            for position, cells in zip(subset, index, strict=True)
        ]
        words = parts[0]
        for part in parts[1:]:
            words = words + ";" + part
        return words


def _values(name: str, tables: Sequence[Table]) -> tuple[str | int, ...]:
    column: Column | None = None
    found: set[object] = set()
    for table in tables:
        column = table.contract.columns[name]
        found |= set(table.frame[name].dropna().unique())
    if column is None:
        return ()
    if column.is_numeric:
        return tuple(sorted(int(float(str(value))) for value in found))
    order = {word: index for index, word in enumerate(column.values)}
    return tuple(sorted(map(str, found), key=lambda word: (order.get(word, len(order)), word)))
