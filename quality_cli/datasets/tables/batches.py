"""Rows in batches, columns as positions: how the engine scans a table, whatever the table is kept in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeAlias

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from quality_cli.core.where import Condition

Array: TypeAlias = np.ndarray[Any, np.dtype[Any]]


@dataclass(frozen=True, slots=True)
class Coded:
    """A column of a batch: ``codes`` (one a row) are positions in ``values``, the one behind the last is «unknown»."""

    codes: Array
    values: pa.Array

    @property
    def size(self) -> int:
        """How many positions there are, «unknown» included."""
        return len(self.values) + 1

    @property
    def origin(self) -> object:
        """Where the values lie in memory: the same for parts of one column, which share them; different from that of
        any other values that are still kept."""
        buffer = self.values.buffers()[-1]
        return (buffer.address if buffer else 0), self.values.offset, len(self.values)

    def decoded(self) -> pa.Array:
        """The column itself: a value or null for each row."""
        return pa.concat_arrays([self.values, pa.nulls(1, self.values.type)]).take(pa.array(self.codes))


class Batch(Protocol):
    """Some rows of a table. ``weights``: how many rows each stands for (None: itself alone); where an engine has found
    it: ``sums``: by column, what the rows behind each add up to, in :data:`FIXED` parts of the column's unit, and
    ``outcomes``: by condition, what came out of its test, as codes of :mod:`quality_cli.engine.scan.row_classes`."""

    weights: Array | None
    sums: Mapping[str, Array]
    outcomes: Mapping[Condition, Array]

    def __len__(self) -> int: ...

    def coded(self, name: str) -> Coded:
        """A column as positions."""

    def known(self, name: str) -> Array:
        """For each row whether there is a value."""

    def frame(self, columns: Sequence[str]) -> pd.DataFrame:
        """Columns in the physical form of :mod:`quality_cli.datasets.tables.table`."""


_EXACT = 1 << 53
"""Whole numbers up to it are exact as float64, which columns of numbers are."""

FIXED = 1_000_000
"""Sums are made of whole millionths, so that the order of rows cannot change them: exact up to 4 · 10⁹."""


def fixed(values: Array) -> Array:
    """Numbers as whole millionths (float64), unknown ones as 0; a half goes up, as any engine can reckon it."""
    whole: Array = np.nan_to_num(np.floor(values * FIXED + 0.5), posinf=0, neginf=0)
    return whole


class FrameBatch:
    """All rows of a frame; codes of a column are found once, whoever asks."""

    sums: Mapping[str, Array] = {}
    outcomes: Mapping[Condition, Array] = {}
    weights: Array | None = None

    def __init__(self, frame: pd.DataFrame) -> None:
        self._frame = frame
        self._coded: dict[str, Coded] = {}

    def __len__(self) -> int:
        return len(self._frame)

    def coded(self, name: str) -> Coded:
        if name not in self._coded:
            self._coded[name] = _coded_series(self._frame[name])
        return self._coded[name]

    def known(self, name: str) -> Array:
        return self._frame[name].notna().to_numpy()

    def frame(self, columns: Sequence[str]) -> pd.DataFrame:
        return self._frame


class ArrowBatch:
    """A batch of a prepared table, or what an engine has grouped: words as dictionaries or strings, numbers as such."""

    def __init__(
        self,
        table: pa.Table | pa.RecordBatch,
        weights: Array | None = None,
        sums: Mapping[str, Array] | None = None,
        outcomes: Mapping[Condition, Array] | None = None,
    ) -> None:
        self._table = table
        self._coded: dict[str, Coded] = {}
        self.weights = weights
        self.sums = sums or {}
        self.outcomes = outcomes or {}

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def coded(self, name: str) -> Coded:
        if name not in self._coded:
            self._coded[name] = _coded_array(_whole(self._table[name]))
        return self._coded[name]

    def known(self, name: str) -> Array:
        column = _whole(self._table[name])
        valid: Array = column.is_valid().to_numpy(zero_copy_only=False)
        return valid & ~np.isnan(column.to_numpy(zero_copy_only=False)) if pa.types.is_floating(column.type) else valid

    def frame(self, columns: Sequence[str]) -> pd.DataFrame:
        return pd.DataFrame({name: _series(_whole(self._table[name])) for name in columns})


def _whole(column: pa.ChunkedArray | pa.Array) -> pa.Array:
    if isinstance(column, pa.Array):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _coded_series(series: pd.Series) -> Coded:
    if isinstance(series.dtype, pd.CategoricalDtype):
        places = series.cat.codes.to_numpy().astype(np.int32)
        words = pa.array(series.cat.categories.astype(object), pa.string())
        places[places < 0] = len(words)
        return Coded(places, words)
    numbers = series.to_numpy(dtype=np.float64)
    values, codes = np.unique(numbers, return_inverse=True)  # NaN, where there is one, comes last
    known = int(np.count_nonzero(~np.isnan(values)))
    return Coded(codes.astype(np.int32), pa.array(values[:known]))


def _coded_array(column: pa.Array) -> Coded:
    if _is_text(column.type):
        column = column.dictionary_encode()
    if pa.types.is_dictionary(column.type):
        indices, words = column.indices, column.dictionary
        return Coded(_filled(indices, len(words)), words.cast(pa.string()))
    if pa.types.is_boolean(column.type):
        return Coded(_filled(column.cast(pa.uint8()), 2), pa.array([0.0, 1.0]))
    if pa.types.is_integer(column.type) and len(column) > column.null_count:
        span = pc.min_max(column)
        low, high = span["min"].as_py(), span["max"].as_py()
        if high - low <= len(column) and max(-low, high) < _EXACT:
            # Narrow codes are kept where none of them, nor «unknown», leaves their type on the way.
            largest = high + 1 - min(low, 0)
            fits = column.type != pa.uint64() and largest <= np.iinfo(column.type.to_pandas_dtype()).max
            codes = _filled(column if fits else column.cast(pa.int64()), high + 1)
            return Coded(codes - codes.dtype.type(low) if low else codes, pa.array(np.arange(low, high + 1.0)))
    return _coded_series(_series(column))


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _filled(column: pa.Array, unknown: int) -> Array:
    """Whole numbers, ``unknown`` where there is none."""
    whole: Array = (column.fill_null(unknown) if column.null_count else column).to_numpy(zero_copy_only=False)
    return whole


def _series(column: pa.Array) -> pd.Series:
    """The physical form of a frame: float64 for numbers and flags, a categorical for words."""
    if pa.types.is_dictionary(column.type):
        places = np.where(column.is_valid(), _filled(column.indices, 0), -1)
        return pd.Series(pd.Categorical.from_codes(places, pd.Index(column.dictionary.to_pylist())))
    if _is_text(column.type):
        return _series(column.dictionary_encode())
    return pd.Series(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
