"""Distinct values counted in any cells: those of many quantities at once, each a bit of a machine word."""

import numpy as np

from quality_cli.datasets.tables.encoded import Array

WORD = 64
"""Quantities that one machine word tells apart."""


class DistinctGroups:
    """Values in cells, each with a word whose bits tell which quantities count it there."""

    def __init__(self, cell: Array, value: Array, words: Array) -> None:
        kept = np.flatnonzero(words)
        self._size = int(value.max(initial=0)) + 1
        key, words = _together(cell[kept].astype(np.int64) * self._size + value[kept], words[kept])
        cell, value = np.divmod(key, self._size)
        repeated = np.bincount(value, minlength=self._size)[value] > 1
        self._single = (cell[~repeated], words[~repeated])
        self._several = (cell[repeated], value[repeated], words[repeated])

    def counts(self, target: Array, cells: int, bits: int) -> Array:
        """How many values each bit has (bit × cell) in every cell that ``target`` sends the finest cells to (-1:
        nowhere).

        Most values stand in one cell (a child goes to one school): such a value counts wherever that cell goes. Only
        the others, which may meet themselves there, are put together anew.
        """
        cell, value, words = self._several
        there = target[cell]
        inside = there >= 0
        key, words = _together(there[inside].astype(np.int64) * self._size + value[inside], words[inside])
        cell = np.concatenate([target[self._single[0]], key // self._size])
        words = np.concatenate([self._single[1], words])
        inside = cell >= 0
        cell, words = cell[inside], words[inside]
        return np.stack([np.bincount(cell[(words >> np.uint64(bit)) & 1 != 0], minlength=cells) for bit in range(bits)])


def _together(key: Array, words: Array) -> tuple[Array, Array]:
    """Distinct keys ascending, and the bits of each put together."""
    if np.any(key[1:] < key[:-1]):
        order = np.argsort(key, kind="stable")
        key, words = key[order], words[order]
    if not len(key):
        return key, words
    starts = np.flatnonzero(np.concatenate([[True], key[1:] != key[:-1]]))
    together: Array = np.bitwise_or.reduceat(words, starts)
    return key[starts], together
