"""Keys of rows as whole numbers, for every comparison of rows by what stands in several columns.

Two rows have the same key exactly where each part of it is known in both and equal. A row with an unknown part has no
key and is never the same as another: two children without codes are two children.
"""

from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np
import pandas as pd

from quality_cli.datasets.tables.encoded import Array

NO_KEY = -1

Side: TypeAlias = tuple[pd.DataFrame, Sequence[str]]
"""A frame and those of its columns that make up the key, in the order of the other sides."""

_MOST = 1 << 48
"""Beyond it keys are numbered anew; what is left of an int64 is for a part that a caller adds."""


def keys(*sides: Side) -> list[Array]:
    """For each side the key of each row (int64), common to all sides; :data:`NO_KEY` where a part is unknown."""
    lengths = [len(frame) for frame, _ in sides]
    parts = zip(*([frame[name] for name in names] for frame, names in sides), strict=True)
    return np.split(combined(map(coded, parts), sum(lengths)), np.cumsum(lengths)[:-1])


def coded(columns: Sequence[pd.Series]) -> tuple[Array, int]:
    """Columns one under another as codes of their values, -1 where unknown; and how many values there are."""
    words = [isinstance(column.dtype, pd.CategoricalDtype) for column in columns]
    if not any(words):
        codes, values = pd.factorize(np.concatenate([column.to_numpy(dtype=np.float64) for column in columns]))
        return codes, len(values)
    place: dict[object, int] = {}
    found = []
    for column, is_word in zip(columns, words, strict=True):
        column = column if is_word else column.astype("category")  # noqa: PLW2901
        own = [place.setdefault(word, len(place)) for word in column.cat.categories]
        found.append(np.array([*own, -1], dtype=np.int64)[column.cat.codes.to_numpy()])
    return np.concatenate(found), len(place)


def combined(parts: Iterable[tuple[Array, int]], rows: int) -> Array:
    """One key of several codes of the same rows; without any part all rows are the same."""
    whole, size = np.zeros(rows, dtype=np.int64), 1
    known = np.ones(rows, dtype=bool)
    for codes, values in parts:
        known &= codes >= 0
        if size * values >= _MOST:
            met, whole = np.unique(whole, return_inverse=True)
            size = len(met)
        whole, size = whole * max(values, 1) + codes, size * max(values, 1)
    return np.where(known, whole, NO_KEY)


def find(own: Array, listed: Array) -> Array:
    """For each key of ``own`` the position of the last row of ``listed`` with the same one, -1 where there is none."""
    rows = np.flatnonzero(listed != NO_KEY)
    rows = rows[np.argsort(listed[rows], kind="stable")]
    place = np.searchsorted(listed[rows], own, side="right") - 1
    met = np.append(listed[rows], NO_KEY - 1)[place] == own  # place -1: before all
    return np.where(met, np.append(rows, -1)[place], -1)
