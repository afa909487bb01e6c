"""Cells of a sheet column with each distinct one kept once: work on them costs by distinct cell, not by row."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from quality_cli.datasets.values.parse import is_empty

DISTINCT = 100
"""So many different problems of one column are told apart; the others only as many as they are."""


@dataclass(frozen=True, slots=True, eq=False)
class Cells:
    """``distinct[codes[row]]`` is the cell of a row; some of ``distinct`` may stand in no row."""

    codes: np.ndarray
    distinct: list[Any]

    @classmethod
    def of(cls, cells: Sequence[Any]) -> "Cells":
        """The cells of a column; 1 and 1.0 are one cell, True is another."""
        if bool in set(map(type, cells)):
            codes, keys = coded(list(zip(map(type, cells), cells, strict=True)))
            return cls(codes, [cell for _, cell in keys])
        codes, distinct = pd.factorize(as_objects(cells), use_na_sentinel=False)
        return cls(codes, list(distinct))

    def __len__(self) -> int:
        return len(self.codes)

    def __getitem__(self, row: int) -> Any:
        return self.distinct[self.codes[row]]

    def at(self, rows: np.ndarray) -> "Cells":
        """The cells of some rows."""
        return Cells(self.codes[rows], self.distinct)

    @property
    def filled(self) -> np.ndarray:
        """For each row, whether the cell holds something."""
        return np.array([not is_empty(cell) for cell in self.distinct], dtype=bool).take(self.codes)

    def each(self, understand: Callable[[Any], Any]) -> np.ndarray:
        """For each row, what a function makes of its cell."""
        return as_objects([understand(cell) for cell in self.distinct]).take(self.codes)


def coded(keys: Sequence[Hashable]) -> tuple[np.ndarray, list[Any]]:
    """Distinct keys in order of appearance, and for each key its position among them."""
    positions = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    return np.fromiter(map(positions.__getitem__, keys), dtype=np.intp, count=len(keys)), list(positions)


def as_objects(values: Iterable[Any]) -> np.ndarray:
    """An array of objects as they are, whatever they are."""
    listed = values if isinstance(values, list | tuple) else list(values)
    return np.fromiter(listed, dtype=object, count=len(listed))


def grouped(texts: Cells, positions: np.ndarray) -> Iterable[tuple[Any, np.ndarray]]:
    """Positions by what is said at them, in order of appearance."""
    codes, keys = coded([texts[row] for row in range(len(texts))])
    order = np.argsort(codes, kind="stable")
    return zip(keys, np.split(positions[order], np.flatnonzero(np.diff(codes[order])) + 1), strict=False)
