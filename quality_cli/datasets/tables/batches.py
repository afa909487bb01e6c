"""Rows in batches, columns encoded: how the engine scans a table, whatever the table is kept in."""

from collections.abc import Mapping, Sequence
from typing import Protocol

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from quality_cli.core.where import Condition
from quality_cli.datasets.tables.encoded import Array, Encoded


class Batch(Protocol):
    """Some rows of a table. ``weights``: how many rows each stands for (None: itself alone); where an engine has found
    it: ``sums``: by column, what the rows behind each add up to, in :data:`FIXED` parts of the column's unit, and
    ``outcomes``: by condition, what came out of its test, as codes of :mod:`quality_cli.engine.scan.row_classes`."""

    weights: Array | None
    sums: Mapping[str, Array]
    outcomes: Mapping[Condition, Array]

    def __len__(self) -> int: ...

    def encoded(self, name: str) -> Encoded:
        """A column with each value once."""

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
        self._encoded: dict[str, Encoded] = {}

    def __len__(self) -> int:
        return len(self._frame)

    def encoded(self, name: str) -> Encoded:
        if name not in self._encoded:
            self._encoded[name] = _encoded_series(self._frame[name])
        return self._encoded[name]

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
        self._encoded: dict[str, Encoded] = {}
        self.weights = weights
        self.sums = sums or {}
        self.outcomes = outcomes or {}

    def __len__(self) -> int:
        return int(self._table.num_rows)

    def encoded(self, name: str) -> Encoded:
        if name not in self._encoded:
            self._encoded[name] = _encoded_array(_whole(self._table[name]))
        return self._encoded[name]

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


def _encoded_series(series: pd.Series) -> Encoded:
    if isinstance(series.dtype, pd.CategoricalDtype):
        return Encoded(series.cat.codes.to_numpy(), pa.array(series.cat.categories.astype(object), pa.string()))
    values, codes = np.unique(series.to_numpy(dtype=np.float64), return_inverse=True)
    known = int(np.count_nonzero(~np.isnan(values)))  # NaN, where there is one, comes last
    codes = codes.astype(np.int32)
    codes[codes >= known] = -1
    return Encoded(codes, pa.array(values[:known]))


def _encoded_array(column: pa.Array) -> Encoded:
    if _is_text(column.type):
        column = column.dictionary_encode()
    if pa.types.is_dictionary(column.type):
        return Encoded(_filled(column.indices), column.dictionary.cast(pa.string()))
    if pa.types.is_boolean(column.type):
        return Encoded(_filled(column.cast(pa.int8())), pa.array([0.0, 1.0]))
    if pa.types.is_integer(column.type) and len(column) > column.null_count:
        span = pc.min_max(column)
        low, high = span["min"].as_py(), span["max"].as_py()
        # Close together (grades, years) they are codes themselves, without a sort.
        if high - low <= len(column) and max(-low, high) < _EXACT:
            return Encoded(_filled(_from_zero(column, low, high)), pa.array(np.arange(low, high + 1.0)))
    return _encoded_series(_series(column))


def _from_zero(column: pa.Array, low: int, high: int) -> pa.Array:
    """Whole numbers less the least of them, in a signed type that holds -1 and one more than their span."""
    kind = np.iinfo(column.type.to_pandas_dtype())
    if kind.min == 0 or high - low >= kind.max:
        column = column.cast(pa.int64())
    return pc.subtract(column, pa.scalar(low, column.type)) if low else column


def _is_text(kind: pa.DataType) -> bool:
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind))


def _filled(codes: pa.Array) -> Array:
    """Codes, -1 where there is none."""
    if codes.null_count and pa.types.is_unsigned_integer(codes.type):
        codes = codes.cast(pa.int64())
    whole: Array = (codes.fill_null(-1) if codes.null_count else codes).to_numpy(zero_copy_only=False)
    return whole


def _series(column: pa.Array) -> pd.Series:
    """The physical form of a frame: float64 for numbers and flags, a categorical for words."""
    if pa.types.is_dictionary(column.type):
        return pd.Series(pd.Categorical.from_codes(_filled(column.indices), pd.Index(column.dictionary.to_pylist())))
    if _is_text(column.type):
        return _series(column.dictionary_encode())
    return pd.Series(column.cast(pa.float64(), safe=False).to_numpy(zero_copy_only=False))
